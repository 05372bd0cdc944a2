//! This process's code window: which it is, and its code cache.
//!
//! # Safety
//! The window is chosen before the guest's first instruction and changes only where a replayed process
//! executes another program: then no translated code runs and no guest memory is mapped.

use crate::asm;
use crate::crash;
use crate::shadow;
use crate::state::Engine;
use crate::stream::Record;
use crate::sys::{self, MAP_ANONYMOUS, MAP_FIXED, MAP_FIXED_NOREPLACE, MAP_NORESERVE, MAP_PRIVATE};
use crate::vma::{PROT_EXEC, PROT_READ, PROT_WRITE};
use clew_abi::layout::{
    CodeWindow, LOOKUP, Range, TABLE_ARENA, TABLE_BLOCKS, TABLE_NOTES, TABLE_SITES, TABLES,
};
use clew_abi::record::ATT_WINDOW;
use clew_translate::Cache;
use core::sync::atomic::{AtomicU64, Ordering};

const RW: u32 = PROT_READ | PROT_WRITE;
const PRIVATE: u32 = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

static START: AtomicU64 = AtomicU64::new(CodeWindow::LOW.start);

/// The window.
#[inline]
pub fn window() -> CodeWindow {
    CodeWindow { start: START.load(Ordering::Relaxed) }
}

/// Is `range` free for the guest to map at a fixed address?
#[inline]
pub fn guest_may_map(range: Range) -> bool {
    window().guest_may_map(range)
}

/// Maps the window's cache and its tables: there is no cache in them yet.
pub fn open(window: CodeWindow) {
    START.store(window.start, Ordering::Relaxed);
    map(window.cache(), RW | PROT_EXEC, MAP_FIXED_NOREPLACE);
    map(TABLES, RW, MAP_FIXED);
}

/// Maps them afresh.
pub fn reopen() {
    map(window().cache(), RW | PROT_EXEC, MAP_FIXED);
    map(TABLES, RW, MAP_FIXED);
}

fn map(range: Range, prot: u32, fixed: u32) {
    // SAFETY: nothing is replaced but what nobody uses any more.
    let got = unsafe { sys::mmap(range.start, range.len(), prot, PRIVATE | fixed, -1, 0) };
    if got != range.start as i64 {
        crash::fail("the code cache cannot be mapped; is RLIMIT_AS too low?");
    }
}

/// An empty cache. The lookup's tables hold zeros.
pub fn empty_cache() -> &'static mut Cache {
    let (cache, cold) = (window().cache(), window().cache_cold());
    begin_pages(Range::new(cache.start, cold), 128 << 10);
    begin_pages(Range::new(cold, cache.end), 0);
    for table in [TABLE_BLOCKS, TABLE_SITES, TABLE_NOTES, TABLE_ARENA] {
        begin_pages(table, if table == TABLE_NOTES { 16 << 10 } else { 64 << 10 });
    }
    // SAFETY: cache and tables were mapped by `open`, lookup table and context are since the start. What
    // had been there was given up.
    unsafe { Cache::create(window(), asm::clew_exit as *const () as u64) }
}

/// A fresh page costs a microsecond, a huge one less than a hundred. But most guests need less than one:
/// the range begins with small pages, and the ones that even the smallest guest touches (`begun` bytes)
/// are had at once.
pub fn begin_pages(range: Range, begun: u64) {
    const HUGE: u64 = 2 << 20;
    let first_huge = (range.start + 1).next_multiple_of(HUGE);
    // SAFETY: the engine's own memory. Failing (before Linux 5.14, or without huge pages) changes
    // nothing.
    unsafe {
        sys::syscall!(sys::__NR_madvise, first_huge, range.end - first_huge, sys::MADV_HUGEPAGE);
        sys::syscall!(sys::__NR_madvise, range.start, begun, sys::MADV_POPULATE_WRITE);
    }
}

impl Engine {
    /// Gives the process, whose memory is empty, the window that the first record of a program was
    /// written with, and an empty cache. False if there can be no such window.
    pub fn enter_window(&mut self, first: &Record) -> bool {
        let window = recorded(first);
        self.cache.forget_texts();
        if window == self.cache.window {
            // At the start there is nothing to forget, and looking for it is not for nothing.
            if !self.cache.blocks.is_empty() {
                self.cache.flush();
                shadow::reset();
            }
            return true;
        }
        if !window.is_possible() {
            return false;
        }
        shadow::unmap();
        let old = self.cache.window.cache();
        // SAFETY: no translated code runs, and none will in the old cache; the tables are the engine's.
        unsafe {
            sys::munmap(old.start, old.len());
            sys::mmap(LOOKUP.start, LOOKUP.len(), RW, PRIVATE | MAP_FIXED, -1, 0);
        }
        let kept = self.cache.kept();
        open(window);
        self.cache = empty_cache();
        self.cache.keep(kept);
        true
    }
}

/// The window that a program's first record tells.
fn recorded(first: &Record) -> CodeWindow {
    let told = first.attachments().find(|(att, _)| att.kind == ATT_WINDOW);
    match told.and_then(|(_, bytes)| bytes.try_into().ok()) {
        Some(start) => CodeWindow { start: u64::from_le_bytes(start) },
        None => CodeWindow::LOW,
    }
}
