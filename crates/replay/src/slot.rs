//! Memory for a segment, which the supervisor fills and engines have mapped.
//!
//! Fresh pages cost more than decompressing what goes into them, so slots are used again: once no engine
//! looks at a segment any more, which those who have the slot are to know.
//!
//! # Safety
//! The mapping is as long as the file. Engines, which a hostile trace may have taken over, can neither
//! write to the file nor cut it: it is sealed once it is mapped here.
#![allow(unsafe_code, reason = "mapped files")]

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use clew_trace::mapping::Mapping;
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};

/// See the module's documentation.
pub struct Slot {
    number: u64,
    file: File,
    mapping: Mapping,
}

impl Slot {
    /// A slot of `len` bytes, which nobody else knows by this number.
    pub fn new(number: u64, len: u64) -> io::Result<Self> {
        let file = memfd_create("clew-segment", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        ftruncate(&file, len)?;
        let mapping = Mapping::new(&file, len as usize, true)?;
        let slot = Self { number, file: file.into(), mapping };
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
        // SAFETY: see the module's documentation.
        unsafe { self.mapping.bytes_mut() }
    }
}
