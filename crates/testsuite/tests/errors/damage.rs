//! Traces that are damaged, foreign or not there.

use std::fs;
use std::path::{Path, PathBuf};

use clew_testsuite::process::excerpt;

use super::{Check, clew, expect, record, tool};

pub const CHECKS: [(&str, Check); 11] = [
    ("trace_missing", |dir| {
        expect(&clew(dir, &["replay", "-a", "/no/such/trace"])?, &[1], &["/no/such/trace"])
    }),
    ("trace_is_no_trace", |dir| {
        expect(&clew(dir, &["replay", "-a", "/usr/share"])?, &[1], &["/usr/share"])
    }),
    ("trace_is_file", |dir| {
        expect(&clew(dir, &["replay", "-a", "/usr/bin/true"])?, &[1], &["/usr/bin/true"])
    }),
    ("trace_none_yet", |dir| expect(&clew(dir, &["replay", "-a"])?, &[1], &["trace"])),
    ("trace_newer_format", newer_format),
    ("trace_bad_meta", bad_meta),
    ("trace_truncated", truncated),
    ("trace_bit_flips", bit_flips),
    ("trace_file_missing", file_missing),
    ("trace_file_changed", file_changed),
    ("trace_events_missing", events_missing),
];

/// A program whose trace has a bit of everything: many events, data, mapped files.
const SUBJECT: [&str; 4] = [
    "/usr/bin/perl",
    "-e",
    "$| = 1; open F, '/etc/passwd'; print while <F>; for (1..300) { print time(), qq{\\n} } open R, '/dev/urandom'; read R, $x, 50000; print length $x",
    "argument",
];

fn newer_format(dir: &Path) -> Result<(), String> {
    let (trace, _) = record(dir, &["/usr/bin/true"])?;
    let name = trace.to_string_lossy();
    let meta = trace.join("meta.json");
    let text = fs::read_to_string(&meta).map_err(|e| e.to_string())?;
    let mut value: serde_json::Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let format = value
        .as_object_mut()
        .and_then(|object| object.iter_mut().find(|(name, _)| name.contains("format")))
        .ok_or("meta.json has no format number")?;
    *format.1 = serde_json::json!(format.1.as_u64().unwrap_or(0) + 1000);
    fs::write(&meta, value.to_string()).map_err(|e| e.to_string())?;
    for command in [&["replay", "-a"][..], &["info"], &["dump"], &["ps"]] {
        let words = [command, &[&*name]].concat();
        expect(&clew(dir, &words)?, &[1], &["newer"]).map_err(|e| format!("{command:?}: {e}"))?;
    }
    Ok(())
}

fn bad_meta(dir: &Path) -> Result<(), String> {
    let (trace, _) = record(dir, &["/usr/bin/true"])?;
    let name = trace.to_string_lossy();
    for content in ["", "{", "[]", "{\"format\": \"x\"}", "\u{0}\u{1}", "{\"format\": 1}"] {
        fs::write(trace.join("meta.json"), content).map_err(|e| e.to_string())?;
        for command in [&["replay", "-a"][..], &["info"], &["dump"]] {
            let words = [command, &[&*name]].concat();
            expect(&clew(dir, &words)?, &[1], &["meta.json"])
                .map_err(|e| format!("{command:?} with {content:?}: {e}"))?;
        }
    }
    Ok(())
}

/// Each file of a trace in turn is cut at several places. The replay may match to the cut (0) or
/// fail with a message (1); what it prints is a prefix of the recorded output.
fn truncated(dir: &Path) -> Result<(), String> {
    let (trace, recorded) = record(dir, &SUBJECT)?;
    for path in files(&trace) {
        let whole = fs::read(&path).map_err(|e| e.to_string())?;
        let cuts = [0, 1, whole.len() / 3, whole.len() / 2, whole.len().saturating_sub(1)];
        for length in cuts.into_iter().filter(|length| *length < whole.len()) {
            fs::write(&path, &whole[..length]).map_err(|e| e.to_string())?;
            judge(dir, &trace, &recorded.stdout).map_err(|error| {
                format!("{} cut to {length} of {} bytes: {error}", path.display(), whole.len())
            })?;
        }
        fs::write(&path, whole).map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn bit_flips(dir: &Path) -> Result<(), String> {
    let (trace, recorded) = record(dir, &SUBJECT)?;
    let files = files(&trace);
    let mut state = 12345u64;
    for _ in 0..40 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let path = &files[(state >> 33) as usize % files.len()];
        let whole = fs::read(path).map_err(|e| e.to_string())?;
        if whole.is_empty() {
            continue;
        }
        // Headers are more fragile than what follows: hit them more often.
        let limit = if state >> 20 & 1 == 0 { whole.len().min(200) } else { whole.len() };
        let (byte, bit) = ((state >> 24) as usize % limit, (state >> 60) as u32 % 8);
        let mut changed = whole.clone();
        changed[byte] ^= 1 << bit;
        fs::write(path, changed).map_err(|e| e.to_string())?;
        judge(dir, &trace, &recorded.stdout)
            .map_err(|error| format!("{}, byte {byte}, bit {bit}: {error}", path.display()))?;
        fs::write(path, whole).map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn file_missing(dir: &Path) -> Result<(), String> {
    let (trace, recorded) = record(dir, &SUBJECT)?;
    let (copy, name) = (dir.join("copy"), trace.to_string_lossy().into_owned());
    for path in files(&trace) {
        let _ = fs::remove_dir_all(&copy);
        tool(std::process::Command::new("cp").arg("-r").arg(&name).arg(&copy))?;
        let relative = path.strip_prefix(&trace).map_err(|e| e.to_string())?;
        fs::remove_file(copy.join(relative)).map_err(|e| e.to_string())?;
        judge(dir, &copy, &recorded.stdout)
            .map_err(|error| format!("without {}: {error}", relative.display()))?;
    }
    Ok(())
}

/// A stored file that differs where the guest does not look makes no replay diverge.
fn file_changed(dir: &Path) -> Result<(), String> {
    let (trace, _) = record(dir, &["/usr/bin/true"])?;
    let copies = files(&trace.join("files"));
    let large = copies.into_iter().max_by_key(|path| fs::metadata(path).map_or(0, |m| m.len()));
    let large = large.ok_or("no stored file")?;
    let mut content = fs::read(&large).map_err(|e| e.to_string())?;
    let last = content.len() - 1;
    content[last] ^= 1;
    fs::write(&large, content).map_err(|e| e.to_string())?;
    expect(&clew(dir, &["replay", "-a", &trace.to_string_lossy()])?, &[1], &["damaged"])
}

/// Whole segments are gone, so what is left looks sound.
fn events_missing(dir: &Path) -> Result<(), String> {
    let script = "open R, '/dev/urandom'; read R, $x, 1e6 for 1..12";
    let (trace, _) = record(dir, &["/usr/bin/perl", "-e", script])?;
    let name = trace.to_string_lossy();
    let stream = trace.join("events/1.zst");
    let whole = fs::read(&stream).map_err(|e| e.to_string())?;
    // Bytes of a chunk's header, and where in it the length of what follows is.
    const HEADER: usize = 64;
    const LENGTH: usize = 32;
    let length = whole.get(LENGTH..LENGTH + 8).and_then(|bytes| bytes.try_into().ok());
    let end = HEADER + u64::from_le_bytes(length.ok_or("no chunk")?) as usize;
    if end >= whole.len() {
        return Err("the recording has only one chunk".into());
    }
    fs::write(&stream, &whole[..end]).map_err(|e| e.to_string())?;
    expect(&clew(dir, &["replay", "-a", &name])?, &[1], &["missing"])?;
    fs::remove_file(&stream).map_err(|e| e.to_string())?;
    expect(&clew(dir, &["replay", "-a", &name])?, &[1], &["missing"])
}

/// A damaged trace is replayed up to the damage or refused; nothing false is printed.
fn judge(dir: &Path, trace: &Path, recorded: &[u8]) -> Result<(), String> {
    let name = trace.to_string_lossy();
    let replay = clew(dir, &["replay", "-a", &name])?;
    expect(&replay, &[0, 1], &[])?;
    if replay.code() == 1 && replay.stderr.is_empty() {
        return Err("the replay fails without a message".into());
    }
    if replay.code() == 0 && replay.stdout != recorded {
        return Err("the replay claims to match but prints less".into());
    }
    if !recorded.starts_with(&replay.stdout) {
        return Err(format!("the replay prints something else: {}", excerpt(&replay.stdout)));
    }
    for command in ["info", "dump", "ps"] {
        expect(&clew(dir, &[command, &name])?, &[0, 1], &[])
            .map_err(|error| format!("clew {command}: {error}"))?;
    }
    Ok(())
}

/// Every file of a trace, at most a few of each directory (they are many and alike).
fn files(dir: &Path) -> Vec<PathBuf> {
    const OF_EACH: usize = 8;
    let mut entries: Vec<PathBuf> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    entries.sort();
    let (dirs, files): (Vec<_>, Vec<_>) = entries.into_iter().partition(|path| path.is_dir());
    let plain = files.into_iter().filter(|path| path.is_file()).take(OF_EACH);
    plain.chain(dirs.iter().flat_map(|dir| self::files(dir))).collect()
}
