//! A fuzzer of `fuzz/`: building and running it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::{Row, cpu, place};
use crate::cargo;

/// With it, flags are not for build scripts.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";
/// What `cargo fuzz --sanitizer none` gives the compiler, all of it stable.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";

/// An input may take so many seconds, and the process so many megabytes.
const TIMEOUT: &str = "-timeout=20";
const MEMORY: &str = "-rss_limit_mb=1024";
const ALLOCATION: &str = "-malloc_limit_mb=300";
/// A finding ends libFuzzer; so often it goes on after one.
const MOST_FINDINGS: usize = 10;

/// Builds all of them.
pub fn build() -> Result<()> {
    let mut command = cargo::command(&["build", "--release", "--bins", "--target", TRIPLE]);
    command.arg("--manifest-path").arg(source().join("Cargo.toml"));
    command.arg("--target-dir").arg(place("build")?);
    command.env_remove("CARGO_ENCODED_RUSTFLAGS").env("RUSTFLAGS", FLAGS);
    cargo::run(&mut command)
}

fn source() -> PathBuf {
    cargo::repository().join("fuzz")
}

/// Tries the kept inputs, then new ones for as long as `time` says.
pub fn run(name: &'static str, time: Duration, keep: bool) -> Result<Row> {
    let fuzzer = Fuzzer::new(name)?;
    let mut row = Row {
        target: name,
        cpu: Duration::ZERO,
        executions: 0,
        corpus: String::new(),
        findings: Vec::new(),
    };
    fuzzer.round(&["-runs=0".into()], &mut row)?;
    while row.cpu < time && row.findings.len() < MOST_FINDINGS {
        // libFuzzer knows the clock only, which is ahead of the CPU's.
        let seconds = (time - row.cpu).as_secs().max(1);
        fuzzer.round(&[format!("-max_total_time={seconds}")], &mut row)?;
    }
    if keep {
        fuzzer.merge()?;
    }
    row.corpus = format!("{}/{}", count(&fuzzer.kept), count(&fuzzer.found));
    Ok(row)
}

struct Fuzzer {
    name: &'static str,
    /// Inputs in the repository, and those found on this machine.
    kept: PathBuf,
    found: PathBuf,
    logs: PathBuf,
    /// Files of the fuzzed code; in memory, if there is such a place.
    scratch: TempDir,
}

impl Fuzzer {
    fn new(name: &'static str) -> Result<Self> {
        let kept = source().join("corpus").join(name);
        ensure!(kept.is_dir(), "{} is missing", kept.display());
        let found = place(&format!("corpus/{name}"))?;
        let memory = Path::new("/dev/shm");
        let within = if memory.is_dir() { memory.into() } else { std::env::temp_dir() };
        let scratch = TempDir::with_prefix_in("clew-fuzz-", within)
            .context("a directory for temporary files")?;
        Ok(Self { name, kept, found, logs: place("logs")?, scratch })
    }

    fn command(&self) -> Result<Command> {
        let binary = place("build")?.join(TRIPLE).join("release").join(self.name);
        let mut command = Command::new(binary);
        command.args([TIMEOUT, MEMORY, ALLOCATION, "-print_final_stats=1"]);
        let words = source().join("dictionaries").join(self.name);
        if words.is_file() {
            command.arg(format!("-dict={}", words.display()));
        }
        command.arg(format!("-artifact_prefix={}/{}-", place("artifacts")?.display(), self.name));
        command.current_dir(self.scratch.path()).env("TMPDIR", self.scratch.path());
        command.stdin(Stdio::null());
        Ok(command)
    }

    /// Runs libFuzzer once, until it is done or has found something.
    fn round(&self, options: &[String], row: &mut Row) -> Result<()> {
        let mut command = self.command()?;
        // What the fuzzed code prints is of no interest.
        command
            .args(["-close_fd_mask=3", "-use_value_profile=1"])
            .args(options)
            .arg(&self.found)
            .arg(&self.kept);
        let said = self.logs.join(self.name);
        let log = File::create(&said).with_context(|| format!("{}", said.display()))?;
        command.stdout(Stdio::null()).stderr(log);
        let child = command.spawn().with_context(|| format!("cannot run {command:?}"))?;
        let (status, time) = cpu::wait(child)?;
        let told = String::from_utf8_lossy(&fs::read(&said)?).into_owned();
        ensure!(
            told.contains("inline 8-bit counters"),
            "{} is not instrumented:\n{told}",
            self.name
        );
        row.cpu += time;
        row.executions += executions(&told);
        if !status.success() {
            row.findings.push(self.finding(&told)?);
        }
        Ok(())
    }

    /// A finding in words: what it is, and how to see it again.
    fn finding(&self, told: &str) -> Result<String> {
        let artifact =
            told.lines().rev().find_map(|line| line.split("Test unit written to ").nth(1));
        let Some(path) = artifact else {
            let log = self.logs.join(self.name);
            return Ok(format!("{}: no input was left; see {}", self.name, log.display()));
        };
        let mut again = self.command()?;
        let output = again.arg(path).output().context("the fuzzer can be started")?;
        let binary = again.get_program().to_string_lossy();
        let what = reasons(&String::from_utf8_lossy(&output.stderr));
        let what = if what.is_empty() { reasons(told) } else { what };
        Ok(format!("{}:\n{what}  again: {binary} {path}", self.name))
    }

    /// Adds to the kept inputs what reaches more than they do, as little as that takes.
    fn merge(&self) -> Result<()> {
        let mut command = self.command()?;
        // Without counters, an input for each number of rounds of a loop is not wanted.
        command
            .args(["-set_cover_merge=1", "-use_counters=0", "-close_fd_mask=3"])
            .arg(&self.kept)
            .arg(&self.found);
        let log = File::create(self.logs.join(format!("{}-merge", self.name)))?;
        command.stdout(Stdio::null()).stderr(log);
        cargo::run(&mut command)
    }
}

/// The lines that say what went wrong.
fn reasons(told: &str) -> String {
    let mut text = String::new();
    let mut lines = told.lines();
    while let Some(line) = lines.next() {
        let panicked = line.contains("panicked at");
        if panicked || line.contains("ERROR: libFuzzer") {
            text += &format!("  {line}\n");
        }
        if panicked && let Some(next) = lines.next() {
            text += &format!("  {next}\n");
        }
    }
    text
}

fn executions(told: &str) -> u64 {
    let number = |line: &str| {
        line.strip_prefix("stat::number_of_executed_units:")?.trim().parse::<u64>().ok()
    };
    told.lines().filter_map(number).sum()
}

fn count(dir: &Path) -> usize {
    fs::read_dir(dir).into_iter().flatten().count()
}
