//! Snapshots of translated code, which engines write and read (the engine's `code`).
//!
//! They only save time: each may be deleted at any time.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clew_abi::hash;
use clew_abi::orders::{VERIFIED, verified_places};

use crate::Root;
use crate::files::open_regular;

/// Their directory within the trace root.
pub const DIR: &str = ".code";
/// What all of them may take, in bytes.
const MAX: u64 = 2 << 30;

/// In clew's own environment: no snapshots are used or made.
const OFF: &str = "CLEW_NO_CODE_CACHE";

/// The directory of the snapshots under `root`, if they are not switched off.
pub fn directory(root: &Root) -> Option<PathBuf> {
    std::env::var_os(OFF).is_none().then(|| root.path().join(DIR))
}

/// Opens a snapshot that an engine has found sound since the machine started.
pub fn open_verified(dir: &Path, name: &str) -> io::Result<fs::File> {
    if name.len() != 16 || !name.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let file = open_regular(&dir.join(name))?;
    let meta = file.metadata()?;
    let times = [meta.mtime(), meta.mtime_nsec(), meta.ctime(), meta.ctime_nsec()];
    let [mtime, mtime_nsec, ctime, ctime_nsec] = times.map(|time| time as u64);
    let facts = [meta.dev(), meta.ino(), meta.size(), mtime, mtime_nsec, ctime, ctime_nsec];
    let identity = hash::identity(&facts);
    let ledger = verified(dir);
    match verified_places(identity).any(|n| ledger[n] == identity) {
        true => Ok(file),
        false => Err(io::ErrorKind::NotFound.into()),
    }
}

/// Which snapshots had their checksums compared since the machine started: its boot's identifier, then
/// what `clew_abi::orders::Shared::verified` holds.
const LEDGER: &str = ".verified";
/// A file written before the machine went down may be torn.
const BOOT: &str = "/proc/sys/kernel/random/boot_id";

/// The ledger, empty if there is none of this boot.
pub fn verified(dir: &Path) -> [u64; VERIFIED] {
    let mut words = [0; VERIFIED];
    let (Ok(boot), Ok(ledger)) = (fs::read(BOOT), fs::read(dir.join(LEDGER))) else { return words };
    let Some(bytes) = ledger.strip_prefix(boot.as_slice()) else { return words };
    if bytes.len() == size_of_val(&words) {
        for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = u64::from_le_bytes(bytes.try_into().unwrap_or_default());
        }
    }
    words
}

/// Writes the ledger. What another recording wrote meanwhile is lost, and compared once more.
pub fn note_verified(dir: &Path, words: &[u64; VERIFIED]) -> io::Result<()> {
    let mut ledger = fs::read(BOOT)?;
    words.iter().for_each(|word| ledger.extend_from_slice(&word.to_le_bytes()));
    let temporary = dir.join(format!("{LEDGER}-{}", std::process::id()));
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(&ledger)?;
    fs::rename(temporary, dir.join(LEDGER))
}

/// When a snapshot was written last.
pub fn changed(dir: &Path) -> SystemTime {
    fs::metadata(dir).and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Deletes the oldest ones if all of them take too much. Failing at that is no failure.
pub fn bound(dir: &Path) {
    let mut all = list(dir);
    let mut used: u64 = all.iter().map(|(_, size, _)| size).sum();
    all.sort_by_key(|(age, ..)| *age);
    for (_, size, path) in all {
        if used <= MAX {
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
