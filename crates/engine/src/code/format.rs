//! A snapshot's file: a header of [`HEADER`] bytes, the cache's extents, and the shadow entries of its
//! texts, which are mostly holes.

use super::hash;
use crate::sys;
use crate::window::window;
use clew_abi::layout::{PAGE, Range};
use clew_translate::Cache;
use clew_translate::cache::EXTENTS;

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
        let mut header = Self::default();
        // SAFETY: plain bytes.
        let bytes = unsafe {
            core::slice::from_raw_parts_mut((&raw mut header).cast::<u8>(), size_of::<Self>())
        };
        let whole = sys::pread(file, bytes, 0) == size_of::<Self>() as i64
            && header.len == st.st_size as u64;
        header.check(build).filter(|_| whole)
    }

    /// Reads it from a verified file by means that a replay has.
    pub fn read_mapped(file: i32, build: u64) -> Option<Self> {
        // SAFETY: new memory.
        let at = unsafe { sys::mmap(0, HEADER, sys::PROT_READ, sys::MAP_PRIVATE, file, 0) };
        if sys::is_error(at) {
            return None;
        }
        // SAFETY: a page was mapped, of a file that is longer, and is unmapped after this.
        let header = unsafe {
            let header = *(at as *const Self);
            sys::munmap(at as u64, HEADER);
            header
        };
        header.check(build)
    }

    fn check(self, build: u64) -> Option<Self> {
        let header = self;
        let sealed = header.header_sum == hash::words(&header.words()[..WORDS - 1]);
        let own = header.magic == MAGIC && header.build == build;
        let placed = header
            .ends
            .iter()
            .zip(Cache::places(window()))
            .all(|(&end, place)| place.start < end && end <= place.end && end % PAGE == 0);
        (sealed && own && placed).then_some(header)
    }

    /// The extents, and where each lies in the file.
    pub fn extents(&self) -> [(Range, u64); EXTENTS] {
        let mut at = HEADER;
        let places = Cache::places(window());
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
    clew_abi::hash::identity(&words)
}
