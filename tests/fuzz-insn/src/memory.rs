//! The fixed addresses everything lies at, so that results never depend on where things are. Code,
//! and data for RIP-relative operands beside it, lies low, above 4 GiB or far away, as the seed says.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

pub const BASES: [u64; 4] = [0x1000_0000, 0x1_c000_0000, 0x5000_0000_0000, 0x0a00_1000_0000];
static BASE: AtomicU64 = AtomicU64::new(BASES[0]);

/// Chooses where code lies.
pub fn place(seed: u64) {
    BASE.store(BASES[(seed % BASES.len() as u64) as usize], Relaxed);
}

/// Entry and exit code; executable, written once.
pub fn trampoline() -> u64 {
    BASE.load(Relaxed)
}

/// Where sequences jump at their end.
pub fn exit_code() -> u64 {
    trampoline() + 0x800
}

/// The sequences.
pub fn code_area() -> u64 {
    trampoline() + 0x10_0000
}

/// Beside one of the places where code may lie.
pub fn island(base: u64) -> u64 {
    base + 0x30_0000
}

/// Data as large as at [`DATA`] that RIP-relative operands reach; the same place if code lies low.
pub fn near() -> u64 {
    trampoline() + 0x1000_0000
}

/// Jump tables within reach of code.
pub fn near_tables() -> u64 {
    near() + 0x10_0000
}

pub const CODE_SIZE: u64 = 0x10_0000;
/// What the sequences read and write.
pub const DATA: u64 = 0x2000_0000;
pub const DATA_SIZE: u64 = 0x4000;
/// Jump tables and loop counters of the sequences: not hit by random stores.
pub const TABLES: u64 = 0x2010_0000;
/// Where a fault's handler goes, if not to the end: the tables' first slot.
pub const RESUME: u64 = TABLES;
/// The sequences' stack; rsp starts in its middle.
pub const STACK: u64 = 0x2020_0000;
pub const STACK_SIZE: u64 = 0x4000;
/// Register contents before and after, the host's stack pointer.
pub const STATE: u64 = 0x2030_0000;
/// The base of GS: an address with that prefix goes there further.
pub const GS_BASE: u64 = 64;
pub const PAGE: u64 = 0x1000;

/// Maps memory at an address, or ends the program.
pub fn map(at: u64, size: u64, protection: i32) {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE;
    // SAFETY: NOREPLACE: nothing that exists is touched.
    let got = unsafe { libc::mmap(at as *mut _, size as usize, protection, flags, -1, 0) };
    assert_eq!(got as u64, at, "cannot map {at:#x}");
}

/// Changes the protection of memory mapped by `map`.
pub fn protect(at: u64, size: u64, protection: i32) {
    // SAFETY: only ever called for this module's own areas.
    let result = unsafe { libc::mprotect(at as *mut _, size as usize, protection) };
    assert_eq!(result, 0, "cannot protect {at:#x}");
}

/// One of the areas as bytes.
///
/// # Safety
/// The area must be mapped and readable and writable, and not be borrowed twice.
pub unsafe fn bytes(at: u64, size: u64) -> &'static mut [u8] {
    // SAFETY: as the caller promises.
    unsafe { std::slice::from_raw_parts_mut(at as *mut u8, size as usize) }
}
