//! Mapping a snapshot.

use super::format::{self, Header};
use super::{Name, Number, hash, ledger, name};
use crate::descriptors::{self, number};
use crate::shadow;
use crate::state::orders;
use crate::supervisor;
use crate::sys::{self, MAP_FIXED, MAP_NORESERVE, MAP_PRIVATE, syscall};
use crate::vma::{PROT_EXEC, PROT_READ, PROT_WRITE};
use crate::window::{self, window};
use alloc_crate::vec::Vec;
use clew_abi::control;
use clew_abi::layout::{PAGE, Range};
use clew_abi::orders::fd;
use clew_translate::Cache;
use clew_translate::cache::Text;

/// Whatever lies there, opening it neither waits nor leads elsewhere.
pub const FLAGS: u32 = sys::O_RDONLY | sys::O_CLOEXEC | sys::O_NOFOLLOW | sys::O_NONBLOCK;

/// The cache of a snapshot, and what identifies its file. `None` if there is none, or it cannot be
/// used; then everything is as it was.
pub fn load(snapshot: Number) -> Option<(&'static mut Cache, u64)> {
    let name = &name(snapshot);
    let file = descriptors::open(number(fd::CODE), name, FLAGS, 0);
    if file < 0 {
        return None;
    }
    let loaded = load_file(file as i32, name);
    sys::close(file as i32);
    loaded
}

/// The same while replaying: the supervisor sends snapshots that have been verified.
pub fn load_replayed(snapshot: Number) -> Option<&'static mut Cache> {
    let name = name(snapshot);
    let file = supervisor::ask(control::NEED_CODE, 0, &name[..name.len() - 1], None);
    if file < 0 {
        return None;
    }
    let header = Header::read_mapped(file as i32, orders().build);
    let mapped = header.filter(|header| map(file as i32, header));
    if header.is_some() && mapped.is_none() {
        window::reopen();
    }
    let cache = mapped.and_then(|_| adopt(file as i32));
    sys::close(file as i32);
    cache
}

/// A damaged snapshot must not be met again.
fn remove(name: &Name) {
    // SAFETY: the name is terminated.
    unsafe { syscall!(sys::__NR_unlinkat, number(fd::CODE), name.as_ptr(), 0) };
}

fn load_file(file: i32, name: &Name) -> Option<(&'static mut Cache, u64)> {
    let st = sys::fstat(file)?;
    let Some(header) = Header::read(file, &st, orders().build) else {
        remove(name);
        return None;
    };
    let identity = format::identity(&st);
    let mapped = map(file, &header);
    let verified = ledger::is_verified(identity);
    let sound = mapped && (verified || is_sound(file, &header));
    if !sound {
        window::reopen();
        if mapped {
            remove(name);
        }
        return None;
    }
    if !verified {
        ledger::note_verified(identity);
    }
    Some((adopt(file)?, identity))
}

/// The cache whose extents were mapped.
fn adopt(file: i32) -> Option<&'static mut Cache> {
    // SAFETY: a cache of this build, whole, at its place.
    let cache = unsafe { Cache::adopt() };
    let texts: Vec<Text> = cache.all_texts().copied().collect();
    for (n, text) in texts.iter().enumerate() {
        if !shadow::prepare(text.start, text.end, file, text.shadow) {
            // As where address space is limited. What was prepared is like any part of the map then.
            texts[..n].iter().for_each(|text| shadow::clear(text.start, text.end));
            window::reopen();
            return None;
        }
    }
    Some(cache)
}

/// Maps the extents.
fn map(file: i32, header: &Header) -> bool {
    header.extents().iter().all(|&(range, offset)| {
        let exec = if window().cache().contains(range.start) { PROT_EXEC } else { 0 };
        let flags = MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE;
        let prot = PROT_READ | PROT_WRITE | exec;
        // SAFETY: the cache's places, which nobody uses yet.
        let got = unsafe { sys::mmap(range.start, range.len(), prot, flags, file, offset) };
        got == range.start as i64
    })
}

/// Are the contents what was written?
fn is_sound(file: i32, header: &Header) -> bool {
    let sum = header.extents().iter().fold(0u64, |sum, (range, _)| {
        // SAFETY: just mapped, within the file.
        sum.wrapping_add(hash::bytes(range.start, unsafe { memory(*range) }))
    });
    shadow_sum(file, header).is_some_and(|shadow| sum.wrapping_add(shadow) == header.sum)
}

/// # Safety
/// The range is mapped, and not written to while the slice is in use.
pub unsafe fn memory(range: Range) -> &'static [u8] {
    // SAFETY: the caller's.
    unsafe { core::slice::from_raw_parts(range.start as *const u8, range.len() as usize) }
}

/// The sum of the pages of shadow entries; holes are skipped.
fn shadow_sum(file: i32, header: &Header) -> Option<u64> {
    const PIECE: u64 = 64 << 10;
    const SEEK_DATA: u64 = 3;
    const SEEK_HOLE: u64 = 4;
    let mut buf = alloc_crate::vec![0u8; PIECE as usize];
    let mut sum = 0u64;
    let mut at = header.shadow();
    // SAFETY: descriptors only.
    let seek = |from: u64, what: u64| unsafe { syscall!(sys::__NR_lseek, file, from, what) };
    while at < header.len {
        let data = seek(at, SEEK_DATA);
        if data == -i64::from(sys::ENXIO) {
            break;
        }
        let data = u64::try_from(data).ok()?.max(at) & !(PAGE - 1);
        let end = u64::try_from(seek(data, SEEK_HOLE)).ok()?.min(header.len);
        at = data;
        while at < end {
            let len = (end.next_multiple_of(PAGE) - at).min(PIECE);
            let piece = &mut buf[..len as usize];
            if sys::pread(file, piece, at) != len as i64 {
                return None;
            }
            for page in piece.chunks_exact(PAGE as usize) {
                sum = sum.wrapping_add(page_sum(at, page));
                at += PAGE;
            }
        }
    }
    Some(sum)
}

/// The part of a page of shadow entries at an offset in the file.
pub fn page_sum(offset: u64, page: &[u8]) -> u64 {
    if page.iter().all(|&b| b == 0) { 0 } else { hash::bytes(offset, page) }
}
