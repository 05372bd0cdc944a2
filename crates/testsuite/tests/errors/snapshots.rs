//! Snapshots of translated code: whatever becomes of them, programs run, record and replay the same.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use clew_testsuite::paths;
use clew_testsuite::process::Outcome;

use super::{Check, clew_with, expect, tool};

pub const CHECKS: [(&str, Check); 10] = [
    ("code_warm", |dir| {
        let subject = Subject::build(dir)?;
        subject.modes(&["a", "a", "b", "b", "a"])?;
        if subject.snapshots()?.is_empty() {
            return Err("there is no snapshot".into());
        }
        Ok(())
    }),
    // Where the snapshot has a library, there is another one, or nothing: then a jump there faults.
    ("code_elsewhere", |dir| {
        Subject::build(dir)?.modes(&["a", "b", "jump", "ab", "ba", "jump", "a"])
    }),
    ("code_library_replaced", |dir| {
        let subject = Subject::build(dir)?;
        subject.modes(&["a", "a"])?;
        subject.library("a", 77)?;
        settle();
        subject.modes_of(&[("a", "a 77\n"), ("a", "a 77\n")])
    }),
    ("code_library_touched", |dir| {
        let subject = Subject::build(dir)?;
        subject.modes(&["a", "a"])?;
        tool(Command::new("touch").arg(dir.join("liba.so")))?;
        // Too young to be a text.
        subject.modes(&["a"])?;
        settle();
        subject.modes(&["a", "a"])
    }),
    ("code_truncated", |dir| {
        let subject = Subject::build(dir)?;
        subject.modes(&["a", "a"])?;
        for len in [0, 100, 4096, 5000, 1 << 20] {
            for path in subject.snapshots()? {
                let file = fs::OpenOptions::new().write(true).open(path);
                file.and_then(|file| file.set_len(len)).map_err(|e| e.to_string())?;
            }
            subject.modes(&["a", "a"])?;
        }
        Ok(())
    }),
    ("code_flipped", |dir| {
        let subject = Subject::build(dir)?;
        subject.modes(&["a", "a"])?;
        let mut seed = 1u64;
        for _ in 0..12 {
            for path in subject.snapshots()? {
                seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                flip(&path, seed >> 16).map_err(|e| e.to_string())?;
            }
            subject.modes(&["a"])?;
        }
        Ok(())
    }),
    ("code_of_another_build", |dir| {
        let subject = Subject::build(dir)?;
        subject.modes(&["a", "a"])?;
        for path in subject.snapshots()? {
            let file = fs::OpenOptions::new().write(true).open(path);
            file.and_then(|file| file.write_all_at(&[7; 8], 8)).map_err(|e| e.to_string())?;
        }
        subject.modes(&["a", "b"])
    }),
    ("code_written_at_once", |dir| {
        let subject = Subject::build(dir)?;
        for _ in 0..3 {
            subject.at_once(&["a", "b", "ab", "a", "ba", "b", "jump", "a"])?;
        }
        subject.modes(&["a", "b", "ba"])
    }),
    // Where there should be snapshots lies something else.
    ("code_other_files", |dir| {
        let subject = Subject::build(dir)?;
        subject.modes(&["a", "a"])?;
        let snapshots = subject.snapshots()?;
        for kind in ["mkfifo", "mkdir"] {
            for path in &snapshots {
                let _ = fs::remove_file(path);
                tool(Command::new(kind).arg(path))?;
            }
            subject.modes(&["a", "b"])?;
            tool(Command::new("rm").arg("-rf").args(&snapshots))?;
        }
        for path in &snapshots {
            std::os::unix::fs::symlink("/etc/passwd", path).map_err(|e| e.to_string())?;
        }
        subject.modes(&["a", "b"])
    }),
    ("code_directory_not_ones_own", |dir| {
        let subject = Subject::build(dir)?;
        let code = dir.join("data/clew/.code");
        subject.modes(&["a", "a"])?;
        tool(Command::new("chmod").arg("777").arg(&code))?;
        for path in subject.snapshots()? {
            fs::remove_file(path).map_err(|e| e.to_string())?;
        }
        subject.modes(&["a", "a"])?;
        if !subject.snapshots()?.is_empty() {
            return Err("there are snapshots where anybody may put some".into());
        }
        for replace in ["rm -rf $1 && ln -s . $1", "rm $1 && touch $1", "rm $1 && ln -s none $1"] {
            tool(Command::new("sh").args(["-ec", replace, "sh"]).arg(&code))?;
            subject.modes(&["a"])?;
        }
        Ok(())
    }),
];

/// A program whose snapshot does not fit on the disk, which others have filled to the last 100 KiB.
pub fn fill_up(dir: &Path, small: &Path) -> Result<(), String> {
    let subject = Subject::build(dir)?;
    let root = small.to_string_lossy().into_owned();
    let script = "head -c 100K /dev/zero > reserve && head -c 100M /dev/zero > filler; rm reserve";
    let _ = Command::new("sh").args(["-c", script]).current_dir(small).output();
    let trace = dir.join("trace").to_string_lossy().into_owned();
    for _ in 0..3 {
        let _ = fs::remove_dir_all(&trace);
        let words = ["record", "-o", &trace, "--", "./main", "a"];
        let outcome = clew_with(dir, &words, &[("CLEW_TRACE_DIR", &root)])?;
        check(&outcome, "a 11\n", "with a full disk")?;
        if !outcome.stderr.is_empty() {
            return Err(format!("a message: {}", String::from_utf8_lossy(&outcome.stderr)));
        }
        let left = fs::read_dir(small.join(".code")).map_err(|e| e.to_string())?.flatten();
        if let Some(left) = left.map(|file| file.path()).find(|path| !path.ends_with(".ledger")) {
            return Err(format!("{} is left", left.display()));
        }
    }
    let outcome = clew_with(&subject.dir, &["replay", "-a", &trace], &[("CLEW_TRACE_DIR", &root)])?;
    check(&outcome, "a 11\n", "replayed")
}

/// Files younger than this do not count.
fn settle() {
    sleep(Duration::from_secs(4));
}

/// Flips a bit, in the first megabyte as often as elsewhere: the rest is mostly holes.
fn flip(path: &Path, seed: u64) -> std::io::Result<()> {
    let file = fs::OpenOptions::new().read(true).write(true).open(path)?;
    let len = file.metadata()?.len();
    let at = (seed >> 4) % if seed & 8 == 0 { len } else { len.min(1 << 20) };
    let mut byte = [0];
    file.read_exact_at(&mut byte, at)?;
    file.write_all_at(&[byte[0] ^ 1 << (seed & 7)], at)
}

const PROGRAM: &str = r#"
#include <dlfcn.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
static sigjmp_buf back;
static void caught(int signo, siginfo_t *info, void *context) {
    (void)signo; (void)context;
    siglongjmp(back, info->si_code);
}
int main(int argc, char **argv) {
    (void)argc;
    void *last = 0;
    const char *mode = strcmp(argv[1], "jump") ? argv[1] : "a";
    for (const char *c = mode; *c; c++) {
        char name[] = "./lib?.so";
        name[5] = *c;
        void *lib = dlopen(name, RTLD_NOW);
        if (!lib) return puts(dlerror()), 1;
        int (*f)(void) = (int (*)(void))dlsym(lib, "f");
        printf("%c %d\n", *c, f());
        last = (void *)f;
        dlclose(lib);
    }
    if (mode != argv[1]) {
        struct sigaction action = {.sa_flags = SA_SIGINFO, .sa_sigaction = caught};
        sigaction(SIGSEGV, &action, 0);
        int code = sigsetjmp(back, 1);
        if (code) return printf("fault %d\n", code), 0;
        printf("jumped to nowhere: %d\n", ((int (*)(void))last)());
    }
    return 0;
}
"#;

/// What the program prints.
fn expected(mode: &str) -> String {
    match mode {
        "jump" => "a 11\nfault 1\n".to_owned(),
        mode => mode.replace('a', "a 11\n").replace('b', "b 22\n"),
    }
}

/// A program that opens libraries, which end up at the same place.
struct Subject {
    dir: PathBuf,
}

impl Subject {
    fn build(dir: &Path) -> Result<Self, String> {
        let subject = Self { dir: dir.to_owned() };
        fs::write(dir.join("main.c"), PROGRAM).map_err(|e| e.to_string())?;
        tool(Command::new("cc").current_dir(dir).args(["-O1", "-o", "main", "main.c", "-ldl"]))?;
        subject.library("a", 11)?;
        subject.library("b", 22)?;
        settle();
        Ok(subject)
    }

    /// Many functions, so that a snapshot is worth while.
    fn library(&self, name: &str, value: u32) -> Result<(), String> {
        let functions: String = (0..300)
            .map(|n| format!("__attribute__((noinline)) static int g{n}(int x) {{ return x > {n} ? x - 1 : x + 1; }}\n"))
            .collect();
        let calls: String = (0..300).map(|n| format!("    x = g{n}(x);\n")).collect();
        let source = format!(
            "{functions}int f(void) {{ volatile int v = 0; int x = v;\n{calls}    return x < -1000 ? x : {value}; }}\n"
        );
        let (c, so) = (format!("lib{name}.c"), format!("lib{name}.so"));
        fs::write(self.dir.join(&c), source).map_err(|e| e.to_string())?;
        let made = format!("{so}.new");
        let words = ["-O1", "-shared", "-fPIC", "-o", &made, &c];
        tool(Command::new("cc").current_dir(&self.dir).args(words))?;
        fs::rename(self.dir.join(made), self.dir.join(so)).map_err(|e| e.to_string())
    }

    /// The snapshots there are.
    fn snapshots(&self) -> Result<Vec<PathBuf>, String> {
        let entries = fs::read_dir(self.dir.join("data/clew/.code")).map_err(|e| e.to_string())?;
        let paths = entries.flatten().map(|entry| entry.path());
        let is_snapshot = |path: &PathBuf| !path.to_string_lossy().contains("/.code/.");
        Ok(paths.filter(is_snapshot).collect())
    }

    /// Records all of them at the same time, and replays each.
    fn at_once(&self, modes: &[&str]) -> Result<(), String> {
        let one = |n: usize, mode: &str| {
            let trace = self.dir.join(format!("trace{n}"));
            let _ = fs::remove_dir_all(&trace);
            let name = trace.to_string_lossy().into_owned();
            for words in
                [&["record", "-o", &name, "--", "./main", mode][..], &["replay", "-a", &name]]
            {
                check(&clew_with(&self.dir, words, &[])?, &expected(mode), &format!("{words:?}"))?;
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let each = modes.iter().enumerate();
            let all: Vec<_> = each.map(|(n, mode)| scope.spawn(move || one(n, mode))).collect();
            let panicked = |_| Err("a thread panicked".to_owned());
            all.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(panicked))
        })
    }

    fn modes(&self, modes: &[&str]) -> Result<(), String> {
        let all: Vec<_> = modes.iter().map(|mode| (*mode, expected(mode))).collect();
        all.iter().try_for_each(|(mode, expected)| self.mode(mode, expected))
    }

    fn modes_of(&self, modes: &[(&str, &str)]) -> Result<(), String> {
        modes.iter().try_for_each(|(mode, expected)| self.mode(mode, expected))
    }

    /// Records with snapshots and without, and replays each both ways.
    fn mode(&self, mode: &str, expected: &str) -> Result<(), String> {
        for recorded in [&[][..], &OFF] {
            let trace = self.dir.join("trace");
            let _ = fs::remove_dir_all(&trace);
            let name = trace.to_string_lossy().into_owned();
            let words = ["record", "--check-memory", "-o", &name, "--", "./main", mode];
            let outcome = clew_with(&self.dir, &words, recorded)?;
            check(&outcome, expected, &format!("{mode}, recorded {recorded:?}"))?;
            for replayed in [&[][..], &OFF] {
                let outcome = clew_with(&self.dir, &["replay", "-a", &name], replayed)?;
                let how = format!("{mode}, recorded {recorded:?}, replayed {replayed:?}");
                check(&outcome, expected, &how)?;
            }
        }
        Ok(())
    }
}

const OFF: [(&str, &str); 1] = [("CLEW_NO_CODE_CACHE", "1")];

fn check(outcome: &Outcome, expected: &str, how: &str) -> Result<(), String> {
    let stdout = String::from_utf8_lossy(&outcome.stdout);
    expect(outcome, &[0], &[]).map_err(|e| format!("{how}: {e}; {stdout}"))?;
    match stdout == expected {
        true => Ok(()),
        false => Err(format!("{how}: {stdout:?} instead of {expected:?} ({:?})", paths::clew()?)),
    }
}
