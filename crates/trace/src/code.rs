//! Snapshots of translated code, which engines write and read (the engine's `code`).
//!
//! They only save time: each may be deleted at any time.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Their directory within the trace root.
pub const DIR: &str = ".code";
/// What all of them may take, in bytes.
const MAX: u64 = 2 << 30;

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
