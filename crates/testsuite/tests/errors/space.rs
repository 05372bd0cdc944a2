//! Trace directories that cannot be written, and full disks.

use std::path::{Path, PathBuf};
use std::process::Command;

use clew_testsuite::trials::trial;
use libtest_mimic::Trial;

use super::{Check, clew, clew_with, expect, snapshots, tool, write};

pub const CHECKS: [(&str, Check); 5] = [
    ("directory_unwritable", |dir| {
        let outcome = clew(dir, &["record", "-o", "/proc/trace", "--", "/usr/bin/true"])?;
        expect(&outcome, &[125], &["/proc/trace"])
    }),
    ("directory_below_file", |dir| {
        let outcome = clew(dir, &["record", "-o", "/etc/passwd/trace", "--", "/usr/bin/true"])?;
        expect(&outcome, &[125], &["/etc/passwd/trace"])
    }),
    ("directory_from_environment", |dir| {
        let env = [("CLEW_TRACE_DIR", "/dev/null/traces")];
        let outcome = clew_with(dir, &["record", "--", "/usr/bin/true"], &env)?;
        expect(&outcome, &[125], &["/dev/null/traces"])
    }),
    ("directory_taken", |dir| {
        std::fs::create_dir(dir.join("mine")).map_err(|e| e.to_string())?;
        write(&dir.join("mine/file"), "precious", 0o644)?;
        let outcome = clew(dir, &["record", "-o", "mine", "--", "/usr/bin/true"])?;
        expect(&outcome, &[125], &["mine"])?;
        let kept = std::fs::read(dir.join("mine/file")).is_ok_and(|text| text == b"precious");
        kept.then_some(()).ok_or_else(|| "the file in the directory is gone".into())
    }),
    ("rm_refuses_other_directories", |dir| {
        std::fs::create_dir(dir.join("mine")).map_err(|e| e.to_string())?;
        write(&dir.join("mine/file"), "precious", 0o644)?;
        let outcome = clew(dir, &["rm", &dir.join("mine").to_string_lossy()])?;
        expect(&outcome, &[1], &["mine"])?;
        let kept = dir.join("mine/file").exists();
        kept.then_some(()).ok_or_else(|| "rm deleted what is not a trace".into())
    }),
];

/// File systems that fill up, with a trace or snapshots on them; skipped where nothing may be mounted.
pub fn full_disks() -> [Trial; 3] {
    let at = std::env::temp_dir().join(format!("clew-mount-{}", std::process::id()));
    let permitted = Mount::new(&at, 1).is_ok_and(|mount| mount.end().is_ok());
    [
        ("full_disk", of_traces as Check),
        ("full_disk_code", of_snapshots),
        ("full_disk_holes", of_files_with_holes),
    ]
    .map(|(name, check)| trial("errors", name, check).with_ignored_flag(!permitted))
}

fn of_traces(dir: &Path) -> Result<(), String> {
    on_small_disk(dir, 12, record_until_full)
}

fn of_snapshots(dir: &Path) -> Result<(), String> {
    on_small_disk(dir, 12, snapshots::fill_up)
}

/// The copy of a mapped file takes no more space than the file.
fn of_files_with_holes(dir: &Path) -> Result<(), String> {
    on_small_disk(dir, 64, |dir, small| {
        let script = "import mmap\nf = open('holes', 'w+b'); f.truncate(1 << 30); f.seek(1 << 29)\n\
                      f.write(b'data'); f.flush()\n\
                      print(mmap.mmap(f.fileno(), 4096, offset=1 << 29)[:5])\n";
        let trace = small.join("trace").to_string_lossy().into_owned();
        let program = ["/usr/bin/python3", "-c", script];
        let recorded = clew(dir, &[&["record", "-o", &trace, "--"], &program[..]].concat())?;
        expect(&recorded, &[0], &[])?;
        let replay = clew(dir, &["replay", "-a", &trace])?;
        expect(&replay, &[0], &[])?;
        match (&recorded.stdout[..], &replay.stdout[..]) {
            (b"b'data\\x00'\n", b"b'data\\x00'\n") => Ok(()),
            (recorded, replayed) => {
                let text = [recorded, replayed].map(String::from_utf8_lossy);
                Err(format!("recorded {:?}, replayed {:?}", text[0], text[1]))
            }
        }
    })
}

fn on_small_disk(
    dir: &Path,
    megabytes: u32,
    check: fn(&Path, &Path) -> Result<(), String>,
) -> Result<(), String> {
    let mount = Mount::new(&dir.join("small"), megabytes)?;
    let result = check(dir, &mount.0);
    mount.end()?;
    result
}

/// The guest reads far more random bytes than there is space, then says that it is done. It may
/// be stopped or go on unrecorded; the user is told, and what was recorded replays.
fn record_until_full(dir: &Path, small: &Path) -> Result<(), String> {
    let script = "import os\nfor i in range(200): os.urandom(100000); print(i, flush=True)\n";
    let trace = small.join("trace").to_string_lossy().into_owned();
    let recorded = clew(dir, &["record", "-o", &trace, "--", "/usr/bin/python3", "-c", script])?;
    let stderr = String::from_utf8_lossy(&recorded.stderr).to_lowercase();
    if !stderr.contains("space") && !stderr.contains("full") {
        return Err(format!("exit {}, no word about the full disk: {stderr:?}", recorded.code()));
    }
    if stderr.contains("engine failure") || stderr.lines().count() > 6 {
        return Err(format!("a full disk is reported as a bug of clew's: {stderr}"));
    }
    let replay = clew(dir, &["replay", "-a", &trace])?;
    expect(&replay, &[0, 1], &[])?;
    if !recorded.stdout.starts_with(&replay.stdout) {
        return Err("the replay prints what was not recorded".into());
    }
    Ok(())
}

/// A tmpfs too small for what is tried.
struct Mount(PathBuf);

impl Mount {
    fn new(at: &Path, megabytes: u32) -> Result<Self, String> {
        std::fs::create_dir_all(at).map_err(|e| e.to_string())?;
        let size = format!("size={megabytes}m");
        let arguments = ["-t", "tmpfs", "-o", &size, "clew-test"];
        tool(Command::new("mount").args(arguments).arg(at))?;
        Ok(Self(at.to_path_buf()))
    }

    fn end(&self) -> Result<(), String> {
        tool(Command::new("umount").arg("-l").arg(&self.0))?;
        std::fs::remove_dir(&self.0).map_err(|e| e.to_string())
    }
}
