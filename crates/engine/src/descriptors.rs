//! The engine's own descriptors, which move out of the way when the guest wants their numbers.

use crate::sys::{self, syscall};
use clew_abi::orders::fd;
use core::sync::atomic::{AtomicI32, Ordering};

const COUNT: usize = (fd::LAST - fd::BASE + 1) as usize;

/// The present number of each reserved descriptor, indexed from `fd::BASE`.
static NUMBERS: [AtomicI32; COUNT] = {
    let mut numbers = [const { AtomicI32::new(0) }; COUNT];
    let mut i = 0;
    while i < COUNT {
        numbers[i] = AtomicI32::new(fd::BASE + i as i32);
        i += 1;
    }
    numbers
};

/// The present number of the descriptor that started as `original` (one of `clew_abi`'s `fd`).
pub fn number(original: i32) -> i32 {
    NUMBERS[(original - fd::BASE) as usize].load(Ordering::Relaxed)
}

/// Is the descriptor one of the engine's?
#[inline]
pub fn reserved(file: i32) -> bool {
    // They only ever move up.
    file >= fd::BASE && NUMBERS.iter().any(|n| n.load(Ordering::Relaxed) == file)
}

/// The guest is about to open the descriptor `file` itself: if it is the engine's, gives the
/// engine's another number.
pub fn vacate(file: i32) {
    for slot in &NUMBERS {
        if slot.load(Ordering::Relaxed) != file {
            continue;
        }
        const F_DUPFD: u64 = 0;
        // SAFETY: descriptors only.
        let moved = unsafe { syscall!(sys::__NR_fcntl, file, F_DUPFD, fd::END) };
        if moved >= 0 {
            slot.store(moved as i32, Ordering::Relaxed);
        } else {
            slot.store(-1, Ordering::Relaxed);
        }
        sys::close(file);
    }
}
