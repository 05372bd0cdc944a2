//! Traces that were made to do harm: nothing outside the replay is touched, and clew ends, with a message.

use std::fs;
use std::path::{Path, PathBuf};

use clew_testsuite::checks::{Check, clew, expect};
use clew_testsuite::forge::Forgery;
use clew_testsuite::process::{Outcome, excerpt};
use clew_testsuite::sources::source;
use clew_testsuite::trials::{conclude, trial};

#[path = "hostile/departed.rs"]
mod departed;
#[path = "hostile/files.rs"]
mod files;
#[path = "hostile/random.rs"]
mod random;
#[path = "hostile/records.rs"]
mod records;
#[path = "hostile/sandbox.rs"]
mod sandbox;

fn main() {
    let mut checks: Vec<(&'static str, Check)> = Vec::new();
    checks.extend(departed::CHECKS);
    checks.extend(files::CHECKS);
    checks.extend(random::CHECKS);
    checks.extend(records::CHECKS);
    checks.extend(sandbox::CHECKS);
    conclude(checks.into_iter().map(|(name, check)| trial("hostile", name, check)).collect());
}

/// A recording of a program that does a bit of everything, in `dir/trace`, with these options.
fn subject(dir: &Path, options: &[&str]) -> Result<(Forgery, Outcome), String> {
    let program = source("hostile/subject.c", &[]).build()?.join("subject");
    record(dir, options, &program)
}

fn record(dir: &Path, options: &[&str], program: &Path) -> Result<(Forgery, Outcome), String> {
    let program = program.to_string_lossy();
    let words = [&["record", "-w", "-o", "trace"], options, &["--", &program]].concat();
    let recorded = clew(dir, &words)?;
    expect(&recorded, &[0], &[])?;
    Ok((Forgery::of(&dir.join("trace"))?, recorded))
}

/// Writes the trace to `dir/forged` and gives it to each command that reads one. Returns what its replay
/// printed.
fn judge(dir: &Path, forgery: &Forgery) -> Result<Outcome, String> {
    forgery.write(&dir.join("forged"))?;
    judge_forged(dir)
}

/// What [`judge`] does with the trace that is in `dir/forged`.
fn judge_forged(dir: &Path) -> Result<Outcome, String> {
    let replay = clew(dir, &["replay", "-a", "forged"])?;
    ends_well(&replay)?;
    for command in ["dump", "ps", "info"] {
        ends_well(&clew(dir, &[command, "forged"])?).map_err(|e| format!("clew {command}: {e}"))?;
    }
    let packed = clew(dir, &["pack", "-o", "forged.clew", "forged"])?;
    let _ = fs::remove_file(dir.join("forged.clew"));
    ends_well(&packed).map_err(|e| format!("clew pack: {e}"))?;
    Ok(replay)
}

/// It did what it should or says why not.
fn ends_well(outcome: &Outcome) -> Result<(), String> {
    let stderr = String::from_utf8_lossy(&outcome.stderr);
    match outcome.code() {
        0 => Ok(()),
        1 if stderr.is_empty() => Err("it fails without a message".into()),
        1 if stderr.contains("engine failure") => {
            Err(format!("a forged trace is taken for a fault of the engine's: {stderr}"))
        }
        1 => Ok(()),
        code => Err(format!("exit code {code}: {}", excerpt(&outcome.stderr))),
    }
}

/// Files outside the trace that nobody may change, read from or add to.
struct Canary {
    dir: PathBuf,
    before: Vec<(PathBuf, Vec<u8>)>,
}

const SECRET: &str = "known to nobody";

impl Canary {
    fn new(dir: &Path) -> Result<Self, String> {
        let dir = dir.join("canary");
        fs::create_dir(&dir).map_err(|e| e.to_string())?;
        fs::write(dir.join("file"), SECRET).map_err(|e| e.to_string())?;
        let before = Self::look(&dir);
        Ok(Self { dir, before })
    }

    fn file(&self) -> PathBuf {
        self.dir.join("file")
    }

    fn look(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let entries = fs::read_dir(dir).into_iter().flatten().flatten();
        let mut found: Vec<_> = entries
            .map(|entry| (entry.path(), fs::read(entry.path()).unwrap_or_default()))
            .collect();
        found.sort();
        found
    }

    fn untouched(&self) -> Result<(), String> {
        let now = Self::look(&self.dir);
        (now == self.before).then_some(()).ok_or_else(|| format!("{now:?} is what was outside"))
    }
}
