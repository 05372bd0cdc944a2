//! Random instructions: the translated code must do what the processor does.
//!
//! The guest `tests/fuzz-insn` prints a hash of the whole state after each of its sequences; a
//! native, a recorded and a replayed run must print the same. `CLEW_FUZZ_SEEDS=N` is the number of
//! seeds, `CLEW_FUZZ_FIRST=N` the first of them (without it, the seeds that failed once, in
//! `fuzz/corpus/insn/seeds`, are tried as well), `CLEW_FUZZ_COUNT=N` the sequences of each;
//! `CLEW_FUZZ_FAULT_FLAGS=1` compares the status flags that a fault handler sees as well: after a tick
//! those that are dead are not the guest's (docs/ticks.md), so that comparison is expected to differ.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use clew_testsuite::cycle::Subject;
use clew_testsuite::trials::{conclude, number_from_env, trial};
use clew_testsuite::{paths, sources};

fn main() {
    let first = number_from_env("CLEW_FUZZ_FIRST", 1);
    let range = first..first + number_from_env("CLEW_FUZZ_SEEDS", 12);
    let kept = if std::env::var_os("CLEW_FUZZ_FIRST").is_none() { kept() } else { Vec::new() };
    let seeds = kept.into_iter().filter(|seed| !range.contains(seed)).chain(range.clone());
    let trials =
        seeds.map(|seed| trial("fuzz_insn", &format!("seed_{seed}"), move |dir| check(seed, dir)));
    conclude(trials.collect());
}

/// The seeds that failed once.
fn kept() -> Vec<u32> {
    let path = paths::repository().join("fuzz/corpus/insn/seeds");
    let text = std::fs::read_to_string(path).expect("the kept seeds can be read");
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.parse().ok())
        .collect()
}

fn check(seed: u32, dir: &Path) -> Result<(), String> {
    let program = build()?.to_string_lossy().into_owned();
    let count = number_from_env("CLEW_FUZZ_COUNT", 1000).to_string();
    let mut argv = vec![program.clone(), seed.to_string(), count];
    if std::env::var_os("CLEW_FUZZ_FAULT_FLAGS").is_none() {
        argv.push("--no-fault-flags".into());
    }
    let subject =
        Subject { argv, timeout: Duration::from_secs(120), exit: Some(0), ..Subject::default() };
    subject.check(dir).map_err(|error| {
        format!(
            "{error}\n  a differing line begins with the sequence's number N; its code and state: \
             {program} {seed} --show N"
        )
    })
}

/// The guest, built once per test process.
fn build() -> Result<PathBuf, String> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            let source = paths::repository().join("tests/fuzz-insn");
            let target = paths::target().join("fuzz-insn");
            Ok(sources::cargo(&source, &target)?.join("fuzz-insn"))
        })
        .clone()
}
