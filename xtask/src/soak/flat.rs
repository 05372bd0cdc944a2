//! `cargo xtask soak --minutes N`: a recording that goes on and on takes no more memory at its end than
//! near its beginning, and neither does its replay.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use clew_testsuite::process::children;
use clew_testsuite::{paths, sources};

use crate::cargo;

/// Parts of the time, after each of which memory is looked at; the first ones are for warming up.
const LOOKS: u32 = 20;
const WARM: usize = 4;
/// What may come on top of what there was when it was warm: so many KiB, and a part of twenty.
const SLACK: u64 = 2048;

/// Resident memory in KiB.
#[derive(Clone, Copy, Debug)]
struct Look {
    supervisor: u64,
    engine: u64,
}

pub fn run(minutes: u32) -> Result<()> {
    let clew = cargo::build_clew()?;
    let source = sources::source("kills/loop.c", &[]);
    let program = source.build().map_err(|e| anyhow!(e))?.join("loop");
    let dir = paths::scratch("soak", "flat")?;
    let record: [&str; 4] = ["record", "-o", "trace", "--"];
    let mut command = Command::new(&clew);
    command.args(record).arg(&program).current_dir(&dir).stdin(Stdio::null());
    let mut supervisor = command.spawn()?;
    let looks = look_on(&supervisor, Duration::from_secs(60) * minutes);
    end(&mut supervisor)?;
    let recorded = judge("recording", &looks?);
    let bytes = size(&dir.join("trace/events"));
    println!("the trace has {} MiB of events", bytes >> 20);
    let mut command = Command::new(&clew);
    command.args(["replay", "-a", "trace"]).current_dir(&dir).stdin(Stdio::null());
    let started = Instant::now();
    let mut replay = command.spawn()?;
    let looks = look_until_end(&mut replay);
    let status = replay.wait()?;
    println!("replayed in {} s: {status}", started.elapsed().as_secs());
    let replayed = judge("replay", &looks);
    ensure!(status.success(), "the replay failed; files: {}", dir.display());
    ensure!(recorded && replayed, "memory is not flat; files: {}", dir.display());
    paths::discard(&dir);
    Ok(())
}

fn look_on(supervisor: &Child, time: Duration) -> Result<Vec<Look>> {
    (0..LOOKS)
        .map(|_| {
            thread::sleep(time / LOOKS);
            look(supervisor.id()).context("the recording has ended")
        })
        .collect()
}

fn look_until_end(replay: &mut Child) -> Vec<Look> {
    let mut looks = Vec::new();
    while matches!(replay.try_wait(), Ok(None)) {
        thread::sleep(Duration::from_millis(500));
        looks.extend(look(replay.id()));
    }
    looks
}

fn look(supervisor: u32) -> Option<Look> {
    let engine = *children(supervisor).first()?;
    Some(Look { supervisor: resident(supervisor)?, engine: resident(engine)? })
}

fn resident(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Prints what was seen; whether it is flat.
fn judge(what: &str, looks: &[Look]) -> bool {
    let (Some(first), Some(last)) = (looks.get(WARM.min(looks.len() / 4)), looks.last()) else {
        println!("{what}: too short to tell");
        return true;
    };
    let row = |name: &str, of: fn(&Look) -> u64| {
        let most = looks.iter().map(of).max().unwrap_or(0);
        println!(
            "{what}: {name:<10} {} KiB at first, {} KiB at last, {most} KiB at most",
            of(first),
            of(last)
        );
        of(last) <= of(first) + of(first) / 20 + SLACK
    };
    let supervisor = row("supervisor", |look| look.supervisor);
    let engine = row("engine", |look| look.engine);
    supervisor && engine
}

fn end(supervisor: &mut Child) -> Result<()> {
    for pid in children(supervisor.id()) {
        // SAFETY: plain system call, to a process of this recording.
        unsafe { libc::kill(pid as i32, libc::SIGTERM) };
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    while supervisor.try_wait()?.is_none() {
        if Instant::now() > deadline {
            supervisor.kill()?;
            bail!("the recorder does not end");
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn size(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).map(|meta| meta.len()).sum()
}
