//! Memory for a segment, which the supervisor fills and engines have mapped.
//!
//! Fresh pages cost more than decompressing what goes into them, so slots are used again: once no engine
//! looks at a segment any more, which those who have the slot are to know.
//!
//! # Safety
//! The mapping is as long as the file. Engines, which a hostile trace may have taken over, can neither
//! write to the file nor cut it: it is sealed once it is mapped here.
#![allow(unsafe_code, reason = "mapped files")]

use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::ptr::NonNull;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

/// See the module's documentation.
pub struct Slot {
    number: u64,
    file: File,
    start: NonNull<c_void>,
    len: usize,
}

// SAFETY: a mapping is the process's, not a thread's, and only `&mut` gives access to it.
unsafe impl Send for Slot {}
// SAFETY: as above.
unsafe impl Sync for Slot {}

impl Slot {
    /// A slot of `len` bytes, which nobody else knows by this number.
    pub fn new(number: u64, len: u64) -> io::Result<Self> {
        let file = memfd_create("clew-segment", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        ftruncate(&file, len)?;
        let (len, prot) = (len as usize, ProtFlags::READ | ProtFlags::WRITE);
        // SAFETY: a new mapping, where the kernel finds room.
        let start = unsafe { mmap(std::ptr::null_mut(), len, prot, MapFlags::SHARED, &file, 0)? };
        let start = NonNull::new(start).ok_or(io::ErrorKind::OutOfMemory)?;
        let slot = Self { number, file: file.into(), start, len };
        let seals = SealFlags::FUTURE_WRITE | SealFlags::SHRINK | SealFlags::GROW;
        fcntl_add_seals(&slot.file, seals | SealFlags::SEAL)?;
        Ok(slot)
    }

    pub fn number(&self) -> u64 {
        self.number
    }

    /// What engines map.
    pub fn file(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: mapped with this length while `self` is there, and nobody else writes to it.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr().cast(), self.len) }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // SAFETY: nobody but this has the mapping.
        let _ = unsafe { munmap(self.start.as_ptr(), self.len) };
    }
}
