//! Threaded programs that are compiled for it: C, Go, Java, Rust; tools that use several threads.

use clew_testsuite::program::Program;
use clew_testsuite::sources::source;

use super::program;

#[rustfmt::skip]
pub fn programs() -> Vec<Program> {
    let gc = |name, how| program(name, &["{out}/safepoint_gc", how]).built(source("c/safepoint_gc.c", &[]));
    let java = |name, options: &[&str]| {
        program(name, &[&["/usr/bin/java"], options, &["-Xmx48m", "-cp", "{out}", "Threads"]].concat())
            .built(source("java/Threads.java", &[])).tree(2).exits(4).first_writes()
            .timeout(300)
    };
    let go = |name, path, words: &[&str]| program(name, words).built(source(path, &[]));
    let rust = |name, program_name: &str| program(name, &[&format!("{{out}}/{program_name}")]).built(source("rust", &[]));
    let heavy = "wants a Java development kit, and compiles at run time for long";
    let toolchain = "wants a Go toolchain of 500 MB";
    vec![
        gc("safepoints_flag", "flag"),
        gc("safepoints_page", "page"),
        gc("safepoints_signal", "signal"),
        program("libuv", &["{out}/uv_loop"]).built(source("c/uv_loop.c", &["-luv"])).needs(&["/usr/include/uv.h"]).tree(2).first_writes(),
        rust("rust_rayon", "rayon"),
        rust("rust_tokio", "tokio").tree(10).first_writes(),
        java("java_serial", &["-XX:+UseSerialGC"]).ignored(heavy),
        java("java_parallel", &["-XX:+UseParallelGC"]).ignored(heavy),
        java("java_g1", &["-XX:+UseG1GC"]).ignored(heavy),
        java("java_interpreted", &["-Xint", "-XX:+UseSerialGC"]).ignored(heavy),
        program("javac", &["/usr/bin/javac", "-J-XX:+UseSerialGC", "-d", ".", "{src}/java/Threads.java"]).files().timeout(300).ignored(heavy),
        go("go_goroutines", "go/goroutines.go", &["{out}/goroutines"]).tree(2).exits(5).first_writes().ignored(toolchain),
        go("go_http", "go/http.go", &["{out}/http"]).ignored(toolchain),
        program("go_build", &["/usr/bin/go", "build", "-o", "program", "{src}/go/goroutines.go"])
            .env("GOCACHE", "{work}/cache").env("GO111MODULE", "off").tree(6).timeout(600).ignored(toolchain),
        program("sort_parallel", &["/usr/bin/sort", "--parallel=4", "-S", "8M", "@text", "-o", "out"]).files(),
        program("sort_compressed", &["/usr/bin/sort", "--parallel=2", "-S", "2M", "--compress-program=gzip", "-T", ".", "-k8,8n", "@text", "-o", "out"]).tree(40).files().ignored("runs gzip 20 times on much data"),
        program("zstd_threads", &["/usr/bin/zstd", "-q", "-T2", "-3", "-c", "@text"]),
        program("xz_threads", &["/usr/bin/xz", "-T2", "-0", "--block-size=256KiB", "-c", "@small"]),
        program("pigz", &["/usr/bin/pigz", "-p", "2", "-n", "-c", "@small"]),
        program("compressors", &["/bin/sh", "{src}/shell/compressors.sh", "@text"]).tree(10).needs(&["/usr/bin/zstd", "/usr/bin/xz", "/usr/bin/pigz"]).ignored("the same programs as above on much data"),
        program("openssl_speed", &["/usr/bin/openssl", "speed", "-multi", "2", "-seconds", "1", "-bytes", "1024", "sha256"]).tree(3).nondeterministic().unaccounted(),
program("git_pack_threads", &["/usr/bin/git", "-c", "safe.directory=*", "-c", "pack.threads=3", "-C", "@git", "pack-objects", "-q", "--all", "--stdout", "--no-reuse-delta", "--no-reuse-object"]).nondeterministic(),
    ]
}
