//! Compressed segments: `events/<stream>.zst` is a row of chunks, each a [`ChunkHeader`] and one
//! zstd frame.

use clew_abi::record::FORMAT_VERSION;
use twox_hash::XxHash3_64;

use crate::records::{u32_at, u64_at};

const MAGIC: u64 = u64::from_le_bytes(*b"clewchk1");

/// Bytes of an encoded [`ChunkHeader`].
pub const CHUNK_HEADER_LEN: usize = 64;

/// What precedes a compressed segment. It has a checksum of its own, so that a reader can step over
/// payloads without reading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkHeader {
    /// The segment's place in its stream, from 0.
    pub sequence: u64,
    /// Bytes of the segment that are in use.
    pub raw_len: u64,
    /// Bytes of the zstd frame that follows.
    pub comp_len: u64,
    /// First and last event number in the segment; 0 if it holds no event.
    pub first_event: u64,
    pub last_event: u64,
    /// XXH3 of the segment's bytes.
    pub checksum: u64,
}

impl ChunkHeader {
    pub fn encode(&self) -> [u8; CHUNK_HEADER_LEN] {
        let mut out = [0; CHUNK_HEADER_LEN];
        out[0..8].copy_from_slice(&MAGIC.to_le_bytes());
        out[8..12].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
        let words = [
            self.sequence,
            self.raw_len,
            self.comp_len,
            self.first_event,
            self.last_event,
            self.checksum,
        ];
        for (i, word) in words.iter().enumerate() {
            out[16 + 8 * i..24 + 8 * i].copy_from_slice(&word.to_le_bytes());
        }
        let check = self_check(&out);
        out[12..16].copy_from_slice(&check.to_le_bytes());
        out
    }

    /// Reads a header; `segment_bytes` is the greatest `raw_len` a sound one has.
    pub fn decode(bytes: &[u8; CHUNK_HEADER_LEN], segment_bytes: u64) -> Result<Self, String> {
        let word = |i: usize| u64_at(bytes, i).unwrap_or_default();
        let half = |i: usize| u32_at(bytes, i).unwrap_or_default();
        if word(0) != MAGIC {
            return Err("not a chunk (wrong magic number)".into());
        }
        if half(8) != FORMAT_VERSION {
            return Err(format!("chunk of format {}", half(8)));
        }
        if half(12) != self_check(bytes) {
            return Err("chunk header with a wrong checksum".into());
        }
        let header = Self {
            sequence: word(16),
            raw_len: word(24),
            comp_len: word(32),
            first_event: word(40),
            last_event: word(48),
            checksum: word(56),
        };
        if header.raw_len > segment_bytes || header.comp_len > max_compressed(segment_bytes) {
            return Err("chunk of impossible length".into());
        }
        Ok(header)
    }
}

/// The checksum of a segment's bytes.
pub fn checksum(raw: &[u8]) -> u64 {
    XxHash3_64::oneshot(raw)
}

/// The longest zstd frame that `raw_len` bytes can become.
pub fn max_compressed(raw_len: u64) -> u64 {
    raw_len + raw_len / 128 + 1024
}

fn self_check(header: &[u8; CHUNK_HEADER_LEN]) -> u32 {
    let mut copy = *header;
    copy[12..16].fill(0);
    XxHash3_64::oneshot(&copy) as u32
}
