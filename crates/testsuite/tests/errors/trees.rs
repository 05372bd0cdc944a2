//! Process trees: which one is meant, processes that outlive the first, damaged traces of trees.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clew_testsuite::paths;
use clew_testsuite::process::Invocation;

use super::{Check, clew, expect, record};

pub const CHECKS: [(&str, Check); 5] = [
    ("children_run_natively", natively),
    ("process_selection", selection),
    ("processes_outlive_the_first", outlive),
    ("waits_for_all_processes", waits),
    ("damaged_trace_of_a_tree", damaged),
];

/// A forked child that prints, one that executes a program, a child of a child.
const TREE: [&str; 3] =
    ["/bin/bash", "-c", "(echo child; (echo grand; :); /bin/echo program; :); echo first"];

/// The fields of `clew ps --json` that matter here.
struct Process {
    pid: String,
    name: String,
    forked: bool,
    ended: bool,
}

fn processes(dir: &Path, trace: &Path) -> Result<Vec<Process>, String> {
    let listed = clew(dir, &["ps", "--json", &trace.to_string_lossy()])?;
    expect(&listed, &[0], &[])?;
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    let parse = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
        let program = value["argv"][0].as_str().unwrap_or_default();
        Ok(Process {
            pid: value["pid"].to_string(),
            name: program.rsplit('/').next().unwrap_or_default().into(),
            forked: value["forked"] == true,
            ended: !value["outcome"].is_null(),
        })
    };
    text.lines().map(parse).collect()
}

/// Replays with these words and expects this output.
fn prints(dir: &Path, trace: &Path, words: &[&str], output: &str) -> Result<(), String> {
    let name = trace.to_string_lossy();
    let replay = clew(dir, &[&["replay", "-a"], words, &[&*name]].concat())?;
    expect(&replay, &[0], &[])?;
    match replay.stdout == output.as_bytes() {
        true => Ok(()),
        false => {
            let printed = String::from_utf8_lossy(&replay.stdout);
            Err(format!("{words:?} prints {printed:?} instead of {output:?}"))
        }
    }
}

fn selection(dir: &Path) -> Result<(), String> {
    let (trace, _) = record(dir, &TREE)?;
    let all = processes(dir, &trace)?;
    let seen: Vec<_> = all.iter().map(|p| (&*p.name, p.forked)).collect();
    if seen != [("bash", false), ("bash", true), ("bash", true), ("echo", false)] {
        return Err(format!("ps lists {seen:?}"));
    }
    let pid = |i: usize| &*all[i].pid;
    prints(dir, &trace, &[], "first\n")?;
    prints(dir, &trace, &["-f", pid(0)], "first\n")?;
    prints(dir, &trace, &["-p", pid(0)], "first\n")?;
    prints(dir, &trace, &["-f", pid(1)], "child\n")?;
    prints(dir, &trace, &["-f", pid(2)], "grand\n")?;
    prints(dir, &trace, &["-f", pid(3)], "program\n")?;
    prints(dir, &trace, &["-p", pid(3)], "program\n")?;
    prints(dir, &trace, &["-p", "echo"], "program\n")?;
    let name = &*trace.to_string_lossy();
    let refused = |words: &[&str], mentions: &[&str]| {
        expect(&clew(dir, &[&["replay", "-a"], words, &[name]].concat())?, &[1], mentions)
    };
    refused(&["-p", pid(1)], &["never executed", "-f"])?;
    refused(&["-f", "1"], &["no recorded process", "clew ps"])?;
    refused(&["-p", "vi"], &["no recorded process", "clew ps"])
}

/// `record` returns with the first process; the others' events can be read while they come and when
/// all are there.
fn outlive(dir: &Path) -> Result<(), String> {
    let late = ": > started; (i=0; while [ $i -lt 300 ]; do i=$((i + 1)); echo $i; done; sleep 3; : > done)";
    let script = format!(
        "setsid /bin/bash -c '{late}' > /dev/null 2>&1 & while [ ! -e started ]; do sleep 0.01; done; echo main"
    );
    let (trace, _) = record(dir, &["/bin/bash", "-c", &script])?;
    if dir.join("done").exists() {
        return Err("record waited for all processes".into());
    }
    read_all(dir, &trace, 0)?;
    let started = Instant::now();
    while !dir.join("done").exists() {
        if started.elapsed() > Duration::from_secs(60) {
            return Err("the child did not go on".into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(200));
    read_all(dir, &trace, 3)
}

/// All that reads a trace works; at least so many processes have ended.
fn read_all(dir: &Path, trace: &Path, ended: usize) -> Result<(), String> {
    let all = processes(dir, trace)?;
    let found = all.iter().filter(|p| p.ended).count();
    if found < ended {
        return Err(format!("{found} processes have ended, not {ended}"));
    }
    let name = &*trace.to_string_lossy();
    expect(&clew(dir, &["dump", name])?, &[0], &[])?;
    expect(&clew(dir, &["info", name])?, &[0], &[])?;
    for process in &all {
        let replay = clew(dir, &["replay", "-a", "-f", &process.pid, name])?;
        expect(&replay, &[0], &[]).map_err(|e| format!("-f {}: {e}", process.pid))?;
    }
    Ok(())
}

/// With `--no-follow` forked and vforked children execute programs that know nothing of clew.
fn natively(dir: &Path) -> Result<(), String> {
    let script = "readlink /proc/self/exe; (readlink /proc/self/exe); grep -c clew /proc/self/maps; \
                  (readlink /proc/self/fd/1001); echo first; exec readlink /proc/self/exe";
    let words = ["record", "--no-follow", "-o", "trace", "--", "/bin/sh", "-c", script];
    let recorded = clew(dir, &words)?;
    expect(&recorded, &[0], &[])?;
    let link = fs::canonicalize("/usr/bin/readlink").map_err(|e| e.to_string())?;
    let link = link.to_string_lossy();
    let output = format!("{link}\n{link}\n0\nfirst\n{link}\n");
    if recorded.stdout != output.as_bytes() || !recorded.stderr.is_empty() {
        let (out, err) = (&recorded.stdout, &recorded.stderr);
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        return Err(format!("it prints {:?} and {:?} instead of {output:?}", text(out), text(err)));
    }
    prints(dir, &dir.join("trace"), &[], &format!("first\n{link}\n"))
}

fn waits(dir: &Path) -> Result<(), String> {
    let script = "(sleep 0.3; : > done) & exit 3";
    let clew = paths::clew()?.to_string_lossy().into_owned();
    let words = ["record", "-w", "-o", "trace", "--", "/bin/bash", "-c", script];
    let argv = [&[clew], &words.map(String::from)[..]].concat();
    let timeout = Duration::from_secs(60);
    // The last process has closed its files, but may still be there for a moment.
    let recorded = Invocation { argv, cwd: dir.into(), timeout, ..Invocation::default() }.run()?;
    expect(&recorded, &[3], &[])?;
    if !dir.join("done").exists() {
        return Err("it did not wait".into());
    }
    let events = fs::read_dir(dir.join("trace/events")).map_err(|e| e.to_string())?;
    let raw = |path: &PathBuf| path.extension().is_some_and(|e| e == "raw" || e == "free");
    match events.flatten().map(|e| e.path()).find(raw) {
        Some(path) => Err(format!("{} is left", path.display())),
        None => read_all(dir, &dir.join("trace"), 3),
    }
}

/// Each stream in turn is cut or changed or gone. Whatever is replayed matches or is refused; what
/// it prints is the process's output or a part of it.
fn damaged(dir: &Path) -> Result<(), String> {
    let (trace, _) = record(dir, &TREE)?;
    let pids: Vec<_> = processes(dir, &trace)?.into_iter().map(|p| p.pid).collect();
    let events = fs::read_dir(trace.join("events")).map_err(|e| e.to_string())?;
    for path in events.flatten().map(|e| e.path()) {
        let whole = fs::read(&path).map_err(|e| e.to_string())?;
        let mut versions = vec![Vec::new(), whole[..whole.len() / 2].to_vec()];
        for at in [0, 20, 40, 70, 100, 150, whole.len() / 2, whole.len() - 2] {
            let mut changed = whole.clone();
            changed[at] ^= 4;
            versions.push(changed);
        }
        for (i, version) in versions.iter().enumerate() {
            fs::write(&path, version).map_err(|e| e.to_string())?;
            judge(dir, &trace, &pids)
                .map_err(|e| format!("{}, version {i}: {e}", path.display()))?;
        }
        fs::remove_file(&path).map_err(|e| e.to_string())?;
        judge(dir, &trace, &pids).map_err(|e| format!("without {}: {e}", path.display()))?;
        fs::write(&path, &whole).map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn judge(dir: &Path, trace: &Path, pids: &[String]) -> Result<(), String> {
    let name = &*trace.to_string_lossy();
    for command in ["ps", "dump", "info"] {
        expect(&clew(dir, &[command, name])?, &[0, 1], &[])?;
    }
    for (pid, output) in pids.iter().zip(["first\n", "child\n", "grand\n", "program\n"]) {
        for option in ["-f", "-p"] {
            let replay = clew(dir, &["replay", "-a", option, pid, name])?;
            expect(&replay, &[0, 1], &[])?;
            if !output.as_bytes().starts_with(&replay.stdout) {
                let printed = String::from_utf8_lossy(&replay.stdout);
                return Err(format!("{option} {pid} prints {printed:?}"));
            }
        }
    }
    Ok(())
}
