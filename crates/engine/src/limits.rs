//! Limits of the process's resources that bind the engine as well as the guest.

use crate::sys::{self, syscall};

pub const FILE_SIZE: u64 = 1;
pub const STACK: u64 = 3;
pub const NOFILE: u64 = 7;
pub const ADDRESS_SPACE: u64 = 9;

/// A limit, soft and hard.
pub fn get(resource: u64) -> [u64; 2] {
    let mut now = [u64::MAX; 2];
    // SAFETY: writes the array.
    unsafe { syscall!(sys::__NR_prlimit64, 0, resource, 0, now.as_mut_ptr()) };
    now
}

pub fn set(resource: u64, new: [u64; 2]) -> bool {
    // SAFETY: reads the array.
    unsafe { syscall!(sys::__NR_prlimit64, 0, resource, new.as_ptr(), 0) == 0 }
}

/// Does something with a soft limit raised to `needed`, or as far as this process may raise it.
pub fn raised<T>(resource: u64, needed: u64, action: impl FnOnce() -> T) -> T {
    let old = get(resource);
    if old[0] >= needed {
        return action();
    }
    // The hard limit yields to privileged processes only.
    if !set(resource, [needed, needed.max(old[1])]) {
        set(resource, [needed.min(old[1]), old[1]]);
    }
    let result = action();
    set(resource, old);
    result
}

/// Makes a mapping; once more with the limit of address space raised, if there was no room.
pub fn mapping(map: impl Fn() -> i64) -> i64 {
    match map() {
        result if result == -i64::from(sys::ENOMEM) => raised(ADDRESS_SPACE, u64::MAX, map),
        result => result,
    }
}

/// Does something that makes a file of the engine's so long. Beyond the limit the kernel would not only
/// refuse but send the guest a signal: then there is no result.
pub fn file_of<T>(len: u64, action: impl FnOnce() -> T) -> Option<T> {
    raised(FILE_SIZE, len, || (get(FILE_SIZE)[0] >= len).then(action))
}
