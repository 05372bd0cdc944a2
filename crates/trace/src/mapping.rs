//! A file in memory, for as long as somebody has it.
#![allow(unsafe_code, reason = "mapped files")]

use std::ffi::c_void;
use std::io;
use std::os::fd::AsFd;
use std::ptr::NonNull;

use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

/// The beginning of a file, mapped shared.
pub struct Mapping {
    start: NonNull<c_void>,
    len: usize,
    writable: bool,
}

// SAFETY: a mapping is the process's, not a thread's.
unsafe impl Send for Mapping {}
// SAFETY: as above, and `&self` only gives bytes to read.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps `len` bytes, to read, and to write if so.
    pub fn new(file: impl AsFd, len: usize, writable: bool) -> io::Result<Self> {
        let prot = if writable { ProtFlags::READ | ProtFlags::WRITE } else { ProtFlags::READ };
        // SAFETY: a new mapping, where the kernel finds room.
        let start = unsafe { mmap(std::ptr::null_mut(), len, prot, MapFlags::SHARED, file, 0)? };
        let start = NonNull::new(start).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { start, len, writable })
    }

    /// What is mapped.
    ///
    /// # Safety
    /// The file is as long as the mapping, and nobody writes to it, while the bytes are looked at.
    pub unsafe fn bytes(&self) -> &[u8] {
        // SAFETY: mapped with this length while `self` is there; the rest is the caller's.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr().cast(), self.len) }
    }

    /// What is mapped, to be written. Panics if it was mapped to be read.
    ///
    /// # Safety
    /// The file is as long as the mapping, and nobody else writes to it meanwhile.
    pub unsafe fn bytes_mut(&mut self) -> &mut [u8] {
        assert!(self.writable, "mapped to be read");
        // SAFETY: mapped writable with this length while `self` is there; the rest is the caller's.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr().cast(), self.len) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: nobody but this has the mapping, and borrows of its bytes have ended.
        let _ = unsafe { munmap(self.start.as_ptr(), self.len) };
    }
}
