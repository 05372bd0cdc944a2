//! Is a program the same to itself and to the outside when it is recorded? It is run natively and
//! recorded with all its processes; how it ends and what it prints must be the same, or what its tests come
//! to, so far as two native runs agree in it, and each of its processes must replay.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::compare::{same_bytes, without_notes};
use crate::cycle::{Session, Subject, no_panic};
use crate::process::Outcome;
use crate::tree::{self, Tree};

/// How long the three parts may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub native: Duration,
    pub recorded: Duration,
    /// Of each replayed process.
    pub replayed: Duration,
    /// Of all of them: those whose turn has not come by then are left out, and counted.
    pub replays: Duration,
}

/// What a test comes to that passes.
pub const PASSED: &str = "ok";

/// What the tests of one run came to, by name: [`PASSED`] or else. None: the run as a whole is the test.
pub type Results = Option<BTreeMap<String, String>>;

/// A test that ends otherwise recorded than natively.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub test: String,
    pub natively: String,
    pub recorded: String,
}

/// What an examination found.
#[derive(Debug)]
pub struct Report {
    pub finding: Finding,
    /// Tests of it that pass in two native runs.
    pub tests: usize,
    /// Tests that end alike in those, and otherwise recorded.
    pub differing: Vec<Difference>,
    pub native: Duration,
    pub recorded: Duration,
    /// Processes with a stream of their own in the trace.
    pub processes: usize,
    pub replayed: usize,
}

#[derive(Debug)]
pub enum Finding {
    Same,
    /// It cannot be judged: natively it does not pass, for this reason.
    Native(String),
    /// Recorded, it ends or prints otherwise, or does not end. Tests that differ are listed besides.
    Recording(String),
    /// It was recorded, but a process does not replay.
    Replay(String),
}

/// The program to examine. Without `--check-memory`, which a program can tell from what memory it has.
pub fn subject(argv: Vec<String>, user: Option<u32>) -> Subject {
    Subject {
        argv,
        user,
        nondeterministic: true,
        no_memory_check: true,
        warns: true,
        tree: Some(Tree { least: 1, first_writes: false, unaccounted: true }),
        ..Subject::default()
    }
}

/// Runs it natively.
pub fn native(subject: &Subject, dir: &Path, limit: Duration) -> Result<Outcome, String> {
    let subject = Subject { timeout: limit, ..subject.clone() };
    Ok(subject.run(dir, &subject.argv, "native")?.0)
}

/// Takes a subject through native runs, recording and replays in `dir`. `results` looks at what a run left
/// in its directory: the results of its tests, or why it is no run that counts.
pub fn examine(
    subject: &Subject,
    dir: &Path,
    limits: Limits,
    results: impl Fn(&Outcome, &Path) -> Result<Results, String>,
) -> Result<Report, String> {
    let mut report = Report {
        finding: Finding::Same,
        tests: 0,
        differing: Vec::new(),
        native: Duration::ZERO,
        recorded: Duration::ZERO,
        processes: 0,
        replayed: 0,
    };
    let work = dir.join("work");
    let native = || {
        let outcome = native(subject, dir, limits.native)?;
        results(&outcome, &work).map(|results| (outcome, results))
    };
    let (first, second) = match native().and_then(|first| Ok((first, native()?))) {
        Ok(runs) => runs,
        Err(why) => {
            report.finding = Finding::Native(why);
            return Ok(report);
        }
    };
    report.native = first.0.elapsed;
    if let (Some(one), Some(other)) = (&first.1, &second.1)
        && differences(one, other, one).0 == 0
    {
        report.finding = Finding::Native("none of its tests passes".into());
        return Ok(report);
    }

    let mut recorded = subject.clone();
    recorded.timeout = limits.recorded;
    let session = Session::new(&recorded, dir)?;
    let outcome = recorded.run(dir, &session.argv, "recorded").map(|(outcome, _)| outcome);
    let judged = outcome.and_then(|outcome| {
        report.recorded = outcome.elapsed;
        no_panic(&outcome, "the recording")?;
        let (Some(one), Some(other)) = (&first.1, &second.1) else {
            return compare(&first.0, &second.0, &outcome);
        };
        let recorded = results(&outcome, &work)?.unwrap_or_default();
        (report.tests, report.differing) = differences(one, other, &recorded);
        Ok(())
    });
    if let Err(error) = judged {
        report.finding = Finding::Recording(session.explain(error));
        return Ok(report);
    }

    let mut replayed = subject.clone();
    replayed.timeout = limits.replayed;
    let session = Session { subject: &replayed, ..session };
    if let Err(error) = replay(&session, limits.replays, &mut report) {
        report.finding = Finding::Replay(session.explain(error));
    } else if !report.differing.is_empty() {
        report.finding = Finding::Recording(session.explain("tests differ".into()));
    }
    Ok(report)
}

/// How many tests pass in two native runs, and which end alike in those and otherwise recorded.
fn differences(
    first: &BTreeMap<String, String>,
    second: &BTreeMap<String, String>,
    recorded: &BTreeMap<String, String>,
) -> (usize, Vec<Difference>) {
    let agreed = first.iter().filter(|(test, result)| second.get(*test) == Some(result));
    let recorded = |test| recorded.get(test).map_or("not run", String::as_str);
    let tests = agreed.clone().filter(|(_, result)| *result == PASSED).count();
    let differing = agreed.filter(|(test, result)| recorded(*test) != *result);
    let differing = differing.map(|(test, result)| Difference {
        test: test.clone(),
        natively: result.clone(),
        recorded: recorded(test).to_string(),
    });
    (tests, differing.collect())
}

fn replay(session: &Session, limit: Duration, report: &mut Report) -> Result<(), String> {
    let processes = tree::list(session)?;
    report.processes = processes.len();
    let started = Instant::now();
    for (number, process) in processes.iter().enumerate() {
        if number > 0 && started.elapsed() > limit {
            break;
        }
        process.replay(session, number == 0)?;
        report.replayed += 1;
    }
    Ok(())
}

/// Exit code, and those streams that two native runs agree in.
fn compare(first: &Outcome, second: &Outcome, recorded: &Outcome) -> Result<(), String> {
    let (code, other) = (first.code(), recorded.code());
    if code != other && second.code() == code {
        return Err(format!(
            "exit code differs: native {code}, recorded {other}\n  stderr: {}",
            String::from_utf8_lossy(&recorded.stderr)
        ));
    }
    let streams = [
        ("stdout", &first.stdout, &second.stdout, recorded.stdout.clone()),
        ("stderr", &first.stderr, &second.stderr, without_notes(&recorded.stderr)),
    ];
    for (name, first, second, recorded) in streams {
        let expected = without_numbers(first);
        if expected == without_numbers(second) {
            same_bytes(name, &expected, &without_numbers(&recorded), ("native", "recorded"))?;
        }
    }
    Ok(())
}

/// Text with a `#` for each number and one blank for several: process ids and times, and how wide they are
/// printed, are no two runs' the same.
fn without_numbers(text: &[u8]) -> Vec<u8> {
    let is_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let alike = |a: &u8, b: &u8| is_number(a) && is_number(b) || *a == b' ' && *b == b' ';
    let mut out = Vec::with_capacity(text.len());
    for part in text.chunk_by(alike) {
        match part {
            [first, ..] if first.is_ascii_digit() => out.push(b'#'),
            [b' ', ..] => out.push(b' '),
            other => out.extend_from_slice(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_do_not_count() {
        assert_eq!(without_numbers(b"info: [123] took 1.25s."), b"info: [#] took #s.");
        assert_eq!(without_numbers(b"a..b    7"), b"a..b #");
    }

    #[test]
    fn only_tests_that_agree_natively_count() {
        let run = |results: &[(&str, &str)]| {
            let owned = |(test, result): &(&str, &str)| (test.to_string(), result.to_string());
            results.iter().map(owned).collect::<BTreeMap<_, _>>()
        };
        let first = run(&[("flaky", "ok"), ("good", "ok"), ("lost", "ok"), ("bad", "skipped")]);
        let second = run(&[("flaky", "error"), ("good", "ok"), ("lost", "ok"), ("bad", "skipped")]);
        let recorded = run(&[("flaky", "error"), ("good", "ok"), ("bad", "ok")]);
        let (tests, differing) = differences(&first, &second, &recorded);
        let shown: Vec<_> =
            differing.iter().map(|d| [&d.test, &d.natively, &d.recorded].map(|s| &s[..])).collect();
        assert_eq!(tests, 2);
        assert_eq!(shown, [["bad", "skipped", "ok"], ["lost", "ok", "not run"]]);
    }
}
