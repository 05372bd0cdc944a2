//! Input data for the real programs: generated once, the same on every machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::paths;

/// Where the generated files are.
pub fn directory() -> PathBuf {
    paths::target().join("testsuite-data-1")
}

/// Makes all data sets; safe to call from many tests at once.
pub fn prepare() -> Result<(), String> {
    static DONE: OnceLock<Result<(), String>> = OnceLock::new();
    DONE.get_or_init(|| {
        paths::once(&directory(), |dir| {
            generate(dir).map_err(|e| format!("cannot make test data: {e}"))
        })
    })
    .clone()
}

fn generate(dir: &Path) -> std::io::Result<()> {
    fs::create_dir_all(dir.join("tree"))?;
    let text = log_lines(20 << 20);
    fs::write(dir.join("text"), &text)?;
    fs::write(dir.join("small"), &text[..1 << 20])?;
    fs::write(dir.join("big.c"), c_source(700))?;
    for n in 0..200 {
        let file = dir.join("tree").join(format!("file{n:03}"));
        fs::write(file, &text[n * 5000..n * 5000 + n * 97])?;
    }
    repository(&dir.join("git"))
}

/// Lines like those of a server's log, with much redundancy.
pub fn log_lines(size: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(size + 100);
    let mut state = 1u32;
    let mut next = |limit: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % limit
    };
    while text.len() < size {
        let line = format!(
            "{:05} host{} service[{}]: request {:x} took {} us\n",
            next(100_000),
            next(20),
            next(5000),
            next(1 << 24),
            next(3000)
        );
        text.extend_from_slice(line.as_bytes());
    }
    text
}

/// A C file with many functions of some variety.
fn c_source(functions: usize) -> String {
    let function = |n: usize| {
        format!(
            "struct s{n} {{ int a, b[{size}]; double d; }};\n\
             int f{n}(struct s{n} *p, int k) {{\n\
             \x20 int total = {n};\n\
             \x20 for (int i = 0; i < {size}; i++) total += p->b[i] * k + (p->a >> (i & 7));\n\
             \x20 switch (k & 7) {{ case 0: total++; break; case 1: total *= 3; break;\n\
             \x20   case 2: p->d += total; break; case 5: return k; default: total ^= {n}; }}\n\
             \x20 while (k-- > 0) p->d = p->d * 0.5 + total % (k + 2);\n\
             \x20 return total;\n}}\n",
            size = 3 + n % 13
        )
    };
    (0..functions).map(function).collect()
}

/// A git repository with some history, made with fixed dates and names.
fn repository(dir: &Path) -> std::io::Result<()> {
    fs::create_dir_all(dir)?;
    let git = |arguments: &[&str]| {
        Command::new("git")
            .current_dir(dir)
            .args(arguments)
            .envs(GIT_ENVIRONMENT)
            .env("GIT_AUTHOR_DATE", "2024-01-02T03:04:05Z")
            .env("GIT_COMMITTER_DATE", "2024-01-02T03:04:05Z")
            .output()
    };
    git(&["init", "-q"])?;
    for commit in 0..40 {
        for file in 0..5 {
            let text = log_lines(2000 + commit * 100 + file * 10);
            fs::write(dir.join(format!("file{}", (commit * 3 + file) % 23)), text)?;
        }
        git(&["add", "."])?;
        git(&["commit", "-q", "-m", &format!("Change number {commit}")])?;
    }
    git(&["repack", "-adq"])?;
    fs::write(dir.join("untracked"), "new\n")?;
    fs::write(dir.join("file3"), "changed\n")?;
    git(&["status"]).map(drop)
}

/// What makes git independent of the machine's settings.
pub const GIT_ENVIRONMENT: [(&str, &str); 7] = [
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_AUTHOR_NAME", "A U Thor"),
    ("GIT_AUTHOR_EMAIL", "author@example.com"),
    ("GIT_COMMITTER_NAME", "A U Thor"),
    ("GIT_COMMITTER_EMAIL", "author@example.com"),
    ("GIT_OPTIONAL_LOCKS", "0"),
];
