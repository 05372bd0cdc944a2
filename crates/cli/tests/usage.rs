//! Exit codes and messages of the command line where no guest runs.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

fn clew(root: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clew"));
    command.args(args).env("CLEW_TRACE_DIR", root).stdin(Stdio::null()).output().unwrap()
}

/// Runs clew and checks its exit code and a part of what it says on stderr.
fn expect(args: &[&str], code: i32, said: &str) {
    let root = TempDir::new().unwrap();
    let output = clew(root.path(), args);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {stderr}");
    assert!(stderr.contains(said), "{args:?}: {stderr}");
    assert!(!stderr.contains("panicked"), "{args:?}: {stderr}");
}

#[test]
fn wrong_usage_is_2() {
    expect(&[], 2, "Usage");
    expect(&["record"], 2, "PROG");
    expect(&["record", "--bogus", "true"], 2, "--bogus");
    expect(&["--bogus", "true"], 2, "--bogus");
    expect(&["ls", "--bogus"], 2, "--bogus");
    expect(&["rm"], 2, "NAME");
    expect(&["record", "-v", "NOVALUE", "true"], 2, "NAME=VALUE");
    expect(&["record", "--disable-cpuid-features", "xyz", "true"], 2, "invalid digit");
}

#[test]
fn missing_traces_are_1() {
    for command in [&["replay", "-a"][..], &["dump"], &["ps"], &["info"]] {
        expect(command, 1, "there is none in");
        expect(&[command, &["nothing-0"]].concat(), 1, "there is no such trace in");
    }
    expect(&["rm", "nothing-0"], 1, "there is no such trace in");
    expect(&["rm", "-f", "nothing-0"], 0, "");
    expect(&["rm", "--all"], 0, "");
    expect(&["ls", "-l", "--json"], 0, "");
    expect(&["dump", "x-0", "9-3"], 1, "show the events 9-3");
}

#[test]
fn programs_that_cannot_run_are_126_or_127() {
    expect(&["record", "no-such-program"], 127, "no such program in PATH");
    expect(&["record", "./no-such-program"], 127, "there is no such file");
    expect(&["record", "/tmp"], 126, "it is a directory");
    expect(&["no-such-program"], 127, "no such program in PATH");
}

#[test]
fn directories_that_cannot_hold_traces_are_125() {
    let output = clew(Path::new("/proc/nowhere"), &["record", "true"]);
    assert_eq!(output.status.code(), Some(125));
    expect(&["record", "-o", "/proc/no/where", "true"], 125, "parent directory must exist");
    expect(&["record", "-o", "/proc", "true"], 125, "is not empty");
}

#[test]
fn what_is_not_built_says_so() {
    expect(&["pack", "-o", "x.clew"], 1, "cannot do that yet");
}
