//! A snapshot's file: a header of [`HEADER`] bytes, the cache's extents, and the shadow entries of its
//! texts, which are mostly holes.

use super::hash;
use crate::sys;
use clew_abi::layout::{PAGE, Range};
use clew_abi::orders::{VERIFIED, Shared};
use clew_translate::Cache;
use clew_translate::cache::EXTENTS;
use core::sync::atomic::{AtomicU64, Ordering};

pub const HEADER: u64 = PAGE;
const MAGIC: u64 = u64::from_le_bytes(*b"clewcode");

/// Only `u64`s, so that there is no padding.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct Header {
    pub magic: u64,
    /// Of the engine: see `orders::Orders::build`.
    pub build: u64,
    /// Of the file.
    pub len: u64,
    /// Ends of the extents, which lie one behind the other from [`HEADER`] on.
    pub ends: [u64; EXTENTS],
    pub blocks: u64,
    /// Of the extents, plus those of all pages of shadow entries that are not zero.
    pub sum: u64,
    /// Of the header up to here.
    pub header_sum: u64,
}

const WORDS: usize = size_of::<Header>() / 8;

impl Header {
    pub fn new(build: u64, extents: &[Range; EXTENTS]) -> Self {
        Self { magic: MAGIC, build, ends: extents.map(|r| r.end), ..Self::default() }
    }

    pub fn words(&self) -> &[u64; WORDS] {
        // SAFETY: made of `u64`s.
        unsafe { &*(&raw const *self).cast() }
    }

    pub fn seal(&mut self) {
        self.header_sum = hash::words(&self.words()[..WORDS - 1]);
    }

    /// Reads it from a file, if it is a whole snapshot of this build.
    pub fn read(file: i32, st: &sys::stat, build: u64) -> Option<Self> {
        let mut words = [0u64; WORDS];
        // SAFETY: plain bytes.
        let bytes = unsafe {
            core::slice::from_raw_parts_mut(words.as_mut_ptr().cast::<u8>(), size_of::<Self>())
        };
        if sys::pread(file, bytes, 0) != size_of::<Self>() as i64 {
            return None;
        }
        // SAFETY: made of `u64`s.
        let header: Self = unsafe { core::mem::transmute(words) };
        let sealed = header.header_sum == hash::words(&words[..WORDS - 1]);
        let whole = header.len == st.st_size as u64;
        let own = header.magic == MAGIC && header.build == build;
        let placed = header.ends.iter().zip(Cache::places()).all(|(&end, place)| {
            place.start < end && end <= place.end && end % PAGE == 0
        });
        (sealed && whole && own && placed).then_some(header)
    }

    /// The extents, and where each lies in the file.
    pub fn extents(&self) -> [(Range, u64); EXTENTS] {
        let mut at = HEADER;
        let places = Cache::places();
        core::array::from_fn(|n| {
            let range = Range::new(places[n].start, self.ends[n]);
            at += range.len();
            (range, at - range.len())
        })
    }

    /// Where the shadow entries begin.
    pub fn shadow(&self) -> u64 {
        HEADER + self.extents().iter().map(|(range, _)| range.len()).sum::<u64>()
    }
}

/// Tells this very file, as it is, from others.
pub fn identity(st: &sys::stat) -> u64 {
    let words = [
        st.st_dev,
        st.st_ino,
        st.st_size as u64,
        st.st_mtime as u64,
        st.st_mtime_nsec,
        st.st_ctime as u64,
        st.st_ctime_nsec,
    ];
    hash::words(&words).max(1)
}

fn slot(shared: &'static Shared, identity: u64) -> &'static AtomicU64 {
    crate::state::shared_word(&shared.verified[identity as usize % VERIFIED])
}

/// Has an engine of this trace compared the file's checksum?
pub fn is_verified(shared: &'static Shared, identity: u64) -> bool {
    slot(shared, identity).load(Ordering::Relaxed) == identity
}

pub fn note_verified(shared: &'static Shared, identity: u64) {
    slot(shared, identity).store(identity, Ordering::Relaxed);
}
