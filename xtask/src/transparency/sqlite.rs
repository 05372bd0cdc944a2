//! SQLite's tests of what it asks of the system: locks, mapped and shared files, journals and what a crash
//! leaves of them, other processes, threads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clew_testsuite::process::{Outcome, excerpt};
use clew_testsuite::transparency::{self, Limits, PASSED, Results};

use super::suite::{Case, LONG, Suite, by_name, files, reason};
use super::{Runner, sources};

#[derive(Default)]
pub struct Sqlite {
    /// Its `testfixture`: Tcl with SQLite in it, and what tests need besides.
    program: PathBuf,
    /// Where the scripts are.
    scripts: PathBuf,
    /// SQLite's programs, which some tests look for where they run.
    commands: Vec<(String, Vec<u8>)>,
}

/// With what its tests ask for, and without a shared library, which would need a wrapper.
const BUILD: &str = "mkdir -p build && cd build && \
    CFLAGS='-O2 -DSQLITE_ENABLE_SNAPSHOT -DSQLITE_ENABLE_UNLOCK_NOTIFY' \
    ../configure --enable-all --disable-shared && make testfixture sqlite3 sqldiff";

/// How the names of scripts begin that exercise the system. The others, of SQL, compute.
#[rustfmt::skip]
const SCRIPTS: &[&str] = &[
    // Files, how they are locked, mapped and shared.
    "attach", "avfs", "backup", "bigfile", "bigmmap", "busy", "cffault", "chunksize", "exclusive",
    "external_reader", "e_uri", "fallocate", "filectrl", "lock", "mmap", "multiplex", "nolock", "openv2",
    "oserror", "quota", "rowallock", "server", "shared", "shmlock", "shortread", "superlock", "symlink",
    "sync", "syscall", "sysfault", "unixexcl", "uri",
    // Transactions and their journals.
    "autovacuum", "e_vacuum", "e_wal", "incrvacuum", "io", "journal", "jrnlmode", "memjournal",
    "mjournal", "nockpt", "pager", "rollback", "savepoint", "snapshot", "subjournal", "trans", "vacuum",
    "wal", "zerodamage",
    // What a crash leaves of them, in processes of their own.
    "crash", "dbdata", "recover", "securedel", "writecrash",
    // Processes and threads.
    "exec", "mutex", "notify", "shell", "sort", "sqldiff", "thread", "tkt-5d863f876e",
    // Memory and temporary files.
    "incrblob", "interrupt", "memdb", "misc7", "pcache", "softheap", "tempdb", "tempfault", "temptable",
    "zipfile",
];

/// What takes half a minute or more natively.
const LEFT_OUT: &[(&str, &str)] = &[
    ("backup_ioerr", "thousands of simulated errors"),
    ("pagerfault", "tens of thousands of simulated faults"),
    ("pagerfault2", "simulated faults with a large database"),
    ("savepoint4", "thousands of transactions, each checked as a whole"),
    ("savepoint6", "thousands of transactions, each checked as a whole"),
    ("securedel2", "looks for a thousand texts in a large file, in Tcl"),
    ("sort3", "sorts gigabytes"),
    ("sortfault", "tens of thousands of simulated faults"),
    ("walcrash3", "thousands of simulated crashes"),
    ("walthread", "threads for a minute and a half, by the clock"),
    ("writecrash", "a killed process for each write of a transaction"),
];

impl Suite for Sqlite {
    fn prepare(&mut self, runner: &Runner) -> Result<()> {
        let dir = sources::of("sqlite3")?;
        let needs = "gcc, make, tcl, tcl-dev, zlib1g-dev";
        for name in ["build/testfixture", "build/sqlite3", "build/sqldiff"] {
            let built = sources::built(&dir, name, BUILD, needs)?;
            let program = sources::copied(&built, &runner.dir)?;
            let script = format!("#!/bin/sh\nexec {} \"$@\"\n", program.display());
            match name.strip_prefix("build/") {
                Some("testfixture") => self.program = program,
                command => self.commands.push((command.unwrap_or(name).into(), script.into())),
            }
        }
        self.scripts = sources::copied_tree(&dir.join("test"), &runner.dir)?;
        Ok(())
    }

    fn names(&self) -> Result<Vec<String>> {
        let mut names = files(&self.scripts, ".test")?;
        names.retain(|name| SCRIPTS.iter().any(|prefix| name.starts_with(prefix)));
        Ok(names)
    }

    fn case(&self, name: &str, runner: &Runner) -> Result<Case> {
        let script = self.scripts.join(format!("{name}.test"));
        let argv = [&self.program, &script].map(|path| path.to_string_lossy().into_owned());
        let mut subject = transparency::subject(argv.to_vec(), runner.user);
        subject.inputs = self.commands.clone();
        Ok(Case { subject, left_out: reason(LEFT_OUT, name) })
    }

    fn results(&self, outcome: &Outcome, _: &Path) -> Result<Results, String> {
        let text = String::from_utf8_lossy(&outcome.stdout);
        results(&text).map(Some).ok_or_else(|| {
            let (code, stdout) = (outcome.code(), excerpt(&outcome.stdout));
            format!("it exits {code} before its end: {stdout}{}", excerpt(&outcome.stderr))
        })
    }

    fn limits(&self) -> Limits {
        LONG
    }
}

/// Reads what `testfixture` prints, or nothing if it did not come to its end: `name... Ok` for each test;
/// or `name...`, and on lines of their own `! name expected: [` or `Error: `.
fn results(text: &str) -> Option<BTreeMap<String, String>> {
    let mut all = Vec::new();
    let mut begun = "";
    for line in text.lines() {
        if let Some(name) = line.strip_suffix("... Ok") {
            all.push((name, PASSED));
        } else if let Some((name, _)) = line.split_once(" expected: [")
            && let Some(name) = name.strip_prefix("! ")
        {
            all.push((name, "failed"));
        } else if line.starts_with("Error: ") && !begun.is_empty() {
            all.push((begun, "error"));
        }
        begun = line.strip_suffix("...").unwrap_or_default();
    }
    text.contains(" errors out of ").then(|| by_name(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "a-1.1... Ok\na-1.2...\n! a-1.2 expected: [x]\n! a-1.2 got:      [y]\n\
        a-2... Ok\na-2...\n! a-2 expected: [1]\n! a-2 got:      [Error: 2]\na-3...\nError: no such\n\
        Error: said by nobody\na-4...Time: 5\n";

    #[test]
    fn reads_results() {
        let read = results(&format!("{PRINTED}3 errors out of 6 tests on vm\n")).unwrap();
        let read: Vec<_> = read.iter().map(|(name, result)| (&name[..], &result[..])).collect();
        let expected = [("a-1.1", "ok"), ("a-1.2", "failed"), ("a-2", "ok"), ("a-2 (2)", "failed")];
        assert_eq!(read[..4], expected);
        assert_eq!(read[4..], [("a-3", "error")]);
    }

    #[test]
    fn a_run_that_does_not_end_does_not_count() {
        assert_eq!(results(PRINTED), None);
    }
}
