//! The programs, one entry each.

use std::path::PathBuf;
use std::process::Command;

use clew_testsuite::data::{self, GIT_ENVIRONMENT};
use clew_testsuite::program::Program;

pub fn programs() -> Vec<Program> {
    let mut all = text_tools();
    all.extend(system_tools());
    all.extend(compressors());
    all.extend(interpreters());
    all.extend(scripts());
    all.extend(databases_and_git());
    all.extend(cryptography());
    all.extend(toolchain());
    all
}

#[rustfmt::skip]
fn text_tools() -> Vec<Program> {
    vec![
        Program::new("sort", &["/usr/bin/sort", "--parallel=1", "@text"]),
        Program::new("sort_numeric", &["/usr/bin/sort", "--parallel=1", "-n", "-k8,8", "@text", "-o", "out"]).files(),
        Program::new("grep", &["/usr/bin/grep", "-E", "host1[0-5] .*(ab|cd)+ took 1.. us", "@text"]),
        Program::new("grep_fixed", &["/usr/bin/grep", "-cF", "service[4200]", "@text"]),
        Program::new("grep_none", &["/usr/bin/grep", "no such line", "@text"]).exits(1),
        Program::new("sed", &["/usr/bin/sed", "-E", "s/([0-9]+) us/\\1000 ns/; /host7 /d", "@text"]),
        Program::new("awk", &["/usr/bin/awk", "{n[$2]++; t[$2]+=$6} END {for (i=0;i<20;i++) print i, n[\"host\" i], t[\"host\" i]}", "@text"]),
        Program::new("wc_pipe", &["/usr/bin/wc"]).stdin(data::log_lines(1_000_000)),
        Program::new("tr_pipe", &["/usr/bin/tr", "a-z", "A-Z"]).stdin(data::log_lines(1_000_000)),
        Program::new("cut", &["/usr/bin/cut", "-d ", "-f2,6", "@small"]),
        Program::new("diff", &["/usr/bin/diff", "@tree/file100", "@tree/file101"]).exits(1),
        Program::new("od", &["/usr/bin/od", "-c", "@tree/file150"]),
        Program::new("base64", &["/usr/bin/base64", "@small"]),
        Program::new("sha256sum", &["/usr/bin/sha256sum", "@text"]),
        Program::new("sha256sum_pipe", &["/usr/bin/sha256sum"]).stdin(data::log_lines(1_000_000)),
        Program::new("md5sum", &["/usr/bin/md5sum", "@text"]),
        Program::new("head_urandom", &["/usr/bin/head", "-c", "1000000", "/dev/urandom"]).nondeterministic(),
        Program::new("tail", &["/usr/bin/tail", "-n", "1000", "@text"]),
        Program::new("cat_pipe", &["/usr/bin/cat"]).stdin(data::log_lines(3_000_000)),
        Program::new("dd", &["/usr/bin/dd", "if=/dev/zero", "of=out", "bs=64k", "count=100", "status=none"]).files(),
        Program::new("factor", &["/usr/bin/factor", "18446744073709551557", "1000000016000000063"]),
        Program::new("seq", &["/usr/bin/seq", "1", "200000"]),
    ]
}

#[rustfmt::skip]
fn system_tools() -> Vec<Program> {
    vec![
        Program::new("true", &["/usr/bin/true"]),
        Program::new("false", &["/usr/bin/false"]).exits(1),
        Program::new("ls", &["/usr/bin/ls", "-la", "/usr/bin"]),
        Program::new("ls_recursive", &["/usr/bin/ls", "-lR", "/etc"]),
        Program::new("find", &["/usr/bin/find", "/usr/share"]),
        Program::new("find_printf", &["/usr/bin/find", "/usr/share/doc", "-name", "c*", "-type", "f", "-printf", "%p %s %T@ %m\\n"]),
        Program::new("du", &["/usr/bin/du", "-s", "/usr/share/doc"]),
        Program::new("stat", &["/usr/bin/stat", "/usr/bin/env", "/", "/usr/share"]),
        Program::new("date", &["/usr/bin/date", "-u", "--date=@1700000000"]),
        Program::new("date_now", &["/usr/bin/date", "+%N"]).nondeterministic(),
        Program::new("id", &["/usr/bin/id"]),
        Program::new("uname", &["/usr/bin/uname", "-a"]),
        Program::new("nproc", &["/usr/bin/nproc"]),
        Program::new("sleep", &["/usr/bin/sleep", "0.2"]),
        Program::new("pwd", &["/usr/bin/pwd"]),
        Program::new("mktemp", &["/usr/bin/mktemp", "-p", ".", "XXXXXXXX"]).nondeterministic(),
        Program::new("cp", &["/usr/bin/cp", "-r", "@tree", "copy"]).files(),
        Program::new("mv", &["/usr/bin/mv", "a", "b"]).input("a", "content").files(),
        Program::new("rm", &["/usr/bin/rm", "-rf", "a"]).input("a", "content").files(),
        Program::new("touch", &["/usr/bin/touch", "new"]).files(),
        Program::new("install", &["/usr/bin/install", "-D", "@small", "deep/down/file"]).files(),
        Program::new("truncate", &["/usr/bin/truncate", "-s", "5000", "out"]).files(),
        Program::new("ps", &["/usr/bin/ps", "aux"]).nondeterministic(),
        Program::new("free", &["/usr/bin/free"]).nondeterministic(),
        Program::new("df", &["/usr/bin/df"]).nondeterministic(),
        Program::new("tar_create", &["/usr/bin/tar", "-cf", "out.tar", "--sort=name", "--mtime=@0", "-C", "@tree", "."]).files(),
        Program::new("gdb_version", &["/usr/bin/gdb", "--version"]).warns(),
        Program::new("vim_version", &["/usr/bin/vim", "--version"]),
        Program::new("curl_version", &["/usr/bin/curl", "--version"]),
        Program::new("ld_so_list", &["/lib64/ld-linux-x86-64.so.2", "--list", "/usr/bin/python3"]).nondeterministic(),
        Program::new("ld_so_run", &["/lib64/ld-linux-x86-64.so.2", "/usr/bin/echo", "through the loader"]),
    ]
}

#[rustfmt::skip]
fn compressors() -> Vec<Program> {
    vec![
        Program::new("gzip", &["/usr/bin/gzip", "-c", "@text"]),
        Program::new("gzip_pipe", &["/usr/bin/gzip", "-1"]).stdin(data::log_lines(2_000_000)),
        Program::new("gunzip_bad", &["/usr/bin/gzip", "-dc", "@small"]).exits(1),
        Program::new("xz", &["/usr/bin/xz", "-1", "-T1", "-c", "@text"]),
        Program::new("bzip2", &["/usr/bin/bzip2", "-c", "@small"]),
        Program::new("bzip2_file", &["/usr/bin/bzip2", "file"]).input("file", data::log_lines(500_000)).files(),
        Program::new("zstd", &["/usr/bin/zstd", "--single-thread", "-q", "-c", "@small"]).ignored("starts a thread"),
    ]
}

const PYTHON_MODULES: &str = "
import json, hashlib, re, zlib, struct, decimal, collections, base64, pickle, math, textwrap
data = [{'n': i, 'name': 'item%d' % i, 'values': [i * j for j in range(5)]} for i in range(2000)]
text = json.dumps(data, sort_keys=True)
assert json.loads(text) == data
for name in ('md5', 'sha1', 'sha256', 'sha512', 'blake2b', 'sha3_256'):
    print(name, hashlib.new(name, text.encode()).hexdigest())
print(len(re.findall(r'item(\\d+)7\"', text)), re.sub(r'[aeiou]', '*', 'the quick brown fox'))
print(zlib.crc32(text.encode()), len(zlib.compress(text.encode(), 9)))
print(decimal.getcontext().divide(decimal.Decimal(1), decimal.Decimal(7)), math.sqrt(2), math.exp(1))
print(len(pickle.dumps(data)), base64.b64encode(struct.pack('<dq', 1.5, -2)))
";

const PYTHON_RANDOM: &str = "
import random, time, os, uuid, secrets
print(random.random(), time.time(), time.monotonic_ns(), os.urandom(8).hex(), uuid.uuid4(), secrets.token_hex(4))
print(os.getpid(), {str(i) for i in range(20)}, hash('x'), time.strftime('%c'))
for i in range(1000): time.perf_counter()
print(time.process_time(), time.thread_time(), os.times(), os.getloadavg())
";

const PYTHON_SQLITE: &str = "
import sqlite3
db = sqlite3.connect('test.db')
db.execute('create table t (a integer, b text)')
db.executemany('insert into t values (?, ?)', ((i, str(i * i)) for i in range(20000)))
db.commit()
print(db.execute('select sum(a), max(b), count(*) from t where b like \"1%\"').fetchone())
";

const PYTHON_SELECT: &str = "
import select, socket, os, mmap, tempfile, fcntl, resource
a, b = socket.socketpair()
a.send(b'hello'); print(select.select([b], [], [], 0)[0] == [b], b.recv(10))
r, w = os.pipe(); os.write(w, b'x' * 5000); print(len(os.read(r, 10000)))
e = select.epoll(); e.register(r, select.EPOLLIN); os.write(w, b'y'); print(e.poll(0) == [(r, 1)])
m = mmap.mmap(-1, 8192); m[4000:4010] = b'0123456789'; print(m.find(b'56'))
with tempfile.TemporaryFile() as f: f.write(b'abc'); f.seek(0); print(f.read())
server = socket.create_server(('127.0.0.1', 0)); c = socket.create_connection(server.getsockname())
s, _ = server.accept(); c.sendall(b'over tcp'); print(s.recv(100))
print(resource.getrlimit(resource.RLIMIT_STACK)[0] > 0, fcntl.fcntl(0, fcntl.F_GETFD))
";

const PYTHON_CTYPES: &str = "
import ctypes
libc = ctypes.CDLL(None)
compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
numbers = (ctypes.c_int * 1000)(*((i * 7919) % 1009 for i in range(1000)))
libc.qsort(numbers, 1000, 4, compare(lambda a, b: a[0] - b[0]))
print(list(numbers)[:20], list(numbers)[-3:])
";

const PERL: &str = r#"
my %count; my $text = join ' ', map { ($_ * 7919) % 1009 } 1..50000;
$count{$_}++ for split / /, $text;
print join(',', map { "$_=$count{$_}" } (sort { $a <=> $b } keys %count)[0..20]), "\n";
print scalar(() = $text =~ /(\d)\1/g), "\n";
my $s = 0; for my $i (1..300000) { $s = ($s * 31 + $i) % 1000003 } print "$s\n";
printf "%s %s\n", sprintf('%.3f', atan2(1,1)*4), join '', reverse split //, 'dlrow olleh';
"#;

#[rustfmt::skip]
fn interpreters() -> Vec<Program> {
    let python = |name, script| Program::new(name, &["/usr/bin/python3", "-B", "-c", script]);
    vec![
        python("python_hello", "print('hello')"),
        python("python_modules", PYTHON_MODULES),
        python("python_random", PYTHON_RANDOM).nondeterministic(),
        python("python_sqlite", PYTHON_SQLITE).files(),
        python("python_select", PYTHON_SELECT),
        python("python_ctypes", PYTHON_CTYPES),
        python("python_compute", "print(sum(i * i % 7 for i in range(600000)))"),
        python("python_bigint", "x = 3 ** 100000; print(len(str(x % 10 ** 3000)), x % 1000003)"),
        python("python_recursion", "import sys\nsys.setrecursionlimit(10**6)\ndef f(n): return n and 1 + f(n - 1)\nprint(f(5000))"),
        python("python_exception", "raise SystemExit(3)").exits(3),
        python("python_traceback", "1/0").exits(1),
        python("python_segv", "import ctypes; ctypes.string_at(0)").exits(139),
        python("python_abort", "import os; os.abort()").exits(134),
        python("python_signal", "import os, signal\nsignal.signal(signal.SIGUSR1, lambda *a: print('got it'))\nos.kill(os.getpid(), signal.SIGUSR1)\nprint('end')"),
        python("python_imports", "import ssl, asyncio, unittest, email, http.client, xml.etree.ElementTree, argparse, ctypes, decimal, sqlite3, lzma, bz2; print('ok')"),
        python("python_threads_none", "import sys; print(sys.version, sys.executable, sys.argv, sys.path)"),
        Program::new("python_stdin", &["/usr/bin/python3", "-"]).stdin("import sys\nprint(sys.argv, 6 * 7)\n"),
        Program::new("perl", &["/usr/bin/perl", "-e", PERL]),
        Program::new("perl_kill_self", &["/usr/bin/perl", "-e", "kill 11,$$"]).exits(139),
        Program::new("perl_term_self", &["/usr/bin/perl", "-e", "$|=1; print \"hi\\n\"; kill 15,$$; sleep 9"]).exits(143),
        Program::new("perl_die", &["/usr/bin/perl", "-e", "die qq{dead\\n}"]).exits(255),
        Program::new("perl_urandom", &["/usr/bin/perl", "-e", "print rand(), ' ', time(), \" $$\\n\"; print join ' ', keys %ENV"]).nondeterministic(),
        Program::new("perl_modules", &["/usr/bin/perl", "-MPOSIX", "-MData::Dumper", "-MList::Util=sum", "-MEncode", "-e", "$Data::Dumper::Sortkeys=1; print Dumper({a=>1,b=>[1..5]}), sum(1..100), floor(2.7), encode('UTF-8', chr(233)), \"\\n\""]),
        Program::new("bash_loop", &["/bin/bash", "-c", "s=0; for ((i = 0; i < 30000; i++)); do ((s += i * i % 7)); done; echo $s; a=(x y z); echo ${a[@]/y/w}; printf '%05d\\n' 42"]),
        Program::new("sh_loop", &["/bin/sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; echo $i; exit 7"]).exits(7),
        Program::new("bc", &["/usr/bin/bc", "-lq"]).stdin("scale=200\n4*a(1)\n2^500\n"),
        Program::new("gdb_python", &["/usr/bin/gdb", "-nx", "-batch", "-ex", "python print(6*7)"]).warns(),
    ]
}

#[rustfmt::skip]
fn scripts() -> Vec<Program> {
    vec![
        Program::new("script_sh", &["./script", "a", "b c"]).input("script", "#!/bin/sh\necho \"$0\" \"$#\" \"$2\"\n"),
        Program::new("script_python", &["./script", "x"]).input("script", "#!/usr/bin/python3 -B\nimport sys\nprint(sys.argv)\n"),
        Program::new("script_argument", &["./script"]).input("script", "#!/usr/bin/awk -f\nBEGIN { print 6 * 7 }\n"),
        Program::new("script_nested", &["./outer", "z"]).input("inner", "#!/bin/sh\necho inner \"$@\"\n").input("outer", "#!./inner arg\n"),
        Program::new("script_env", &["./script"]).input("script", "#! /usr/bin/env perl\nprint qq(through env\\n);\n"),
    ]
}

const SQL: &str = "
CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c REAL);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<100000)
  INSERT INTO t SELECT i, 'row '||(i*7919%100003), i*0.5 FROM n;
COMMIT;
CREATE INDEX tb ON t(b);
SELECT count(*), sum(a), max(b) FROM t;
SELECT b FROM t WHERE b LIKE 'row 99%' ORDER BY b LIMIT 5;
SELECT a % 10, avg(c) FROM t GROUP BY 1 ORDER BY 1;
UPDATE t SET c = c * 2 WHERE a % 3 = 0;
DELETE FROM t WHERE a % 7 = 0;
VACUUM;
SELECT count(*), sum(c) FROM t;
";

fn databases_and_git() -> Vec<Program> {
    let git = |name, words: &[&str]| {
        let mut argv = vec!["/usr/bin/git", "--no-pager", "-c", "safe.directory=*", "-C", "@git"];
        argv.extend(words);
        let program = Program::new(name, &argv);
        GIT_ENVIRONMENT.iter().fold(program, |program, (name, value)| program.env(name, value))
    };
    let sqlite = |name| Program::new(name, &["/usr/bin/sqlite3", "test.db"]);
    vec![
        sqlite("sqlite").stdin(SQL).files(),
        sqlite("sqlite_wal").stdin(format!("PRAGMA journal_mode=WAL;\n{SQL}")),
        sqlite("sqlite_random").stdin("SELECT random(), datetime('now');\n").nondeterministic(),
        git("git_log", &["log", "--stat"]),
        git("git_log_patch", &["log", "-p", "-3"]),
        git("git_status", &["status"]),
        git("git_diff", &["diff"]),
        git("git_show", &["show", "--format=fuller", "HEAD~3"]),
        git("git_blame", &["blame", "file5"]),
        git("git_fsck", &["fsck"]).ignored("starts threads"),
    ]
}

#[rustfmt::skip]
fn cryptography() -> Vec<Program> {
    let openssl = |name, words: &[&str]| Program::new(name, &[&["/usr/bin/openssl"], words].concat());
    vec![
        openssl("openssl_digest", &["dgst", "-sha512", "@text"]),
        openssl("openssl_blake", &["dgst", "-blake2b512", "@text"]),
        openssl("openssl_cipher", &["enc", "-aes-256-cbc", "-pbkdf2", "-nosalt", "-pass", "pass:x", "-in", "@text", "-out", "out"]).files(),
        openssl("openssl_chacha", &["enc", "-chacha20", "-K", "00", "-iv", "00", "-in", "@small", "-out", "out"]).files(),
        openssl("openssl_prime", &["prime", "-hex", "F0000000000000000000000000000000D"]),
        openssl("openssl_rsa", &["genrsa", "2048"]).nondeterministic(),
        openssl("openssl_ec", &["ecparam", "-genkey", "-name", "prime256v1"]).nondeterministic(),
        openssl("openssl_ed25519", &["genpkey", "-algorithm", "ed25519"]).nondeterministic(),
        openssl("openssl_certificate", &["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=clew", "-keyout", "-"]).nondeterministic(),
        openssl("openssl_rand", &["rand", "-hex", "64"]).nondeterministic(),
    ]
}

fn toolchain() -> Vec<Program> {
    let cc1 = gcc_says(&["-print-prog-name=cc1"]).unwrap_or_else(|| "/nonexistent/cc1".into());
    let file = |name: &str| gcc_says(&[&format!("-print-file-name={name}")]).unwrap_or_default();
    let (crt1, crti, crtn) = (file("crt1.o"), file("crti.o"), file("crtn.o"));
    let (begin, end, libc) = (file("crtbeginT.o"), file("crtend.o"), file("libc.a"));
    let (gcc, eh, python) = (file("libgcc.a"), file("libgcc_eh.a"), "/usr/bin/python3");
    let link: Vec<&str> = vec![
        "/usr/bin/ld",
        "-static",
        "-o",
        "program",
        &crt1,
        &crti,
        &begin,
        "--start-group",
        &libc,
        &gcc,
        &eh,
        "--end-group",
        "-u",
        "printf",
        "--defsym=main=exit",
        &end,
        &crtn,
    ];
    vec![
        Program::new("cc1", &[&cc1, "-quiet", "-O1", "@big.c", "-o", "out.s"]).files(),
        Program::new("cc1_errors", &[&cc1, "-quiet", "bad.c", "-o", "out.s"])
            .input("bad.c", data::log_lines(3000))
            .exits(1),
        Program::new("as", &["/usr/bin/as", "in.s", "-o", "out.o"])
            .input("in.s", assembly())
            .files(),
        Program::new("ld", &link).files(),
        Program::new("objdump", &["/usr/bin/objdump", "-d", "/usr/bin/grep"]),
        Program::new("readelf", &["/usr/bin/readelf", "-aW", python]),
        Program::new("nm", &["/usr/bin/nm", "-D", python]),
        Program::new("strip", &["/usr/bin/strip", "/usr/bin/grep", "-o", "out"]).files(),
        Program::new(
            "gdb_disassemble",
            &["/usr/bin/gdb", "-nx", "-batch", "-ex", "info files", python],
        )
        .warns(),
    ]
}

fn gcc_says(arguments: &[&str]) -> Option<String> {
    let output = Command::new("gcc").args(arguments).output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    path.is_absolute().then(|| path.to_string_lossy().into_owned())
}

fn assembly() -> String {
    let line = |n: usize| {
        format!("label{n}: mov ${n}, %rax\n add label{}(%rip), %rbx\n jne label{}\n", n / 2, n / 3)
    };
    (0..20_000).map(line).collect()
}
