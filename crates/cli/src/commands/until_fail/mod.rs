//! `clew until-fail`.

mod document;
mod junit;
pub mod next;
pub mod progress;
pub mod report;

use std::ffi::OsString;
use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::time::Duration;

use clew_hunt::{Catch, Engine, Failure, How, Options, Shard, Summary};
use clew_postmortem::Process;
use clew_record::FAILED;
use clew_trace::{Result, ResultExt, Trace};

use crate::json;

/// Record a program again and again until it fails
///
/// A run fails if it exits with another code than 0, dies of a signal, or hangs (`--timeout`). Traces of runs that pass are deleted. The exit code is 1 if a failure was caught, 0 if all runs passed, and 125 to 127 as `clew record`'s if the program cannot be run.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Give up after this many runs
    #[arg(short = 'n', long, value_name = "N", default_value_t = 100)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    max: u64,
    /// Runs at the same time; 0 for one per core
    #[arg(short = 'j', long, value_name = "JOBS", default_value_t = 1)]
    jobs: usize,
    /// A run that takes longer than this many seconds hangs: it is stopped, and its trace kept
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    timeout: Option<Duration>,
    /// Ordinary scheduling
    #[arg(long)]
    no_chaos: bool,
    /// Seed of everything random
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Go on until this many failures were caught
    #[arg(long, value_name = "K", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    keep: u64,
    /// Make only every n-th run, the i-th of each n: for a hunt that several machines share
    #[arg(long, value_name = "i/n", value_parser = parse_shard)]
    shard: Option<Shard>,
    /// Write a JUnit report
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// How to catch a failure: as a recording, or as a core dump
    #[arg(long, value_parser = ["clew", "core"], default_value = "clew")]
    engine: String,
    /// The program and its arguments
    #[arg(value_name = "PROG", trailing_var_arg = true, required = true)]
    argv: Vec<OsString>,
}

/// A failure and what its trace shows.
pub struct Finding {
    pub failure: Failure,
    /// None without a trace.
    pub trace: Option<Trace>,
    pub processes: Vec<Process>,
}

/// Runs the command and returns clew's exit code.
pub fn run(args: &Args) -> i32 {
    hunt(args).unwrap_or_else(|(code, error)| {
        clew_launch::say(error);
        code
    })
}

fn hunt(args: &Args) -> Result<i32, (i32, clew_trace::Error)> {
    let junit = args.junit.as_ref().map(|path| {
        let file = File::create(path).tried(|| format!("write {}", path.display()));
        file.map(|file| (path, file)).map_err(|e| (FAILED, e))
    });
    // Before hours of hunting, not after them.
    let junit = junit.transpose()?;
    let options = options(args);
    let bar = progress::Line::new();
    let summary = clew_hunt::run(&options, |progress| bar.show(progress));
    bar.clear();
    let summary = summary.map_err(|refusal| (refusal.code, refusal.error))?;
    let findings: Vec<Finding> = summary.failures.iter().cloned().map(examine).collect();
    if let Some((path, mut file)) = junit {
        let written = junit::write(&mut file, &options, &summary, &findings);
        written.tried(|| format!("write {}", path.display())).map_err(|e| (FAILED, e))?;
    }
    if args.json {
        json::document(&document::of(&options, &summary, &findings)).map_err(|e| (FAILED, e))?;
    } else {
        report::print(&options, &summary, &findings);
    }
    Ok(exit_code(&summary))
}

fn exit_code(summary: &Summary) -> i32 {
    match summary.interrupted {
        _ if !summary.failures.is_empty() => 1,
        Some(signal) => 128 + signal,
        None => 0,
    }
}

fn options(args: &Args) -> Options {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    Options {
        argv: args.argv.clone(),
        max: args.max,
        jobs: if args.jobs == 0 { cores() } else { args.jobs },
        timeout: args.timeout,
        chaos: !args.no_chaos,
        seed: args.seed.unwrap_or_else(random),
        keep: args.keep,
        shard: args.shard.unwrap_or(Shard::WHOLE),
        engine: if args.engine == "core" { Engine::Core } else { Engine::Clew },
    }
}

/// Short enough to be typed.
pub fn random() -> u64 {
    RandomState::new().build_hasher().finish() % 1_000_000_000
}

/// Looks at what was caught. There is always something to tell.
pub fn examine(failure: Failure) -> Finding {
    let Catch::Trace(dir) = &failure.catch else {
        return Finding { failure, trace: None, processes: Vec::new() };
    };
    let trace = Trace::open(dir).inspect_err(|e| clew_launch::say(e)).ok();
    let processes = trace.as_ref().and_then(|trace| {
        // Nobody interrupts it this way; Ctrl-C ends clew, and the trace is kept.
        let (never, _writer) = std::io::pipe().ok()?;
        Some(clew_postmortem::examine(trace, failure.how == How::Hung, never.as_fd()))
    });
    Finding { failure, trace, processes: processes.unwrap_or_default() }
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "it is no number of seconds".to_owned())?;
    let duration = Duration::try_from_secs_f64(seconds).map_err(|e| e.to_string())?;
    if duration.is_zero() { Err("it must be more than 0".into()) } else { Ok(duration) }
}

fn parse_shard(text: &str) -> Result<Shard, String> {
    let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    match parts {
        Some((index, count)) if count > 0 && index <= count => Ok(Shard { index, count }),
        Some(_) => Err("there are n parts, counted from 1 (or from 0)".into()),
        None => Err("it must be i/n, such as 2/8".into()),
    }
}
