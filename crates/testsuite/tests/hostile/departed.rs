//! What the user is told when a replay departs from its recording. Recordings that do so by themselves are
//! not to be had, so traces are changed in one place.

use std::path::Path;

use clew_abi::record::{ATT_WRITE, Kind};
use clew_testsuite::checks::{Check, clew, expect};
use clew_testsuite::forge::{self, Forgery, Record};

use super::subject;

pub const CHECKS: [(&str, Check); 6] = [
    ("departed_result", departed_result),
    ("departed_argument", departed_argument),
    ("departed_memory", departed_memory),
    ("departed_tick", departed_tick),
    ("departed_mapping", departed_mapping),
    ("verified", verified),
];

fn is_call(record: &Record, nr: i64) -> bool {
    record.kind() == Kind::Syscall as u16 && forge::word(&record.payload, 0) == nr as u64
}

/// Replays the forgery: it departs at an event, not before `least`, and the message has all of `mentions`
/// and what one does next.
fn departs(dir: &Path, forgery: &Forgery, least: u64, mentions: &[&str]) -> Result<(), String> {
    forgery.write(&dir.join("forged"))?;
    let replay = clew(dir, &["replay", "-a", "forged"])?;
    let stderr = String::from_utf8_lossy(&replay.stderr);
    let (_, rest) = stderr.split_once("the replay departed from the recording at event ").ok_or(
        format!("exit code {}, and it does not say that it departed: {stderr}", replay.code()),
    )?;
    let event: u64 =
        rest.lines().next().and_then(|number| number.parse().ok()).ok_or("no event")?;
    if replay.code() != 1 || event < least {
        return Err(format!("exit code {}, at event {event} before {least}", replay.code()));
    }
    let first = event.saturating_sub(10).max(1);
    let dump = format!("clew dump forged {first}-{event}");
    let pid = u32::from_le_bytes(
        forgery.streams[0].records[0].payload[..4].try_into().unwrap_or_default(),
    );
    let process = format!("process {pid}");
    let always =
        [&dump, &process, "recorded: ", "replayed: ", "likely: ", "rax", "clew pack forged"];
    for word in always.into_iter().chain(mentions.iter().copied()) {
        if !stderr.contains(word) {
            return Err(format!("it does not mention {word:?}:\n{stderr}"));
        }
    }
    // The commands that it names are right.
    expect(&clew(dir, &["dump", "forged", &format!("{first}-{event}")])?, &[0], &[])
}

/// A call answers something else: the next thing that depends on it differs.
fn departed_result(dir: &Path) -> Result<(), String> {
    let (mut forgery, _) = subject(dir, &[])?;
    // What `open` answered is what `mmap` is given.
    let opened = forgery.find(Kind::Syscall, |record| {
        is_call(record, libc::SYS_openat)
            && record.attachments.iter().any(|att| att.bytes.ends_with(b"subject"))
    })?;
    let (event, fd) = (forge::word(&opened.head, forge::EVENT), forge::word(&opened.payload, 8));
    forge::set_word(&mut opened.payload, 8, fd + 1);
    let different = format!("argument 4 in r8 ({:#x} instead of {fd:#x})", fd + 1);
    let behind = format!("behind event {event}");
    departs(dir, &forgery, event + 1, &["mmap(", &different, &behind, "another value"])
}

/// The trace says that the guest asked for something else.
fn departed_argument(dir: &Path) -> Result<(), String> {
    let (mut forgery, _) = subject(dir, &[])?;
    let call = forgery.find(Kind::Syscall, |record| is_call(record, libc::SYS_mremap))?;
    let event = forge::word(&call.head, forge::EVENT);
    forge::set_word(&mut call.payload, 16 + 8, 0x2000);
    let different = "different: argument 1 in rsi (0x10000 instead of 0x2000), other registers";
    departs(dir, &forgery, event, &["mremap(", different])
}

/// One byte of what a call wrote, which goes nowhere but to memory and to the output.
fn departed_memory(dir: &Path) -> Result<(), String> {
    let (mut forgery, _) = subject(dir, &["--check-memory"])?;
    let read = forgery.find(Kind::Syscall, |record| {
        let written = record.attachments.iter().find(|att| att.kind == ATT_WRITE);
        is_call(record, libc::SYS_read) && written.is_some_and(|att| att.bytes.len() == 64)
    })?;
    let event = forge::word(&read.head, forge::EVENT);
    read.attachment(ATT_WRITE).ok_or("nothing was read")?.bytes[60] ^= 1;
    departs(dir, &forgery, event + 1, &["memory in 0x", "is not what was recorded"])
}

fn departed_tick(dir: &Path) -> Result<(), String> {
    let (mut forgery, _) = subject(dir, &[])?;
    let call = forgery.find(Kind::Syscall, |record| is_call(record, libc::SYS_mremap))?;
    let event = forge::word(&call.head, forge::EVENT);
    let tick = forge::word(&call.head, forge::TICK);
    forge::set_word(&mut call.head, forge::TICK, tick + 1);
    let likely = "the program went another way";
    departs(dir, &forgery, event, &["different: the tick (1 earlier)\n", likely])
}

/// A mapping that cannot be made again.
fn departed_mapping(dir: &Path) -> Result<(), String> {
    let (mut forgery, _) = subject(dir, &[])?;
    let call = forgery.find(Kind::Syscall, |record| is_call(record, libc::SYS_munmap))?;
    let event = forge::word(&call.head, forge::EVENT);
    forge::set_word(&mut call.payload, 8, 7);
    departs(dir, &forgery, event, &["has another result, 0", "fewer mappings"])
}

/// `record --verify` replays at once and says so.
fn verified(dir: &Path) -> Result<(), String> {
    let recorded =
        clew(dir, &["record", "--verify", "-o", "one", "--", "/bin/sh", "-c", "exit 3"])?;
    expect(&recorded, &[3], &["verified: the replay matched all"])?;
    let tree = ["record", "--verify", "-o", "two", "--", "/bin/sh", "-c", "/bin/true; /bin/true"];
    expect(&clew(dir, &tree)?, &[0], &["verified: the replays of 3 processes matched all"])
}
