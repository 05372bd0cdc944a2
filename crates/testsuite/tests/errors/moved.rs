//! Replays long after: the program, its libraries and its inputs are gone or changed, the trace
//! itself has moved.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clew_testsuite::process::Outcome;

use super::{Check, record, replays, tool, write};

pub const CHECKS: [(&str, Check); 6] = [
    ("replay_originals_deleted", |dir| {
        let subject = Subject::record(dir)?;
        for path in &subject.files {
            fs::remove_file(path).map_err(|e| e.to_string())?;
        }
        replays(dir, &subject.trace, &subject.outcome)
    }),
    ("replay_originals_replaced", |dir| {
        let subject = Subject::record(dir)?;
        for path in &subject.files {
            fs::remove_file(path).map_err(|e| e.to_string())?;
            write(path, "something else entirely\n", 0o755)?;
        }
        replays(dir, &subject.trace, &subject.outcome)
    }),
    ("replay_originals_overwritten", |dir| {
        let subject = Subject::record(dir)?;
        for path in &subject.files {
            // In place: hard links and open mappings see it.
            let length = fs::metadata(path).map_err(|e| e.to_string())?.len() as usize;
            write(path, vec![0xcc; length], 0o755)?;
        }
        replays(dir, &subject.trace, &subject.outcome)
    }),
    ("replay_directory_gone", |dir| {
        let subject = Subject::record(dir)?;
        fs::remove_dir_all(dir.join("home")).map_err(|e| e.to_string())?;
        replays(dir, &subject.trace, &subject.outcome)
    }),
    ("replay_trace_moved", |dir| {
        let subject = Subject::record(dir)?;
        let moved = dir.join("moved elsewhere");
        fs::rename(&subject.trace, &moved).map_err(|e| e.to_string())?;
        replays(dir, &moved, &subject.outcome)
    }),
    ("replay_twice_at_once", |dir| {
        let subject = Subject::record(dir)?;
        std::thread::scope(|scope| {
            let run = || replays(dir, &subject.trace, &subject.outcome);
            let other = scope.spawn(run);
            run()?;
            other.join().map_err(|_| "the other replay's thread died")?
        })
    }),
];

/// A recorded program with a library and an input file of its own.
struct Subject {
    trace: PathBuf,
    outcome: Outcome,
    files: Vec<PathBuf>,
}

const LIBRARY: &str = "int twice(int x) { return 2 * x; }\n";
const PROGRAM: &str = r#"
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
int twice(int x);
int main(void) {
    char line[100] = "";
    int fd = open("input", O_RDWR);
    read(fd, line, sizeof line - 1);
    char *map = mmap(0, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    char *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    printf("%d %s%.5s %.3s\n", twice(21), line, map, shared + 2);
    shared[0] = 'X';
    printf("%.5s\n", shared);
}
"#;

impl Subject {
    fn record(dir: &Path) -> Result<Self, String> {
        let home = dir.join("home");
        fs::create_dir_all(&home).map_err(|e| e.to_string())?;
        let (library, program) = (home.join("libtwice.so"), home.join("program"));
        write(&home.join("twice.c"), LIBRARY, 0o644)?;
        write(&home.join("program.c"), PROGRAM, 0o644)?;
        let gcc = |arguments: &[&str]| tool(Command::new("gcc").current_dir(&home).args(arguments));
        gcc(&["-w", "-shared", "-fPIC", "-o", "libtwice.so", "twice.c"])?;
        gcc(&["-w", "-o", "program", "program.c", "-L.", "-ltwice", "-Wl,-rpath,$ORIGIN"])?;
        let input = dir.join("input");
        write(&input, "hello from a file\n", 0o644)?;
        let (trace, outcome) = record(dir, &[&program.to_string_lossy()])?;
        Ok(Self { trace, outcome, files: vec![library, program, input] })
    }
}
