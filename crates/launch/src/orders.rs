//! The engine's orders, and the part of them that both sides change while it runs.
//!
//! # Safety
//! The only unsafe code is the mapping of the orders' memfd, which lives as long as its [`Shared`],
//! is page-aligned and holds an [`Orders`] of `u64`s only; fields are reached as atomics, since the
//! engine writes them too.
#![allow(unsafe_code, reason = "maps memory that is shared with the engine")]

use std::fs::File;
use std::mem::offset_of;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use clew_abi::layout::{PAGE, SHARING};
use clew_abi::orders::{
    MAGIC, ORDERS_LEN, ORDERS_NAME, Orders, SHARED_LEN, SHARING_OFFSET, Shared as SharedPage, Text,
    VERSION,
};
use rustix::fs::ftruncate;
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use rustix::thread::futex;

use crate::{Result, Step, memfd};

/// The strings that go with an [`Orders`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Strings<'a> {
    pub program: &'a [u8],
    pub execfn: &'a [u8],
    pub comm: &'a [u8],
}

/// Writes the orders' memfd. `orders` need hold neither magic, version nor texts.
pub fn write(mut orders: Orders, strings: Strings<'_>) -> Result<OwnedFd> {
    let mut bytes = vec![0; ORDERS_LEN];
    let mut add = |text: &[u8]| {
        let offset = bytes.len() as u64;
        bytes.extend_from_slice(text);
        bytes.push(0);
        Text { offset, len: text.len() as u64 }
    };
    orders.magic = MAGIC;
    orders.version = VERSION;
    orders.program = add(strings.program);
    orders.execfn = add(strings.execfn);
    orders.comm = add(&strings.comm[..strings.comm.len().min(15)]);
    // SAFETY: Orders is repr(C) and made of u64s only, so all its bytes are initialised.
    let fixed = unsafe { std::slice::from_raw_parts((&raw const orders).cast(), ORDERS_LEN) };
    bytes[..ORDERS_LEN].copy_from_slice(fixed);
    let fd = memfd::empty(ORDERS_NAME)?;
    ftruncate(&fd, (bytes.len() as u64).next_multiple_of(PAGE)).step("size the engine's orders")?;
    let file = File::from(fd);
    file.write_all_at(&bytes, 0).step("write the engine's orders")?;
    Ok(file.into())
}

/// Writes the memfd of the page that a recording's engines share.
pub fn shared_page(shared: SharedPage) -> Result<OwnedFd> {
    let fd = memfd::empty("clew-shared")?;
    ftruncate(&fd, SHARING_OFFSET + SHARING.len()).step("size the engines' shared page")?;
    // SAFETY: repr(C) and made of u64s only, so all its bytes are initialised.
    let bytes = unsafe { std::slice::from_raw_parts((&raw const shared).cast(), SHARED_LEN) };
    let file = File::from(fd);
    file.write_all_at(bytes, 0).step("write the engines' shared page")?;
    Ok(file.into())
}

/// The orders as shared with a running engine.
#[derive(Debug)]
pub struct Shared {
    base: NonNull<Orders>,
}

// SAFETY: the mapping belongs to no thread, and is only accessed through atomics.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    /// Maps the memfd that [`write`] made.
    pub fn map(fd: BorrowedFd<'_>) -> Result<Self> {
        let prot = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping at an address the kernel chooses touches no existing memory.
        let base = unsafe {
            mmap(std::ptr::null_mut(), PAGE as usize, prot, MapFlags::SHARED, fd.as_fd(), 0)
        }
        .step("map the engine's orders")?;
        let base = NonNull::new(base.cast()).ok_or(rustix::io::Errno::FAULT);
        Ok(Self { base: base.step("map the engine's orders")? })
    }

    pub fn segments_ready(&self) -> &AtomicU64 {
        self.word(offset_of!(Orders, segments_ready))
    }

    pub fn stream_complete(&self) -> &AtomicU64 {
        self.word(offset_of!(Orders, stream_complete))
    }

    pub fn segments_done(&self) -> &AtomicU64 {
        self.word(offset_of!(Orders, segments_done))
    }

    fn word(&self, offset: usize) -> &AtomicU64 {
        const { assert!(ORDERS_LEN <= PAGE as usize) };
        // SAFETY: `offset` is that of a u64 field, within the mapped page and aligned as the page
        // is; the mapping lives as long as `self`.
        unsafe { AtomicU64::from_ptr(self.base.as_ptr().byte_add(offset).cast()) }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: `map` mapped this page and no reference into it outlives `self`.
        let _ = unsafe { munmap(self.base.as_ptr().cast(), PAGE as usize) };
    }
}

/// Wakes whoever waits for `word` to change.
pub fn wake(word: &AtomicU64) {
    let _ = futex::wake(low_half(word), futex::Flags::empty(), i32::MAX as u32);
}

/// Sleeps until somebody [`wake`]s `word`, its low half differs from `seen`, or `limit` is over.
pub fn wait(word: &AtomicU64, seen: u64, limit: Duration) {
    let limit = rustix::time::Timespec::try_from(limit).ok();
    let _ = futex::wait(low_half(word), futex::Flags::empty(), seen as u32, limit.as_ref());
}

/// Publishes a new value.
pub fn publish(word: &AtomicU64, value: u64) {
    word.store(value, Ordering::Release);
    wake(word);
}

fn low_half(word: &AtomicU64) -> &AtomicU32 {
    // SAFETY: the first four bytes of a little-endian u64 are its low half, and are aligned for a
    // u32; only the kernel reads them as such.
    unsafe { AtomicU32::from_ptr(word.as_ptr().cast()) }
}
