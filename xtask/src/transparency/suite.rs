//! What a suite is: programs by name, and how a run of one is judged.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use clew_testsuite::cycle::Subject;
use clew_testsuite::process::{Outcome, excerpt};
use clew_testsuite::transparency::{Limits, Results};

use super::Runner;

pub trait Suite {
    /// Fetches and builds what its programs need.
    fn prepare(&mut self, runner: &Runner) -> Result<()> {
        let _ = runner;
        Ok(())
    }

    /// Its programs. Like `prepare`, fails in a line or two if the machine lacks what they need.
    fn names(&self) -> Result<Vec<String>>;

    /// How one of them is run.
    fn case(&self, name: &str, runner: &Runner) -> Result<Case>;

    /// What the tests of a run came to, given what it left in its directory, or why it does not count.
    fn results(&self, outcome: &Outcome, work: &Path) -> Result<Results, String> {
        let _ = (outcome, work);
        Ok(None)
    }

    /// Programs, or tests of them, that are known to differ, and why. docs/transparency.md says more.
    fn known(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    fn limits(&self) -> Limits {
        Limits {
            native: Duration::from_secs(10),
            recorded: Duration::from_secs(60),
            replayed: Duration::from_secs(60),
            replays: Duration::from_secs(20),
        }
    }
}

/// For suites whose programs are many tests each.
pub const LONG: Limits = Limits {
    native: Duration::from_secs(120),
    recorded: Duration::from_secs(600),
    replayed: Duration::from_secs(300),
    replays: Duration::from_secs(30),
};

/// One program to examine.
pub struct Case {
    pub subject: Subject,
    /// Why it is not run at all.
    pub left_out: Option<&'static str>,
}

impl Case {
    pub fn of(subject: Subject) -> Self {
        Self { subject, left_out: None }
    }
}

/// Programs that pass if they exit with 0, judged as a whole.
pub fn succeeds(outcome: &Outcome) -> Result<Results, String> {
    match outcome.code() {
        0 => Ok(None),
        code => Err(format!("it exits {code}: {}", excerpt(&outcome.stderr))),
    }
}

/// The entry of a list of names with reasons.
pub fn reason(list: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    list.iter().find(|(of, _)| *of == name).map(|(_, why)| *why)
}

/// The files of a directory whose names end so, by what comes before that, in order.
pub fn files(dir: &Path, end: &str) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(dir).with_context(|| format!("{}", dir.display()))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> =
        names.filter_map(|name| name.strip_suffix(end).map(str::to_string)).collect();
    names.sort_unstable();
    Ok(names)
}

/// The results of tests, some of which have the same name: the second such has `(2)` behind it.
pub fn by_name<'a>(
    results: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> BTreeMap<String, String> {
    let mut times = BTreeMap::<&str, usize>::new();
    let numbered = |(name, result): (&'a str, &'a str)| {
        let time = times.entry(name).or_default();
        *time += 1;
        let name = if *time == 1 { name.to_string() } else { format!("{name} ({time})") };
        (name, result.to_string())
    };
    results.into_iter().map(numbered).collect()
}
