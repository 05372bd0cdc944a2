//! `cargo xtask transparency`: are programs the same when they are recorded? See docs/transparency.md.

mod stress_ng;
mod summary;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};
use clew_testsuite::cycle::Subject;
use clew_testsuite::process::Outcome;
use clew_testsuite::transparency::{self, Finding, Limits, Report};

use crate::cargo;
use summary::{Line, Summary, Verdict};

#[derive(Args)]
pub struct Options {
    /// Which programs.
    #[arg(long, value_enum, default_value_t = Suite::StressNg)]
    suite: Suite,
    /// Only the program of this name, or those whose name contains it.
    #[arg(long)]
    filter: Option<String>,
    /// Print one JSON document instead of lines and a table.
    #[arg(long)]
    json: bool,
    /// Run everything as this user (root only).
    #[arg(long)]
    user: Option<u32>,
    /// Where the programs run and the traces of failures are kept. A `--user` must be able to reach it.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// More options for `clew record`, such as `--record=--check-memory`.
    #[arg(long, allow_hyphen_values = true)]
    record: Option<String>,
    /// Seconds that a recorded run may take.
    #[arg(long, default_value_t = 60)]
    timeout: u64,
    /// A program of yours, and its arguments, instead of a suite.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    program: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Suite {
    /// Every stressor of stress-ng by itself, with short limits.
    StressNg,
}

/// One program to examine.
struct Case {
    name: String,
    subject: Subject,
    /// Why it is not run at all.
    left_out: Option<&'static str>,
    /// Why it is known to differ.
    known: Option<&'static str>,
}

/// What all examinations share.
struct Runner {
    dir: PathBuf,
    limits: Limits,
}

/// Examines one program after the other. Fails if one differs that is not known to.
pub fn run(options: &Options) -> Result<()> {
    let clew = cargo::build_clew()?;
    // The runner looks there, as the test suites do.
    // SAFETY: no other threads yet.
    unsafe {
        std::env::set_var("CLEW_BIN", &clew);
        if let Some(more) = &options.record {
            std::env::set_var("CLEW_RECORD_ARGS", more);
        }
    }
    let runner = Runner::new(options)?;
    let mut summary = Summary::new(options.json);
    if options.program.is_empty() {
        let Suite::StressNg = options.suite;
        for name in wanted(stress_ng::names()?, options.filter.as_deref())? {
            let case = stress_ng::case(&name, &runner, options.user)?;
            summary.add(runner.examine(case, stress_ng::passes)?);
        }
    } else {
        let name = Path::new(&options.program[0]).file_name().unwrap_or_default();
        let case = Case {
            name: name.to_string_lossy().into_owned(),
            subject: transparency::subject(options.program.clone(), options.user),
            left_out: None,
            known: None,
        };
        summary.add(runner.examine(case, |_| Ok(()))?);
    }
    summary.conclude()
}

fn wanted(names: Vec<String>, filter: Option<&str>) -> Result<Vec<String>> {
    let Some(filter) = filter else { return Ok(names) };
    if names.iter().any(|name| name == filter) {
        return Ok(vec![filter.to_string()]);
    }
    let names: Vec<String> = names.into_iter().filter(|name| name.contains(filter)).collect();
    ensure!(!names.is_empty(), "no program's name contains {filter}");
    Ok(names)
}

impl Runner {
    fn new(options: &Options) -> Result<Self> {
        let dir = options.dir.clone().unwrap_or_else(|| cargo::target().join("transparency"));
        std::fs::create_dir_all(&dir).with_context(|| format!("{}", dir.display()))?;
        let limits = Limits {
            native: Duration::from_secs(10),
            recorded: Duration::from_secs(options.timeout),
            replayed: Duration::from_secs(options.timeout),
            replays: Duration::from_secs(20),
        };
        Ok(Self { dir: dir.canonicalize()?, limits })
    }

    /// A fresh directory for one program, which belongs to who runs it.
    fn fresh(&self, name: &str, user: Option<u32>) -> Result<PathBuf> {
        let dir = self.dir.join(name);
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).with_context(|| format!("{}", dir.display()))?;
        std::os::unix::fs::chown(&dir, user, user)?;
        Ok(dir)
    }

    /// Runs a program natively.
    fn native(&self, name: &str, subject: &Subject) -> Result<Result<Outcome, String>> {
        let dir = self.fresh(name, subject.user)?;
        Ok(transparency::native(subject, &dir, self.limits.native))
    }

    fn examine(&self, case: Case, passes: impl Fn(&Outcome) -> Result<(), String>) -> Result<Line> {
        let Case { name, subject, left_out, known } = case;
        if let Some(why) = left_out {
            return Ok(Line::of(name, Verdict::LeftOut, why));
        }
        let dir = self.fresh(&name, subject.user)?;
        let report = match transparency::examine(&subject, &dir, self.limits, passes) {
            Ok(report) => report,
            Err(error) => bail!("{name}: {error}"),
        };
        let Report { finding, native, recorded, processes, replayed } = report;
        let (verdict, detail) = match (finding, known) {
            (Finding::Same, _) => (Verdict::Same, String::new()),
            (Finding::Native(why), _) => (Verdict::NotNatively, why),
            (_, Some(known)) => (Verdict::Known, known.to_string()),
            (Finding::Recording(error), None) => (Verdict::Recording, error),
            (Finding::Replay(error), None) => (Verdict::Replay, error),
        };
        if !matches!(verdict, Verdict::Recording | Verdict::Replay) {
            let _ = std::fs::remove_dir_all(&dir);
        }
        let command = subject.argv.join(" ");
        Ok(Line {
            native: native.as_secs_f64(),
            recorded: recorded.as_secs_f64(),
            processes,
            replayed,
            command,
            ..Line::of(name, verdict, detail)
        })
    }
}
