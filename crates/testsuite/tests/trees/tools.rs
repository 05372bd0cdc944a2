//! Debuggers, sanitizers, terminals.

use std::path::Path;
use std::process::Command;

use clew_testsuite::program::Program;
use clew_testsuite::sources::source;

use super::program;

#[rustfmt::skip]
pub fn programs() -> Vec<Program> {
    let mut all = sanitizers();
    all.extend([
        program("gdb_run", &["/usr/bin/gdb", "-nx", "-batch", "-ex", "run", "-ex", "info registers rip", "/bin/true"]).refused("ptrace"),
        program("gdb_breakpoint", &["/usr/bin/gdb", "-nx", "-batch", "-ex", "break main", "-ex", "run", "-ex", "backtrace", "{out}/safepoint_gc"]).built(source("c/safepoint_gc.c", &[])).refused("ptrace"),
        program("strace", &["/usr/bin/strace", "-f", "-o", "log", "/bin/sh", "-c", "echo traced | cat"]).refused("ptrace"),
        program("script", &["/usr/bin/script", "-qec", "tty > /dev/null && stty size; echo hi; sh -c 'exit 3'", "/dev/null"]).tree(4).exits(3).unaccounted(),
        program("script_jobs", &["/usr/bin/script", "-qec", "/bin/dash {src}/shell/dash_jobs.sh", "/dev/null"]).tree(6).unaccounted(),
        program("tmux", &["/bin/sh", "{src}/shell/tmux.sh"]).needs(&["/usr/bin/tmux"]).tree(30).warns(),
        program("ssh_keygen", &["/bin/sh", "-ec", "ssh-keygen -q -t ed25519 -N '' -C x -f key; ssh-keygen -y -f key | cut -d' ' -f1; echo text | ssh-keygen -q -Y sign -f key -n file > sig; echo text | ssh-keygen -q -Y check-novalidate -n file -s sig"]).needs(&["/usr/bin/ssh-keygen"]).tree(6),
        program("gpg_like_pipe", &["/bin/sh", "-ec", "openssl enc -aes-256-cbc -pbkdf2 -pass pass:x -in \"$1\" | openssl enc -d -aes-256-cbc -pbkdf2 -pass pass:x | cmp - \"$1\"", "sh", "@small"]).needs(&["/usr/bin/openssl"]).tree(4),
        program("man_pipeline", &["/bin/sh", "-c", "seq 1 30000 | sort -R | sort -n | md5sum; seq 1 5000 | shuf | sort -n --parallel=2 | head -n 2"]).tree(8),
    ]);
    all
}

fn sanitizers() -> Vec<Program> {
    let asan = |name, kind| {
        program(name, &["{out}/sanitized", kind])
            .built(source("c/sanitized.c", &["-fsanitize=address", "-w"]))
            .needs(&[&library("libasan.so")])
            .env("ASAN_OPTIONS", "detect_leaks=0:log_path=stdout")
    };
    // Its shadow has no room in every layout that an address space may be randomised to.
    let tsan = |name, kind| {
        program(name, &["/usr/bin/setarch", "-R", "{out}/sanitized", kind])
            .built(source("c/sanitized.c", &["-fsanitize=thread", "-w"]))
            .needs(&[&library("libtsan.so")])
            .env("TSAN_OPTIONS", "log_path=stdout")
    };
    let reports = |program: Program, exit, text| {
        program.exits(exit).nondeterministic().unaccounted().prints(text)
    };
    vec![
        asan("asan", "none"),
        asan("asan_threads", "threads"),
        asan("asan_fork", "fork").tree(2),
        reports(asan("asan_overflow", "overflow"), 1, "heap-buffer-overflow"),
        reports(asan("asan_after_free", "threads-after-free"), 1, "heap-use-after-free"),
        // The search for leaks traces the program's threads from another process.
        reports(
            asan("asan_leak", "leak").env("ASAN_OPTIONS", "log_path=stdout"),
            1,
            "detected memory leaks",
        ),
        tsan("tsan", "none"),
        tsan("tsan_threads", "threads"),
        tsan("tsan_fork", "fork").tree(2),
        reports(tsan("tsan_race", "race"), 66, "data race"),
        reports(tsan("tsan_lock_order", "lock-order"), 66, "lock-order-inversion"),
    ]
}

/// Where the compiler finds a library; the bare name if it does not.
fn library(name: &str) -> String {
    let found = Command::new("gcc").arg(format!("-print-file-name={name}")).output();
    let path = found.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_string());
    path.ok().filter(|path| Path::new(path).exists()).unwrap_or_else(|| name.to_string())
}
