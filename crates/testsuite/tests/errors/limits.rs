//! Limits and descriptors that a shell may start clew with.

use std::path::Path;

use clew_testsuite::paths;
use clew_testsuite::process::{Outcome, quote};

use super::{Check, expect, run};

pub const CHECKS: [(&str, Check); 7] = [
    ("limit_of_file_sizes", |dir| {
        expect(&record_under(dir, "ulimit -f 1000", "/bin/true")?, &[125], &["ulimit -f"])?;
        std::fs::exists(dir.join("trace"))
            .is_ok_and(|there| !there)
            .then_some(())
            .ok_or_else(|| "a trace was begun".into())
    }),
    ("limit_of_memory", |dir| {
        expect(&record_under(dir, "ulimit -v 300000", "/bin/true")?, &[125], &["rlimit_as"])
    }),
    ("limit_of_open_files", |dir| both(dir, "ulimit -S -n 20", "ulimit -n", 0)),
    ("stack_unlimited", |dir| both(dir, "ulimit -s unlimited", "ulimit -s", 0)),
    ("stack_small", |dir| both(dir, "ulimit -s 256", "ulimit -s", 0)),
    ("standard_descriptors_closed", |dir| {
        both(dir, "exec <&- 2>&-", "test -e /proc/self/fd/0 && exit 4; echo out; exit 3", 3)
    }),
    ("standard_output_closed", |dir| {
        both(dir, "exec >&-", "test -e /proc/self/fd/1 && exit 4; exit 3", 3)
    }),
];

/// Records a shell script after `setup`, in the shell that starts clew, and replays it.
fn both(dir: &Path, setup: &str, script: &str, code: i32) -> Result<(), String> {
    let recorded = record_under(dir, setup, &format!("/bin/sh -c {}", quote(script)))?;
    expect(&recorded, &[code], &[])?;
    let replayed = shell(dir, setup, &["replay", "-a", "trace"].join(" "))?;
    expect(&replayed, &[0], &[])?;
    let same = recorded.stdout == replayed.stdout;
    same.then_some(()).ok_or_else(|| "the replay's output differs from the recording's".into())
}

fn record_under(dir: &Path, setup: &str, command: &str) -> Result<Outcome, String> {
    shell(dir, setup, &format!("record -o trace -- {command}"))
}

fn shell(dir: &Path, setup: &str, words: &str) -> Result<Outcome, String> {
    let clew = quote(&paths::clew()?.to_string_lossy()).to_string();
    let line = format!("{setup}; exec {clew} {words}");
    run(dir, vec!["/bin/sh".into(), "-c".into(), line], &[])
}
