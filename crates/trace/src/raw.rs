//! Raw segments as the compressor sees them: mapped where that can be, else copied.
//!
//! Copying a segment out of the page cache costs as much as compressing it. Segment files take turns, so
//! a mapping is kept until its file comes again under another name, and its pages stay mapped.
//!
//! # Safety
//! A mapping is of a complete segment, which no engine writes to until its file is given back, and ends
//! or is put aside before that. It is only made of a file that is as long as a segment and has all its
//! blocks, as engines make them: so no access to it can fail, short of somebody cutting the file at that
//! very moment, or a disk that cannot read what it was given.
#![allow(unsafe_code, reason = "mapped files")]

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;

use crate::mapping::Mapping;
use crate::stream::read_segment;

/// Mappings that are kept: those of four streams.
const KEPT: usize = 16;
/// Unit of `st_blocks`.
const BLOCK: u64 = 512;

/// A raw segment in memory.
pub struct Raw(Place);

enum Place {
    Mapped(Mapped),
    Read { buffer: Vec<u8>, len: usize },
}

/// See the module's documentation.
pub struct RawFiles {
    segment_bytes: u64,
    /// Mappings of files that are not looked at now, the latest last.
    kept: Vec<Mapped>,
    /// For segments that are read.
    buffer: Vec<u8>,
}

struct Mapped {
    device: u64,
    inode: u64,
    mapping: Mapping,
}

impl RawFiles {
    pub fn new(segment_bytes: u64) -> Self {
        Self { segment_bytes, kept: Vec::new(), buffer: Vec::new() }
    }

    /// The segment in `file`, which an engine has completed.
    pub fn get(&mut self, file: &File, sequence: u64) -> io::Result<Raw> {
        let meta = file.metadata()?;
        let len = self.segment_bytes;
        if !meta.is_file() || meta.len() < len || meta.blocks() * BLOCK < len {
            return self.read(file, sequence);
        }
        let known = self.kept.iter().position(|mapped| mapped.is_of(&meta));
        let mapped = match known {
            Some(at) => self.kept.remove(at),
            None => Mapped::new(file, &meta, len as usize)?,
        };
        Ok(Raw(Place::Mapped(mapped)))
    }

    /// A copy of the segment in `file`, which an engine may still write to.
    pub fn read(&mut self, file: &File, sequence: u64) -> io::Result<Raw> {
        let mut buffer = std::mem::take(&mut self.buffer);
        if buffer.is_empty() {
            buffer = vec![0; self.segment_bytes as usize];
        }
        let len = read_segment(file, sequence, &mut buffer)?;
        Ok(Raw(Place::Read { buffer, len }))
    }

    /// Takes a segment back: its file will come again.
    pub fn keep(&mut self, raw: Raw) {
        match raw.0 {
            Place::Read { buffer, .. } => self.buffer = buffer,
            Place::Mapped(mapped) => {
                if self.kept.len() == KEPT {
                    self.kept.remove(0);
                }
                self.kept.push(mapped);
            }
        }
    }

    /// Forgets all files: those of a stream that has ended are removed.
    pub fn forget(&mut self) {
        self.kept.clear();
    }
}

impl Raw {
    pub fn bytes(&self) -> &[u8] {
        match &self.0 {
            Place::Read { buffer, len } => &buffer[..*len],
            // SAFETY: see the module's documentation.
            Place::Mapped(mapped) => unsafe { mapped.mapping.bytes() },
        }
    }
}

impl Mapped {
    fn new(file: &File, meta: &Metadata, len: usize) -> io::Result<Self> {
        let mapping = Mapping::new(file, len, false)?;
        Ok(Self { device: meta.dev(), inode: meta.ino(), mapping })
    }

    /// Files that are mapped keep their numbers to themselves, even when they are removed.
    fn is_of(&self, meta: &Metadata) -> bool {
        (self.device, self.inode) == (meta.dev(), meta.ino())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    const LEN: usize = 16384;

    /// A file as long as a segment, all of it written.
    fn whole(path: &Path, fill: u8) -> File {
        fs::write(path, [fill; LEN]).unwrap();
        let file = File::open(path).unwrap();
        // So that its blocks count.
        file.sync_all().unwrap();
        file
    }

    fn is_mapped(raw: &Raw) -> bool {
        matches!(raw.0, Place::Mapped(_))
    }

    #[test]
    fn a_file_that_comes_again_is_mapped_already() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("1"), dir.path().join("2"));
        let mut files = RawFiles::new(LEN as u64);
        let raw = files.get(&whole(&one, 1), 0).unwrap();
        assert!(is_mapped(&raw));
        let place = raw.bytes().as_ptr();
        files.keep(raw);
        fs::rename(&one, &two).unwrap();
        let other = files.get(&whole(&one, 3), 1).unwrap();
        assert!(other.bytes().iter().all(|&b| b == 3));
        let raw = files.get(&whole(&two, 2), 2).unwrap();
        assert!(raw.bytes().iter().all(|&b| b == 2));
        assert_eq!(raw.bytes().as_ptr(), place);
        assert!(files.kept.is_empty());
    }

    #[test]
    fn what_could_fail_when_it_is_touched_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("1");
        let mut files = RawFiles::new(LEN as u64);
        fs::write(&path, [1; 100]).unwrap();
        let short = files.get(&File::open(&path).unwrap(), 0).unwrap();
        assert!(!is_mapped(&short));
        assert_eq!(short.bytes(), [1; 100]);
        files.keep(short);
        File::create(&path).unwrap().set_len(LEN as u64).unwrap();
        let sparse = files.get(&File::open(&path).unwrap(), 0).unwrap();
        assert!(!is_mapped(&sparse));
        assert!(sparse.bytes().iter().all(|&b| b == 0));
    }

    #[test]
    fn few_mappings_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let mut files = RawFiles::new(LEN as u64);
        for n in 0..3 * KEPT {
            let raw = files.get(&whole(&dir.path().join(n.to_string()), 1), 0).unwrap();
            files.keep(raw);
        }
        assert_eq!(files.kept.len(), KEPT);
    }
}
