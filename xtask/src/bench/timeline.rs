//! `cargo xtask bench timeline`: how fast a timeline goes back and forth.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::cargo;

/// Rounds of the program: some ten seconds of work, and ten million calls.
const LONG: &str = "20000";
const TEN_MILLION: &str = "160";

pub fn run() -> Result<()> {
    let clew = cargo::build_clew()?;
    let words = ["build", "--release", "-p", "clew-timeline", "--example", "pace"];
    cargo::run(&mut cargo::command(&words))?;
    let pace = cargo::target().join("release/examples/pace");
    let dir = cargo::target().join("bench/timeline");
    fs::create_dir_all(&dir)?;
    let program = dir.join("compute");
    let source = cargo::repository().join("bench/timeline/compute.c");
    cargo::run(Command::new("gcc").args(["-O1", "-g", "-o"]).args([&program, &source]))?;

    let trace = dir.join("long");
    let (addresses, seconds) = record(&clew, &program, LONG, &trace)?;
    println!("recorded {seconds:.2} s of work");
    let seconds = seconds.to_string();
    measure(&pace, &["moves", &trace.to_string_lossy(), &addresses[0], &seconds])?;
    let trace = dir.join("condition");
    let (addresses, _) = record(&clew, &program, TEN_MILLION, &trace)?;
    measure(&pace, &["condition", &trace.to_string_lossy(), &addresses[1]])
}

/// Records the program. Returns the addresses it prints and the time it took, in seconds.
fn record(clew: &Path, program: &Path, rounds: &str, trace: &Path) -> Result<(Vec<String>, f64)> {
    if trace.exists() {
        fs::remove_dir_all(trace)?;
    }
    let begun = Instant::now();
    let output = Command::new(clew)
        .args(["record", "-o"])
        .args([trace, Path::new("--"), program, Path::new(rounds)])
        .output()?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let addresses = text.lines().next().context("the program prints addresses")?;
    Ok((addresses.split(' ').map(str::to_owned).collect(), seconds))
}

fn measure(pace: &Path, words: &[&str]) -> Result<()> {
    cargo::run(Command::new(pace).args(words))
}
