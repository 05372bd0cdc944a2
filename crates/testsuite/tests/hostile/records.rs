//! Particular changes of the event stream.

use std::path::Path;

use clew_abi::record::{ATT_MAP, ATT_WRITE, Kind};
use clew_testsuite::checks::{Check, clew};
use clew_testsuite::forge::{self, Attachment, Forgery};

use super::{Canary, ends_well, judge, subject};

pub const CHECKS: [(&str, Check); 5] = [
    ("writes_to_the_engine", writes_to_the_engine),
    ("maps_over_the_engine", maps_over_the_engine),
    ("keys_that_are_paths", keys_that_are_paths),
    ("streams_swapped", streams_swapped),
    ("ticks_that_never_come", ticks_that_never_come),
];

/// Where the engine is, and what nobody has; with what lies across a border.
const PLACES: [u64; 16] = [
    0x7e00_0000,
    0x7e00_1000,
    0x7eff_fff8,
    0x7f00_0000,
    0x7f00_8000,
    0x7f10_0000,
    0x1_6fff_fffc,
    0x1_7000_0000,
    0x1_8800_0000,
    0x7e84_0000_0000,
    0x7e83_ffff_fffc,
    0x7e85_0000_0000,
    0x7e90_0000_0000,
    0xffff_ffff_8000_0000,
    0x7fff_ffff_fffc,
    !3,
];

fn writes_to_the_engine(dir: &Path) -> Result<(), String> {
    let (original, _) = subject(dir, &[])?;
    for place in PLACES {
        for first in [true, false] {
            let mut forgery = original.clone();
            let kind = if first { Kind::Exec } else { Kind::Syscall };
            let record = forgery.find(kind, |record| {
                record.attachments.iter().any(|attachment| attachment.kind == ATT_WRITE)
            })?;
            let bytes = vec![0xcc; 64];
            let forged = Attachment { kind: ATT_WRITE, addr: place, bytes, claimed_len: None };
            record.attachments.push(forged);
            refused(dir, &forgery, "recorded memory cannot be written")
                .map_err(|e| format!("{place:#x}, {kind:?}: {e}"))?;
        }
    }
    Ok(())
}

fn maps_over_the_engine(dir: &Path) -> Result<(), String> {
    let (original, _) = subject(dir, &[])?;
    // Two of them are borders, before which the guest may have memory.
    let own = PLACES.into_iter().filter(|place| place & 7 != 4);
    for place in own.map(|place| place & !0xfff) {
        for len in [0x1000, 0x10_0000, 0x7fff_ffff_f000, !0xfff] {
            let mut forgery = original.clone();
            let record = forgery.find(Kind::Exec, |_| true)?;
            let mapped = record.attachment(ATT_MAP).ok_or("nothing is mapped")?;
            mapped.addr = place;
            forge::set_word(&mut mapped.bytes, 0, len);
            refused(dir, &forgery, "a recorded mapping cannot be made")
                .map_err(|e| format!("{place:#x}, {len:#x} bytes: {e}"))?;
        }
    }
    Ok(())
}

/// The replay says that the trace asks for what cannot be.
fn refused(dir: &Path, forgery: &Forgery, what: &str) -> Result<(), String> {
    forgery.write(&dir.join("forged"))?;
    let replay = clew(dir, &["replay", "-a", "forged"])?;
    ends_well(&replay)?;
    let stderr = String::from_utf8_lossy(&replay.stderr);
    let told = replay.code() == 1 && stderr.contains(what);
    told.then_some(()).ok_or_else(|| format!("exit code {}: {stderr}", replay.code()))
}

fn keys_that_are_paths(dir: &Path) -> Result<(), String> {
    const HEAD: usize = 24;
    let (original, _) = subject(dir, &[])?;
    let canary = Canary::new(dir)?;
    let outside = canary.file().to_string_lossy().into_owned();
    let long = "a".repeat(100_000);
    for key in [
        "../canary/file",
        "../../etc/passwd",
        &outside,
        "/dev/zero",
        "/dev/stdin",
        ".",
        "..",
        "",
        "\0",
        "a\0b",
        "-u",
        "----",
        "ffffffffffffffff-ffffffffffffffff-ffffffffffffffff-0-0",
        &long,
    ] {
        let mut forgery = original.clone();
        let record = forgery.find(Kind::Exec, |_| true)?;
        for mapped in record.attachments.iter_mut().filter(|att| att.kind == ATT_MAP) {
            if mapped.bytes.len() > HEAD {
                mapped.bytes.truncate(HEAD);
                mapped.bytes.extend_from_slice(key.as_bytes());
            }
        }
        let replay = judge(dir, &forgery).map_err(|e| format!("{key:?}: {e}"))?;
        if replay.code() == 0 {
            return Err(format!("a program of the file {key:?} was replayed"));
        }
    }
    canary.untouched()
}

/// A child's events as its parent's, twice, or both.
fn streams_swapped(dir: &Path) -> Result<(), String> {
    let (original, _) = subject(dir, &[])?;
    let [first, second] = &original.streams[..] else {
        return Err(format!("{} streams instead of 2", original.streams.len()));
    };
    for (a, b) in [(second, first), (first, first), (second, second)] {
        let mut forgery = original.clone();
        forgery.streams[0].records = a.records.clone();
        forgery.streams[1].records = b.records.clone();
        judge(dir, &forgery)?;
        replay_all(dir, &original)?;
    }
    // One that is its own parent, one whose parent is not there, and one that is a hundred others.
    for parent in [2u64, 77, u64::MAX] {
        let mut forgery = original.clone();
        let fork = &mut forgery.streams[1].records[0];
        forge::set_word(&mut fork.payload, 8, parent);
        judge(dir, &forgery)?;
        replay_all(dir, &original)?;
    }
    let mut forgery = original.clone();
    for number in 3..100 {
        forgery.streams.push(original.streams[1].renumbered(number));
    }
    judge(dir, &forgery)?;
    replay_all(dir, &original)
}

fn replay_all(dir: &Path, original: &Forgery) -> Result<(), String> {
    for stream in &original.streams {
        let pid = u32::from_le_bytes(stream.records[0].payload[..4].try_into().unwrap_or_default());
        for option in ["-f", "-p"] {
            let pid = pid.to_string();
            let replay = clew(dir, &["replay", "-a", option, &pid, "forged"])?;
            ends_well(&replay).map_err(|e| format!("{option} {pid}: {e}"))?;
        }
    }
    Ok(())
}

/// An event is to be much later or earlier than it can be.
fn ticks_that_never_come(dir: &Path) -> Result<(), String> {
    let (original, _) = subject(dir, &[])?;
    for kind in [Kind::Exec, Kind::Syscall, Kind::Switch, Kind::Signal, Kind::Instr] {
        for tick in [0, 1, 1 << 40, 1 << 62, u64::MAX - 1, u64::MAX] {
            let mut forgery = original.clone();
            forge::set_word(&mut forgery.find(kind, |_| true)?.head, forge::TICK, tick);
            judge(dir, &forgery).map_err(|e| format!("{kind:?} at tick {tick}: {e}"))?;
        }
    }
    Ok(())
}
