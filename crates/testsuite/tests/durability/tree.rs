//! A tree of processes with threads that share memory: one of them is killed, or the supervisor, or
//! all; what was recorded of each process replays.

use std::path::Path;
use std::time::Duration;

use clew_testsuite::paths;
use clew_testsuite::process::{Invocation, children, collect, excerpt, kill_group, wait};
use clew_testsuite::sources::source;

use super::Random;

/// Replays of one recording at most: most of its processes are short-lived and alike.
const MOST_REPLAYS: usize = 12;

/// How long those that were not killed go on.
const GRACE: Duration = Duration::from_millis(100);

pub fn kill_once(dir: &Path, random: &mut Random) -> Result<(), String> {
    let clew = paths::clew()?.to_string_lossy().into_owned();
    let program = source("c/endless_tree.c", &[]).build()?.join("endless_tree");
    let trace = dir.join("trace");
    let _ = std::fs::remove_dir_all(&trace);
    let trace = trace.to_string_lossy().into_owned();
    let argv = [&clew, "record", "-w", "-o", &trace, "--", &program.to_string_lossy()];
    let mut supervisor = Invocation {
        argv: argv.map(str::to_string).into(),
        cwd: dir.into(),
        ..Invocation::default()
    }
    .spawn()?;
    // Nobody reads what is printed but these.
    let stdout = collect(supervisor.stdout.take());
    let stderr = collect(supervisor.stderr.take());
    std::thread::sleep(random.delay());
    let tree = descendants(supervisor.id());
    let victims = match random.below(4) {
        0 => vec![supervisor.id()],
        1 => [vec![supervisor.id()], tree.clone()].concat(),
        _ => tree.get(random.below(tree.len().max(1))).copied().into_iter().collect(),
    };
    for pid in victims {
        // SAFETY: plain system call, to processes this test started.
        unsafe { libc::kill(pid as i32, libc::SIGKILL) };
    }
    std::thread::sleep(GRACE);
    kill_group(&supervisor);
    if wait(&mut supervisor, Duration::from_secs(20)).is_none() {
        return Err("record is still there 20 s after the kill".into());
    }
    for pipe in [stdout, stderr] {
        pipe.recv_timeout(Duration::from_secs(20)).map_err(|_| "output stays open")?;
    }
    check_trace(&clew, &trace, dir)
}

/// All processes below one.
fn descendants(pid: u32) -> Vec<u32> {
    let mut found = children(pid);
    let mut at = 0;
    while let Some(&pid) = found.get(at) {
        found.extend(children(pid));
        at += 1;
    }
    found
}

fn check_trace(clew: &str, trace: &str, dir: &Path) -> Result<(), String> {
    let run = |words: &[&str]| {
        let argv = std::iter::once(clew).chain(words.iter().copied()).map(str::to_string).collect();
        let timeout = Duration::from_secs(60);
        Invocation { argv, cwd: dir.into(), timeout, ..Invocation::default() }.run()
    };
    let events = std::fs::read_dir(Path::new(trace).join("events"));
    if events.map_or(0, Iterator::count) == 0 {
        return Ok(()); // killed before the program began
    }
    let listing = run(&["ps", "--json", trace])?;
    if listing.code() != 0 {
        return Err(format!("clew ps exits {}: {}", listing.code(), excerpt(&listing.stderr)));
    }
    let text = String::from_utf8_lossy(&listing.stdout);
    // A child that never left its parent's memory is replayed with its parent.
    let own = text.lines().filter(|line| !line.contains("\"stream\":null"));
    let pids = own.filter_map(|line| {
        let process: serde_json::Value = serde_json::from_str(line).ok()?;
        process["pid"].as_u64()
    });
    for (number, pid) in pids.take(MOST_REPLAYS).enumerate() {
        let pid = pid.to_string();
        let words = if number == 0 { vec![] } else { vec!["-f", &pid] };
        let replay = run(&[&["replay", "-a"], &words[..], &[trace]].concat())?;
        if replay.code() != 0 || replay.survivors {
            let (code, stderr) = (replay.code(), excerpt(&replay.stderr));
            return Err(format!(
                "the replay of {pid} exits {code} instead of 0 ({trace}): {stderr}"
            ));
        }
    }
    Ok(())
}
