//! The shadow map's pages: mapped in chunks, on first use, from a file full of the miss stub's
//! address.

use crate::crash;
use crate::sys;
use alloc_crate::vec::Vec;
use crate::window::window;
use clew_abi::layout::SHADOW_CHUNK;
use crate::descriptors::number;
use clew_abi::orders::fd;
use core::cell::UnsafeCell;

/// Chunk numbers (`pc / SHADOW_CHUNK`) that are mapped.
struct Chunks(UnsafeCell<Vec<u32>>);

// SAFETY: engine code runs in one task at a time.
unsafe impl Sync for Chunks {}

static CHUNKS: Chunks = Chunks(UnsafeCell::new(Vec::new()));

fn chunks() -> &'static mut Vec<u32> {
    // SAFETY: as above.
    unsafe { &mut *CHUNKS.0.get() }
}

/// Makes sure the shadow entry of `pc` is mapped. False if `pc` has none, or the guest has something
/// of its own where it would be.
pub fn ensure(pc: u64) -> bool {
    if window().shadow_entry(pc).is_none() {
        return false;
    }
    let chunk = (pc / SHADOW_CHUNK) as u32;
    let list = chunks();
    if let Err(at) = list.binary_search(&chunk) {
        if !map(chunk, sys::MAP_FIXED_NOREPLACE) {
            return false;
        }
        list.insert(at, chunk);
    }
    true
}

/// Is the page of a shadow entry (for `pc`) mapped?
pub fn mapped(pc: u64) -> bool {
    chunks().binary_search(&((pc / SHADOW_CHUNK) as u32)).is_ok()
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

/// Unmaps the shadow map.
pub fn unmap() {
    for chunk in core::mem::take(chunks()) {
        // SAFETY: the shadow map's own range.
        unsafe { sys::munmap(address(chunk), 8 * SHADOW_CHUNK) };
    }
}

/// Forgets all entries: every chunk is mapped afresh.
pub fn reset() {
    for &chunk in chunks().iter() {
        map(chunk, sys::MAP_FIXED);
    }
}
