//! Checksums of snapshots, and names of what they are made from.

use clew_abi::hash::step;
pub use clew_abi::hash::words;

const LANES: usize = 8;
/// Of memory whose length is a multiple of 64.
pub fn bytes(seed: u64, bytes: &[u8]) -> u64 {
    let mut lanes: [u64; LANES] = core::array::from_fn(|n| seed.wrapping_add(n as u64));
    let (lines, _) = bytes.as_chunks::<{ 8 * LANES }>();
    for line in lines {
        let (line, _) = line.as_chunks::<8>();
        for (lane, word) in lanes.iter_mut().zip(line) {
            *lane = step(*lane, u64::from_le_bytes(*word));
        }
    }
    words(&lanes)
}

/// A file's identity from its key.
pub fn key(key: &[u8]) -> [u64; 2] {
    let mut out = [1, 2];
    for (n, half) in out.iter_mut().enumerate() {
        for &byte in key {
            *half = step(*half, byte as u64 + 256 * n as u64);
        }
    }
    out
}
