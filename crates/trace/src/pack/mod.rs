//! A trace in one file: `clew pack` makes it, `clew unpack` and `clew replay` read it.
//!
//! A header, the contents' blocks, an index. The header is written last and names the index by its
//! BLAKE3, the index names each content by its own, so a file that is cut off, damaged or no pack is
//! told from the outside in. A block is one zstd frame of at most [`MAX_BLOCK`] bytes, or those bytes
//! as they are if that is no longer.
//!
//! Packs come from strangers: an index can name only the files that a trace has ([`Place`]), of which
//! no two are the same, and nothing is allocated that the file itself does not hold or a block may
//! not become.

mod read;
mod squeeze;
mod write;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use read::{Pack, What, is_pack};
pub use write::{Packed, write};

use crate::records::u64_at;
use crate::{files, meta};

/// What a pack's name ends in.
pub const SUFFIX: &str = ".clew";
/// Greatest version this clew reads, and the one it writes.
pub const VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"clewpack";
const HEADER_LEN: usize = 80;
/// Bytes of a file in one block.
const BLOCK: usize = 4 << 20;
/// The longest block, packed or not: a chunk of an event stream is one, whatever its length.
const MAX_BLOCK: u32 = 72 << 20;
const MAX_INDEX: u64 = 256 << 20;
const HASH_LEN: usize = 32;

/// The first bytes of a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    /// Where the index is, and how long.
    index: (u64, u64),
    file_len: u64,
    index_hash: [u8; HASH_LEN],
}

impl Header {
    fn encode(&self) -> [u8; HEADER_LEN] {
        let mut out = [0; HEADER_LEN];
        out[..8].copy_from_slice(&MAGIC);
        out[8..12].copy_from_slice(&VERSION.to_le_bytes());
        for (i, word) in [self.index.0, self.index.1, self.file_len].into_iter().enumerate() {
            out[16 + 8 * i..24 + 8 * i].copy_from_slice(&word.to_le_bytes());
        }
        out[40..72].copy_from_slice(&self.index_hash);
        let check = check(&out);
        out[72..].copy_from_slice(&check);
        out
    }

    /// `len` is that of the file.
    fn decode(bytes: &[u8; HEADER_LEN], len: u64) -> Result<Self, String> {
        if bytes[..8] != MAGIC {
            return Err("it is no packed trace".into());
        }
        let version = u32::from_le_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
        if version > VERSION {
            return Err(format!(
                "it was packed by a newer clew (version {version}, this one reads up to {VERSION})"
            ));
        }
        if bytes[72..] != check(bytes) {
            return Err("it is damaged (its header has a wrong checksum)".into());
        }
        let word = |i: usize| u64_at(bytes, 16 + 8 * i).unwrap_or_default();
        let mut index_hash = [0; HASH_LEN];
        index_hash.copy_from_slice(&bytes[40..72]);
        let header = Self { index: (word(0), word(1)), file_len: word(2), index_hash };
        if header.file_len != len {
            let expected = header.file_len;
            return Err(match len < expected {
                true => format!("it is cut off: {len} of {expected} bytes are there"),
                false => format!("it is damaged: {len} bytes instead of {expected}"),
            });
        }
        let (offset, index_len) = header.index;
        let inside = offset >= HEADER_LEN as u64
            && offset.checked_add(index_len).is_some_and(|end| end <= len);
        if !inside || index_len > MAX_INDEX {
            return Err("it is damaged (its index lies outside)".into());
        }
        Ok(header)
    }
}

fn check(header: &[u8; HEADER_LEN]) -> [u8; 8] {
    let hash = blake3::hash(&header[..72]);
    std::array::from_fn(|i| hash.as_bytes()[i])
}

/// What is in a pack, and where. Stored as JSON; unknown keys are ignored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Index {
    /// The packed trace's name.
    pub name: String,
    /// Version of the clew that packed it.
    pub clew: String,
    pub files: Vec<Entry>,
    contents: Vec<Content>,
}

/// A file of the trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Within the trace.
    pub path: String,
    /// Which of the contents is its own; files may share one.
    content: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Content {
    size: u64,
    /// In hex.
    blake3: String,
    /// Where its first block is; the others follow.
    offset: u64,
    /// Lengths of each block: packed, and of what it becomes.
    blocks: Vec<(u32, u32)>,
}

impl Content {
    fn check(&self, end: u64) -> Result<(), String> {
        let broken = || "its index is damaged (impossible lengths)".to_owned();
        let (mut packed, mut size) = (0u64, 0u64);
        for (from, to) in &self.blocks {
            if *from == 0 || from > to || *to > MAX_BLOCK {
                return Err(broken());
            }
            packed += u64::from(*from);
            size += u64::from(*to);
        }
        let inside = self.offset >= HEADER_LEN as u64
            && self.offset.checked_add(packed).is_some_and(|stop| stop <= end);
        if inside && size == self.size { Ok(()) } else { Err(broken()) }
    }
}

impl Index {
    fn check(&self, end: u64) -> Result<(), String> {
        self.contents.iter().try_for_each(|content| content.check(end))?;
        let mut seen = BTreeSet::new();
        for entry in &self.files {
            let path: String = entry.path.chars().take(100).collect();
            if Place::of(&entry.path).is_none() {
                return Err(format!("it names a file that no trace has: {path:?}"));
            }
            if !seen.insert(entry.path.as_str()) {
                return Err(format!("it names {path:?} twice"));
            }
            if entry.content >= self.contents.len() {
                return Err("its index is damaged (a file without content)".into());
            }
        }
        if seen.contains(meta::FILE) { Ok(()) } else { Err("it has no meta.json".into()) }
    }
}

/// The files that a packed trace may have, and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place<'a> {
    Meta,
    List,
    Events(u32),
    Stored(&'a str),
}

impl<'a> Place<'a> {
    fn of(path: &'a str) -> Option<Self> {
        match path.split_once('/') {
            None if path == meta::FILE => Some(Self::Meta),
            None if path == files::LIST => Some(Self::List),
            Some((files::DIR, key)) if files::valid_key(key) => Some(Self::Stored(key)),
            Some(("events", name)) => {
                let digits = name.strip_suffix(".zst")?;
                let number: u32 = digits.parse().ok()?;
                // One name for each: no plus sign, no zeros in front.
                (number.to_string() == digits).then_some(Self::Events(number))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_traces_files_have_a_place() {
        assert_eq!(Place::of("meta.json"), Some(Place::Meta));
        assert_eq!(Place::of("events/12.zst"), Some(Place::Events(12)));
        assert_eq!(Place::of("files/1-ab"), Some(Place::Stored("1-ab")));
        for path in [
            "",
            "/",
            "..",
            "../meta.json",
            "/etc/passwd",
            "events/../x",
            "events/01.zst",
            "events/+1.zst",
            "events/1.000000.raw",
            "files/",
            "files/..",
            "files/a/b",
            "files/A",
            "events/",
            "events/1.zst/",
            "files/../../x",
            "meta.json/",
            "./meta.json",
            "files\0/a",
            "files/a\0",
        ] {
            assert_eq!(Place::of(path), None, "{path:?}");
        }
    }

    #[test]
    fn headers_are_checked() {
        let header = Header { index: (80, 20), file_len: 100, index_hash: [7; HASH_LEN] };
        let bytes = header.encode();
        assert_eq!(Header::decode(&bytes, 100), Ok(header));
        assert!(Header::decode(&bytes, 99).unwrap_err().contains("99 of 100"));
        for i in 0..HEADER_LEN {
            let mut changed = bytes;
            changed[i] ^= 1;
            // Four bytes are room for later, within the checksum.
            assert!(Header::decode(&changed, 100).is_err(), "byte {i}");
        }
        let far = Header { index: (u64::MAX - 5, 20), ..header };
        assert!(Header::decode(&far.encode(), 100).is_err());
    }
}
