//! Other recorded processes: what their engines know about them.
//!
//! Each engine publishes at one place of its image, which lies at the same address in all of them,
//! where its tables are; others read them there as they would read /proc. What may not be read (the
//! other belongs to somebody else, or a security module forbids it) is answered without.

use super::read_link;
use crate::crash::Report;
use crate::sys::{self, syscall};
use crate::vma::{Vma, Vmas};
use alloc_crate::vec::Vec;
use clew_abi::orders::{ENGINE_NAME, fd};
use core::fmt::Write;
use core::sync::atomic::{AtomicU64, Ordering};

/// Says that the rest is there, and of this build.
const MAGIC: u64 = u64::from_le_bytes(*b"clewpeer") ^ size_of::<crate::state::Engine>() as u64;
/// Most mappings and vector entries that are believed.
const MAX_ENTRIES: u64 = 1 << 20;
/// How often to look for an engine that is just starting, a millisecond apart.
const PATIENCE: u32 = 100;

/// See the module's documentation.
#[repr(C)]
pub struct Published {
    magic: AtomicU64,
    /// The number of the descriptor `fd::EXE`.
    exe: AtomicU64,
    /// Address and length of the list of mappings.
    vmas: [AtomicU64; 2],
    /// Of the auxiliary vector, in words.
    auxv: [AtomicU64; 2],
}

const WORDS: usize = size_of::<Published>() / 8;

static PUBLISHED: Published = Published {
    magic: AtomicU64::new(0),
    exe: AtomicU64::new(0),
    vmas: [AtomicU64::new(0), AtomicU64::new(0)],
    auxv: [AtomicU64::new(0), AtomicU64::new(0)],
};

/// What a list is published as.
fn store(place: &[AtomicU64; 2], address: u64, len: usize) {
    place[0].store(address, Ordering::Relaxed);
    place[1].store(len as u64, Ordering::Relaxed);
}

/// Publishes what does not change any more (`auxv` stays where it is), and that all is there.
pub fn publish(auxv: &[[u64; 2]]) {
    store(&PUBLISHED.auxv, auxv.as_ptr() as u64, 2 * auxv.len());
    publish_exe();
    PUBLISHED.magic.store(MAGIC, Ordering::Release);
}

/// The number of `fd::EXE` has changed.
pub fn publish_exe() {
    let number = i64::from(crate::descriptors::number(fd::EXE)) as u64;
    PUBLISHED.exe.store(number, Ordering::Relaxed);
}

/// The list of mappings has changed.
#[inline]
pub fn publish_vmas(list: &[Vma]) {
    store(&PUBLISHED.vmas, list.as_ptr() as u64, list.len());
}

/// Does an engine run in this process?
pub fn recorded(pid: u32) -> bool {
    let mut link = Report::new();
    let _ = write!(link, "/proc/{pid}/exe\0");
    // An anonymous file, or one that is kept beside the snapshots.
    let path = read_link(link.bytes());
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    name.strip_prefix(b"memfd:").unwrap_or(name).starts_with(ENGINE_NAME.as_bytes())
}

/// Reads another process's memory; false if not all of it can be read.
fn peek(pid: u32, addr: u64, words: &mut [u64]) -> bool {
    let len = size_of_val(words) as u64;
    let (local, remote) = ([words.as_mut_ptr() as u64, len], [addr, len]);
    // SAFETY: writes the slice; both vectors have one entry.
    let got = unsafe {
        syscall!(sys::__NR_process_vm_readv, pid, local.as_ptr(), 1, remote.as_ptr(), 1, 0)
    };
    got == len as i64
}

/// What another engine publishes. One that is just starting is waited for.
fn published(pid: u32) -> Option<[u64; WORDS]> {
    let mut words = [0u64; WORDS];
    for _ in 0..PATIENCE {
        if !peek(pid, &raw const PUBLISHED as u64, &mut words) {
            return None;
        }
        match words[0] {
            MAGIC => return Some(words),
            0 => {
                let millisecond = [0u64, 1_000_000];
                // SAFETY: reads the array.
                unsafe { syscall!(sys::__NR_nanosleep, millisecond.as_ptr(), 0) };
            }
            _ => return None,
        }
    }
    None
}

/// The number of another process's `fd::EXE`.
pub fn exe_number(pid: u32) -> i32 {
    published(pid).map_or(fd::EXE, |words| words[1] as i32)
}

/// A list of another engine's, `size` words an entry, that did not change while it was read.
fn list(pid: u32, at: usize, size: u64) -> Option<Vec<u64>> {
    for _ in 0..PATIENCE {
        let before = published(pid)?;
        let [addr, len] = [before[at], before[at + 1]];
        if addr == 0 || len > MAX_ENTRIES {
            return None;
        }
        let mut words = alloc_crate::vec![0u64; (len * size) as usize];
        if peek(pid, addr, &mut words) && published(pid)? == before {
            return Some(words);
        }
    }
    None
}

/// Another process's auxiliary vector, in words.
pub fn auxv(pid: u32) -> Option<Vec<u64>> {
    list(pid, 4, 1)
}

/// Another process's mappings.
pub fn vmas(pid: u32) -> Option<Vmas> {
    let words = list(pid, 2, size_of::<Vma>() as u64 / 8)?;
    let (list, _) = words.as_chunks();
    Vmas::from_words(list)
}
