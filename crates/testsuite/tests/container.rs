//! Recording, replaying and debugging as in an unprivileged container.

use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use clew_testsuite::checks::Check;
use clew_testsuite::container::{USER, confine};
use clew_testsuite::trials::{conclude, trial};
use clew_testsuite::{executables, paths};

const CHECKS: [(&str, Check); 5] = [
    ("is_confined", is_confined),
    ("doctor", doctor),
    ("record_and_replay", record_and_replay),
    ("pack", pack),
    ("under_gdb", under_gdb),
];

fn main() {
    if let Err(error) = possible() {
        eprintln!("note: no container can be imitated here ({error})");
        return;
    }
    conclude(CHECKS.into_iter().map(|(name, check)| trial("container", name, check)).collect());
}

/// Whether a kernel, or a container the tests themselves run in, lets us set one up.
fn possible() -> Result<(), String> {
    let dir = paths::scratch("container", "possible").map_err(|e| e.to_string())?;
    let result = run(&dir, &["/bin/true"]).map(drop);
    paths::discard(&dir);
    result
}

fn run(dir: &Path, argv: &[&str]) -> Result<Output, String> {
    let root =
        fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0);
    if root {
        chown(dir, Some(USER), Some(USER)).map_err(|e| e.to_string())?;
    }
    let mut command = Command::new(argv[0]);
    command.args(&argv[1..]).current_dir(dir).env_clear().stdin(Stdio::null());
    command.env("PATH", "/usr/bin:/bin").env("HOME", dir).env("TMPDIR", dir);
    command.env("CLEW_TRACE_DIR", dir.join("traces")).env("LC_ALL", "C");
    confine(&mut command, dir).map_err(|e| e.to_string())?;
    command.output().map_err(|e| format!("{argv:?}: {e}"))
}

/// Runs clew, which is to succeed; returns what it printed to stdout.
fn clew(dir: &Path, words: &[&str]) -> Result<String, String> {
    // The one under test may be where this user may not look.
    let own = dir.join("clew");
    if !own.exists() {
        executables::copy(&paths::clew()?, &own).map_err(|e| e.to_string())?;
    }
    let own = own.to_string_lossy().into_owned();
    let output = run(dir, &[&[&*own], words].concat())?;
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    match output.status.success() {
        true => Ok(stdout),
        false => Err(format!("clew {words:?}: {}: {stderr}{stdout}", output.status)),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The imitation is one: what a container refuses is refused.
fn is_confined(dir: &Path) -> Result<(), String> {
    let script = "cat /proc/self/status; unshare -r true && echo unshared; \
                  setarch -R true && echo personality; touch /usr/x && echo root; \
                  echo 1 > /proc/sys/kernel/core_uses_pid && echo sys; touch here && echo fine";
    let output = run(dir, &["/bin/sh", "-c", script])?;
    let said = text(&output.stdout);
    let lines: Vec<&str> = said.lines().collect();
    for expected in ["CapEff:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2", "fine"] {
        if !lines.contains(&expected) {
            return Err(format!("no {expected:?} in {said}"));
        }
    }
    match ["unshared", "personality", "root", "sys"].iter().find(|word| lines.contains(word)) {
        None => Ok(()),
        Some(word) => Err(format!("allowed: {word}")),
    }
}

fn doctor(dir: &Path) -> Result<(), String> {
    let said = clew(dir, &["doctor"])?;
    if said.contains("can record and replay") { Ok(()) } else { Err(said) }
}

/// A tree with threads, forks, pipes and executed programs.
fn record_and_replay(dir: &Path) -> Result<(), String> {
    let script = "echo one; (echo two); echo three | cat; \
                  perl -e 'if (fork) { wait } else { print time() > 0, qq{\\n} }'";
    let recorded = clew(dir, &["record", "--verify", "-w", "--", "/bin/bash", "-c", script])?;
    if recorded != "one\ntwo\nthree\n1\n" {
        return Err(format!("recorded: {recorded}"));
    }
    let replayed = clew(dir, &["replay", "-a"])?;
    if replayed == "one\n" { Ok(()) } else { Err(format!("replayed: {replayed}")) }
}

fn pack(dir: &Path) -> Result<(), String> {
    clew(dir, &["record", "--", "/bin/echo", "hello"])?;
    clew(dir, &["pack", "-o", "x.clew"])?;
    let replayed = clew(dir, &["replay", "-a", "x.clew"])?;
    if replayed == "hello\n" { Ok(()) } else { Err(format!("replayed: {replayed}")) }
}

/// Checkpoints, watchpoints and time backwards need no more than that either.
fn under_gdb(dir: &Path) -> Result<(), String> {
    if Command::new("gdb").arg("--version").output().is_err() {
        eprintln!("note: no gdb");
        return Ok(());
    }
    let source =
        "int counter;\nint main(void) { for (int i = 0; i < 1000; i++) counter += i; return 0; }\n";
    fs::write(dir.join("program.c"), source).map_err(|e| e.to_string())?;
    let mut gcc = Command::new("gcc");
    gcc.current_dir(dir).args(["-g", "-O0", "-o", "program", "program.c"]);
    let built = gcc.status().map_err(|e| e.to_string())?;
    if !built.success() {
        return Err("the program was not built".into());
    }
    clew(dir, &["record", "--", "./program"])?;
    let script = "break main\ncontinue\nwatch -l counter if counter > 499000\ncontinue\n\
                  delete\nwatch -l counter\nreverse-continue\nreverse-continue\n\
                  printf \"counter %d\\n\", counter\n";
    fs::write(dir.join("script"), script).map_err(|e| e.to_string())?;
    let said = clew(dir, &["replay", "-x", "script", "--", "--batch"])?;
    if said.contains("counter 497503") { Ok(()) } else { Err(said) }
}
