//! Chooses a program's code window before it is loaded.
//!
//! The default one is right unless the program needs its place: AddressSanitizer's shadow memory
//! begins at 0x7fff_7000 and wants 16 TiB; a program linked far from all windows gets one around it.
//! What decides is in the file (and in LD_PRELOAD), never its name.

use crate::loader::{ET_EXEC, Headers, PT_LOAD, Phdr};
use crate::sys;
use crate::vma::{page_down, page_up};
use alloc_crate::vec::Vec;
use clew_abi::layout::{CodeWindow, Range, SHADOW_LOW_LIMIT, shadow_of};

const PT_DYNAMIC: u32 = 2;
const DT_NEEDED: u64 = 1;
const DT_STRTAB: u64 = 5;
const DT_PREINIT_ARRAY: u64 = 32;
const PF_X: u32 = 1;
const PF_W: u32 = 2;
/// Longest name of a library looked at, and most entries of a dynamic section.
const NAME: usize = 64;
const MAX_DYNAMIC: u64 = 1 << 16;

/// How the libraries are called that bring a shadow memory of this kind.
const RUNTIMES: [&[u8]; 4] = [b"libasan", b"libhwasan", b"libclang_rt.asan", b"libclang_rt.hwasan"];
/// What the read-only data of the same runtimes, linked statically, says.
const MARK: &[u8] = b"AddressSanitizer";

/// The window for the program in `file`; `envp` has the addresses of its environment's strings.
pub fn window_for(file: i32, envp: &[u64]) -> CodeWindow {
    let Ok(headers) = &Headers::read(file) else { return CodeWindow::LOW };
    if preloads_runtime(envp) || has_runtime(file, headers) {
        CodeWindow::HIGH
    } else if headers.kind() == ET_EXEC {
        around(headers)
    } else {
        CodeWindow::LOW
    }
}

/// The window for a program that cannot be moved.
fn around(headers: &Headers) -> CodeWindow {
    let extent = |flag| {
        let parts = headers.segments(PT_LOAD).filter(|p| p.memsz > 0 && p.flags & flag == flag);
        parts.fold(Range::new(u64::MAX, 0), |all, p| {
            let end = page_up(p.vaddr.saturating_add(p.memsz));
            Range::new(all.start.min(page_down(p.vaddr)), all.end.max(end))
        })
    };
    let (whole, code) = (extent(0), extent(PF_X));
    let shadowed = code.end <= SHADOW_LOW_LIMIT && !whole.overlaps(shadow_of(code));
    if shadowed && CodeWindow::LOW.guest_may_map(whole) {
        return CodeWindow::LOW;
    }
    let own = CodeWindow { start: whole.start };
    // Absolute addresses reach what lies below 2 GiB from anywhere.
    let fits = own.is_possible() && whole.end <= own.cache().start;
    if whole.start >= 1 << 31 && fits { own } else { CodeWindow::HIGH }
}

fn preloads_runtime(envp: &[u64]) -> bool {
    let mut buf = alloc_crate::vec![0u8; 4096];
    envp.iter().any(|&at| {
        let mut name = [0; 11];
        sys::read_guest(at, &mut name)
            && name == *b"LD_PRELOAD="
            && sys::read_cstr(at + 11, &mut buf)
                .is_some_and(|list| list.split(|b| b": ".contains(b)).any(is_runtime))
    })
}

fn is_runtime(path: &[u8]) -> bool {
    let name = path.rsplit(|&b| b == b'/').next().unwrap_or(path);
    RUNTIMES.iter().any(|runtime| name.starts_with(runtime))
}

/// Does the program need such a runtime's library, or contain one?
fn has_runtime(file: i32, headers: &Headers) -> bool {
    let Some(section) = headers.segments(PT_DYNAMIC).next() else { return false };
    let mut bytes = alloc_crate::vec![0u8; section.filesz.min(MAX_DYNAMIC) as usize];
    let got = sys::pread(file, &mut bytes, section.offset);
    bytes.truncate(got.max(0) as usize);
    let word = |b: &[u8]| u64::from_le_bytes(core::array::from_fn(|i| b[i]));
    let entries: Vec<(u64, u64)> =
        bytes.chunks_exact(16).map(|e| (word(&e[..8]), word(&e[8..]))).collect();
    let find = |tag| entries.iter().find(|e| e.0 == tag).map(|e| e.1);
    let strings = find(DT_STRTAB).and_then(|at| headers.offset_of(at));
    let needs = |offset| {
        let mut name = [0u8; NAME];
        let got = sys::pread(file, &mut name, offset).max(0) as usize;
        is_runtime(name[..got].split(|&b| b == 0).next().unwrap_or(&[]))
    };
    let mut needed = entries.iter().filter(|e| e.0 == DT_NEEDED).map(|e| e.1);
    if strings.is_some_and(|strings| needed.any(|n| needs(strings.wrapping_add(n)))) {
        return true;
    }
    // All runtimes linked statically run before everything else; hardly another program does.
    find(DT_PREINIT_ARRAY).is_some()
        && headers.segments(PT_LOAD).any(|p| p.flags & PF_W == 0 && contains_mark(file, p))
}

/// Is the mark in the part of the file that the segment is made of?
fn contains_mark(file: i32, segment: &Phdr) -> bool {
    let mut buf = alloc_crate::vec![0u8; 64 << 10];
    let mut done = 0;
    while done + (MARK.len() as u64) <= segment.filesz {
        let len = (segment.filesz - done).min(buf.len() as u64) as usize;
        let got = sys::pread(file, &mut buf[..len], segment.offset.wrapping_add(done));
        if got < MARK.len() as i64 {
            return false;
        }
        let piece = &buf[..got as usize];
        let starts = piece.iter().enumerate().filter(|(_, b)| **b == MARK[0]);
        if starts.into_iter().any(|(i, _)| piece[i..].starts_with(MARK)) {
            return true;
        }
        done += got as u64 - (MARK.len() as u64 - 1);
    }
    false
}
