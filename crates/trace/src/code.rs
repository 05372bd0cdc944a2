//! Snapshots of translated code, which engines write and read (the engine's `code`).
//!
//! They only save time: each may be deleted at any time.

use std::borrow::Cow;
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clew_abi::hash;
use clew_abi::orders::{LEDGER, verified_places};

use crate::Root;
use crate::files::open_regular;
use crate::root::private_dir_all;

/// Their directory within the trace root.
pub const DIR: &str = ".code";
/// What all of them may take, in bytes.
pub const MAX: u64 = 2 << 30;
/// How the names of files begin that are being written.
const TEMPORARY: &str = ".tmp-";
/// After so many seconds nobody is writing them any more.
const ABANDONED: i64 = 3600;

/// In clew's own environment: no snapshots are used or made.
const OFF: &str = "CLEW_NO_CODE_CACHE";

/// The directory of the snapshots under `root`, if there is one. `None` if they are switched off, or
/// it is not the user's alone: whoever writes snapshots chooses what recordings run.
pub fn directory(root: &Root) -> Option<PathBuf> {
    let dir = root.path().join(DIR);
    (is_wanted() && is_private(&dir)).then_some(dir)
}

/// The same, made if need be.
pub fn make_directory(root: &Root) -> Option<PathBuf> {
    if is_wanted() {
        let _ = private_dir_all(&root.path().join(DIR));
    }
    directory(root)
}

fn is_wanted() -> bool {
    std::env::var_os(OFF).is_none()
}

fn is_private(dir: &Path) -> bool {
    let own = rustix::process::geteuid().as_raw();
    fs::symlink_metadata(dir).is_ok_and(|m| m.is_dir() && m.uid() == own && m.mode() & 0o022 == 0)
}

/// Opens a snapshot that an engine has found sound since the machine started.
pub fn open_verified(dir: &Path, name: &str) -> io::Result<fs::File> {
    if name.len() != 16 || !name.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let file = open_regular(&dir.join(name))?;
    match is_verified(&ledger(dir), identity(&file.metadata()?)) {
        true => Ok(file),
        false => Err(io::ErrorKind::NotFound.into()),
    }
}

/// What a ledger knows a file by.
fn identity(meta: &fs::Metadata) -> u64 {
    let times = [meta.mtime(), meta.mtime_nsec(), meta.ctime(), meta.ctime_nsec()];
    let [mtime, mtime_nsec, ctime, ctime_nsec] = times.map(|time| time as u64);
    let facts = [meta.dev(), meta.ino(), meta.size(), mtime, mtime_nsec, ctime, ctime_nsec];
    hash::identity(&facts)
}

fn is_verified(ledger: &[u64; LEDGER], identity: u64) -> bool {
    verified_places(identity).any(|n| ledger[n] == identity)
}

fn note_verified(ledger: &mut [u64; LEDGER], identity: u64) {
    let free = verified_places(identity).find(|&n| ledger[n] == 0);
    if let Some(place) = free.or_else(|| verified_places(identity).next()) {
        ledger[place] = identity;
    }
}

/// A file that every recording needs, kept beside the snapshots, since making it anew each time
/// costs more than starting a small program.
pub struct Kept<'a> {
    pub name: &'a str,
    pub len: u64,
    pub contents: &'a dyn Fn() -> Cow<'static, [u8]>,
    /// It is to be executed.
    pub executable: bool,
}

/// Opens the kept file. `None` if it cannot be had: then the caller makes an anonymous one; if it was
/// missing or damaged, it is written meanwhile, for the next time. A file that the ledger does not know
/// is compared with what it should be, and noted there.
pub fn kept(dir: &Path, what: &Kept, ledger: &mut [u64; LEDGER]) -> Option<fs::File> {
    let path = dir.join(what.name);
    let Ok(file) = open_regular(&path) else {
        let _ = keep(&path, what);
        return None;
    };
    let meta = file.metadata().ok()?;
    let identity = identity(&meta);
    if !is_verified(ledger, identity) {
        let mut bytes = Vec::new();
        (&file).take(what.len + 1).read_to_end(&mut bytes).ok()?;
        if bytes != *(what.contents)() {
            let _ = keep(&path, what);
            return None;
        }
        note_verified(ledger, identity);
    }
    let usable = meta.len() == what.len && (!what.executable || can_execute(&file));
    usable.then_some(file)
}

fn can_execute(file: &fs::File) -> bool {
    let mount = rustix::fs::fstatvfs(file);
    mount.is_ok_and(|mount| !mount.f_flag.contains(rustix::fs::StatVfsMountFlags::NOEXEC))
}

/// Writes it. Whoever executes it opens it later, when nobody has it open for writing; programs that
/// have become another user execute it as well.
fn keep(path: &Path, what: &Kept) -> io::Result<()> {
    write_privately(path, &(what.contents)(), if what.executable { 0o755 } else { 0o600 })
}

/// Writes a file of the directory so that it is there whole or not at all.
fn write_privately(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!("{TEMPORARY}{name}-{}", std::process::id()));
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(mode).open(&temporary)?;
    let written = file.write_all(bytes).and_then(|()| fs::rename(&temporary, path));
    written.inspect_err(|_| drop(fs::remove_file(&temporary)))
}

/// What `clew_abi::orders::Shared::ledger` holds, behind the identifier of the boot it is from.
const LEDGER_FILE: &str = ".ledger";
/// A file written before the machine went down may be torn.
const BOOT: &str = "/proc/sys/kernel/random/boot_id";

/// The ledger, empty if there is none of this boot.
pub fn ledger(dir: &Path) -> [u64; LEDGER] {
    let mut words = [0; LEDGER];
    let ledger = || open_regular(&dir.join(LEDGER_FILE)).and_then(read_short);
    let (Ok(boot), Ok(ledger)) = (fs::read(BOOT), ledger()) else { return words };
    let Some(bytes) = ledger.strip_prefix(boot.as_slice()) else { return words };
    if bytes.len() == size_of_val(&words) {
        for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = u64::from_le_bytes(bytes.try_into().unwrap_or_default());
        }
    }
    words
}

/// No more than a ledger can be.
fn read_short(file: fs::File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(LEDGER as u64 * 8 + 1000).read_to_end(&mut bytes).map(|_| bytes)
}

/// Writes the ledger. What another recording wrote meanwhile is lost, and found out once more.
pub fn keep_ledger(dir: &Path, words: &[u64; LEDGER]) -> io::Result<()> {
    let mut ledger = fs::read(BOOT)?;
    words.iter().for_each(|word| ledger.extend_from_slice(&word.to_le_bytes()));
    write_privately(&dir.join(LEDGER_FILE), &ledger, 0o600)
}

/// When a snapshot was written last.
pub fn changed(dir: &Path) -> SystemTime {
    fs::metadata(dir).and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Deletes the oldest ones if all of them take more than `max` bytes, and what writers have left that
/// were killed. Failing at that is no failure.
pub fn bound(dir: &Path, max: u64) {
    let mut all = list(dir);
    let now =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |t| t.as_secs() as i64);
    let temporary = |path: &Path| {
        path.file_name().is_some_and(|n| n.as_bytes().starts_with(TEMPORARY.as_bytes()))
    };
    all.retain(|(age, _, path)| {
        let left = temporary(path) && now - age > ABANDONED;
        !(left && fs::remove_file(path).is_ok())
    });
    let mut used: u64 = all.iter().map(|(_, size, _)| size).sum();
    all.sort_by_key(|(age, ..)| *age);
    for (_, size, path) in all {
        if used <= max {
            break;
        }
        used -= size;
        let _ = fs::remove_file(path);
    }
}

/// Deletes all of them; returns the bytes freed.
pub fn clear(dir: &Path) -> u64 {
    let all = list(dir);
    all.iter().filter(|(.., path)| fs::remove_file(path).is_ok()).map(|(_, size, _)| size).sum()
}

/// Modification time in seconds, bytes used, path.
fn list(dir: &Path) -> Vec<(i64, u64, PathBuf)> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let described = entries.filter_map(|entry| {
        let meta = entry.metadata().ok().filter(fs::Metadata::is_file)?;
        Some((meta.mtime(), meta.blocks() * 512, entry.path()))
    });
    described.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first() {
        let dir = std::env::temp_dir().join(format!("clew-code-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        for (name, age) in [("c", 10), ("a", 30), ("b", 20), (".tmp-7", 4000), (".tmp-8", 40)] {
            let file = fs::File::create(dir.join(name)).unwrap();
            (&file).write_all(&[1; 8192]).unwrap();
            file.set_modified(SystemTime::now() - std::time::Duration::from_secs(age)).unwrap();
        }
        let left = || {
            let names = fs::read_dir(&dir).unwrap().map(|e| e.unwrap().file_name().into_string());
            let mut names: Vec<_> = names.map(|name| name.unwrap()).collect();
            names.sort();
            names.join(" ")
        };
        bound(&dir, 1 << 20);
        assert_eq!(left(), ".tmp-8 a b c");
        let each = list(&dir)[0].1;
        bound(&dir, 2 * each);
        assert_eq!(left(), "b c");
        bound(&dir, 0);
        assert_eq!(left(), "");
        fs::remove_dir(&dir).unwrap();
    }

    #[test]
    fn a_kept_file_is_compared_once_and_written_anew_if_it_is_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let contents = || Cow::Borrowed(&b"what it should be"[..]);
        let what = Kept { name: "image", len: 17, contents: &contents, executable: false };
        let mut ledger = [0; LEDGER];
        assert!(kept(dir.path(), &what, &mut ledger).is_none(), "it is only written");
        assert_eq!(ledger, [0; LEDGER]);
        assert!(kept(dir.path(), &what, &mut ledger).is_some());
        assert_ne!(ledger, [0; LEDGER]);

        let never = || -> Cow<'static, [u8]> { panic!("it is known") };
        let known = Kept { contents: &never, ..what };
        assert!(kept(dir.path(), &known, &mut ledger).is_some());

        let path = dir.path().join(what.name);
        for damaged in [&b"what it should bE"[..], b"what", b"what it should be and more"] {
            fs::write(&path, damaged).unwrap();
            // As after a boot: clocks of files are coarse, and this happens at once.
            let mut ledger = [0; LEDGER];
            assert!(kept(dir.path(), &what, &mut ledger).is_none(), "{damaged:?}");
            assert_eq!(fs::read(&path).unwrap(), *contents());
        }
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", &path).unwrap();
        assert!(kept(dir.path(), &what, &mut ledger).is_none());
        assert!(fs::symlink_metadata(&path).unwrap().is_file());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing temporary is left");
    }
}
