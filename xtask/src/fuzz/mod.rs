//! `cargo xtask fuzz`: what reads input from strangers, with input made to break it (docs/fuzzing.md).
//!
//! The fuzzers in `fuzz/` are libFuzzer's, built by the stable compiler; random instructions are a suite
//! of `crates/testsuite`.

mod cpu;
mod insn;
mod target;

use std::fs;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;

use crate::cargo;

#[derive(Args)]
pub struct Options {
    /// Which ones; all of them if none is named.
    targets: Vec<String>,
    /// CPU time of each, in minutes; 0 only tries the inputs that are kept.
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// How many run at a time.
    #[arg(long, default_value_t = 1)]
    jobs: usize,
    /// Adds to the kept inputs those that reach something new.
    #[arg(long)]
    keep: bool,
}

/// Those of `fuzz/`, and random instructions.
const TARGETS: [&str; 6] = ["trace", "pack", "gdb_packets", "syscall_args", "cli", insn::NAME];

/// What came of one target.
pub struct Row {
    target: &'static str,
    cpu: Duration,
    executions: u64,
    /// Inputs that are kept, and those that are known on this machine.
    corpus: String,
    /// What to do to see each.
    findings: Vec<String>,
}

/// Runs the fuzzers and prints a table; fails if there was a finding.
pub fn run(options: &Options) -> Result<()> {
    let chosen = choose(&options.targets)?;
    let time = Duration::try_from_secs_f64(options.minutes * 60.0).context("--minutes")?;
    if chosen.iter().any(|name| *name != insn::NAME) {
        target::build()?;
    }
    let row = |name: &'static str| match name {
        insn::NAME => insn::run(time),
        name => target::run(name, time, options.keep),
    };
    conclude(&each(&chosen, options.jobs, row)?)
}

/// A part of the normal tests: all kept inputs, then some seconds of each. Random instructions are a
/// suite among them already.
pub fn short() -> Result<()> {
    const EACH: Duration = Duration::from_secs(10);
    target::build()?;
    let fuzzers: Vec<_> = TARGETS.into_iter().filter(|name| *name != insn::NAME).collect();
    conclude(&each(&fuzzers, 1, |name| target::run(name, EACH, false))?)
}

fn choose(names: &[String]) -> Result<Vec<&'static str>> {
    if names.is_empty() {
        return Ok(TARGETS.to_vec());
    }
    let find = |name: &String| {
        let known = TARGETS.into_iter().find(|target| target == name);
        known.ok_or_else(|| anyhow!("no fuzzer {name}; there are {}", TARGETS.join(", ")))
    };
    names.iter().map(find).collect()
}

/// Calls `run` for each target, for so many at a time; the rows in the targets' order.
fn each(
    targets: &[&'static str],
    jobs: usize,
    run: impl Fn(&'static str) -> Result<Row> + Sync,
) -> Result<Vec<Row>> {
    let (next, rows) = (Mutex::new(0..targets.len()), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let Some(at) = next.lock().expect("no panic").next() else { return };
            let row = run(targets[at]);
            rows.lock().expect("no panic").push((at, row));
        }
    };
    thread::scope(|scope| {
        (0..jobs.max(1)).for_each(|_| drop(scope.spawn(work)));
    });
    let mut rows = rows.into_inner()?;
    rows.sort_by_key(|(at, _)| *at);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn conclude(rows: &[Row]) -> Result<()> {
    println!(
        "{:<14} {:>9} {:>13} {:>14} {:>9}",
        "target", "CPU time", "executions", "corpus", "findings"
    );
    for row in rows {
        let seconds = row.cpu.as_secs();
        let time = format!("{}:{:02} min", seconds / 60, seconds % 60);
        let (target, executions, corpus) = (row.target, row.executions, &row.corpus);
        println!("{target:<14} {time:>9} {executions:>13} {corpus:>14} {:>9}", row.findings.len());
    }
    let findings: Vec<&String> = rows.iter().flat_map(|row| &row.findings).collect();
    for finding in &findings {
        println!("\n{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        n => bail!("{n} findings"),
    }
}

/// Where logs, and inputs that are not kept, go.
fn place(name: &str) -> Result<std::path::PathBuf> {
    let path = cargo::target().join("fuzz").join(name);
    fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
    Ok(path)
}
