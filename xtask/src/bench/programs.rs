//! Real programs: compressors, a database, interpreters, a compiler, small tools.

use std::path::Path;

use anyhow::Result;

use super::work::Work;
use super::{Bench, data};

/// How often python does its work in a run that is timed.
const PYTHON_ROUNDS: &str = "6";
const TRUES: &str = "for i in {1..100}; do /usr/bin/true; done";

/// A row: group, name, goal, program, arguments. In these, `{text}` is a file of 16 MiB, `{bench}` the
/// directory of the sources, `{large}` a preprocessed C file.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

#[rustfmt::skip]
const ROWS: [Row; 12] = [
    ("programs", "gzip",    "worst", "gzip",    &["-kc", "{text}"]),
    ("programs", "xz",      "worst", "xz",      &["-1", "-T1", "-kc", "{text}"]),
    ("programs", "zstd",    "worst", "zstd",    &["-q", "-9", "--single-thread", "-kc", "{text}"]),
    ("programs", "sort",    "worst", "sort",    &["--parallel=1", "{text}"]),
    ("programs", "sqlite3", "worst", "sqlite3", &["-init", "/dev/null", ":memory:", ".read {bench}/programs/database.sql"]),
    ("programs", "cc1",     "worst", "cc1",     &["-quiet", "-fpreprocessed", "-O1", "{large}", "-o", "/dev/null"]),
    ("interpreters", "python", "interpreters", "python3", &["{bench}/programs/compute.py", PYTHON_ROUNDS]),
    ("interpreters", "perl",   "interpreters", "perl",    &["{bench}/programs/compute.pl"]),
    ("interpreters", "lua",    "interpreters", "lua5.3",  &["{bench}/programs/compute.lua"]),
    ("interpreters", "node",   "interpreters", "node",    &["{bench}/programs/compute.js"]),
    ("startup", "true",               "true",  "true", &[]),
    ("startup", "100 true from bash", "trues", "bash", &["-c", TRUES]),
];

/// What is wanted of them, and installed.
pub fn collect(bench: &Bench) -> Result<Vec<Work>> {
    let wanted = ROWS.iter().filter(|(group, name, ..)| bench.wants(group, name));
    wanted.filter_map(|row| work(bench, row).transpose()).collect()
}

/// The row that is called so.
pub fn named(bench: &Bench, name: &str) -> Result<Option<Work>> {
    let row = ROWS.iter().find(|(_, other, ..)| *other == name);
    row.map_or(Ok(None), |row| work(bench, row))
}

fn work(bench: &Bench, row: &Row) -> Result<Option<Work>> {
    let (group, name, goal, program, arguments) = *row;
    let Some(path) = find(program) else {
        bench.left_out(name, program);
        return Ok(None);
    };
    let arguments = arguments.iter().map(|word| data::place(word));
    let argv = [Ok(path)].into_iter().chain(arguments).collect::<Result<Vec<_>>>()?;
    let work = Work { tree: goal == "trues", ..Work::new(group, name, argv) };
    work.goal(goal).map(Some)
}

/// A program's path. What the system brings comes first: elsewhere there may be wrappers.
pub fn find(program: &str) -> Option<String> {
    if program == "cc1" {
        return compiler();
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let dirs = ["/usr/bin", "/usr/sbin", "/bin"].into_iter().chain(path.split(':'));
    dirs.map(|dir| format!("{dir}/{program}")).find(|path| Path::new(path).is_file())
}

/// The C compiler proper.
fn compiler() -> Option<String> {
    let mut gcc = std::process::Command::new(find("gcc")?);
    let output = gcc.arg("-print-prog-name=cc1").output().ok()?;
    let path = String::from_utf8(output.stdout).ok()?.trim_end().to_string();
    Path::new(&path).is_absolute().then_some(path)
}
