//! A trace as readers see it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::stream::parse_raw_name;
use crate::{FileEntry, Meta, Result, ResultExt, Stream, files};

/// An opened trace.
#[derive(Debug)]
pub struct Trace {
    dir: PathBuf,
    meta: Meta,
}

impl Trace {
    /// Opens the trace in `dir`; fails if it is none, is damaged, or has a newer format.
    pub fn open(dir: &Path) -> Result<Self> {
        Ok(Self { dir: dir.into(), meta: Meta::read(dir)? })
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// The numbers of the event streams, ascending.
    pub fn streams(&self) -> Result<Vec<u32>> {
        let path = self.dir.join("events");
        let tried = || format!("list {}", path.display());
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&path).tried(tried)? {
            let name = entry.tried(tried)?.file_name();
            let Some(name) = name.to_str() else { continue };
            let chunks = || name.strip_suffix(".zst")?.parse().ok();
            numbers.extend(parse_raw_name(name).map(|(stream, _)| stream).or_else(chunks));
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    pub fn stream(&self, number: u32) -> Result<Stream> {
        Stream::open(&self.dir, number, self.meta.segment_bytes)
    }

    /// The stored files, as `files.json` lists them.
    pub fn files(&self) -> Result<Vec<FileEntry>> {
        files::read_list(&self.dir)
    }

    /// Bytes the trace takes on disk, stored files shared with other traces included.
    pub fn disk_bytes(&self) -> u64 {
        disk_bytes(&self.dir, 0)
    }
}

fn disk_bytes(dir: &Path, depth: u32) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(m) if m.is_dir() && depth < 2 => disk_bytes(&entry.path(), depth + 1),
        Ok(m) if m.is_file() => m.blocks() * 512,
        _ => 0,
    };
    entries.map(size).sum()
}
