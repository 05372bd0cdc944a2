//! Texts: mappings whose translations another process may use as well.
//!
//! A text is a private mapping of a file, executable and never writable. Of a block that is not
//! *foreign* everything it was made from lies in its text: code, and every page that its proofs about
//! flags looked at, whether they succeeded or not. All these pages are noted, so a block that lives is
//! what would be translated now.
//!
//! An *awaited* text is a snapshot's that the guest has not mapped (yet). Its blocks cannot be found.
//! Executable memory where it lies is either the same file's same part, then they can, or they go.

use super::Cache;
use super::arena::Arena;
use allocator_api2::vec::Vec;
use clew_abi::layout::PAGE;

/// See the module's documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Text {
    pub start: u64,
    pub end: u64,
    /// Of `start` in the file.
    pub offset: u64,
    /// A hash of the file's identity.
    pub file: [u64; 2],
    /// Where in the snapshot its shadow entries lie, if it comes from one.
    pub shadow: u64,
}

impl Text {
    fn overlaps(&self, start: u64, end: u64) -> bool {
        self.start < end && start < self.end
    }

    /// Is this a part of what `mapped` is?
    fn part_of(&self, mapped: &Self) -> bool {
        let offset = mapped.offset.wrapping_add(self.start.wrapping_sub(mapped.start));
        mapped.start <= self.start
            && self.end <= mapped.end
            && self.offset == offset
            && self.file == mapped.file
    }
}

impl Cache {
    /// The pages (numbers) of the text at `pc`; none if there is no text.
    pub(crate) fn text_pages(&self, pc: u64) -> core::ops::Range<u64> {
        let text = self.texts.iter().find(|t| t.start <= pc && pc < t.end);
        text.map_or(0..0, |t| t.start / PAGE..t.end / PAGE)
    }

    /// The block rests on something outside its text.
    pub(crate) fn mark_foreign(&mut self, block: u32) {
        self.blocks[block as usize].foreign = true;
    }

    /// Is `pc` where nothing is mapped that blocks of a snapshot belong to?
    #[inline]
    pub(super) fn is_awaited(&self, pc: u64) -> bool {
        self.awaits && self.awaited.iter().any(|t| t.start <= pc && pc < t.end)
    }

    /// The guest has mapped a text: takes out an awaited one that is a part of it, whose blocks are
    /// ready from now on.
    pub fn take_ready(&mut self, text: &Text) -> Option<Text> {
        let n = self.awaited.iter().position(|t| t.part_of(text))?;
        Some(self.take_awaited(n))
    }

    fn take_awaited(&mut self, n: usize) -> Text {
        let text = self.awaited.swap_remove(n);
        self.awaits = !self.awaited.is_empty();
        text
    }

    /// From here on, blocks may be made for others from this text.
    pub fn add_text(&mut self, text: Text) {
        self.texts.push(text);
    }

    /// Nothing is mapped any more.
    pub fn forget_texts(&mut self) {
        self.texts.clear();
    }

    /// There is executable memory in `start..end`: takes out an awaited text there, but not one of the
    /// file `own`. Its blocks are of no use any more: the caller takes its shadow entries away, then
    /// calls [`Self::invalidate`].
    pub fn displaced(&mut self, start: u64, end: u64, own: [u64; 2]) -> Option<Text> {
        let displaced = |t: &Text| t.overlaps(start, end) && t.file != own;
        let n = self.awaited.iter().position(displaced)?;
        Some(self.take_awaited(n))
    }

    /// The same for an awaited text of a file.
    pub fn take_awaited_of(&mut self, file: [u64; 2]) -> Option<Text> {
        let n = self.awaited.iter().position(|t| t.file == file)?;
        Some(self.take_awaited(n))
    }

    /// An awaited text that overlaps `start..end`.
    pub(super) fn awaited_within(&self, start: u64, end: u64) -> Option<(u64, u64)> {
        let text = self.awaited.iter().find(|t| self.awaits && t.overlaps(start, end))?;
        Some((text.start, text.end))
    }

    /// What lies in `start..end` is no text any more. Blocks that rest on it are dropped by the caller.
    pub(super) fn cut_texts(&mut self, start: u64, end: u64) {
        self.texts.retain_mut(|t| {
            if !t.overlaps(start, end) {
                return true;
            }
            if start <= t.start {
                t.offset = t.offset.wrapping_add(end.wrapping_sub(t.start));
                t.start = end;
            } else {
                // What is left behind the hole might rest on what is before it, or the other way round.
                let hole = end < t.end;
                t.end = if hole { t.start } else { start };
            }
            t.start < t.end
        });
    }

    /// All texts that there are blocks of, whether mapped or not.
    pub fn all_texts(&self) -> impl Iterator<Item = &Text> {
        self.texts.iter().chain(self.awaited.iter())
    }

    /// The list that begins anew.
    pub(super) fn no_texts() -> Vec<Text, Arena> {
        Vec::new_in(Arena)
    }
}
