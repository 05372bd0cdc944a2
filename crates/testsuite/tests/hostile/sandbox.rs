//! A replay whose engine has been taken over: the guest overwrites translated code and makes system calls
//! that nobody looks at but the kernel.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use clew_abi::record::{ATT_WRITE, Kind};
use clew_testsuite::checks::{Check, clew, run};
use clew_testsuite::forge::{self, Forgery};
use clew_testsuite::paths;
use clew_testsuite::process::{Outcome, end_marked, quote};
use clew_testsuite::sources::source;

use super::{Canary, record, subject};

pub const CHECKS: [(&str, Check); 6] = [
    ("calls_one_by_one", calls_one_by_one),
    ("calls_with_arguments", calls_with_arguments),
    ("calls_in_a_timeline", calls_in_a_timeline),
    ("descriptors_of_the_shell", descriptors_of_the_shell),
    ("copies_are_not_left_behind", copies_are_not_left_behind),
    ("port_on_the_loopback_interface", port_on_the_loopback_interface),
];

/// What a replay may call whatever the arguments; `docs/faults.md` lists them.
const FREE: [(&str, i64); 16] = [
    ("mmap", libc::SYS_mmap),
    ("munmap", libc::SYS_munmap),
    ("mprotect", libc::SYS_mprotect),
    ("mremap", libc::SYS_mremap),
    ("arch_prctl", libc::SYS_arch_prctl),
    ("modify_ldt", libc::SYS_modify_ldt),
    ("futex", libc::SYS_futex),
    ("rt_sigaction", libc::SYS_rt_sigaction),
    ("rt_sigprocmask", libc::SYS_rt_sigprocmask),
    ("rt_sigreturn", libc::SYS_rt_sigreturn),
    ("close", libc::SYS_close),
    ("ftruncate", libc::SYS_ftruncate),
    ("getpid", libc::SYS_getpid),
    ("clock_gettime", libc::SYS_clock_gettime),
    ("exit", libc::SYS_exit),
    ("exit_group", libc::SYS_exit_group),
];
const WITH_ARGUMENTS: [&str; 3] = ["sendmsg", "recvmsg", "madvise"];
const IN_A_TIMELINE: [&str; 3] = ["clone", "dup3", "prctl"];

/// `uretprobe` and `uprobe`, which newer kernels let pass every filter, and answer with a fault or an error
/// unless they put the call there themselves.
const UNFILTERED: [i64; 2] = [335, 336];

/// Reserved for the engine: the socket to clew.
const CONTROL: u64 = 1002;

const SENT_AWAY: &str = "stopped for a system call that a replay must not make";
/// What the guest ends with after a call that worked, or failed.
const WORKED: &str = "exited unexpectedly with code 42";
const FAILED: &str = "exited unexpectedly with code 43";

/// The recording of a program that breaks out when it is told to.
struct Attacker {
    forgery: Forgery,
}

/// A call that it is to make.
#[derive(Clone, Copy, Debug, Default)]
struct Attack<'a> {
    nr: u64,
    args: [u64; 6],
    /// -1 among the arguments is this text's address.
    text: &'a str,
    then: Then,
}

/// What follows the call.
#[derive(Clone, Copy, Debug, Default)]
enum Then {
    #[default]
    End,
    /// It does not end if the call answers 0.
    GoOn,
    /// It writes where the answer points to.
    Write,
}

impl Attacker {
    fn new(dir: &Path) -> Result<Self, String> {
        fs::write(dir.join("orders"), [0; 128]).map_err(|e| e.to_string())?;
        let flags = &["-nostdlib", "-static", "-no-pie"];
        let program = source("hostile/breaks_out.c", flags).build()?.join("breaks_out");
        let (forgery, _) = record(dir, &[], &program)?;
        Ok(Self { forgery })
    }

    /// Writes the trace that has it make the call to `dir/forged`.
    fn write(&self, dir: &Path, attack: &Attack) -> Result<(), String> {
        let mut forgery = self.forgery.clone();
        let read = forgery.find(Kind::Syscall, |record| {
            let written = record.attachments.iter().find(|att| att.kind == ATT_WRITE);
            written.is_some_and(|attachment| attachment.bytes.len() == 128)
        })?;
        let orders = &mut read.attachment(ATT_WRITE).ok_or("no orders")?.bytes;
        let head = [1 + attack.then as u64, attack.nr];
        for (i, word) in head.into_iter().chain(attack.args).enumerate() {
            forge::set_word(orders, 8 * i, word);
        }
        orders[64..64 + attack.text.len()].copy_from_slice(attack.text.as_bytes());
        forgery.write(&dir.join("forged"))
    }

    /// Has it make the call; what clew says then.
    fn replay(&self, dir: &Path, options: &[&str], attack: Attack) -> Result<String, String> {
        self.write(dir, &attack)?;
        let outcome = clew(dir, &[&["replay"], options, &["forged"]].concat())?;
        told(&outcome)
    }
}

fn told(outcome: &Outcome) -> Result<String, String> {
    let stderr = String::from_utf8_lossy(&outcome.stderr).into_owned();
    match outcome.code() {
        1 => Ok(stderr),
        code => Err(format!("exit code {code}: {stderr}")),
    }
}

fn attack(nr: i64, args: [u64; 6]) -> Attack<'static> {
    Attack { nr: nr as u64, args, ..Attack::default() }
}

fn expect(what: &str, told: &str, expected: &str) -> Result<(), String> {
    let fits = told.contains(expected);
    fits.then_some(()).ok_or_else(|| format!("{what}: not {expected:?} but {told:?}"))
}

fn calls_one_by_one(dir: &Path) -> Result<(), String> {
    documented()?;
    let attacker = Attacker::new(dir)?;
    // The numbers of the other ABI of this processor end there as well.
    for nr in (0..=500).chain([0x4000_0000, 0x4000_0009, 0x4000_003b]) {
        let told = attacker.replay(dir, &["-a"], attack(nr, [0; 6]))?;
        let allowed = FREE.iter().any(|(_, free)| *free == nr);
        let answered = told.contains("the guest faults") || told.contains(FAILED);
        if UNFILTERED.contains(&nr) && answered {
            continue;
        }
        if told.contains(SENT_AWAY) == allowed {
            return Err(format!("call {nr}, which is to be allowed: {allowed}, but: {told}"));
        }
    }
    Ok(())
}

/// The page that says which calls there are has these and no others.
fn documented() -> Result<(), String> {
    let path = paths::repository().join("docs/faults.md");
    let page = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let (_, rest) = page.split_once("| call | with |").ok_or("the page has no list of calls")?;
    let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    let mut listed: Vec<&str> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    let mut expected: Vec<&str> = FREE.iter().map(|(name, _)| *name).collect();
    expected.extend(WITH_ARGUMENTS.into_iter().chain(IN_A_TIMELINE));
    listed.sort_unstable();
    expected.sort_unstable();
    let same = listed == expected;
    same.then_some(()).ok_or_else(|| format!("the page lists {listed:?} instead of {expected:?}"))
}

fn calls_with_arguments(dir: &Path) -> Result<(), String> {
    let attacker = Attacker::new(dir)?;
    let canary = Canary::new(dir)?;
    let outside = "canary/file";
    let text = !0;
    let here = libc::AT_FDCWD as u64;
    for (nr, args, expected) in [
        (libc::SYS_sendmsg, [CONTROL, 0, 0, 0, 0, 0], FAILED),
        (libc::SYS_sendmsg, [0; 6], SENT_AWAY),
        (libc::SYS_sendmsg, [CONTROL + 1, 0, 0, 0, 0, 0], SENT_AWAY),
        (libc::SYS_recvmsg, [CONTROL, 0, 0x40, 0, 0, 0], FAILED),
        (libc::SYS_recvmsg, [3, 0, 0x40, 0, 0, 0], SENT_AWAY),
        (libc::SYS_madvise, [0, 0, 4, 0, 0, 0], WORKED),
        (libc::SYS_madvise, [0, 0, 9, 0, 0, 0], WORKED),
        (libc::SYS_madvise, [0, 0, 14, 0, 0, 0], WORKED),
        // MADV_MERGEABLE, MADV_HWPOISON, MADV_SOFT_OFFLINE.
        (libc::SYS_madvise, [0, 4096, 12, 0, 0, 0], SENT_AWAY),
        (libc::SYS_madvise, [0, 4096, 100, 0, 0, 0], SENT_AWAY),
        (libc::SYS_madvise, [0, 4096, 101, 0, 0, 0], SENT_AWAY),
        (libc::SYS_clone, [0x8011, 0, 0, 0, 0, 0], SENT_AWAY),
        (libc::SYS_dup3, [0, CONTROL, 0, 0, 0, 0], SENT_AWAY),
        (libc::SYS_prctl, [1, 9, 0, 0, 0, 0], SENT_AWAY),
        (libc::SYS_openat, [here, text, libc::O_RDWR as u64, 0, 0, 0], SENT_AWAY),
        (libc::SYS_open, [text, (libc::O_WRONLY | libc::O_TRUNC) as u64, 0, 0, 0, 0], SENT_AWAY),
        (libc::SYS_unlink, [text, 0, 0, 0, 0, 0], SENT_AWAY),
        (libc::SYS_truncate, [text, 0, 0, 0, 0, 0], SENT_AWAY),
        (libc::SYS_execve, [text, 0, 0, 0, 0, 0], SENT_AWAY),
        (libc::SYS_write, [1, text, 4, 0, 0, 0], SENT_AWAY),
        (libc::SYS_socket, [2, 1, 0, 0, 0, 0], SENT_AWAY),
        (libc::SYS_kill, [1, 0, 0, 0, 0, 0], SENT_AWAY),
        (libc::SYS_ptrace, [16, 1, 0, 0, 0, 0], SENT_AWAY),
        (libc::SYS_io_uring_setup, [8, text, 0, 0, 0, 0], SENT_AWAY),
    ] {
        let told = attacker.replay(dir, &["-a"], Attack { text: outside, ..attack(nr, args) })?;
        expect(&format!("call {nr} with {args:x?}"), &told, expected)?;
        canary.untouched()?;
    }
    Ok(())
}

/// Under a debugger a replay makes copies of itself, in one way.
fn calls_in_a_timeline(dir: &Path) -> Result<(), String> {
    let attacker = Attacker::new(dir)?;
    for (nr, args, expected) in [
        (libc::SYS_clone, [0x8011, 0, 0, 0, 0, 0], WORKED),
        (libc::SYS_clone, [0x11, 0, 0, 0, 0, 0], SENT_AWAY),
        (libc::SYS_clone, [0x9011, 0, 0, 0, 0, 0], SENT_AWAY),
        // There is no other descriptor that could be moved there.
        (libc::SYS_dup3, [CONTROL + 3, CONTROL, 0, 0, 0, 0], FAILED),
        (libc::SYS_dup3, [CONTROL, 5, 0, 0, 0, 0], SENT_AWAY),
        (libc::SYS_prctl, [1, 9, 0, 0, 0, 0], WORKED),
        (libc::SYS_prctl, [15, 0, 0, 0, 0, 0], SENT_AWAY),
        (libc::SYS_clone3, [0; 6], SENT_AWAY),
        (libc::SYS_fork, [0; 6], SENT_AWAY),
        (libc::SYS_openat, [0; 6], SENT_AWAY),
    ] {
        let told = attacker.replay(dir, &["-e", "-d", "/bin/true"], attack(nr, args))?;
        expect(&format!("call {nr} with {args:x?}"), &told, expected)?;
    }
    Ok(())
}

/// Files that the shell has opened for clew are not the replay's to change. Its own files in memory, which
/// may have the same numbers, are.
fn descriptors_of_the_shell(dir: &Path) -> Result<(), String> {
    let attacker = Attacker::new(dir)?;
    let canary = Canary::new(dir)?;
    let file = quote(&canary.file().to_string_lossy()).to_string();
    let program = quote(&paths::clew()?.to_string_lossy()).to_string();
    let shared = (libc::MAP_SHARED) as u64;
    for descriptor in [0, 1, 2, 5, 900, 1011, 1020] {
        let map = [0, 4096, 3, shared, descriptor, 0];
        for (nr, args) in
            [(libc::SYS_ftruncate, [descriptor, 0, 0, 0, 0, 0]), (libc::SYS_mmap, map)]
        {
            attacker.write(dir, &Attack { then: Then::Write, ..attack(nr, args) })?;
            // What clew has to say goes where it can be read.
            let stderr = if descriptor == 2 { "" } else { "2>told" };
            let line = format!(
                "ulimit -n 4096; exec {program} replay -a forged {stderr} {descriptor}<>{file}"
            );
            let bash = vec!["/bin/bash".into(), "-c".into(), line];
            let outcome = run(dir, bash, &[])?;
            if descriptor == 2 {
                fs::copy(canary.file(), dir.join("told")).map_err(|e| e.to_string())?;
                fs::write(canary.file(), super::SECRET).map_err(|e| e.to_string())?;
            }
            let told = fs::read_to_string(dir.join("told")).map_err(|e| e.to_string())?;
            let what = format!("descriptor {descriptor}, call {nr} (exit code {})", outcome.code());
            if !told.contains(FAILED) && !told.contains(WORKED) {
                return Err(format!("{what}: {told}"));
            }
            canary.untouched().map_err(|e| format!("{what}: {e}"))?;
        }
    }
    Ok(())
}

/// A copy that ends by nobody's wish but clew's.
fn copies_are_not_left_behind(dir: &Path) -> Result<(), String> {
    let attacker = Attacker::new(dir)?;
    let clone = attack(libc::SYS_clone, [0x8011, 0, 0, 0, 0, 0]);
    attacker.write(dir, &Attack { then: Then::GoOn, ..clone })?;
    let mark = format!("CLEW_HOSTILE={}", dir.display());
    let (name, value) = mark.split_once('=').unwrap_or_default();
    let mut argv = vec![paths::clew()?.to_string_lossy().into_owned()];
    argv.extend(["replay", "-e", "-d", "/bin/true", "forged"].map(str::to_owned));
    let before = engines();
    let outcome = run(dir, argv, &[(name, value)])?;
    expect("a copy", &told(&outcome)?, WORKED)?;
    // Engines have no environment; they are known by their name.
    let left: Vec<u32> = engines().into_iter().filter(|pid| !before.contains(pid)).collect();
    let marked = end_marked(&mark, std::time::Duration::ZERO);
    if left.is_empty() && marked.is_empty() {
        return Ok(());
    }
    left.iter().for_each(|pid| {
        // SAFETY: plain system call, to processes of this trial.
        unsafe { libc::kill(*pid as i32, libc::SIGKILL) };
    });
    Err(format!("left behind: {left:?} {marked:?}"))
}

/// Replaying engines whose parent is no clew, as that of another trial is.
fn engines() -> Vec<u32> {
    let clew = paths::clew().unwrap_or_default();
    let is_orphan = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let name = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let mut words = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let state = words.next().unwrap_or_default();
        let parent = words.next().unwrap_or_default();
        let parent = fs::read_link(format!("/proc/{parent}/exe")).unwrap_or_default();
        state != "Z" && name.starts_with(b"clew-replay\0") && parent != clew
    };
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(is_orphan).collect()
}

/// A server of the debugger's protocol says where it listens, and listens nowhere else.
fn port_on_the_loopback_interface(dir: &Path) -> Result<(), String> {
    subject(dir, &[])?;
    let mut server = Command::new(paths::clew()?)
        .args(["replay", "-s", "0", "trace"])
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| e.to_string())?;
    let mut line = String::new();
    if let Some(stderr) = server.stderr.take() {
        BufReader::new(stderr).read_line(&mut line).map_err(|e| e.to_string())?;
    }
    let sockets = listening(server.id());
    let _ = server.kill();
    let _ = server.wait();
    let (_, rest) = line.split_once("127.0.0.1:").ok_or(format!("it says {line:?}"))?;
    let port: u16 =
        rest.split(';').next().and_then(|port| port.parse().ok()).ok_or("it names no port")?;
    let expected = vec![format!("0100007F:{port:04X}")];
    (sockets == expected).then_some(()).ok_or_else(|| format!("it listens at {sockets:?}"))
}

/// Where a process's sockets listen, as the kernel says: address and port, in hexadecimal.
fn listening(pid: u32) -> Vec<String> {
    const LISTEN: &str = "0A";
    let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let links: Vec<String> = files
        .filter_map(|file| Some(fs::read_link(file.path()).ok()?.to_string_lossy().into_owned()))
        .collect();
    let mut found = Vec::new();
    for table in ["tcp", "tcp6"] {
        let text = fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
        for line in text.lines().skip(1) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [_, local, _, state, _, _, _, _, _, inode, ..] = words[..] else { continue };
            if state == LISTEN && links.contains(&format!("socket:[{inode}]")) {
                found.push(local.to_owned());
            }
        }
    }
    found
}
