//! Stored copies of the files a guest mapped.
//!
//! The engine makes them: `files/<key>` in the trace, linked to `<trace root>/.files/<key>` so that
//! recordings of one program share them. Nothing here writes to a copy.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};

use crate::meta::{read_limited, write_atomically};
use crate::{Result, ResultExt};

/// Directory of the copies within a trace.
pub const DIR: &str = "files";
/// The list of them within a trace.
pub const LIST: &str = "files.json";
/// Directory of the shared copies within the trace root.
pub const STORE: &str = ".files";

/// Suffix of the store's files that remember a hash. No key has a dot.
const HASH_SUFFIX: &str = "b3";
const MAX_LIST: u64 = 64 << 20;
const MAX_KEY: usize = 200;

/// One stored file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    pub key: String,
    /// Its path when it was mapped.
    pub path: String,
    pub size: u64,
    /// BLAKE3 of its content, in hex.
    pub blake3: String,
}

/// Whether a key may be used as a file name.
pub fn valid_key(key: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_digit() || b.is_ascii_lowercase() || b == b'-';
    !key.is_empty() && key.len() <= MAX_KEY && key.bytes().all(allowed)
}

/// Opens a regular file for reading, following no link at its end and never blocking.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = fs::OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open(path)?;
    regular(file)
}

/// Opens a regular file of a trace, in one of its directories: that may be no link either.
pub fn open_within(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, open, openat};
    let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let link = OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let dir = open(dir, OFlags::PATH | OFlags::DIRECTORY | link, Mode::empty())?;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | link;
    regular(openat(dir, name, flags, Mode::empty())?.into())
}

fn regular(file: File) -> io::Result<File> {
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::other("not a regular file")),
    }
}

/// Opens a stored file of the trace in `dir`.
pub fn open(dir: &Path, key: &str) -> io::Result<File> {
    if !valid_key(key) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    open_within(&dir.join(DIR).join(key))
}

/// Whether a stored file still is what the list says.
pub fn matches(dir: &Path, entry: &FileEntry) -> io::Result<bool> {
    let file = open(dir, &entry.key)?;
    if file.metadata()?.len() != entry.size {
        return Ok(false);
    }
    Ok(blake3(&file)? == entry.blake3)
}

fn blake3(file: &File) -> io::Result<String> {
    Ok(blake3::Hasher::new().update_reader(file)?.finalize().to_hex().to_string())
}

/// Writes `files.json` for the files in `paths` (key to original path) and returns how many there
/// are. Hashes of files that other traces share are remembered in `store`.
pub fn write_list(
    dir: &Path,
    store: Option<&Path>,
    paths: &BTreeMap<String, String>,
) -> Result<u64> {
    let mut list = Vec::with_capacity(paths.len());
    for (key, path) in paths {
        let Ok(file) = open(dir, key) else { continue };
        let meta = file.metadata().tried(|| format!("look at the stored copy of {path}"))?;
        let blake3 = hash(&file, &meta, store.map(|s| s.join(key)))
            .tried(|| format!("read the stored copy of {path}"))?;
        list.push(FileEntry { key: key.clone(), path: path.clone(), size: meta.len(), blake3 });
    }
    let text = serde_json::to_vec_pretty(&list).tried(|| "list the stored files")?;
    write_atomically(&dir.join(LIST), &text)?;
    Ok(list.len() as u64)
}

/// Reads `files.json`: empty if the recording did not come to writing it.
pub fn read_list(dir: &Path) -> Result<Vec<FileEntry>> {
    let path = dir.join(LIST);
    let bytes = match read_limited(&path, MAX_LIST) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.tried(|| format!("read {}", path.display()))?,
    };
    serde_json::from_slice(&bytes).tried(|| format!("understand {}", path.display()))
}

/// The hash of a file, remembered beside its twin in the store if it has one.
fn hash(file: &File, meta: &fs::Metadata, twin: Option<PathBuf>) -> io::Result<String> {
    let twin = twin.filter(|t| fs::symlink_metadata(t).is_ok_and(|m| m.ino() == meta.ino()));
    let note = twin.map(|t| t.with_extension(HASH_SUFFIX));
    let known = note.as_ref().and_then(|n| fs::read_to_string(n).ok());
    if let Some(known) = known.filter(|k| k.len() == 64) {
        return Ok(known);
    }
    let hex = blake3(file)?;
    if let Some(note) = note {
        // Only saves time: the hash is computed again if it is missing.
        let _ = fs::write(note, &hex);
    }
    Ok(hex)
}

/// Removes the files from `store` that no trace uses any more; returns the bytes freed.
pub fn prune(store: &Path) -> io::Result<u64> {
    let mut freed = 0;
    for entry in fs::read_dir(store)? {
        let entry = entry?;
        let path = entry.path();
        // A hash goes with its file, perhaps before it is listed.
        let Ok(meta) = entry.metadata() else { continue };
        let is_note = path.extension() == Some(OsStr::new(HASH_SUFFIX));
        if meta.is_file() && meta.nlink() == 1 && !is_note {
            fs::remove_file(&path)?;
            let _ = fs::remove_file(path.with_extension(HASH_SUFFIX));
            freed += meta.blocks() * 512;
        }
    }
    Ok(freed)
}
