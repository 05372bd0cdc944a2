//! Entries of the shadow map.
//!
//! The entry of `pc` is the cache address where indirect branches to it go on: eight bytes at
//! `shadow_at(pc)`. Addresses are only two bytes apart there, so an entry reaches over the places of its
//! neighbours. That is safe because nothing but an entry reads as one: an address in the cache, read as
//! four words, is `low, high, 1, 0`, where `low` is not zero ([`Cache::is_entry_address`]) and `high` is
//! between 0x7000 and 0x8fff. Whatever else a branch can find, zeros, parts of entries and [`REFUSED`],
//! is not canonical, which faults at the branch, or an address where no code of the engine's lies, which
//! faults there: the engine executes nothing of the guest's. Both are misses.
//!
//! Of two addresses less than four bytes apart the lower one has the entry. The other one, if it is two
//! or three bytes further up, is *aside*: the words behind the entry are such that branches find
//! [`ASIDE`], or a byte or two behind its start, where the hashed lookup begins. Else it is *refused*.

use super::Cache;
use clew_abi::layout::{ASIDE, CodeWindow, PAGE, SHADOW_CHUNK, SHADOW_SPAN, shadow_at};

/// A word that makes an address non-canonical, as the highest of four and as the one below a zero.
const REFUSED: u16 = 0xc000;

const _: () = {
    let cache = CodeWindow::LOW.cache();
    assert!(cache.start >> 32 == 1 && (cache.end - 1) >> 32 == 1);
    assert!(cache.start >> 16 & 0xffff > 1 && (cache.end - 1) >> 16 & 0xffff < REFUSED as u64);
    assert!(ASIDE.start == 2 << 32);
};

/// How indirect branches to an address find its translation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Through the shadow map.
    Directly,
    /// The shadow map leads them to [`ASIDE`], which has to be mapped.
    Aside,
    /// Only those that use the hashed lookup do.
    Hashed,
}

/// Does an entry of `pc` lie in its own page's part of the map?
fn within_page(pc: u64) -> bool {
    pc % PAGE <= PAGE - SHADOW_SPAN
}

/// # Safety
/// The map is mapped for `pc`, which fits ([`Cache::fits`]). So for the functions below.
unsafe fn read(pc: u64) -> u64 {
    // SAFETY: the caller's.
    unsafe { (shadow_at(pc) as *const u64).read_unaligned() }
}

unsafe fn write(pc: u64, host: u64) {
    // SAFETY: the caller's.
    unsafe { (shadow_at(pc) as *mut u64).write_unaligned(host) }
}

/// Makes the page of an entry the process's own: reading first would cost one more fault.
unsafe fn touch(pc: u64) {
    // SAFETY: the caller's; the byte keeps its value.
    unsafe { core::arch::asm!("or byte ptr [{}], 0", in(reg) shadow_at(pc), options(nostack)) }
}

impl Cache {
    /// May an indirect entry lie there? See the module's documentation.
    pub(crate) fn is_entry_address(host: u64) -> bool {
        host as u16 != 0
    }

    /// Can there be an entry for `pc`, for which the map is mapped?
    fn fits(&self, pc: u64) -> bool {
        within_page(pc) || self.joined((pc & !(PAGE - 1)) + PAGE)
    }

    /// Are the parts of the map on both sides of a page's start there, and replaced together only? Those of
    /// awaited texts have no access.
    fn joined(&self, start: u64) -> bool {
        start % SHADOW_CHUNK != 0 && !self.is_awaited(start) && !self.is_awaited(start - 1)
    }

    /// The addresses below `pc` whose entries would overlap that of `pc`.
    fn below(&self, pc: u64) -> impl Iterator<Item = u64> {
        let (page, first) = (pc & !(PAGE - 1), pc - (SHADOW_SPAN - 1));
        let first = if first >= page || self.joined(page) { first } else { page };
        first..pc
    }

    /// The same above it.
    fn above(&self, pc: u64) -> impl Iterator<Item = u64> {
        (pc + 1..pc + SHADOW_SPAN).filter(|&other| self.fits(other))
    }

    /// The entry of `pc`, if it has one that leads anywhere.
    ///
    /// # Safety
    /// As for [`read`].
    unsafe fn entry_of(&self, pc: u64) -> Option<u64> {
        // SAFETY: the caller's.
        let entry = unsafe { read(pc) };
        (self.window.cache().contains(entry) && entry != self.miss()).then_some(entry)
    }

    /// Does the map, which is mapped there, lead from `pc` to `host`?
    pub fn leads(&self, pc: u64, host: u64) -> bool {
        // SAFETY: as said.
        self.fits(pc) && unsafe { read(pc) } == host
    }

    /// Writes the entry of `pc`, for which the map is mapped, if there is room.
    pub(super) fn enter(&mut self, pc: u64, host: u64) -> Found {
        if !self.fits(pc) {
            return Found::Hashed;
        }
        // SAFETY: as said; `below` and `above` name addresses for which the same holds.
        unsafe {
            if read(pc) == host {
                return Found::Directly;
            }
            touch(pc);
            let lower = self.below(pc).find(|&other| self.entry_of(other).is_some());
            let upper = self.above(pc).find_map(|other| Some((other, self.entry_of(other)?)));
            match (lower.map(|other| pc - other), upper) {
                (None, None) => {
                    self.take_place(pc);
                    write(pc, host);
                    Found::Directly
                }
                (None, Some((other, moved))) if other > pc + 1 => {
                    self.publish_hashed(other, moved);
                    self.take_place(pc);
                    write(pc, host);
                    self.put_aside(other, other - pc);
                    Found::Directly
                }
                (Some(distance), None) if distance > 1 => {
                    self.put_aside(pc, distance);
                    Found::Aside
                }
                _ => Found::Hashed,
            }
        }
    }

    /// Takes away entries near `pc` that only spare a fault: what is left of one that is written over in
    /// part would read as another.
    ///
    /// # Safety
    /// As for [`read`].
    unsafe fn take_place(&self, pc: u64) {
        let others = self.below(pc).chain(self.above(pc));
        // SAFETY: the caller's.
        unsafe {
            others.filter(|&other| read(other) == self.miss()).for_each(|other| write(other, 0))
        }
    }

    /// Makes branches to `pc`, so many bytes behind an address with an entry, find [`ASIDE`].
    ///
    /// # Safety
    /// As for [`read`]; no entry above `pc` leads anywhere.
    unsafe fn put_aside(&self, pc: u64, distance: u64) {
        // SAFETY: the caller's; the lower words, `1, 0` or `0`, are those of the entry.
        unsafe {
            self.take_place(pc);
            for n in SHADOW_SPAN - distance..SHADOW_SPAN {
                let word = (ASIDE.start >> (16 * n)) as u16;
                (shadow_at(pc + n) as *mut u16).write_unaligned(word);
            }
        }
    }

    /// A branch to `pc`, for which the map is mapped, is to be expected (it is a return address): it shall
    /// miss without a fault.
    pub fn expect(&self, pc: u64) {
        // SAFETY: as said.
        unsafe {
            if !self.fits(pc) || read(pc) != 0 {
                return;
            }
            touch(pc);
            let taken = |other| self.window.cache().contains(read(other));
            if !self.below(pc).chain(self.above(pc)).any(taken) {
                write(pc, self.miss());
            }
        }
    }

    /// Takes the entry of `pc`, for which the map is mapped, away.
    pub(super) fn leave(&self, pc: u64) {
        // SAFETY: as said. Reading first spares untouched pages.
        unsafe {
            if self.fits(pc) && self.entry_of(pc).is_some() {
                write(pc, self.miss());
            }
        }
    }

    /// A word, and where it has to be written for branches to `pc`, which was refused an entry, to fault
    /// where they are: what they find there otherwise does not tell which one it was.
    pub fn refusal(pc: u64) -> (u64, u16) {
        (shadow_at(pc + SHADOW_SPAN - 1), REFUSED)
    }
}

/// The entries of a page of code, as a snapshot has them: none that would reach into the next page's.
pub struct Page {
    bytes: [u8; (shadow_at(PAGE) - shadow_at(0)) as usize],
    /// Where the last entry ends (an offset in the page of code).
    end: u64,
}

impl Page {
    /// Adds an entry, behind all others, if there is room.
    pub fn add(&mut self, pc: u64, host: u64) {
        let at = pc % PAGE;
        if at >= self.end && within_page(pc) {
            let place = (shadow_at(at) - shadow_at(0)) as usize;
            self.bytes[place..place + 8].copy_from_slice(&host.to_le_bytes());
            self.end = at + SHADOW_SPAN;
        }
    }

    /// The pages of entries that are not empty, with their offsets.
    pub fn parts(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let parts = self.bytes.chunks_exact(PAGE as usize).enumerate();
        let used = parts.filter(|(_, part)| part.iter().any(|&b| b != 0));
        used.map(|(n, part)| (n as u64 * PAGE, part))
    }
}

impl Default for Page {
    fn default() -> Self {
        Self { bytes: [0; _], end: 0 }
    }
}
