//! The memory of what has no fixed size in the cache: hash tables and lists, all in one range, so that
//! a snapshot of the range is a snapshot of them.
//!
//! # Safety
//! [`State`] lies at the start of `layout::TABLE_HEAD`, all pieces in `TABLE_ARENA`; both are mapped
//! before the first piece is asked for (see `Cache::create`). One task at a time uses them.

use allocator_api2::alloc::{AllocError, Allocator};
use clew_abi::layout::{TABLE_ARENA, TABLE_HEAD};
use core::alloc::Layout;
use core::ptr::NonNull;

/// Four classes for each doubling.
const CLASSES: usize = 128;

/// What is free.
#[repr(C)]
pub(super) struct State {
    next: u64,
    free: [u64; CLASSES],
}

/// The allocator; all of its state is in the range.
#[derive(Clone, Copy, Default)]
pub struct Arena;

fn state() -> &'static mut State {
    // SAFETY: see the module's documentation.
    unsafe { &mut *(TABLE_HEAD.start as *mut State) }
}

/// Where the pieces in use end.
pub(super) fn end() -> u64 {
    state().next
}

/// Forgets all pieces.
pub(super) fn reset() {
    *state() = State { next: TABLE_ARENA.start, free: [0; CLASSES] };
}

/// A class and the size of its pieces, a multiple of 16 that `size` is at most a quarter short of.
fn class(size: usize) -> (usize, u64) {
    if size <= 64 {
        let n = size.max(1).div_ceil(16);
        return (n, 16 * n as u64);
    }
    let shift = (size - 1).ilog2() - 2;
    let quarters = ((size - 1) >> shift) + 1;
    (4 * (shift as usize - 3) + quarters - 4, (quarters as u64) << shift)
}

// SAFETY: pieces are as large as their class, aligned to 16, and on a free list or in use, never both.
unsafe impl Allocator for Arena {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        let (class, size) = class(layout.size());
        if class >= CLASSES || layout.align() > 16 {
            return Err(AllocError);
        }
        let state = state();
        let at = match state.free[class] {
            0 if state.next + size > TABLE_ARENA.end => return Err(AllocError),
            0 => {
                state.next += size;
                state.next - size
            }
            free => {
                // SAFETY: a free piece's first word links to the next one.
                state.free[class] = unsafe { *(free as *const u64) };
                free
            }
        };
        let piece = NonNull::new(at as *mut u8).ok_or(AllocError)?;
        Ok(NonNull::slice_from_raw_parts(piece, layout.size()))
    }

    unsafe fn deallocate(&self, piece: NonNull<u8>, layout: Layout) {
        let (class, _) = class(layout.size());
        let state = state();
        // SAFETY: the caller's piece came from `allocate` with this layout.
        unsafe { piece.as_ptr().cast::<u64>().write(state.free[class]) };
        state.free[class] = piece.as_ptr() as u64;
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn classes_fit_and_are_distinct() {
        let mut last = (0, 0);
        for size in 0..100_000 {
            let (class, piece) = super::class(size);
            assert!(piece >= size as u64 && piece % 16 == 0, "{size}: {piece}");
            assert!((class, piece) == last || class == last.0 + 1 && piece > last.1, "{size}");
            last = (class, piece);
        }
    }
}
