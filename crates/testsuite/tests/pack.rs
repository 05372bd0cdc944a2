//! Traces in one file: packed, taken elsewhere, opened there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clew_testsuite::checks::{Check, clew, clew_with, expect, record, tool, write};
use clew_testsuite::paths;
use clew_testsuite::process::{Invocation, Outcome, kill_group};
use clew_testsuite::trials::{conclude, trial};

const CHECKS: [(&str, Check); 14] = [
    ("there_and_back", there_and_back),
    ("replay_elsewhere", replay_elsewhere),
    ("other_commands", other_commands),
    ("processes", processes),
    ("without_avx_512", without_avx_512),
    ("killed_recording", killed_recording),
    ("while_recording", while_recording),
    ("nothing_stays", nothing_stays),
    ("nothing_stays_after_a_kill", nothing_stays_after_a_kill),
    ("under_gdb", under_gdb),
    ("damage", damage),
    ("refusals", refusals),
    ("full_disk", full_disk),
    ("lesser_processor", lesser_processor),
];

fn main() {
    conclude(CHECKS.into_iter().map(|(name, check)| trial("pack", name, check)).collect());
}

const SCRIPT: &str = "open F, '/etc/passwd'; print while <F>; for (1..300) { print time(), qq{\\n} } \
    open R, '/dev/urandom'; read R, $x, 50000; print length $x";

/// Records a program that reads files, the clock and random numbers, and packs the trace.
fn packed(dir: &Path) -> Result<(PathBuf, Outcome), String> {
    let (_, recorded) = record(dir, &["/usr/bin/perl", "-e", SCRIPT])?;
    expect(&clew(dir, &["pack", "trace", "-o", "x.clew"])?, &[0], &[])?;
    Ok((dir.join("x.clew"), recorded))
}

fn same_output(replay: &Outcome, recorded: &Outcome) -> Result<(), String> {
    expect(replay, &[0], &[])?;
    let same = replay.stdout == recorded.stdout;
    if same { Ok(()) } else { Err("the replay printed something else".into()) }
}

fn mode(path: &Path) -> Result<u32, String> {
    let meta = fs::metadata(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(meta.permissions().mode() & 0o7777)
}

fn there_and_back(dir: &Path) -> Result<(), String> {
    let (file, recorded) = packed(dir)?;
    if mode(&file)? != 0o600 {
        return Err(format!("the pack has mode {:o}", mode(&file)?));
    }
    fs::remove_dir_all(dir.join("trace")).map_err(|e| e.to_string())?;
    same_output(&clew(dir, &["replay", "-a", "x.clew"])?, &recorded)?;
    // Without a command, too.
    same_output(&clew(dir, &["x.clew", "-a"])?, &recorded)?;
    expect(&clew(dir, &["unpack", "x.clew", "-o", "again"])?, &[0], &[])?;
    if mode(&dir.join("again"))? != 0o700 || mode(&dir.join("again/meta.json"))? != 0o600 {
        return Err("others may look into the unpacked trace".into());
    }
    same_output(&clew(dir, &["replay", "-a", "again"])?, &recorded)?;
    // Without a place it is one more trace, and the newest.
    for number in 0..2 {
        let unpacked = clew(dir, &["unpack", "x.clew"])?;
        expect(&unpacked, &[0], &[])?;
        let path = String::from_utf8_lossy(&unpacked.stdout).trim().to_owned();
        if !path.ends_with(&format!("data/clew/trace-{number}")) {
            return Err(format!("unpacked to {path}"));
        }
        same_output(&clew(dir, &["replay", "-a"])?, &recorded)?;
    }
    // A pack of what was unpacked holds the same.
    expect(&clew(dir, &["pack", "again", "-o", "y.clew"])?, &[0], &[])?;
    same_output(&clew(dir, &["replay", "-a", "y.clew"])?, &recorded)
}

/// No variable, no home, no terminal, another directory, and the program and its input are gone.
fn replay_elsewhere(dir: &Path) -> Result<(), String> {
    let (home, source) = (dir.join("home"), dir.join("program.c"));
    fs::create_dir(&home).map_err(|e| e.to_string())?;
    let text = "#include <stdio.h>\nint main(void) { char line[99] = \"\"; FILE *f = fopen(\"input\", \"r\"); \
                fgets(line, 99, f); printf(\"read %s\", line); }\n";
    write(&source, text, 0o644)?;
    write(&dir.join("input"), "something\n", 0o644)?;
    tool(Command::new("gcc").current_dir(dir).args(["-o", "home/program", "program.c"]))?;
    let (_, recorded) = record(dir, &["home/program"])?;
    expect(&clew(dir, &["pack", "trace", "-o", "x.clew"])?, &[0], &[])?;
    fs::remove_dir_all(home).map_err(|e| e.to_string())?;
    fs::remove_dir_all(dir.join("trace")).map_err(|e| e.to_string())?;
    fs::remove_file(dir.join("input")).map_err(|e| e.to_string())?;
    let replay = Command::new(paths::clew()?)
        .args(["replay", "-a"])
        .arg(dir.join("x.clew"))
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null())
        .output()
        .map_err(|e| e.to_string())?;
    let said = String::from_utf8_lossy(&replay.stderr);
    if replay.status.success() && replay.stdout == recorded.stdout {
        Ok(())
    } else {
        Err(format!("{}: {said}", replay.status))
    }
}

fn other_commands(dir: &Path) -> Result<(), String> {
    let (_, _) = packed(dir)?;
    let same = |words: &[&str]| {
        let of = |name: &str| clew(dir, &[words, &[name]].concat());
        let (packed, plain) = (of("x.clew")?, of("trace")?);
        expect(&packed, &[0], &[])?;
        if packed.stdout == plain.stdout { Ok(()) } else { Err(format!("{words:?} differs")) }
    };
    same(&["ps"])?;
    same(&["ps", "--json"])?;
    same(&["dump"])?;
    same(&["dump", "--json"])?;
    let info = clew(dir, &["info", "--json", "x.clew"])?;
    expect(&info, &[0], &[])?;
    let info: serde_json::Value =
        serde_json::from_slice(&info.stdout).map_err(|e| e.to_string())?;
    let bytes = fs::metadata(dir.join("x.clew")).map_err(|e| e.to_string())?.len();
    if info["path"] != "x.clew" || info["disk_bytes"] != bytes {
        return Err(format!("info says {} of {}", info["disk_bytes"], info["path"]));
    }
    let report = clew(dir, &["pack", "--json", "trace", "-o", "x.clew"])?;
    expect(&report, &[0], &[])?;
    let report: serde_json::Value =
        serde_json::from_slice(&report.stdout).map_err(|e| e.to_string())?;
    let fine = report["finished"] == true && report["events"].as_u64() > Some(100);
    if fine { Ok(()) } else { Err(format!("pack reports {report}")) }
}

/// Each process of a tree can be replayed out of the pack.
fn processes(dir: &Path) -> Result<(), String> {
    let (_, recorded) = record(dir, &["/bin/bash", "-c", "echo one; (echo two); /bin/echo three"])?;
    expect(&clew(dir, &["pack", "trace", "-o", "x.clew"])?, &[0], &[])?;
    let listed = clew(dir, &["ps", "--json", "x.clew"])?;
    let mut printed = Vec::new();
    for line in String::from_utf8_lossy(&listed.stdout).lines() {
        let process: serde_json::Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
        let option = if process["forked"] == true { "-f" } else { "-p" };
        let replay = clew(dir, &["replay", "-a", option, &process["pid"].to_string(), "x.clew"])?;
        expect(&replay, &[0], &[])?;
        printed.push(replay.stdout);
    }
    printed.sort();
    let mut expected: Vec<_> =
        recorded.stdout.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    expected.sort();
    let same = printed.concat() == expected.concat();
    if same { Ok(()) } else { Err(format!("{} processes printed something else", printed.len())) }
}

fn without_avx_512(dir: &Path) -> Result<(), String> {
    let options =
        ["record", "--disable-avx-512", "-o", "trace", "--", "/usr/bin/perl", "-e", SCRIPT];
    let recorded = clew(dir, &options)?;
    expect(&recorded, &[0], &[])?;
    expect(&clew(dir, &["pack", "trace", "-o", "x.clew"])?, &[0], &[])?;
    same_output(&clew(dir, &["replay", "-a", "x.clew"])?, &recorded)?;
    let info = clew(dir, &["info", "--json", "x.clew"])?;
    let text = String::from_utf8_lossy(&info.stdout);
    if text.contains("avx512") {
        Err("the trace says that it may use AVX-512".into())
    } else {
        Ok(())
    }
}

/// Starts a recording that goes on until it is killed, and waits until it has printed something.
fn start_endless(dir: &Path, script: &str) -> Result<std::process::Child, String> {
    let clew = paths::clew()?.to_string_lossy().into_owned();
    let words = ["record", "-o", "trace", "--", "/usr/bin/perl", "-e", script];
    let argv = [clew].into_iter().chain(words.map(str::to_owned)).collect();
    let data = dir.join("data").to_string_lossy().into_owned();
    let env = vec![("XDG_DATA_HOME".into(), data)];
    let mut child = Invocation { argv, env, cwd: dir.into(), ..Invocation::default() }.spawn()?;
    let out = child.stdout.take().ok_or("no output")?;
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(out));
    let has_begun = lines.any(|line| line.is_ok_and(|line| line == "begun"));
    has_begun.then_some(child).ok_or_else(|| "the recording ended before it had begun".into())
}

/// Raw segments that nobody compressed are packed as well.
fn killed_recording(dir: &Path) -> Result<(), String> {
    let script = "$| = 1; open R, '/dev/urandom'; for (1..9) { read R, $x, 1e6 } \
                  print 'begun', qq{\\n}; sleep 100";
    let mut child = start_endless(dir, script)?;
    // What it printed is recorded a little later.
    std::thread::sleep(Duration::from_millis(500));
    // Guest and recorder at once, as a machine that goes down does.
    kill_group(&child);
    let _ = child.wait();
    let plain = clew(dir, &["replay", "-a", "trace"])?;
    expect(&plain, &[0], &["the recording ends"])?;
    expect(&clew(dir, &["pack", "trace", "-o", "x.clew"])?, &[0], &[])?;
    let packed = clew(dir, &["replay", "-a", "x.clew"])?;
    expect(&packed, &[0], &["the recording ends"])?;
    if packed.stdout != b"begun\n" || packed.stderr != plain.stderr {
        return Err("the pack replays to another end".into());
    }
    expect(&clew(dir, &["unpack", "x.clew", "-o", "again"])?, &[0], &[])?;
    let left = fs::read_dir(dir.join("again/events")).map_err(|e| e.to_string())?.count();
    // And what the recorder did not come to: the list of stored files.
    let list = fs::read_to_string(dir.join("again/files.json")).map_err(|e| e.to_string())?;
    match left == 1 && list.contains("/perl") {
        true => Ok(()),
        false => Err(format!("{left} files of events; stored files: {list}")),
    }
}

fn while_recording(dir: &Path) -> Result<(), String> {
    // What it printed first is recorded when it prints again.
    let script = "$| = 1; print qq{first\\n}; $n = time() for 1..1000; print qq{begun\\n}; \
                  while (1) { $n = time() }";
    let mut child = start_endless(dir, script)?;
    let packed = clew(dir, &["pack", "trace", "-o", "x.clew"]);
    kill_group(&child);
    let _ = child.wait();
    expect(&packed?, &[0], &["not over", "first"])?;
    let replay = clew(dir, &["replay", "-a", "x.clew"])?;
    expect(&replay, &[0], &["the recording ends"])?;
    if !replay.stdout.starts_with(b"first\n") {
        return Err("the replay printed something else".into());
    }
    let packed = clew(dir, &["pack", "trace", "-o", "x.clew"])?;
    let quiet = packed.stderr.is_empty();
    if quiet { expect(&packed, &[0], &[]) } else { Err("a killed recording is over".into()) }
}

/// What there is in the directories that a pack may be unpacked to.
fn left(dir: &Path) -> Vec<String> {
    let names = |dir: PathBuf| fs::read_dir(dir).into_iter().flatten().flatten();
    let all = names(dir.join("tmp")).chain(names(dir.join("data/clew")));
    all.map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with(".clew-"))
        .collect()
}

fn nothing_stays(dir: &Path) -> Result<(), String> {
    let (file, recorded) = packed(dir)?;
    let tmp = dir.join("tmp");
    fs::create_dir(&tmp).map_err(|e| e.to_string())?;
    let env = [("TMPDIR", &*tmp.to_string_lossy())];
    same_output(&clew_with(dir, &["replay", "-a", "x.clew"], &env)?, &recorded)?;
    // Nor where it fails.
    let mut bytes = fs::read(&file).map_err(|e| e.to_string())?;
    bytes[1000] ^= 1;
    fs::write(&file, bytes).map_err(|e| e.to_string())?;
    expect(&clew_with(dir, &["replay", "-a", "x.clew"], &env)?, &[1], &["damaged"])?;
    // Nor without a directory for temporary files: then beside the traces.
    fs::remove_dir(&tmp).map_err(|e| e.to_string())?;
    expect(&clew(dir, &["pack", "trace", "-o", "x.clew"])?, &[0], &[])?;
    same_output(&clew_with(dir, &["replay", "-a", "x.clew"], &env)?, &recorded)?;
    let left = left(dir);
    if left.is_empty() { Ok(()) } else { Err(format!("left: {left:?}")) }
}

fn nothing_stays_after_a_kill(dir: &Path) -> Result<(), String> {
    let (_, _) = record(dir, &["/usr/bin/perl", "-e", "$x += $_ for 1..3e7; print $x"])?;
    expect(&clew(dir, &["pack", "trace", "-o", "x.clew"])?, &[0], &[])?;
    let tmp = dir.join("tmp");
    fs::create_dir(&tmp).map_err(|e| e.to_string())?;
    let mut child = Command::new(paths::clew()?)
        .args(["replay", "-a", "x.clew"])
        .current_dir(dir)
        .env("TMPDIR", &tmp)
        .stdout(Stdio::null())
        .spawn()
        .map_err(|e| e.to_string())?;
    let deadline = Instant::now() + Duration::from_secs(20);
    while left(dir).is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(2));
    }
    let seen = !left(dir).is_empty();
    let _ = child.kill();
    let _ = child.wait();
    let deadline = Instant::now() + Duration::from_secs(20);
    while !left(dir).is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    let left = left(dir);
    match seen && left.is_empty() {
        true => Ok(()),
        false => Err(format!("unpacked: {seen}; left: {left:?}")),
    }
}

fn under_gdb(dir: &Path) -> Result<(), String> {
    if Command::new("gdb").arg("--version").output().is_err() {
        eprintln!("note: no gdb, so no pack under it");
        return Ok(());
    }
    let source = dir.join("program.c");
    let text = "int counter;\nvoid step(int by) { counter += by; }\n\
                int main(void) { step(1); step(2); step(39); return 0; }\n";
    write(&source, text, 0o644)?;
    tool(Command::new("gcc").current_dir(dir).args(["-g", "-O0", "-o", "program", "program.c"]))?;
    record(dir, &["./program"])?;
    expect(&clew(dir, &["pack", "trace", "-o", "x.clew"])?, &[0], &[])?;
    for gone in ["program", "program.c"] {
        fs::remove_file(dir.join(gone)).map_err(|e| e.to_string())?;
    }
    fs::remove_dir_all(dir.join("trace")).map_err(|e| e.to_string())?;
    let script = "break step if by == 39\ncontinue\nwatch -l counter\nreverse-continue\n\
                  printf \"counter %d\\n\", counter\n";
    write(&dir.join("script"), script, 0o644)?;
    let session = clew(dir, &["replay", "-x", "script", "x.clew", "--", "--batch"])?;
    expect(&session, &[0], &[])?;
    let said = String::from_utf8_lossy(&session.stdout);
    // Going back, the write of 3 is undone.
    let there = ["Old value = 3", "New value = 1", "counter 1", "x.clew"];
    match there[..3].iter().find(|words| !said.contains(**words)) {
        None => Ok(()),
        Some(missing) => Err(format!("no {missing:?} in the session: {said}")),
    }
}

/// Whatever is wrong with a pack: one message, no panic, nothing left.
fn damage(dir: &Path) -> Result<(), String> {
    let (file, _) = packed(dir)?;
    let whole = fs::read(&file).map_err(|e| e.to_string())?;
    let judge = |bytes: &[u8], what: &str| {
        fs::write(&file, bytes).map_err(|e| e.to_string())?;
        for words in [&["replay", "-a"][..], &["unpack", "-o", "again"]] {
            let outcome = clew(dir, &[words, &["x.clew"]].concat())?;
            let lines = String::from_utf8_lossy(&outcome.stderr).lines().count();
            expect(&outcome, &[1], &["x.clew"]).map_err(|e| format!("{what}: {e}"))?;
            if lines > 3 || !outcome.stdout.is_empty() || dir.join("again").exists() {
                return Err(format!("{what}: {words:?} says {lines} lines, or leaves something"));
            }
        }
        Ok(())
    };
    for cut in [0, 1, 8, 40, 79, 80, 1000, whole.len() / 2, whole.len() - 1] {
        judge(&whole[..cut], &format!("cut to {cut} bytes"))?;
    }
    for at in [0, 9, 20, 30, 50, 75, 100, whole.len() / 3, whole.len() / 2, whole.len() - 5] {
        let mut changed = whole.clone();
        changed[at] ^= 0x20;
        judge(&changed, &format!("byte {at} changed"))?;
    }
    judge(&[&whole[..], b"more"].concat(), "longer")?;
    // As a transfer in text mode leaves it.
    judge(&whole.iter().copied().filter(|byte| *byte != b'\r').collect::<Vec<_>>(), "stripped")
}

fn refusals(dir: &Path) -> Result<(), String> {
    packed(dir)?;
    write(&dir.join("notes"), "notes\n", 0o644)?;
    expect(&clew(dir, &["pack", "trace", "-o", "notes"])?, &[1], &["notes", "no packed trace"])?;
    expect(&clew(dir, &["pack", "trace", "-o", "/dev/null"])?, &[1], &["/dev/null"])?;
    expect(&clew(dir, &["pack", "trace", "-o", "no/such/x.clew"])?, &[1], &["no/such"])?;
    expect(&clew(dir, &["pack", "x.clew", "-o", "y.clew"])?, &[1], &["packed already"])?;
    expect(&clew(dir, &["pack", "missing", "-o", "y.clew"])?, &[1], &["missing", "clew ls"])?;
    expect(&clew(dir, &["unpack", "notes"])?, &[1], &["notes", "no packed trace"])?;
    expect(&clew(dir, &["unpack", "missing.clew"])?, &[1], &["missing.clew"])?;
    expect(&clew(dir, &["unpack", "trace"])?, &[1], &["trace"])?;
    expect(&clew(dir, &["unpack", "x.clew", "-o", "trace"])?, &[1], &["not empty"])?;
    expect(&clew(dir, &["replay", "-a", "notes"])?, &[1], &["notes"])?;
    expect(&clew(dir, &["unpack"])?, &[2], &["unpack"])?;
    let mut names: Vec<String> = fs::read_dir(dir)
        .map_err(|e| e.to_string())?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    match names == ["data", "notes", "trace", "x.clew"] {
        true => Ok(()),
        false => Err(format!("something is left: {names:?}")),
    }
}

/// A limit of file sizes stands for a disk that is full.
fn full_disk(dir: &Path) -> Result<(), String> {
    packed(dir)?;
    let limit = "ulimit -f 100; trap '' XFSZ; exec \"$0\" \"$@\"";
    let clew = paths::clew()?;
    let out = Command::new("/bin/bash")
        .args(["-c", limit])
        .arg(clew)
        .args(["pack", "trace", "-o", "y.clew"])
        .current_dir(dir)
        .output()
        .map_err(|e| e.to_string())?;
    let said = String::from_utf8_lossy(&out.stderr);
    let left = fs::read_dir(dir).map_err(|e| e.to_string())?.flatten().count();
    match out.status.code() == Some(1) && said.contains("cannot be written") && left == 3 {
        true => Ok(()),
        false => Err(format!("{}: {said}; {left} files", out.status)),
    }
}

/// A recording from a processor that could do more: it replays, as this program needs none of it.
fn lesser_processor(dir: &Path) -> Result<(), String> {
    let (_, recorded) = record(dir, &["/bin/echo", "hello"])?;
    let path = dir.join("trace/meta.json");
    let text = fs::read_to_string(&path).map_err(|e| e.to_string())?;
    let mut meta: serde_json::Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let features = meta["machine"]["features"].as_array_mut().ok_or("no features in meta.json")?;
    // No processor of the last ten years has this one; a clew to come may know the other.
    features.extend(["xop".into(), "some-day".into()]);
    fs::write(&path, meta.to_string()).map_err(|e| e.to_string())?;
    expect(&clew(dir, &["pack", "trace", "-o", "x.clew"])?, &[0], &[])?;
    for trace in ["trace", "x.clew"] {
        let replay = clew(dir, &["replay", "-a", trace])?;
        expect(&replay, &[0], &["xop"])?;
        let said = String::from_utf8_lossy(&replay.stderr).into_owned();
        if said.contains("some-day") || said.lines().count() != 1 {
            return Err(format!("it says {said}"));
        }
        same_output(&replay, &recorded)?;
    }
    Ok(())
}
