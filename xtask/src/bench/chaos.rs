//! `cargo xtask bench chaos`: how soon `until-fail` catches the bugs of `tests/chaos`, what correct programs
//! make of chaos, and what a run costs.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Args;
use clew_testsuite::chaotic;
use serde_json::Value;

use super::times::median;
use crate::cargo;

#[derive(Args)]
pub struct Options {
    /// Only programs whose name contains this.
    #[arg(long, default_value = "")]
    filter: String,
    /// Hunts per program, each with a seed of its own.
    #[arg(long, default_value_t = 20)]
    seeds: u64,
    /// Runs of a hunt, at most.
    #[arg(long, default_value_t = 200)]
    max: u64,
    /// How often each program runs natively, on one core.
    #[arg(long, default_value_t = 200)]
    native: u32,
    /// How often each program's first failure is replayed.
    #[arg(long, default_value_t = 20)]
    replays: u32,
    /// How often correct programs run under chaos.
    #[arg(long, default_value_t = 500)]
    correct: u64,
}

pub fn run(options: &Options) -> Result<()> {
    let clew = Clew { file: cargo::build_clew()?, traces: cargo::target().join("bench/chaos") };
    println!(
        "{:<22} {:>10} {:>8} {:>6} {:>8} {:>9} {:>9}",
        "program", "native", "median", "most", "missed", "s a hunt", "replays"
    );
    let named = |name: &String| name.contains(&options.filter);
    let mut all = Vec::new();
    for name in chaotic::names("").into_iter().filter(named) {
        let program = chaotic::build("", &name).map_err(anyhow::Error::msg)?;
        all.push(buggy(&clew, &name, &program, options)?);
    }
    if let Some(median) = median(all) {
        println!("median of all medians: {median}");
    }
    for name in chaotic::names("correct").into_iter().filter(named) {
        let program = chaotic::build("correct", &name).map_err(anyhow::Error::msg)?;
        let report = clew.hunt(&program, options.correct, 1)?;
        println!("{name:<22} correct: {} of {} runs fail", report["failed"], report["runs"]);
    }
    cost(&clew)
}

/// Measures one buggy program; the median of runs until it is caught.
fn buggy(clew: &Clew, name: &str, program: &str, options: &Options) -> Result<f64> {
    let failed = (0..options.native).filter(|_| !natively(program)).count();
    let begun = Instant::now();
    let (mut runs, mut replayed, mut tried) = (Vec::new(), 0, 0);
    for seed in 1..=options.seeds {
        let report = clew.hunt(program, options.max, seed * 7919)?;
        let failure = &report["failures"][0];
        runs.push(failure["run"].as_u64().unwrap_or(u64::MAX));
        if let Some(trace) = failure["trace"].as_str() {
            if tried == 0 {
                tried = options.replays;
                let output = failure["output"].as_str().unwrap_or_default();
                replayed = (0..tried).filter(|_| clew.replays(trace, output)).count();
            }
            std::fs::remove_dir_all(clew.traces.join(trace)).with_context(|| trace.to_owned())?;
        }
    }
    let seconds = begun.elapsed().as_secs_f64() / options.seeds.max(1) as f64;
    runs.sort_unstable();
    let missed = runs.iter().filter(|run| **run == u64::MAX).count();
    let show = |run: u64| if run == u64::MAX { "-".to_owned() } else { run.to_string() };
    // Of an even number, the mean of the two in the middle.
    let middle = [runs[(runs.len() - 1) / 2], runs[runs.len() / 2]];
    let median =
        if middle[1] == u64::MAX { f64::INFINITY } else { (middle[0] + middle[1]) as f64 / 2.0 };
    println!(
        "{name:<22} {:>10} {median:>8} {:>6} {missed:>8} {seconds:>9.2} {:>9}",
        format!("{failed}/{}", options.native),
        show(runs[runs.len() - 1]),
        format!("{replayed}/{tried}")
    );
    Ok(median)
}

/// Does it pass on one core?
fn natively(program: &str) -> bool {
    let mut command = Command::new("taskset");
    command.args(["-c", "0", program]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// What a run of a hunt takes, as a multiple of the native one, of a test with four threads.
fn cost(clew: &Clew) -> Result<()> {
    const PROGRAM: &str = "bench/chaos/fifty.c";
    const ROUNDS: usize = 15;
    /// Runs of one hunt: all kinds of chaos.
    const RUNS: u64 = 8;
    let program = cargo::target().join("bench/fifty");
    let source = cargo::repository().join(PROGRAM);
    cargo::run(Command::new("cc").args(["-O1", "-pthread", "-o"]).args([&program, &source]))?;
    let program = program.to_string_lossy().into_owned();
    let (mut native, mut hunted) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS as u64 {
        let begun = Instant::now();
        for _ in 0..RUNS {
            ensure!(Command::new(&program).status()?.success(), "{program} fails");
        }
        native.push(begun.elapsed().as_secs_f64() / RUNS as f64);
        let begun = Instant::now();
        let report = clew.hunt(&program, RUNS, round)?;
        ensure!(report["failed"] == 0, "{program} fails under chaos: {report}");
        hunted.push(begun.elapsed().as_secs_f64() / RUNS as f64);
    }
    let milliseconds = |times| median(times).map_or(f64::NAN, |seconds| seconds * 1e3);
    let (native, hunted) = (milliseconds(native), milliseconds(hunted));
    println!(
        "a run of a test with four threads: native {native:.1} ms, hunted {hunted:.1} ms, {:.2} times",
        hunted / native
    );
    Ok(())
}

struct Clew {
    file: PathBuf,
    traces: PathBuf,
}

impl Clew {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.file);
        command.args(words).env("CLEW_TRACE_DIR", &self.traces);
        command
    }

    /// A hunt's report.
    fn hunt(&self, program: &str, max: u64, seed: u64) -> Result<Value> {
        let (max, seed) = (max.to_string(), seed.to_string());
        let words =
            ["until-fail", "--json", "--timeout", "60", "-n", &max, "--seed", &seed, "--", program];
        let output = self.command(&words).output()?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).with_context(|| format!("{program}: {stderr}"))
    }

    /// Does a replay come to the recorded end and print the recorded output?
    fn replays(&self, trace: &str, output: &str) -> bool {
        let replay = self.command(&["replay", "-a", trace]).output();
        replay.is_ok_and(|r| r.status.success() && String::from_utf8_lossy(&r.stdout) == output)
    }
}
