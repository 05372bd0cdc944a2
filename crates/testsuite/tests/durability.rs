//! Recordings killed at random moments: the trace must open and replay up to its last event.

use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use clew_testsuite::cycle::no_panic;
use clew_testsuite::kills::Case;
use clew_testsuite::paths;
use clew_testsuite::process::{self, Invocation, children, collect, excerpt, kill_group, wait};
use clew_testsuite::random::{Random, seed_of_now};
use clew_testsuite::trials::{conclude, number_from_env, trial};

/// Whom the signal hits.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Victim {
    Guest,
    Supervisor,
    Both,
    /// Ctrl-C: SIGINT to the whole group, as a terminal sends it.
    Interrupted,
}

/// Programs that run until they are killed, printing as they go.
const ENDLESS: [&[&str]; 4] = [
    &["/bin/bash", "-c", "i=0; while :; do i=$((i + 1)); echo line $i $RANDOM; done"],
    &[
        "/usr/bin/perl",
        "-e",
        "$| = 1; while (1) { $s += rand for 1..20000; print time(), qq{ $s\\n} }",
    ],
    &[
        "/usr/bin/awk",
        "BEGIN { while (1) { for (i = 0; i < 300000; i++) s += i % 7; print s; fflush() } }",
    ],
    &["/usr/bin/python3", "-c", "import os\nwhile True: print(os.urandom(500).hex(), flush=True)"],
];

fn main() {
    let kills = number_from_env("CLEW_KILLS", 6).div_ceil(3);
    let trials = [
        ("kill_guest", Victim::Guest),
        ("kill_supervisor", Victim::Supervisor),
        ("kill_both", Victim::Both),
        ("interrupt", Victim::Interrupted),
    ];
    let trials = trials.map(|(name, victim)| {
        trial("durability", name, move |dir| {
            let mut random = Random::new(seed_of_now());
            (0..kills).try_for_each(|round| {
                let argv = ENDLESS[round as usize % ENDLESS.len()];
                let delay = delay(&mut random);
                kill_once(dir, argv, victim, delay)
                    .map_err(|error| format!("{argv:?} killed after {delay:?}: {error}"))
            })
        })
    });
    // Twenty of what `cargo xtask kill` does a thousand times.
    let trees = trial("durability", "kill_tree", move |dir| {
        let first = seed_of_now();
        (0..u64::from(10 * kills)).try_for_each(|number| {
            let dir = dir.join(number.to_string());
            std::fs::create_dir(&dir).map_err(|e| e.to_string())?;
            Case::new(first + number).run(&dir)?;
            paths::discard(&dir);
            Ok(())
        })
    });
    conclude(trials.into_iter().chain([trees]).collect());
}

fn kill_once(dir: &Path, argv: &[&str], victim: Victim, delay: Duration) -> Result<(), String> {
    let clew = paths::clew()?.to_string_lossy().into_owned();
    let trace = dir.join("trace");
    let _ = std::fs::remove_dir_all(&trace);
    let trace_name = trace.to_string_lossy().into_owned();
    let mut record = vec![clew.clone(), "record".into(), "-o".into(), trace_name.clone()];
    record.push("--".into());
    record.extend(argv.iter().map(|word| word.to_string()));
    let invocation = Invocation { argv: record, cwd: dir.into(), ..Invocation::default() };
    let mut supervisor = invocation.spawn()?;
    let stdout = collect(supervisor.stdout.take());
    let stderr = collect(supervisor.stderr.take());
    std::thread::sleep(delay);
    let begun = trace.join("meta.json").exists();
    strike(&mut supervisor, victim)?;
    let stdout = stdout.recv_timeout(Duration::from_secs(20)).map_err(|_| "output stays open")?;
    let stderr = stderr.recv_timeout(Duration::from_secs(20)).unwrap_or_default();
    if String::from_utf8_lossy(&stderr).contains("panicked at") {
        return Err(format!("the recording panicked: {}", excerpt(&stderr)));
    }
    let unstarted = !begun || (victim == Victim::Interrupted && stdout.is_empty());
    if unstarted && !trace.join("meta.json").exists() {
        return Ok(()); // ended before there was a trace, or before the program was started
    }
    check_trace(&clew, &trace_name, dir, &stdout)
}

/// Kills whom it should, then sees to it that all are gone.
fn strike(supervisor: &mut Child, victim: Victim) -> Result<(), String> {
    let mut guests = children(supervisor.id());
    // A guest that is to be killed has to be there first.
    let patience = Instant::now() + Duration::from_secs(2);
    while guests.is_empty() && victim == Victim::Guest && Instant::now() < patience {
        guests = children(supervisor.id());
    }
    let send = |pid: u32, signal: i32| {
        // SAFETY: plain system call, to processes this test started.
        unsafe { libc::kill(pid as i32, signal) };
    };
    if matches!(victim, Victim::Guest | Victim::Both) {
        guests.iter().for_each(|pid| send(*pid, libc::SIGKILL));
    }
    if matches!(victim, Victim::Supervisor | Victim::Both) {
        send(supervisor.id(), libc::SIGKILL);
    }
    if victim == Victim::Interrupted {
        // SAFETY: as above; the group is the supervisor's own.
        unsafe { libc::kill(-(supervisor.id() as i32), libc::SIGINT) };
    }
    let ended = wait(supervisor, Duration::from_secs(20));
    let expects_end = victim != Victim::Guest || !guests.is_empty();
    // An orphaned guest may go on or end; the trace has to be sound either way.
    std::thread::sleep(Duration::from_millis(50));
    kill_group(supervisor);
    guests.iter().filter(|pid| is_orphan(**pid)).for_each(|pid| send(*pid, libc::SIGKILL));
    let _ = supervisor.wait();
    match ended {
        Some(status) if victim == Victim::Guest && !guests.is_empty() => {
            let code = process::shell_code(status);
            if code == 137 { Ok(()) } else { Err(format!("record exits {code} instead of 137")) }
        }
        None if expects_end => Err("record is still running 20 s after the kill".into()),
        _ => Ok(()),
    }
}

/// Whether a guest outlived its supervisor (its id may belong to another process by now).
fn is_orphan(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|cmdline| ENDLESS.iter().any(|argv| cmdline.starts_with(argv[0])))
}

/// The longest single write any of the programs makes.
const LONGEST_WRITE: usize = 256 << 10;

fn check_trace(clew: &str, trace: &str, dir: &Path, recorded: &[u8]) -> Result<(), String> {
    let run = |words: &[&str]| {
        let argv = std::iter::once(clew).chain(words.iter().copied()).map(str::to_string).collect();
        let timeout = Duration::from_secs(60);
        Invocation { argv, cwd: dir.into(), timeout, ..Invocation::default() }.run()
    };
    let info = run(&["info", trace])?;
    if info.code() != 0 {
        return Err(format!("clew info exits {}: {}", info.code(), excerpt(&info.stderr)));
    }
    let started = Instant::now();
    let replay = run(&["replay", "-a", trace])?;
    no_panic(&replay, "the replay")?;
    if recorded.is_empty() && replay.code() == 1 && is_empty(&Path::new(trace).join("events")) {
        // Killed before the program began: saying so is the right answer.
        return expect_message(&replay.stderr);
    }
    if replay.code() != 0 {
        let stderr = excerpt(&replay.stderr);
        return Err(format!("replay exits {} instead of 0 ({trace}): {stderr}", replay.code()));
    }
    if replay.survivors {
        return Err(format!("the replay left processes behind ({trace})"));
    }
    let replayed = &replay.stdout;
    let common = recorded.len().min(replayed.len());
    if recorded[..common] != replayed[..common] {
        return Err(format!("the replay's output differs from the recording's ({trace})"));
    }
    if recorded.len().abs_diff(replayed.len()) > LONGEST_WRITE {
        return Err(format!(
            "the recording wrote {} bytes, the replay {} ({trace}, {:?})",
            recorded.len(),
            replayed.len(),
            started.elapsed()
        ));
    }
    Ok(())
}

fn is_empty(dir: &Path) -> bool {
    std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none())
}

fn expect_message(stderr: &[u8]) -> Result<(), String> {
    if stderr.is_empty() { Err("the replay fails without a message".into()) } else { Ok(()) }
}

/// Delays between a fraction of a millisecond and two seconds, as many short as long ones.
fn delay(random: &mut Random) -> Duration {
    Duration::from_secs_f64(0.0005 * 4000f64.powf(random.fraction()))
}
