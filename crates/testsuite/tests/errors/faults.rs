//! What is taken away from a recording while it runs, or before: memory, descriptors, processes, time.

use std::fs;
use std::path::Path;
use std::process::Command;

use clew_testsuite::paths;
use clew_testsuite::process::{Outcome, excerpt, quote};
use clew_testsuite::sources::source;
use clew_testsuite::trials::trial;
use libtest_mimic::Trial;

use super::{Check, clew, expect, run};

pub const CHECKS: [(&str, Check); 3] = [
    ("limits_combined", limits_combined),
    ("stores_to_the_engine", stores_to_the_engine),
    ("two_thousand_threads", two_thousand_threads),
];

/// What wants rights that not everybody has.
pub fn privileged() -> [Trial; 2] {
    let group = Group::new("clew-test-may").is_ok();
    let clocks = Command::new("unshare").args(["-T", "true"]).output();
    let clocks = clocks.is_ok_and(|output| output.status.success());
    [
        trial("errors", "memory_of_a_cgroup", memory_of_a_cgroup).with_ignored_flag(!group),
        trial("errors", "other_clocks", other_clocks).with_ignored_flag(!clocks),
    ]
}

/// Recordings under all these at once, two at a time: each works, or says why it does not.
fn limits_combined(dir: &Path) -> Result<(), String> {
    const LIMITS: [&str; 12] = [
        "-S -n 20",
        "-n 64",
        "-n 1016",
        "-s 128",
        "-s unlimited",
        "-d 20000",
        "-f 100",
        "-S -f 0",
        "-u 30",
        "-S -v 100000",
        "-l 0",
        "-c 0",
    ];
    for (i, first) in LIMITS.iter().enumerate() {
        for second in &LIMITS[i + 1..] {
            let what = format!("ulimit {first}; ulimit {second}");
            under(dir, &what).map_err(|e| format!("{what}: {e}"))?;
        }
    }
    Ok(())
}

fn under(dir: &Path, limits: &str) -> Result<(), String> {
    let _ = fs::remove_dir_all(dir.join("trace"));
    let program = quote(&paths::clew()?.to_string_lossy()).to_string();
    let script = quote("for i in 1 2 3; do echo $i | cat; done").to_string();
    let shell = |words: &str| {
        let line = format!("{limits}; exec {program} {words}");
        run(dir, vec!["/bin/bash".into(), "-c".into(), line], &[])
    };
    let recorded = shell(&format!("record -w -o trace -- /bin/sh -c {script}"))?;
    let stderr = String::from_utf8_lossy(&recorded.stderr);
    if stderr.contains("engine failure") {
        return Err(format!("a limit is taken for a fault of the engine's: {stderr}"));
    }
    match recorded.code() {
        // Some of them leave the shell itself no room; then it says so.
        0 => {}
        code if stderr.is_empty() => return Err(format!("exit code {code}, and no message")),
        _ if !dir.join("trace/events").exists() => return Ok(()),
        _ => {}
    }
    // Without them, too.
    let replayed = clew(dir, &["replay", "-a", "trace"])?;
    let stderr = excerpt(&replayed.stderr);
    expect(&replayed, &[0], &[]).map_err(|e| format!("replay: {e}: {stderr}"))
}

/// Stores by which a program hits the engine's memory, where it would natively fault. It may end in any way,
/// but does; what was recorded opens, and replays in any way that ends.
fn stores_to_the_engine(dir: &Path) -> Result<(), String> {
    let program = source("kills/scribble.c", &[]).build()?.join("scribble");
    let program = program.to_string_lossy();
    for place in [
        "7f000000",
        "7f000080",
        "7f100000",
        "7f300000",
        "7f500000",
        "170000000",
        "170001000",
        "188000000",
        "7e8400000000",
        "7e8400100000",
        "7e8404000000",
        "7e8500000000",
        "7e8504000000",
        "7e9000000000",
        "7e9000020000",
        "7e0ff000",
    ] {
        let _ = fs::remove_dir_all(dir.join("trace"));
        // The guest may be beyond anybody's help, but not beyond SIGKILL.
        let words = ["timeout", "-s", "KILL", "20"].map(str::to_owned);
        let clew_words = |words: &[&str]| -> Result<Vec<String>, String> {
            let own = std::iter::once(paths::clew()?.to_string_lossy().into_owned());
            Ok(own.chain(words.iter().map(|word| (*word).to_owned())).collect())
        };
        let record = clew_words(&["record", "-o", "trace", "--", &program, place])?;
        let recorded = run(dir, [&words[..], &record[..]].concat(), &[])?;
        let replay = clew_words(&["replay", "-a", "trace"])?;
        let replayed = run(dir, [&words[..], &replay[..]].concat(), &[])?;
        for (what, outcome) in [("record", &recorded), ("replay", &replayed)] {
            ended(outcome).map_err(|e| format!("{place}: {what}: {e}"))?;
        }
        for command in ["info", "ps", "dump"] {
            expect(&clew(dir, &[command, "trace"])?, &[0], &[])
                .map_err(|e| format!("{place}: {command}: {e}"))?;
        }
    }
    Ok(())
}

fn ended(outcome: &Outcome) -> Result<(), String> {
    const KILLED: i32 = 137;
    match outcome.code() {
        KILLED => Err("it goes on for ever".into()),
        _ => Ok(()),
    }
}

/// All there at once, which no other task of the machine's can be the reason to refuse.
fn two_thousand_threads(dir: &Path) -> Result<(), String> {
    let program = source("kills/crowd.c", &[]).build()?.join("crowd");
    let recorded = clew(dir, &["record", "-o", "trace", "--", &program.to_string_lossy(), "2000"])?;
    expect(&recorded, &[0], &[])?;
    if recorded.stdout != b"2000 threads, 2000\n" {
        return Err(format!("it prints {}", excerpt(&recorded.stdout)));
    }
    let replayed = clew(dir, &["replay", "-a", "trace"])?;
    expect(&replayed, &[0], &[])?;
    let same = replayed.stdout == recorded.stdout;
    same.then_some(()).ok_or_else(|| "the replay prints something else".into())
}

/// The kernel kills a guest that takes more memory than its cgroup has: the recorder says so, and what was
/// recorded replays.
fn memory_of_a_cgroup(dir: &Path) -> Result<(), String> {
    let group = Group::new(&format!("clew-test-{}", std::process::id()))?;
    fs::write(group.0.join("memory.limit_in_bytes"), "150M").map_err(|e| e.to_string())?;
    let program = quote(&paths::clew()?.to_string_lossy()).to_string();
    let script =
        quote("x = []\nfor i in range(1000): x.append(b'x' * 1000000); print(i, flush=True)");
    let line = format!(
        "echo $$ > {}/cgroup.procs; exec {program} record -o trace -- /usr/bin/python3 -c {script}",
        group.0.display()
    );
    let recorded = run(dir, vec!["/bin/sh".into(), "-c".into(), line], &[])?;
    // It hits the guest, or the recorder, which is smaller.
    expect(&recorded, &[137], &[])?;
    let replayed = clew(dir, &["replay", "-a", "trace"])?;
    expect(&replayed, &[0], &[])?;
    let prefix = recorded.stdout.starts_with(&replayed.stdout)
        || replayed.stdout.starts_with(&recorded.stdout);
    if replayed.stdout.is_empty() || !prefix {
        return Err(format!("the replay prints {}", excerpt(&replayed.stdout)));
    }
    Ok(())
}

/// A group that may have so much memory (the first version of cgroups).
struct Group(std::path::PathBuf);

impl Group {
    fn new(name: &str) -> Result<Self, String> {
        let path = Path::new("/sys/fs/cgroup/memory").join(name);
        fs::create_dir(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let group = Self(path);
        let there = group.0.join("memory.limit_in_bytes").exists();
        there.then_some(group).ok_or_else(|| "no cgroup of memory".into())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}

/// Recorded where the machine has run for years, replayed where it has not, and the other way round.
fn other_clocks(dir: &Path) -> Result<(), String> {
    let program = paths::clew()?.to_string_lossy().into_owned();
    let elsewhere = |words: &[&str]| {
        let unshare = ["unshare", "-T", "--monotonic", "100000000", "--boottime", "100000000"];
        let words = [&unshare[..], &[&program], words].concat();
        run(dir, words.into_iter().map(str::to_owned).collect(), &[])
    };
    let script = "import time\nfor i in range(50): print(time.monotonic(), time.time(), flush=True); time.sleep(0.001)";
    let record = ["record", "-o", "trace", "--", "/usr/bin/python3", "-c", script];
    let replay = ["replay", "-a", "trace"];
    let recorded = elsewhere(&record)?;
    expect(&recorded, &[0], &[])?;
    for replayed in [clew(dir, &replay)?, elsewhere(&replay)?] {
        expect(&replayed, &[0], &[])?;
        if replayed.stdout != recorded.stdout {
            return Err(format!("the replay prints {}", excerpt(&replayed.stdout)));
        }
    }
    Ok(())
}
