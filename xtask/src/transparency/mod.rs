//! `cargo xtask transparency`: are programs the same when they are recorded? See docs/transparency.md.

mod go;
mod libuv;
mod openssl;
mod python;
mod sources;
mod sqlite;
mod stress_ng;
mod suite;
mod summary;
mod zlib;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};
use clew_testsuite::cycle::Subject;
use clew_testsuite::process::Outcome;
use clew_testsuite::transparency::{self, Finding, Limits, PASSED, Report};

use crate::cargo;
use suite::{Case, Suite};
use summary::{Line, Summary, Verdict};

#[derive(Args)]
pub struct Options {
    /// Which programs.
    #[arg(long, value_enum, default_value_t = Which::StressNg)]
    suite: Which,
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
    /// Seconds that a recorded run may take, instead of the suite's.
    #[arg(long)]
    timeout: Option<u64>,
    /// A program of yours, and its arguments, instead of a suite.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    program: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Which {
    /// Every stressor of stress-ng by itself, with short limits.
    StressNg,
    /// CPython's tests of what it asks of the system, a module at a time.
    Python,
    /// libuv's tests.
    Libuv,
    /// zlib's checks.
    Zlib,
    /// Tests of Go's standard library, a package at a time.
    Go,
    /// SQLite's tests of what it asks of the system, a script at a time.
    Sqlite,
    /// OpenSSL's tests, a recipe at a time.
    Openssl,
}

impl Which {
    fn suite(self) -> Box<dyn Suite> {
        match self {
            Self::StressNg => Box::new(stress_ng::StressNg),
            Self::Python => Box::new(python::Python),
            Self::Go => Box::new(go::Go::default()),
            Self::Zlib => Box::new(zlib::Zlib),
            Self::Libuv => Box::new(libuv::Libuv::default()),
            Self::Sqlite => Box::new(sqlite::Sqlite::default()),
            Self::Openssl => Box::new(openssl::Openssl::default()),
        }
    }
}

/// What all examinations share.
struct Runner {
    dir: PathBuf,
    user: Option<u32>,
    limits: Limits,
}

/// Examines one program after the other. Fails if one differs that is not known to.
pub fn run(options: &Options) -> Result<()> {
    let mut suite: Box<dyn Suite> = match &options.program[..] {
        [] => options.suite.suite(),
        words => Box::new(Yours(words.to_vec())),
    };
    let clew = cargo::build_clew()?;
    // The runner looks there, as the test suites do.
    // SAFETY: no other threads yet.
    unsafe {
        std::env::set_var("CLEW_BIN", &clew);
        if let Some(more) = &options.record {
            std::env::set_var("CLEW_RECORD_ARGS", more);
        }
    }
    let runner = Runner::new(options, suite.limits())?;
    suite.prepare(&runner)?;
    let mut summary = Summary::new(options.json);
    for name in wanted(suite.names()?, options.filter.as_deref())? {
        let case = suite.case(&name, &runner)?;
        summary.add(runner.examine(suite.as_ref(), name, case)?);
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
    fn new(options: &Options, limits: Limits) -> Result<Self> {
        let dir = options.dir.clone().unwrap_or_else(|| cargo::target().join("transparency"));
        std::fs::create_dir_all(&dir).with_context(|| format!("{}", dir.display()))?;
        let recorded = options.timeout.map_or(limits.recorded, Duration::from_secs);
        let replayed = options.timeout.map_or(limits.replayed, Duration::from_secs);
        let limits = Limits { recorded, replayed, ..limits };
        Ok(Self { dir: dir.canonicalize()?, user: options.user, limits })
    }

    /// A fresh directory for one program, which belongs to who runs it.
    fn fresh(&self, name: &str) -> Result<PathBuf> {
        let dir = self.dir.join(name.replace(['/', ':'], "-"));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).with_context(|| format!("{}", dir.display()))?;
        std::os::unix::fs::chown(&dir, self.user, self.user)?;
        Ok(dir)
    }

    /// Runs a program natively.
    fn native(&self, name: &str, subject: &Subject) -> Result<Result<Outcome, String>> {
        let dir = self.fresh(name)?;
        Ok(transparency::native(subject, &dir, self.limits.native))
    }

    fn examine(&self, suite: &dyn Suite, name: String, case: Case) -> Result<Line> {
        let Case { subject, left_out } = case;
        if let Some(why) = left_out {
            return Ok(Line::of(name, Verdict::LeftOut, why));
        }
        let dir = self.fresh(&name)?;
        let results = |outcome: &Outcome, work: &Path| suite.results(outcome, work);
        let report = match transparency::examine(&subject, &dir, self.limits, results) {
            Ok(report) => report,
            Err(error) => bail!("{name}: {error}"),
        };
        let line = line(suite, name, subject.argv.join(" "), report);
        if !matches!(line.verdict, Verdict::Recording | Verdict::Replay) {
            let _ = std::fs::remove_dir_all(&dir);
        }
        Ok(line)
    }
}

/// What a report comes to, given what is known to differ.
fn line(suite: &dyn Suite, name: String, command: String, report: Report) -> Line {
    let known = |test: &str| {
        suite.known().iter().find(|(name, _)| *name == test).map(|(_, why)| why.to_string())
    };
    let Report { finding, tests, mut differing, native, recorded, processes, replayed } = report;
    let failed = differing.iter().filter(|d| d.natively == PASSED).count();
    let reasons: Vec<String> = differing.iter().filter_map(|d| known(&d.test)).collect();
    differing.retain(|d| known(&d.test).is_none());
    let (verdict, detail) = match (finding, known(&name)) {
        (Finding::Same, _) => (Verdict::Same, String::new()),
        (Finding::Native(why), _) => (Verdict::NotNatively, why),
        (_, Some(known)) => (Verdict::Known, known),
        (Finding::Recording(_), None) if !reasons.is_empty() && differing.is_empty() => {
            (Verdict::Known, reasons.join("; "))
        }
        (Finding::Recording(error), None) => (Verdict::Recording, error),
        (Finding::Replay(error), None) => (Verdict::Replay, error),
    };
    Line {
        tests,
        passed: tests - failed,
        differing,
        native: native.as_secs_f64(),
        recorded: recorded.as_secs_f64(),
        processes,
        replayed,
        command,
        ..Line::of(name, verdict, detail)
    }
}

/// One program that the command line tells.
struct Yours(Vec<String>);

impl Suite for Yours {
    fn names(&self) -> Result<Vec<String>> {
        let name = Path::new(&self.0[0]).file_name().unwrap_or_default();
        Ok(vec![name.to_string_lossy().into_owned()])
    }

    fn case(&self, _: &str, runner: &Runner) -> Result<Case> {
        Ok(Case::of(transparency::subject(self.0.clone(), runner.user)))
    }
}
