//! Checksums of guest memory, for finding where a replay's memory first departs from the recording's.
//!
//! With `FLAG_CHECK_MEMORY` a recording attaches to every [`INTERVAL`]th system call (to fewer as the
//! recording gets longer), and to the end, a hash of each readable mapping; a replay of such a trace compares them. Not for everyday use: a
//! register or a system call shows a divergence that matters, but later and elsewhere.

use crate::crash::Report;
use crate::log::Att;
use crate::state::{Engine, ctx, orders};
use crate::sys;
use crate::vma::{PROT_READ, Vma, VmaKind};
use alloc_crate::vec::Vec;
use clew_abi::layout::PAGE;
use clew_abi::orders::FLAG_CHECK_MEMORY;
use clew_abi::record::{ATT_CHECKSUMS, ATT_STACK};
use clew_translate::context::reg::RSP;
use core::fmt::Write;

/// System calls between two checksums, at least.
const INTERVAL: u64 = 64;
/// Larger mappings are left out: they are reservations, hardly touched (the smallest part of
/// AddressSanitizer's shadow has 256 MiB).
const LIMIT: u64 = 192 << 20;
const RED_ZONE: u64 = 128;

/// The hash of one mapping, as it is recorded.
const ENTRY: usize = 24;

/// So much of a stack is kept as it is.
const EXCERPT: u64 = 8 << 10;

/// What is recorded with an event to find where memory departs from it.
pub struct Checksums {
    hashes: Vec<u8>,
    stack: (u64, Vec<u8>),
}

impl Checksums {
    pub fn attach<'a>(&'a self, atts: &mut Vec<Att<'a>>) {
        let (addr, bytes) = &self.stack;
        atts.push(Att::Bytes { kind: ATT_STACK, addr: *addr, bytes });
        atts.push(Att::Bytes { kind: ATT_CHECKSUMS, addr: 0, bytes: &self.hashes });
    }
}

impl Engine {
    /// The checksums to record with this event, if it is one that has them. `always`: the last.
    pub fn memory_checksums(&mut self, always: bool) -> Option<Checksums> {
        if orders().flags & FLAG_CHECK_MEMORY == 0 {
            return None;
        }
        self.calls_made += 1;
        let due = self.calls_made >= self.next_checksum;
        if due {
            self.next_checksum = self.calls_made + INTERVAL.max(self.calls_made / 16);
        }
        (always || due).then(|| Checksums { hashes: self.checksums(), stack: self.stack_excerpt() })
    }

    /// Where the running task's stack begins, red zone included, and what is there.
    fn stack_excerpt(&self) -> (u64, Vec<u8>) {
        let start = ctx().gpr[RSP].saturating_sub(RED_ZONE);
        let end = self.vmas.find(start).map_or(start, |v| v.end.min(start + EXCERPT));
        let mut bytes = alloc_crate::vec![0; (end - start) as usize];
        let readable = sys::read_guest(start, &mut bytes);
        bytes.truncate(if readable { bytes.len() } else { 0 });
        (start, bytes)
    }

    /// The hashes of all readable mappings: where from, up to where, the hash, as words.
    pub fn checksums(&self) -> Vec<u8> {
        let mut out = Vec::new();
        // Pages of memory that others may own cannot be looked at.
        let hidden = |v: &&Vma| v.kind == VmaKind::Shared && self.sharing.takes_part();
        for v in self.vmas.iter().filter(|v| v.prot & PROT_READ != 0 && !hidden(v)) {
            // What lies below the stack pointer is nobody's.
            let start = match v.kind {
                VmaKind::Stack => ctx().gpr[RSP].saturating_sub(RED_ZONE).clamp(v.start, v.end),
                _ => v.start,
            };
            if v.end - start <= LIMIT {
                for word in [start, v.end, hash(start, v.end)] {
                    out.extend_from_slice(&word.to_le_bytes());
                }
            }
        }
        out
    }

    /// Compares recorded checksums with memory as it is. The first mapping that differs, if any.
    pub fn first_difference(&self, recorded: &[u8]) -> Option<(u64, u64)> {
        recorded.chunks_exact(ENTRY).find_map(|entry| {
            let word = |i: usize| u64::from_le_bytes(core::array::from_fn(|k| entry[8 * i + k]));
            let (start, end) = (word(0), word(1));
            let sound = start <= end && end - start <= LIMIT;
            (!sound || hash(start, end) != word(2)).then_some((start, end))
        })
    }
}

/// Says where the stack differs from what was recorded of it, if it does.
pub fn stack_difference(addr: u64, recorded: &[u8], report: &mut Report) {
    let mut now = alloc_crate::vec![0; recorded.len()];
    if !sys::read_guest(addr, &mut now) {
        return;
    }
    let words = recorded.chunks(8).zip(now.chunks(8)).enumerate();
    for (n, (then, now)) in words.filter(|(_, (then, now))| then != now).take(32) {
        let at = addr + 8 * n as u64;
        let _ = writeln!(report, "stack at {at:#x}: recorded {then:02x?}, replayed {now:02x?}");
    }
}

/// Hashes memory; pages that cannot be read count as such.
fn hash(start: u64, end: u64) -> u64 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut lanes = [K, K << 1, K << 2, K << 3];
    let mut buf = [0u8; PAGE as usize];
    let mut at = start;
    while at < end {
        let len = (end - at).min(PAGE - at % PAGE) as usize;
        let piece = &mut buf[..len];
        if !sys::read_guest(at, piece) {
            piece.fill(0x5a);
        }
        at += len as u64;
        if is_zero(piece) {
            // Most of a thread's stack is such pages.
            lanes[0] = (lanes[0] ^ len as u64).wrapping_mul(K).rotate_left(31);
            continue;
        }
        for row in piece.chunks(32) {
            for (lane, word) in lanes.iter_mut().zip(row.chunks(8)) {
                let mut bytes = [0u8; 8];
                bytes[..word.len()].copy_from_slice(word);
                *lane = (*lane ^ u64::from_le_bytes(bytes)).wrapping_mul(K).rotate_left(31);
            }
        }
    }
    lanes.iter().fold(0, |h, lane| (h ^ lane).wrapping_mul(K).rotate_left(29))
}

fn is_zero(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<64>();
    words.iter().all(|word| word.iter().fold(0, |any, byte| any | byte) == 0)
        && rest.iter().all(|byte| *byte == 0)
}
