//! Per-instruction notes of a block, packed: host length, then guest length and kind in one byte.

use super::Displaced;

pub const PLAIN: u8 = 0;
pub const RCX: u8 = 1;
/// The register's number follows.
pub const SCRATCH: u8 = 2;
/// The guest goes on at the eight-byte address that follows.
pub const JUMP: u8 = 3;
/// A part of the check before the first instruction; its guest length is zero.
pub const CHECK: u8 = 4;

/// An instruction as a block's notes tell it.
pub struct Noted {
    pub pc: u64,
    pub len: u8,
    /// Cache offset of its translation, and that one's length.
    pub host: u32,
    pub host_len: u8,
    pub displaced: Displaced,
}

/// Where the translation of the instruction at `target` begins, if these instructions (see [`walk`])
/// come past it: a cache offset.
pub fn find(notes: &[u8], pc: u64, host: u32, target: u64) -> Option<u32> {
    walk(notes, pc, host)
        .take_while(|at| at.pc <= target)
        .find(|at| at.pc == target)
        .map(|at| at.host)
}

/// The instructions of a block that begins at `pc` and whose translation begins at the cache offset
/// `host`.
pub fn walk(notes: &[u8], mut pc: u64, mut host: u32) -> impl Iterator<Item = Noted> {
    let mut notes = notes.iter().copied();
    core::iter::from_fn(move || {
        let (host_len, note) = (notes.next()?, notes.next()?);
        let (len, kind) = (note & 15, note >> 4);
        let mut displaced = Displaced::None;
        let mut next = pc.wrapping_add(len as u64);
        match kind {
            RCX => displaced = Displaced::Rcx,
            SCRATCH => displaced = Displaced::Scratch(notes.next()?),
            CHECK => displaced = Displaced::Check,
            JUMP => next = u64::from_le_bytes(core::array::from_fn(|_| notes.next().unwrap_or(0))),
            _ => {}
        }
        let noted = Noted { pc, len, host, host_len, displaced };
        host += host_len as u32;
        pc = next;
        Some(noted)
    })
}
