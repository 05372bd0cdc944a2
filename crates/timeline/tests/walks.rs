//! Forward and reverse agree: random walks over recordings of guests of all kinds, and of programs.
//!
//! `CLEW_WALK` is the number of moves in each recording (200), `CLEW_WALK_SEED` where they begin (1).
//! `CLEW_WALK_ALL` walks in every guest there is.

use std::path::Path;
use std::time::Duration;

use clew_replay::plan::{Plan, Target};
use clew_testsuite::guests::{self, Guest};
use clew_testsuite::paths;
use clew_testsuite::process::Invocation;
use clew_testsuite::trials::{conclude, number_from_env, trial};
use clew_timeline::{Options, Timeline, walk::walk};
use clew_trace::Trace;

/// What is walked in: one or two of every kind.
const GUESTS: [&str; 22] = [
    "asm_string_ops",
    "dlopen_loop",
    "exceptions",
    "exec_chain",
    "fork_nested",
    "jit_patch_running",
    "jit_tiers",
    "longjmp",
    "private_sees_shared",
    "race_counter",
    "rust_unwind",
    "shm_counter",
    "sig_frame",
    "sig_nested",
    "sig_timer_loop",
    "smc_next_instruction",
    "spawn_actions",
    "thread_cond_pingpong",
    "thread_own_stack",
    "thread_tls",
    "ucontext_switch",
    "vfork_memory",
];

const PROGRAMS: [(&str, &[&str]); 2] = [
    (
        "bash",
        &[
            "/bin/bash",
            "-c",
            "for i in 1 2 3; do echo $i | cat; done; trap 'echo x' USR1; kill -USR1 $$",
        ],
    ),
    ("awk", &["/usr/bin/awk", "BEGIN { for (i = 0; i < 100000; i++) s += i % 7; print s }"]),
];

fn main() {
    let all = std::env::var_os("CLEW_WALK_ALL").is_some();
    let guests = guests::discover().unwrap_or_else(|e| panic!("{e}"));
    let chosen = guests.into_iter().filter(|guest| all || GUESTS.contains(&guest.name.as_str()));
    let mut trials: Vec<_> = chosen
        .map(|guest| {
            let name = guest.name.clone();
            trial("walks", &name, move |dir| walk_in_guest(&guest, dir))
        })
        .collect();
    trials.extend(PROGRAMS.map(|(name, words)| {
        trial("walks", name, move |dir| match Path::new(words[0]).exists() {
            true => walk_in(words.iter().map(|word| (*word).to_owned()).collect(), Vec::new(), dir),
            false => Ok(()),
        })
    }));
    conclude(trials);
}

fn walk_in_guest(guest: &Guest, dir: &Path) -> Result<(), String> {
    if guest.obstacle().is_some() {
        return Ok(());
    }
    let mut words = vec![guest.build()?.to_string_lossy().into_owned()];
    words.extend(guest.directives.args.iter().cloned());
    walk_in(words, guest.directives.stdin.clone(), dir)
}

fn walk_in(words: Vec<String>, stdin: Vec<u8>, dir: &Path) -> Result<(), String> {
    let clew = paths::clew()?.to_string_lossy().into_owned();
    let place = dir.join("trace");
    let mut argv = vec![clew, "record".into(), "-o".into()];
    argv.extend([place.to_string_lossy().into_owned(), "--".into()]);
    argv.extend(words);
    let timeout = Duration::from_secs(60);
    let cwd = dir.to_owned();
    Invocation { argv, stdin, cwd, timeout, ..Invocation::default() }.run()?;
    let trace = Trace::open(&place).map_err(|e| e.to_string())?;
    let moves = number_from_env("CLEW_WALK", 200);
    let seed = number_from_env("CLEW_WALK_SEED", 1);
    // The first process, and the last one made, from its fork.
    let last = trace.streams().map_err(|e| e.to_string())?.last().copied();
    let targets = match last {
        Some(number) if number > 1 => vec![Target::First, Target::Stream(number)],
        _ => vec![Target::First],
    };
    let moves = moves / targets.len() as u32;
    targets.into_iter().try_for_each(|target| walk_over(&trace, &target, seed, moves))
}

fn walk_over(trace: &Trace, target: &Target, seed: u32, moves: u32) -> Result<(), String> {
    let told = |e: clew_trace::Error| format!("{target:?}: {e}");
    let Some(plan) = Plan::new(trace, target).map_err(told)? else { return Ok(()) };
    let options = Options { quiet: true, mark: false };
    let mut timeline = Timeline::open(trace, &plan, &options).map_err(told)?;
    let walked = walk(&mut timeline, seed.into(), moves.into()).map_err(told)?;
    let compared = walked.compared * 4 > walked.moves;
    compared.then_some(()).ok_or_else(|| format!("hardly anything was compared: {walked:?}"))
}
