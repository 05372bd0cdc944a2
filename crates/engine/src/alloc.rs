//! The engine's heap: size classes over a fixed region, nothing returned to the kernel.
//!
//! # Safety
//! The allocator hands out disjoint pieces of `layout::HEAP`, which [`map`] made usable. Engine code
//! runs in one task at a time (it holds the baton), so there is no locking.

use clew_abi::layout::HEAP;
use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;

/// Smallest class: 16 bytes; classes are powers of two.
const CLASSES: usize = 28;

struct Heap {
    next: u64,
    free: [u64; CLASSES],
}

struct Allocator(UnsafeCell<Heap>);

// SAFETY: see the module's documentation.
unsafe impl Sync for Allocator {}

#[global_allocator]
static ALLOCATOR: Allocator =
    Allocator(UnsafeCell::new(Heap { next: HEAP.start, free: [0; CLASSES] }));

fn class(layout: Layout) -> usize {
    let size = layout.size().max(layout.align()).max(16);
    size.next_power_of_two().trailing_zeros() as usize - 4
}

// SAFETY: pieces are as large and as aligned as their class, which covers size and alignment, and a
// piece is on a free list or in use, never both.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one task at a time.
        let heap = unsafe { &mut *self.0.get() };
        let class = class(layout);
        if class >= CLASSES {
            return core::ptr::null_mut();
        }
        let head = heap.free[class];
        if head != 0 {
            // SAFETY: a free piece's first word links to the next one.
            heap.free[class] = unsafe { *(head as *const u64) };
            return head as *mut u8;
        }
        let size = 16u64 << class;
        let start = heap.next.next_multiple_of(size.min(4096));
        if start + size > HEAP.end {
            return core::ptr::null_mut();
        }
        heap.next = start + size;
        start as *mut u8
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: one task at a time; `ptr` came from `alloc` with this layout.
        unsafe {
            let heap = &mut *self.0.get();
            let class = class(layout);
            *ptr.cast::<u64>() = heap.free[class];
            heap.free[class] = ptr as u64;
        }
    }
}
