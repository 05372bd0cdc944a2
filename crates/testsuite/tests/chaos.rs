//! Chaos finds bugs, and nothing but bugs: the programs of `tests/chaos`.
//!
//! `CLEW_CHAOS_NATIVE=N` is how often each buggy program has to pass natively on one core (0 times: beside
//! other trials a race may strike natively too, so `cargo xtask bench chaos` looks at that alone), `CLEW_CHAOS_REPLAYS=N`
//! how often its failure is replayed, `CLEW_CHAOS_RUNS=N` how often correct programs run under chaos.

use std::path::Path;
use std::time::Duration;

use clew_testsuite::chaotic;
use clew_testsuite::checks::expect;
use clew_testsuite::cycle::no_panic;
use clew_testsuite::process::{Invocation, Outcome, excerpt};
use clew_testsuite::trials::{conclude, number_from_env, trial};
use clew_testsuite::{paths, process};
use serde_json::Value;

/// Runs of a hunt, at most.
const RUNS: &str = "200";
/// A run that takes longer than so many seconds hangs. The programs notice much earlier themselves.
const HANGS: &str = "60";

fn main() {
    let buggy = chaotic::names("").into_iter().map(|name| {
        let program = name.clone();
        trial("chaos", &name, move |dir| finds(dir, &program))
    });
    let correct = chaotic::names("correct").into_iter().map(|name| {
        let program = name.clone();
        trial("chaos", &format!("correct/{name}"), move |dir| leaves_alone(dir, &program))
    });
    let more =
        [trial("chaos", "same_seed_same_schedule", same_seed), trial("chaos", "says_so", says_so)];
    conclude(buggy.chain(correct).chain(more).collect());
}

fn run(dir: &Path, argv: Vec<String>) -> Result<Outcome, String> {
    let env = vec![("CLEW_TRACE_DIR".into(), dir.join("traces").to_string_lossy().into_owned())];
    let timeout = Duration::from_secs(300);
    let invocation = Invocation { argv, env, cwd: dir.into(), timeout, ..Invocation::default() };
    let outcome = invocation.run()?;
    no_panic(&outcome, &invocation.to_string())?;
    Ok(outcome)
}

fn clew(dir: &Path, words: &[&str]) -> Result<Outcome, String> {
    let clew = paths::clew()?.to_string_lossy().into_owned();
    run(dir, std::iter::once(clew).chain(words.iter().map(|word| word.to_string())).collect())
}

/// A hunt's report.
fn hunt(dir: &Path, words: &[&str]) -> Result<Value, String> {
    let outcome = clew(dir, &[&["until-fail", "--json", "--timeout", HANGS], words].concat())?;
    serde_json::from_slice(&outcome.stdout)
        .map_err(|e| format!("{e}: {}", excerpt(&outcome.stderr)))
}

/// A hunt catches the bug, and the recording replays to the same failure.
fn finds(dir: &Path, name: &str) -> Result<(), String> {
    let program = chaotic::build("", name)?;
    for round in 0..number_from_env("CLEW_CHAOS_NATIVE", 0) {
        let argv = ["taskset", "-c", "0", &program].map(str::to_owned).to_vec();
        let outcome = run(dir, argv)?;
        expect(&outcome, &[0], &[]).map_err(|e| format!("native run {round}: {e}"))?;
    }
    if process::native_only() {
        return Ok(());
    }
    let report = hunt(dir, &["-n", RUNS, "--seed", "1", "--", &program])?;
    let failure = report["failures"].get(0).ok_or_else(|| format!("not caught in {RUNS} runs"))?;
    replays_alike(dir, failure, number_from_env("CLEW_CHAOS_REPLAYS", 2))
}

/// A caught failure's replays print what it printed, and end as it ended.
fn replays_alike(dir: &Path, failure: &Value, times: u32) -> Result<(), String> {
    let trace = failure["trace"].as_str().ok_or("no trace")?;
    let output = failure["output"].as_str().unwrap_or_default();
    for round in 1..=times {
        // A replay that ends otherwise says that it diverged.
        let replay = clew(dir, &["replay", "-a", trace])?;
        expect(&replay, &[0], &[]).map_err(|e| format!("replay {round} of {trace}: {e}"))?;
        if String::from_utf8_lossy(&replay.stdout) != output {
            let printed = excerpt(&replay.stdout);
            return Err(format!("replay {round} of {trace} prints {printed:?}, not {output:?}"));
        }
    }
    Ok(())
}

/// A correct program never fails; its recordings replay.
fn leaves_alone(dir: &Path, name: &str) -> Result<(), String> {
    let program = chaotic::build("correct", name)?;
    let runs = number_from_env("CLEW_CHAOS_RUNS", 24).to_string();
    let report = hunt(dir, &["-n", &runs, "--", &program])?;
    if let Some(failure) = report["failures"].get(0) {
        let (seed, output) = (&failure["seed"], &failure["output"]);
        return Err(format!("a correct program fails with seed {seed}: {output}"));
    }
    // One of each kind of schedule.
    for seed in 0..8 {
        let (seed, trace) = (seed.to_string(), format!("trace-{seed}"));
        let words =
            ["record", "--chaos", "--seed", &seed, "-o", &trace, "--verify", "--", &program];
        expect(&clew(dir, &words)?, &[0], &[]).map_err(|e| format!("seed {seed}: {e}"))?;
    }
    Ok(())
}

/// Programs that nothing outside has a hand in are scheduled alike.
fn same_seed(dir: &Path) -> Result<(), String> {
    let program = chaotic::build("", "atomicity")?;
    for seed in ["0", "1", "6"] {
        let switches = |trace: &str| {
            let words = ["record", "--chaos", "--seed", seed, "-o", trace, "--", &program];
            clew(dir, &words)?;
            let dump = clew(dir, &["dump", "--json", trace])?;
            let text = String::from_utf8_lossy(&dump.stdout).into_owned();
            let events = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let events = events.filter(|e| e["kind"] == "switch").map(|e| e["tick"].as_u64());
            Ok::<_, String>(events.collect::<Vec<_>>())
        };
        let (first, second) = (switches("one")?, switches("two")?);
        if first != second || first.is_empty() {
            return Err(format!("seed {seed}: {first:?}, then {second:?}"));
        }
        for trace in ["one", "two"] {
            std::fs::remove_dir_all(dir.join(trace)).map_err(|e| e.to_string())?;
        }
    }
    Ok(())
}

/// `clew info` names the seed and what comes of it.
fn says_so(dir: &Path) -> Result<(), String> {
    clew(dir, &["record", "--chaos", "--seed", "3", "-o", "trace", "--", "true"])?;
    let info = clew(dir, &["info", "trace"])?;
    let said = String::from_utf8_lossy(&info.stdout).into_owned();
    said.contains("seed 3: ").then_some(()).ok_or(said)
}
