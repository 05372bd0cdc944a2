//! Traces out of a fuzzer's bytes.
//!
//! An input is a row of parts: a byte that says what it is ([`Part`] in its low three bits, options
//! above them), two bytes of length, then so many bytes. What a reader checks first (magic numbers,
//! checksums, lengths of frames) is made right here, so that the bytes reach what is behind that.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use clew_abi::record::{FORMAT_VERSION, HEADER_LEN, Kind, SEGMENT_MAGIC};
use clew_trace::chunk::{ChunkHeader, checksum};
use clew_trace::records::scan;
use clew_trace::stream::{chunks_path, raw_path};
use clew_trace::{Meta, Outcome, files, root};

use crate::Bytes;

/// What the tests of `clew-trace` make by hand.
#[path = "../../crates/trace/tests/common/mod.rs"]
mod common;

pub use common::SEGMENT_BYTES;
const KEYS: [&str; 4] = ["a", "1-b", "c-2", "../d"];

/// What a part becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `meta.json` as it is.
    Meta,
    /// `files.json` as it is.
    List,
    /// The records of a segment, after a byte for the stream.
    Segment,
    /// A raw segment as it is, after a byte for the stream.
    Raw,
    /// Bytes of a stream's chunks as they are, after a byte for the stream.
    Chunks,
    /// A stored file, after a byte for its key.
    Stored,
    /// What a chunk's frame holds, after a byte for the stream; the frame is sound, the rest of the
    /// header perhaps not.
    Frame,
    /// Nothing; room for options of the fuzzer's.
    Wish,
}

impl Part {
    pub fn of(tag: u8) -> Self {
        [
            Self::Meta,
            Self::List,
            Self::Segment,
            Self::Raw,
            Self::Chunks,
            Self::Stored,
            Self::Frame,
            Self::Wish,
        ][usize::from(tag & 7)]
    }
}

/// The segment is stored compressed.
const PACKED: u8 = 8;
/// It ends as one does that is followed by another.
const CONTINUED: u8 = 16;
/// Its number is wrong.
const MISNUMBERED: u8 = 32;
/// What a chunk's header says of its events is not true.
const LIES: u8 = 64;

/// Makes the trace in `dir`, which must not exist; returns the options.
pub fn lay(input: &[u8], dir: &Path) -> u8 {
    root::create_at(dir).expect("a trace can be made");
    meta().write(dir).expect("a file can be written");
    let mut wishes = 0;
    let mut segments = BTreeMap::new();
    let mut input = Bytes::new(input);
    while !input.is_empty() {
        let (tag, len) = (input.u8(), usize::from(input.u16()));
        let mut bytes = Bytes::new(input.take(len));
        let write = |name: &str, bytes: &[u8]| {
            fs::write(dir.join(name), bytes).expect("a file can be written");
        };
        match Part::of(tag) {
            Part::Meta => write(clew_trace::meta::FILE, bytes.rest()),
            Part::List => write(files::LIST, bytes.rest()),
            Part::Stored => {
                // The last key is one that a trace cannot have.
                let key = KEYS[usize::from(bytes.u8()) % (KEYS.len() - 1)];
                write(&format!("{}/{key}", files::DIR), bytes.rest());
            }
            Part::Wish => wishes |= bytes.u8(),
            Part::Chunks => append(&chunks_path(dir, stream(&mut bytes)), bytes.rest()),
            part => {
                let stream = stream(&mut bytes);
                let next: &mut u64 = segments.entry(stream).or_default();
                let sequence = *next;
                *next += 1;
                place(dir, stream, sequence, part, tag, bytes.rest());
            }
        }
    }
    wishes
}

fn stream(bytes: &mut Bytes<'_>) -> u32 {
    u32::from(bytes.u8() & 3) + 1
}

fn append(path: &Path, bytes: &[u8]) {
    let mut file = fs::OpenOptions::new().append(true).create(true).open(path);
    file.as_mut().expect("a file can be made").write_all(bytes).expect("it can be written");
}

/// Stores a segment, raw or as a chunk.
fn place(dir: &Path, stream: u32, sequence: u64, part: Part, tag: u8, bytes: &[u8]) {
    let told = sequence.wrapping_sub(u64::from(tag & MISNUMBERED != 0));
    let mut segment = match part {
        Part::Raw => Vec::new(),
        _ => header(told),
    };
    segment.extend_from_slice(bytes);
    if part == Part::Segment && tag & CONTINUED != 0 {
        segment.resize(segment.len().next_multiple_of(8), 0);
        segment.extend_from_slice(&(HEADER_LEN as u32).to_le_bytes());
        segment.extend_from_slice(&(Kind::SegmentEnd as u32).to_le_bytes());
        segment.extend_from_slice(&[0; HEADER_LEN - 8]);
    }
    segment.truncate(SEGMENT_BYTES as usize);
    if tag & PACKED == 0 && part != Part::Frame {
        let file = raw_path(dir, stream, sequence);
        fs::write(&file, &segment).expect("a file can be written");
        return;
    }
    let events = scan(&segment, told, |_| {});
    let lie = u64::from(tag & LIES != 0) * (1 + bytes.len() as u64 % 7);
    let packed = zstd::bulk::compress(&segment, 1).expect("zstd compresses");
    let chunk = ChunkHeader {
        sequence: told,
        raw_len: segment.len() as u64,
        comp_len: packed.len() as u64,
        first_event: events.first_event.wrapping_sub(lie),
        last_event: events.last_event.wrapping_add(lie),
        checksum: checksum(&segment),
    };
    append(&chunks_path(dir, stream), &[&chunk.encode()[..], &packed].concat());
}

fn header(sequence: u64) -> Vec<u8> {
    let mut bytes = SEGMENT_MAGIC.to_le_bytes().to_vec();
    bytes.extend_from_slice(&sequence.to_le_bytes());
    bytes.extend_from_slice(&u64::from(FORMAT_VERSION).to_le_bytes());
    bytes
}

/// A sound `meta.json` of a recording that has ended.
pub fn meta() -> Meta {
    let outcome = Outcome {
        pids: [(1, 100), (2, 101)].into(),
        elapsed_seconds: 0.5,
        raw_bytes: 4000,
        compressed_bytes: 400,
        processes: 2,
        ..common::outcome()
    };
    Meta { outcome: Some(outcome), ..common::meta() }
}
