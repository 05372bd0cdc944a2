//! The guest's mappings as the guest knows them.
//!
//! The kernel's own list differs: executable guest memory is mapped without PROT_EXEC there (only
//! translations run), pages with translated code may be write-protected, and the engine's regions
//! are in it.

use crate::procfs::peers::publish_vmas;
use crate::sys;
use crate::window::window;
use alloc_crate::vec::Vec;
use clew_abi::layout::{PAGE, Range};
use clew_translate::liveness::CodeSource;
use core::cell::Cell;

pub const PROT_READ: u32 = 1;
pub const PROT_WRITE: u32 = 2;
pub const PROT_EXEC: u32 = 4;

/// One mapping. Other engines read lists of them: [`Vmas::from_words`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Vma {
    pub start: u64,
    pub end: u64,
    /// As the guest sees it.
    pub prot: u32,
    pub kind: VmaKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum VmaKind {
    Private,
    Shared,
    /// Grows down; `start` is where it may grow to.
    Stack,
    Heap,
    Vdso,
}

/// All mappings, sorted, without overlaps.
#[derive(Default)]
pub struct Vmas {
    list: Vec<Vma>,
    /// What `index` found last: translation asks about the same mapping again and again.
    last: Cell<usize>,
    /// Pages of code that could be read since the translation began.
    readable: Cell<[u64; 2]>,
}

pub fn page_down(addr: u64) -> u64 {
    addr & !(PAGE - 1)
}

pub fn page_up(addr: u64) -> u64 {
    addr.saturating_add(PAGE - 1) & !(PAGE - 1)
}

impl Vmas {
    /// How far a range within two pages can be read: executable guest memory is mapped readable (see
    /// `memory::host_prot`), but pages past the end of a file are not.
    fn readable(&self, start: u64, end: u64) -> u64 {
        let next = page_down(start) + PAGE;
        let known = self.readable.get();
        let can = |addr: u64| known.contains(&page_down(addr)) || sys::read_guest(addr, &mut [0]);
        if start == end || !can(start) {
            return start;
        }
        if end > next && !can(next) {
            return next;
        }
        self.readable.set([page_down(start), if end > next { next } else { known[1] }]);
        end
    }

    /// A translation begins: files may have become shorter since the last one.
    pub fn forget_readable(&self) {
        self.readable.set([u64::MAX; 2]);
    }

    /// Index of the first mapping that ends after `addr`.
    fn index(&self, addr: u64) -> usize {
        let last = self.last.get();
        let before_ends = || last.checked_sub(1).is_none_or(|n| self.list[n].end <= addr);
        if self.list.get(last).is_some_and(|v| v.end > addr) && before_ends() {
            return last;
        }
        let index = self.list.partition_point(|v| v.end <= addr);
        self.last.set(index);
        index
    }

    pub fn find(&self, addr: u64) -> Option<&Vma> {
        self.list.get(self.index(addr)).filter(|v| v.start <= addr)
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Vma> {
        self.list.iter()
    }

    /// The mappings that overlap a range.
    pub fn overlapping(&self, start: u64, end: u64) -> impl Iterator<Item = &Vma> {
        self.list[self.index(start)..].iter().take_while(move |v| v.start < end)
    }

    /// How many bytes of a range are mapped.
    pub fn bytes_in(&self, start: u64, end: u64) -> u64 {
        self.overlapping(start, end).map(|v| v.end.min(end) - v.start.max(start)).sum()
    }

    /// Cuts mappings so that none crosses `addr`.
    fn split(&mut self, addr: u64) {
        let i = self.index(addr);
        if let Some(v) = self.list.get(i).copied()
            && v.start < addr
        {
            self.list[i].end = addr;
            self.list.insert(i + 1, Vma { start: addr, ..v });
        }
    }

    pub fn remove(&mut self, start: u64, end: u64) {
        self.split(start);
        self.split(end);
        let (i, j) = (self.index(start), self.list.partition_point(|v| v.start < end));
        self.list.drain(i..j);
        publish_vmas(&self.list);
    }

    pub fn insert(&mut self, vma: Vma) {
        if vma.start >= vma.end {
            return;
        }
        self.remove(vma.start, vma.end);
        let i = self.index(vma.start);
        if i > 0 && joins(&self.list[i - 1], &vma) {
            self.list[i - 1].end = vma.end;
        } else {
            self.list.insert(i, vma);
        }
        publish_vmas(&self.list);
    }

    pub fn protect(&mut self, start: u64, end: u64, prot: u32) {
        self.split(start);
        self.split(end);
        let i = self.index(start);
        for v in self.list[i..].iter_mut().take_while(|v| v.start < end) {
            v.prot = prot;
        }
        publish_vmas(&self.list);
    }

    /// The list in another engine's memory; `None` if it was changing.
    pub fn from_words(words: &[[u64; 3]]) -> Option<Self> {
        let mut list: Vec<Vma> = Vec::new();
        for &[start, end, last] in words {
            let kind = match last >> 32 {
                0 => VmaKind::Private,
                1 => VmaKind::Shared,
                2 => VmaKind::Stack,
                3 => VmaKind::Heap,
                4 => VmaKind::Vdso,
                _ => return None,
            };
            if start >= end || list.last().is_some_and(|v| v.end > start) {
                return None;
            }
            list.push(Vma { start, end, prot: last as u32, kind });
        }
        Some(Self { list, ..Self::default() })
    }

    /// A free range of `len` bytes in the code window: as low as it fits.
    pub fn find_window(&self, len: u64) -> Option<u64> {
        window().halves().into_iter().find_map(|part| self.find_gap(part, len))
    }

    /// A free range for a reservation that code may come to lie in: where it takes no place from
    /// libraries. `None` if nothing is gained by it, or all is taken.
    pub fn find_reserve(&self, len: u64) -> Option<u64> {
        let [_, upper] = window().halves();
        if window().has_shadow() { self.find_gap(upper, len) } else { None }
    }

    /// A free range of `len` bytes in `part`: as low as it fits.
    pub fn find_gap(&self, part: Range, len: u64) -> Option<u64> {
        let mut at = part.start;
        for v in &self.list[self.index(part.start)..] {
            if v.start >= part.end || v.start.saturating_sub(at) >= len + PAGE {
                break;
            }
            at = v.end + PAGE;
        }
        (at.checked_add(len)? <= part.end).then_some(at)
    }
}

fn joins(a: &Vma, b: &Vma) -> bool {
    a.end == b.start && a.prot == b.prot && a.kind == b.kind && a.kind == VmaKind::Private
}

impl CodeSource for Vmas {
    fn is_shared(&self, pc: u64) -> bool {
        self.find(pc).is_some_and(|v| v.kind == VmaKind::Shared)
    }

    fn is_fixed(&self, pc: u64) -> bool {
        self.find(pc).is_some_and(|v| v.kind != VmaKind::Shared && v.prot & PROT_WRITE == 0)
    }

    fn code(&self, pc: u64) -> &[u8] {
        let i = self.index(pc);
        let mut end = pc;
        for v in &self.list[i..] {
            if v.start > end || v.prot & PROT_EXEC == 0 {
                break;
            }
            end = v.end;
        }
        let end = self.readable(pc, end.min(page_down(pc) + 2 * PAGE));
        if end == pc {
            return &[];
        }
        // SAFETY: looked at since the translation began; nobody changes the mappings meanwhile.
        unsafe { core::slice::from_raw_parts(pc as *const u8, (end - pc) as usize) }
    }
}
