//! The fixed addresses everything lies at, so that results never depend on where things are.

/// Entry and exit code; executable, written once.
pub const TRAMPOLINE: u64 = 0x1000_0000;
/// The sequences.
pub const CODE: u64 = 0x1010_0000;
pub const CODE_SIZE: u64 = 0x10_0000;
/// What the sequences read and write.
pub const DATA: u64 = 0x2000_0000;
pub const DATA_SIZE: u64 = 0x4000;
/// Jump tables and loop counters of the sequences: not hit by random stores.
pub const TABLES: u64 = 0x2010_0000;
/// The sequences' stack; rsp starts in its middle.
pub const STACK: u64 = 0x2020_0000;
pub const STACK_SIZE: u64 = 0x4000;
/// Register contents before and after, the host's stack pointer.
pub const STATE: u64 = 0x2030_0000;
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
