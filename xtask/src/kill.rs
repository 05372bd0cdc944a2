//! `cargo xtask kill`: recordings of trees of processes, killed at random moments.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;
use clew_testsuite::kills::{self, Case};
use clew_testsuite::{paths, random};

use crate::cargo;

#[derive(Args)]
pub struct Options {
    /// How many recordings are killed.
    #[arg(short, long, default_value_t = 1000)]
    number: u64,
    /// The first one's seed; each has the next (one that failed is repeated by `--seed SEED -n 1`).
    #[arg(long)]
    seed: Option<u64>,
    /// So many at a time.
    #[arg(short, long, default_value_t = 2)]
    jobs: usize,
}

/// What became of all so far.
#[derive(Default)]
struct Tally {
    done: u64,
    struck: u64,
    replayed: usize,
    failures: Vec<String>,
}

/// Runs all of them, then fails if one did.
pub fn run(options: &Options) -> Result<()> {
    let clew = cargo::build_clew()?;
    // SAFETY: there is one thread as yet.
    unsafe { std::env::set_var("CLEW_BIN", clew) };
    let first = options.seed.unwrap_or_else(random::seed_of_now);
    println!("{} recordings, seeds {first} and following", options.number);
    let started = Instant::now();
    let next = AtomicU64::new(0);
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            scope.spawn(|| work(options.number, first, &next, &tally));
        }
    });
    let tally = tally.into_inner()?;
    let Tally { done, struck, replayed, failures } = tally;
    let elapsed = started.elapsed().as_secs();
    println!("{done} recordings, {struck} struck, {replayed} processes replayed, {elapsed} s");
    if !failures.is_empty() {
        bail!("{} failed", failures.len());
    }
    Ok(())
}

fn work(number: u64, first: u64, next: &AtomicU64, tally: &Mutex<Tally>) {
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= number {
            return;
        }
        let seed = first + index;
        let result = attempt(seed);
        let Ok(mut tally) = tally.lock() else { return };
        tally.done += 1;
        match result {
            Ok(case) => {
                tally.struck += u64::from(case.struck);
                tally.replayed += case.replayed;
            }
            Err(failure) => {
                println!("{failure}");
                tally.failures.push(failure);
            }
        }
        if tally.done % 100 == 0 {
            println!("{} done, {} failed", tally.done, tally.failures.len());
        }
    }
}

/// The directory of one that failed is kept.
fn attempt(seed: u64) -> Result<kills::Result, String> {
    let dir = paths::scratch("kill", &seed.to_string()).map_err(|e| e.to_string())?;
    let case = Case::new(seed).run(&dir).map_err(|e| kept(&e, &dir))?;
    paths::discard(&dir);
    Ok(case)
}

fn kept(error: &str, dir: &Path) -> String {
    format!("{error}\n  files: {}", dir.display())
}
