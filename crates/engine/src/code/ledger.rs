//! What the engines of this trace and of earlier ones know about snapshots, in the page they share.

use super::Number;
use crate::state::{shared, shared_word};
use clew_abi::orders::{MISSED_BITS, missed_place, verified_places};
use core::sync::atomic::{AtomicU64, Ordering};

/// What a trace's engines may write, in bytes: the directory is only looked after when it ends.
const MAX_WRITTEN: u64 = 1 << 30;
/// The part of a word that counts blocks.
const COUNT: u64 = (1 << MISSED_BITS) - 1;

fn slots(identity: u64) -> impl Iterator<Item = &'static AtomicU64> {
    verified_places(identity).map(|n| shared_word(&shared().ledger[n]))
}

/// Has an engine compared the checksum of the file with this identity since the machine started, or
/// written it?
pub fn is_verified(identity: u64) -> bool {
    slots(identity).any(|slot| slot.load(Ordering::Relaxed) == identity)
}

pub fn note_verified(identity: u64) {
    let free = slots(identity).find(|slot| slot.load(Ordering::Relaxed) == 0);
    if let Some(slot) = free.or_else(|| slots(identity).next()) {
        slot.store(identity, Ordering::Relaxed);
    }
}

/// A process had to translate so many blocks that the snapshot lacked. Returns how many it is together
/// with those of others before. Names that share a place forget each other.
pub fn add_missed(name: Number, blocks: usize) -> usize {
    let word = shared_word(&shared().ledger[missed_place(name)]);
    let old = word.load(Ordering::Relaxed);
    let known = if old & !COUNT == name & !COUNT { old & COUNT } else { 0 };
    let all = (known + blocks as u64).min(COUNT);
    // What another process adds in between may be lost.
    word.store(name & !COUNT | all, Ordering::Relaxed);
    all as usize
}

/// There is a new snapshot.
pub fn forget_missed(name: Number) {
    shared_word(&shared().ledger[missed_place(name)]).store(0, Ordering::Relaxed);
}

/// May a snapshot of so many bytes be written?
pub fn take_room(bytes: u64) -> bool {
    let written = shared_word(&shared().snapshot_bytes).fetch_add(bytes, Ordering::Relaxed);
    written + bytes <= MAX_WRITTEN
}
