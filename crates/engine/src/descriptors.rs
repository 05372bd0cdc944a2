//! The engine's own descriptors, which move out of the way when the guest wants their numbers.
//!
//! They lie at the numbers of `clew_abi`'s `fd`, unless the guest took one for itself or its limit of
//! open files is too low for them. Whichever numbers they have, they do not exist for the guest.

use crate::limits::{self, NOFILE};
use crate::sys::{self, syscall};
use clew_abi::orders::{Orders, fd};
use core::sync::atomic::{AtomicI32, Ordering};

const F_DUPFD: u64 = 0;
const F_SETFD: u64 = 2;
const F_GETFD: u64 = 1;
const F_DUPFD_CLOEXEC: u64 = 1030;
const FD_CLOEXEC: u64 = 1;

/// The present number of each reserved descriptor, indexed from `fd::BASE`; -1 if it is lost.
static NUMBERS: [AtomicI32; fd::COUNT] = {
    let mut numbers = [const { AtomicI32::new(0) }; fd::COUNT];
    let mut i = 0;
    while i < fd::COUNT {
        numbers[i] = AtomicI32::new(fd::BASE + i as i32);
        i += 1;
    }
    numbers
};

/// No reserved descriptor has a lower number.
static LOWEST: AtomicI32 = AtomicI32::new(fd::BASE);

/// The present number of the descriptor that started as `original` (one of `clew_abi`'s `fd`).
pub fn number(original: i32) -> i32 {
    NUMBERS[(original - fd::BASE) as usize].load(Ordering::Relaxed)
}

/// The reserved descriptor `original` has this number from now on.
pub fn set_number(original: i32, number: i32) {
    NUMBERS[(original - fd::BASE) as usize].store(number, Ordering::Relaxed);
    if number >= 0 {
        LOWEST.fetch_min(number, Ordering::Relaxed);
    }
    if original == fd::EXE {
        crate::procfs::peers::publish_exe();
    }
}

/// Is the descriptor one of the engine's?
#[inline]
pub fn reserved(file: i32) -> bool {
    file >= LOWEST.load(Ordering::Relaxed)
        && file >= 0
        && NUMBERS.iter().any(|n| n.load(Ordering::Relaxed) == file)
}

/// The numbers of one process's table of descriptors.
#[derive(Clone, Copy)]
pub struct Numbers([i32; fd::COUNT]);

impl Numbers {
    pub fn now() -> Self {
        Self(core::array::from_fn(|i| NUMBERS[i].load(Ordering::Relaxed)))
    }

    /// A task with this table runs: its numbers take the place of the present ones, which are returned.
    pub fn exchange(self) -> Self {
        let old = Self::now();
        if old.0 != self.0 {
            self.0
                .iter()
                .zip(fd::BASE..)
                .for_each(|(&number, original)| set_number(original, number));
        }
        old
    }
}

/// The numbers for the next program's orders.
pub fn for_orders() -> [u64; fd::COUNT] {
    core::array::from_fn(|i| match NUMBERS[i].load(Ordering::Relaxed) {
        number if number == fd::BASE + i as i32 => 0,
        number => i64::from(number) as u64,
    })
}

/// Takes over the numbers that the orders tell.
pub fn take_over(orders: &Orders) {
    for (i, &number) in orders.descriptors.iter().enumerate() {
        let original = fd::BASE + i as i32;
        if number != 0 && original != fd::ORDERS {
            set_number(original, number as i32);
        } else if !matches!(original, fd::EXE | fd::ORDERS) && !is_open(original) {
            // There is none this time, and the number is the guest's.
            set_number(original, -1);
        }
    }
}

fn is_open(file: i32) -> bool {
    // SAFETY: descriptors only.
    unsafe { syscall!(sys::__NR_fcntl, file, F_GETFD) >= 0 }
}

/// The guest is about to open the descriptor `file` itself: if it is the engine's, gives the
/// engine's another number. Where there is none it stays, and the number is refused.
pub fn vacate(file: i32) {
    for original in fd::BASE..=fd::LAST {
        if number(original) != file {
            continue;
        }
        let kind = if original == fd::EXE { F_DUPFD_CLOEXEC } else { F_DUPFD };
        let moved = duplicate(file, kind);
        if moved >= 0 {
            set_number(original, moved as i32);
            sys::close(file);
        }
    }
}

/// Makes `file` the reserved descriptor `original`, closed on exec, at the number that is its own if
/// the guest has nothing there. At worst it stays where it is.
pub fn place(original: i32, file: i32) {
    let placed = match is_open(original) {
        false => replace(file, original, sys::O_CLOEXEC),
        true => -1,
    };
    let placed = if placed < 0 { duplicate(file, F_DUPFD_CLOEXEC) } else { placed };
    if placed < 0 {
        cloexec(file, true);
        return set_number(original, file);
    }
    set_number(original, placed as i32);
    sys::close(file);
}

/// A copy of `file` out of the guest's way, as high as its limit of open files allows; above that limit if
/// the guest has taken all below.
fn duplicate(file: i32, kind: u64) -> i64 {
    // SAFETY: descriptors only.
    let from = |least: u64| unsafe { syscall!(sys::__NR_fcntl, file, kind, least) };
    let below = with_room(|| {
        let highest = limits::get(NOFILE)[0].saturating_sub(fd::COUNT as u64);
        [fd::END as u64, highest, 3].into_iter().fold(-1, |got, least| match got {
            ..0 => from(least),
            got => got,
        })
    });
    if below >= 0 {
        return below;
    }
    let limit = limits::get(NOFILE)[0];
    beyond_the_limit(|| from(limit))
}

/// So many numbers above the guest's limit may be used where all below are taken: by the engine's
/// descriptors, and a few files.
pub const MORE: u64 = 64;

/// Does something with a few numbers more than the guest may have.
fn beyond_the_limit<T>(action: impl FnOnce() -> T) -> T {
    limits::raised(NOFILE, limits::get(NOFILE)[0].saturating_add(MORE), action)
}

/// `dup3`, to one of the reserved numbers, which may lie above the limit.
pub fn replace(file: i32, number: i32, flags: u32) -> i64 {
    // SAFETY: descriptors only.
    let dup = || unsafe { syscall!(sys::__NR_dup3, file, number, flags) };
    match dup() {
        result if result == -i64::from(sys::EBADF) => with_room(dup),
        result => result,
    }
}

/// Sets or clears close-on-exec.
pub fn cloexec(file: i32, on: bool) {
    // SAFETY: descriptors only.
    unsafe { syscall!(sys::__NR_fcntl, file, F_SETFD, u64::from(on)) };
}

/// Is the descriptor closed by an exec?
pub fn is_cloexec(file: i32) -> bool {
    // SAFETY: descriptors only.
    let flags = unsafe { syscall!(sys::__NR_fcntl, file, F_GETFD) };
    flags >= 0 && flags as u64 & FD_CLOEXEC != 0
}

/// Has the engine's descriptors closed by an exec, or kept.
pub fn hide_all(hide: bool) {
    for original in (fd::BASE..=fd::LAST).filter(|&original| original != fd::EXE) {
        cloexec(number(original), hide);
    }
}

/// Does something with the limit of open files raised as far as this process may raise it, or as
/// far as the reserved numbers need.
pub fn with_room<T>(action: impl FnOnce() -> T) -> T {
    limits::raised(NOFILE, fd::END as u64 + fd::COUNT as u64, action)
}

/// Opens a file of the engine's though the guest may have used up its descriptors. Like [`sys::openat`].
pub fn open(dir: i32, path: &[u8], flags: u32, mode: u32) -> i64 {
    or_with_room(|| sys::openat(dir, path, flags, mode))
}

/// Creates a file of the engine's. The guest's file mode mask has no say in it: the supervisor is to read
/// the file, and the engine to open it again.
pub fn create(dir: i32, path: &[u8], flags: u32) -> i64 {
    const MODE: u32 = 0o600;
    let file = open(dir, path, flags | sys::O_CREAT | sys::O_CLOEXEC, MODE);
    if file >= 0 {
        // SAFETY: no memory.
        unsafe { syscall!(sys::__NR_fchmod, file, MODE) };
    }
    file
}

/// Something that makes a descriptor: once more with room, if there was none.
pub fn or_with_room(make: impl Fn() -> i64) -> i64 {
    match make() {
        result if result == -i64::from(sys::EMFILE) => beyond_the_limit(|| with_room(make)),
        result => result,
    }
}
