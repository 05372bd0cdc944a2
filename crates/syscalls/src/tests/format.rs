extern crate std;

use std::string::String;

use super::memory::call;
use crate::format::{write_bytes, write_call};
use crate::{errno_name, errno_text, signal_name};

fn text(nr: u32, args: &[u64], result: i64) -> String {
    with_strings(nr, args, result, &[])
}

fn with_strings(nr: u32, args: &[u64], result: i64, strings: &[(usize, &[u8])]) -> String {
    let mut out = String::new();
    let find = |i| strings.iter().find(|(index, _)| *index == i).map(|(_, string)| *string);
    write_call(&mut out, &call(nr, args), result, &find).unwrap();
    out
}

const CWD: u64 = -100_i32 as u32 as u64;

#[test]
fn calls_read_like_strace() {
    for (written, expected) in [
        (
            with_strings(257, &[CWD, 0x7f00, 0o2000000], 3, &[(1, b"/etc/passwd")]),
            r#"openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3"#,
        ),
        (
            with_strings(257, &[CWD, 1, 0o101, 0o644], -13, &[(1, b"x")]),
            r#"openat(AT_FDCWD, "x", O_WRONLY|O_CREAT, 0644) = -1 EACCES (Permission denied)"#,
        ),
        (
            with_strings(2, &[0x10, 0], -2, &[(0, b"nothing")]),
            r#"open("nothing", O_RDONLY) = -1 ENOENT (No such file or directory)"#,
        ),
        (text(0, &[3, 0x7ffd1000, 4096], 120), "read(3, 0x7ffd1000, 4096) = 120"),
        (with_strings(1, &[1, 5, 3], 3, &[(1, b"hi\n")]), r#"write(1, "hi\n", 3) = 3"#),
        (
            text(9, &[0, 4096, 3, 0x22, u64::MAX, 0], 0x7f0000001000),
            "mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0x0) = 0x7f0000001000",
        ),
        (text(10, &[0x1000, 4096, 0], 0), "mprotect(0x1000, 4096, PROT_NONE) = 0"),
        (text(41, &[2, 0o2000001, 0], 4), "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 0) = 4"),
        (text(8, &[3, -5_i64 as u64, 1], 7), "lseek(3, -5, SEEK_CUR) = 7"),
        (
            text(202, &[0x5000, 0x80, 2, 0], -11),
            "futex(0x5000, FUTEX_WAIT|FUTEX_PRIVATE_FLAG, 2, NULL) = -1 EAGAIN (Resource temporarily unavailable)",
        ),
        (text(62, &[u64::MAX, 15], 0), "kill(-1, SIGTERM) = 0"),
        (text(16, &[0, 0x5413, 0x99], 0), "ioctl(0, TIOCGWINSZ, 0x99) = 0"),
        (
            text(16, &[0, 0xabcd, 0x99], -25),
            "ioctl(0, 0xabcd, 0x99) = -1 ENOTTY (Inappropriate ioctl for device)",
        ),
        (text(72, &[3, 2, 1], 0), "fcntl(3, F_SETFD, FD_CLOEXEC) = 0"),
        (text(72, &[3, 3], 0x8002), "fcntl(3, F_GETFL) = 0x8002"),
        (text(231, &[0], 0), "exit_group(0) = ?"),
        (
            text(56, &[0x3d0f00, 0x7000, 0x10, 0x10, 0x20], 4),
            "clone(CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID, 0x7000, 0x10, 0x10, 0x20) = 4",
        ),
        (
            text(55, &[3, 1, 4, 0x10, 0x20], 0),
            "getsockopt(3, SOL_SOCKET, SO_ERROR, 0x10, 0x20) = 0",
        ),
        (text(157, &[38, 1], 0), "prctl(PR_SET_NO_NEW_PRIVS, 1, 0x0, 0x0, 0x0) = 0"),
        (
            text(35, &[0x10, 0], -516),
            "nanosleep(0x10, NULL) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)",
        ),
        (text(28, &[0x1000, 4096, 4], 0), "madvise(0x1000, 4096, MADV_DONTNEED) = 0"),
        (text(21, &[0, 6], -14), "access(NULL, R_OK|W_OK) = -1 EFAULT (Bad address)"),
        (text(21, &[0, 0], -14), "access(NULL, F_OK) = -1 EFAULT (Bad address)"),
        (text(95, &[0o22], 0o77), "umask(0022) = 0077"),
        (
            text(600, &[1, 2, 3], -38),
            "syscall_0x258(0x1, 0x2, 0x3, 0x0, 0x0, 0x0) = -1 ENOSYS (Function not implemented)",
        ),
        (
            with_strings(59, &[1, 2, 0x30], 0, &[(0, b"/bin/ls"), (1, b"ls\0-l\0")]),
            r#"execve("/bin/ls", ["ls", "-l"], 0x30) = 0"#,
        ),
    ] {
        assert_eq!(written, expected);
    }
}

#[test]
fn unnamed_bits_are_kept() {
    assert_eq!(text(10, &[0x1000, 1, 0x41], 0), "mprotect(0x1000, 1, PROT_READ|0x40) = 0");
    assert_eq!(text(293, &[0x10, 0], 0), "pipe2(0x10, 0) = 0");
}

#[test]
fn bytes_are_escaped_so_that_c_reads_them_back() {
    let escaped = |bytes: &[u8]| {
        let mut out = String::new();
        write_bytes(&mut out, bytes).unwrap();
        out
    };
    assert_eq!(escaped(b"a\"\\\t\0"), r#""a\"\\\t\0""#);
    assert_eq!(escaped(b"\x011\xff"), r#""\0011\377""#);
    assert_eq!(escaped("é".as_bytes()), r#""\303\251""#);
    let long = with_strings(1, &[1, 5, 100], 100, &[(1, &[b'a'; 100])]);
    assert!(long.contains("aaa\"..., 100)"), "{long}");
}

#[test]
fn errors_and_signals_have_names() {
    assert_eq!(errno_name(2), Some("ENOENT"));
    assert_eq!(errno_text(11), Some("Resource temporarily unavailable"));
    assert_eq!(errno_name(133), Some("EHWPOISON"));
    assert_eq!(errno_name(0), None);
    assert_eq!(errno_name(-1), None);
    // 41 and 58 were never given out; 11 and 35 have two names.
    let missing = (1..=133).filter(|errno| errno_name(*errno).is_none());
    assert!(missing.eq([41, 58]));
    assert_eq!(signal_name(11), Some("SIGSEGV"));
    assert_eq!(signal_name(34), Some("SIGRT_2"));
    assert_eq!(signal_name(64), Some("SIGRT_32"));
    assert_eq!(signal_name(0), None);
    assert_eq!(signal_name(65), None);
}
