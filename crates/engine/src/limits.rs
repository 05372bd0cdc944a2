//! Limits of the process's resources that bind the engine as well as the guest.

use crate::sys::{self, syscall};

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

/// Makes a mapping; once more with the limit of address space raised as far as this process may, if there
/// was no room.
pub fn mapping(map: impl Fn() -> i64) -> i64 {
    match map() {
        result if result == -i64::from(sys::ENOMEM) => {
            let old = get(ADDRESS_SPACE);
            // The hard limit yields to privileged processes only.
            if !set(ADDRESS_SPACE, [u64::MAX; 2]) {
                set(ADDRESS_SPACE, [old[1]; 2]);
            }
            let result = map();
            set(ADDRESS_SPACE, old);
            result
        }
        result => result,
    }
}
