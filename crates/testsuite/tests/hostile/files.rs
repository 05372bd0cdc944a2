//! Traces whose files are something else: links that lead out, pipes, devices, nonsense.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use clew_testsuite::checks::{Check, run, tool};
use clew_testsuite::forge::Forgery;
use clew_testsuite::paths;

use super::{Canary, SECRET, ends_well, judge, judge_forged, subject};

pub const CHECKS: [(&str, Check); 5] = [
    ("stored_files", stored_files),
    ("files_of_the_trace", files_of_the_trace),
    ("directories_of_the_trace", directories_of_the_trace),
    ("meta_json", meta_json),
    ("opens_nothing_else", opens_nothing_else),
];

/// What may be in a file's place.
const IMPOSTORS: [&str; 7] = ["pipe", "link", "zero", "tty", "directory", "loop", "nothing"];

/// Puts something else where `place` is.
fn replace(place: &Path, impostor: &str, canary: &Canary) -> Result<(), String> {
    let failed = |e: std::io::Error| format!("{}: {e}", place.display());
    fs::remove_file(place).map_err(failed)?;
    match impostor {
        "pipe" => tool(Command::new("mkfifo").arg(place)),
        "link" => symlink(canary.file(), place).map_err(failed),
        "zero" => symlink("/dev/zero", place).map_err(failed),
        "tty" => symlink("/dev/stdin", place).map_err(failed),
        "directory" => fs::create_dir(place).map_err(failed),
        "loop" => symlink(place, place).map_err(failed),
        _ => Ok(()),
    }
}

fn stored_files(dir: &Path) -> Result<(), String> {
    let (original, _) = subject(dir, &[])?;
    let canary = Canary::new(dir)?;
    for impostor in IMPOSTORS {
        for number in 0..names(&dir.join("trace/files")).len() {
            original.write(&dir.join("forged"))?;
            let places = names(&dir.join("forged/files"));
            replace(&places[number], impostor, &canary)?;
            let what = format!("{impostor} as stored file {number}");
            let replay = judge_forged(dir).map_err(|e| format!("{what}: {e}"))?;
            if replay.code() == 0 {
                return Err(format!("{what} goes unnoticed"));
            }
            canary.untouched().map_err(|e| format!("{what}: {e}"))?;
        }
    }
    Ok(())
}

fn files_of_the_trace(dir: &Path) -> Result<(), String> {
    let (original, _) = subject(dir, &[])?;
    let canary = Canary::new(dir)?;
    for file in ["meta.json", "files.json", "events/1.000000.raw", "events/2.000000.raw"] {
        for impostor in IMPOSTORS {
            original.write(&dir.join("forged"))?;
            replace(&dir.join("forged").join(file), impostor, &canary)?;
            let what = format!("{impostor} as {file}");
            let replay = judge_forged(dir).map_err(|e| format!("{what}: {e}"))?;
            if String::from_utf8_lossy(&replay.stderr).contains(SECRET) {
                return Err(format!("{what}: it prints what is outside"));
            }
            canary.untouched().map_err(|e| format!("{what}: {e}"))?;
        }
    }
    Ok(())
}

/// The directories of a trace are links to what would do as well.
fn directories_of_the_trace(dir: &Path) -> Result<(), String> {
    let (original, _) = subject(dir, &[])?;
    for name in ["events", "files"] {
        original.write(&dir.join("forged"))?;
        let place = dir.join("forged").join(name);
        let outside = dir.join(format!("outside-{name}"));
        fs::rename(&place, &outside).map_err(|e| e.to_string())?;
        symlink(&outside, &place).map_err(|e| e.to_string())?;
        let replay = judge_forged(dir).map_err(|e| format!("{name}: {e}"))?;
        if replay.code() == 0 {
            return Err(format!("{name} is read from outside of the trace"));
        }
        fs::remove_dir_all(&outside).map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn names(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    names.sort();
    names
}

/// Values of all keys, in turn, that nobody would write.
fn meta_json(dir: &Path) -> Result<(), String> {
    let (original, _) = subject(dir, &[])?;
    let canary = Canary::new(dir)?;
    let path = dir.join("trace/meta.json");
    let text = fs::read_to_string(&path).map_err(|e| e.to_string())?;
    let meta: serde_json::Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let outside = canary.file().to_string_lossy().into_owned();
    let words = [
        "0".to_owned(),
        "-1".into(),
        "1e300".into(),
        u64::MAX.to_string(),
        (1u64 << 40).to_string(),
        "null".into(),
        "{}".into(),
        format!("{outside:?}"),
        r#""../../../../etc/passwd""#.into(),
        r#""\u001b]0;title\u0007\u001b[2J\n\r""#.into(),
        format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("[{}0]", "0,".repeat(1_000_000)),
        format!("{:?}", "x".repeat(1_000_000)),
    ];
    let mut keys = Vec::new();
    paths_of(&meta, String::new(), &mut keys);
    for (number, key) in keys.iter().enumerate() {
        // Each key has three of them, which are others in each run of the keys.
        for word in (0..3).map(|i| &words[(5 * number + i) % words.len()]) {
            let mut changed = meta.clone();
            *changed.pointer_mut(key).ok_or("no such key")? = "PLACE".into();
            let text = changed.to_string().replace("\"PLACE\"", word);
            original.write(&dir.join("forged"))?;
            fs::write(dir.join("forged/meta.json"), text).map_err(|e| e.to_string())?;
            let short: String = word.chars().take(40).collect();
            let replay = judge_forged(dir).map_err(|e| format!("{key} = {short}: {e}"))?;
            let printed = String::from_utf8_lossy(&replay.stderr);
            if printed.contains('\u{1b}') {
                return Err(format!("{key} = {short}: the terminal is commanded: {printed:?}"));
            }
        }
    }
    canary.untouched()
}

/// All keys, as pointers.
fn paths_of(value: &serde_json::Value, at: String, keys: &mut Vec<String>) {
    if let Some(object) = value.as_object() {
        for (key, value) in object {
            paths_of(value, format!("{at}/{key}"), keys);
        }
    }
    if !at.is_empty() {
        keys.push(at);
    }
}

/// A replay opens the trace, what clew keeps, and what the kernel and the C library have about themselves.
fn opens_nothing_else(dir: &Path) -> Result<(), String> {
    let (original, _) = subject(dir, &[])?;
    let forged = escaping_keys(original.clone())?;
    for forgery in [&original, &forged] {
        judge(dir, forgery)?;
        // Where the test runner has the dynamic linker look is none of the replay's.
        let strace =
            "strace -f -y -qq -E LD_LIBRARY_PATH -e trace=%file,connect,bind,listen -o log";
        let mut argv: Vec<_> = strace.split(' ').map(str::to_owned).collect();
        argv.extend([paths::clew()?.to_string_lossy().into_owned()]);
        argv.extend(["replay", "-a", "forged"].map(str::to_owned));
        if !Path::new("/usr/bin/strace").exists() {
            return Ok(());
        }
        ends_well(&run(dir, argv, &[])?)?;
        let log = fs::read_to_string(dir.join("log")).map_err(|e| e.to_string())?;
        let stranger = log.lines().find(|line| !is_expected(line, dir));
        if let Some(line) = stranger {
            return Err(format!("a replay does this: {line}"));
        }
    }
    Ok(())
}

fn escaping_keys(mut forgery: Forgery) -> Result<Forgery, String> {
    use clew_abi::record::{ATT_EXE, ATT_MAP};
    for record in forgery.records() {
        for attachment in &mut record.attachments {
            match attachment.kind {
                ATT_MAP if attachment.bytes.len() > 24 => {
                    attachment.bytes.truncate(24);
                    attachment.bytes.extend(b"../../canary/file");
                }
                ATT_EXE => attachment.bytes = b"/etc/passwd".to_vec(),
                _ => {}
            }
        }
    }
    Ok(forgery)
}

fn is_expected(line: &str, dir: &Path) -> bool {
    let dir = dir.to_string_lossy();
    let own = ["/proc/", "/sys/", "/etc/ld.so.", "/lib", "/usr/lib", "/dev/null", "forged", &dir];
    let clew = paths::clew().unwrap_or_default().to_string_lossy().into_owned();
    // Exits, signals and unfinished halves name no file.
    let Some((call, rest)) = line.split_once('(') else { return true };
    if ["connect", "bind", "listen"].iter().any(|other| call.ends_with(other)) {
        return false;
    }
    let Some(mut path) = rest.split('"').nth(1) else { return true };
    // Relative to a directory that is open.
    if let Some((number, base)) = rest.split_once('<')
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !path.contains("..")
    {
        path = base.split('>').next().unwrap_or_default();
    }
    path.is_empty() || path == clew || own.iter().any(|prefix| path.starts_with(prefix))
}
