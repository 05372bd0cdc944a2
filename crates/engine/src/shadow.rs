//! The shadow map's pages: mapped in chunks, on first use, from a file full of the miss stub's
//! address.

use crate::crash;
use crate::descriptors::number;
use crate::sys;
use crate::window::window;
use clew_abi::layout::{CodeWindow, SHADOW_CHUNK};
use clew_abi::orders::fd;
use core::cell::UnsafeCell;

/// One bit for each chunk there can be.
const WORDS: usize = (CodeWindow::LOW.range().end / SHADOW_CHUNK / 64) as usize;

/// Which chunks (by number, `pc / SHADOW_CHUNK`) are mapped.
struct Chunks(UnsafeCell<[u64; WORDS]>);

// SAFETY: engine code runs in one task at a time.
unsafe impl Sync for Chunks {}

static CHUNKS: Chunks = Chunks(UnsafeCell::new([0; WORDS]));

fn chunks() -> &'static mut [u64; WORDS] {
    // SAFETY: as above.
    unsafe { &mut *CHUNKS.0.get() }
}

/// Makes sure the shadow entry of `pc` is mapped. False if `pc` has none, or the guest has something
/// of its own where it would be.
pub fn ensure(pc: u64) -> bool {
    mapped(pc) || window().shadow_entry(pc).is_some() && map_new(pc)
}

#[cold]
fn map_new(pc: u64) -> bool {
    let chunk = pc / SHADOW_CHUNK;
    if !map(chunk as u32, sys::MAP_FIXED_NOREPLACE) {
        return false;
    }
    chunks()[chunk as usize / 64] |= 1 << (chunk % 64);
    true
}

/// Is the page of a shadow entry (for `pc`) mapped?
pub fn mapped(pc: u64) -> bool {
    let chunk = pc / SHADOW_CHUNK;
    let word = chunks().get((chunk / 64) as usize);
    word.is_some_and(|word| word >> (chunk % 64) & 1 != 0)
}

fn address(chunk: u32) -> u64 {
    chunk as u64 * SHADOW_CHUNK * 8 + clew_abi::layout::SHADOW_DISP
}

fn map(chunk: u32, fixed: u32) -> bool {
    let start = address(chunk);
    let len = 8 * SHADOW_CHUNK;
    // SAFETY: the shadow map's own range.
    let got = unsafe {
        sys::mmap(
            start,
            len,
            sys::PROT_READ | sys::PROT_WRITE,
            sys::MAP_PRIVATE | fixed | sys::MAP_NORESERVE,
            number(fd::PATTERN),
            0,
        )
    };
    if got == -(sys::EEXIST as i64) {
        return false;
    }
    if got != start as i64 {
        crash::fail("the shadow map cannot be mapped");
    }
    true
}

/// The numbers of the mapped chunks.
fn mapped_chunks() -> impl Iterator<Item = u32> {
    let words = chunks().iter().enumerate().filter(|(_, word)| **word != 0);
    words.flat_map(|(n, &word)| {
        (0..64).filter(move |bit| word >> bit & 1 != 0).map(move |bit| 64 * n as u32 + bit)
    })
}

/// Unmaps the shadow map.
pub fn unmap() {
    for chunk in mapped_chunks() {
        // SAFETY: the shadow map's own range.
        unsafe { sys::munmap(address(chunk), 8 * SHADOW_CHUNK) };
    }
    chunks().fill(0);
}

/// Forgets all entries: every chunk is mapped afresh.
pub fn reset() {
    for chunk in mapped_chunks() {
        map(chunk, sys::MAP_FIXED);
    }
}
