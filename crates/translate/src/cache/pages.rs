//! Guest pages: which blocks hold their code, and what happens when they change.

use super::Cache;
use super::arena::Arena;
use crate::block::map;
use crate::liveness::CodeSource;
use allocator_api2::vec::Vec;
use clew_abi::layout::PAGE;

/// Writes that find translated code in a page before its code is checked at every block's entry
/// instead of being protected.
const MANY_WRITES: u8 = 32;
/// Ticks until rewritten pages are protected again, to see whether they still are; each time twice
/// as many.
pub(super) const FIRST_REVIEW: u64 = 1 << 26;

impl Cache {
    pub(crate) fn note_guest_range(&mut self, block: u32, start: u64, end: u64) {
        for page in start / PAGE..=(end - 1) / PAGE {
            self.note_page(block, page);
        }
    }

    /// The block goes away when the page changes.
    pub(crate) fn note_page(&mut self, block: u32, page: u64) {
        if self.last_noted == (block, page) {
            return;
        }
        self.last_noted = (block, page);
        let blocks = self.by_page.entry(page).or_insert_with(Self::no_blocks);
        if blocks.last() != Some(&block) {
            if blocks.is_empty() {
                self.new_pages.push(page);
            }
            blocks.push(block);
        }
    }

    /// Is there translated code from the page at `addr`?
    pub fn page_has_code(&self, addr: u64) -> bool {
        self.by_page.contains_key(&(addr / PAGE))
    }

    /// The pages that hold translated code.
    pub fn code_pages(&self) -> impl Iterator<Item = u64> {
        self.by_page.keys().map(|page| page * PAGE)
    }

    /// Forgets the translation of all guest code in `start..end`. Returns whether there was any.
    ///
    /// `shadow_mapped(pc)` says whether the page of a shadow entry is mapped.
    pub fn invalidate(
        &mut self,
        start: u64,
        end: u64,
        shadow_mapped: &dyn Fn(u64) -> bool,
    ) -> bool {
        if let Some((awaited_start, awaited_end)) = self.awaited_within(start, end) {
            // Its blocks wait on: nothing of theirs is mapped, so nothing of it can change.
            let before =
                start < awaited_start && self.invalidate(start, awaited_start, shadow_mapped);
            let behind = awaited_end < end && self.invalidate(awaited_end, end, shadow_mapped);
            return before || behind;
        }
        self.cut_texts(start, end);
        let first = start / PAGE;
        let last = (end - 1) / PAGE;
        let pages: alloc::vec::Vec<u64> = if last - first < self.by_page.len() as u64 {
            (first..=last).filter(|p| self.by_page.contains_key(p)).collect()
        } else {
            self.by_page.keys().copied().filter(|p| (first..=last).contains(p)).collect()
        };
        if !pages.is_empty() {
            self.proofs.forget();
        }
        let mut any = false;
        for page in pages {
            for block in self.by_page.remove(&page).into_iter().flatten() {
                if self.blocks[block as usize].live {
                    self.kill(block, shadow_mapped);
                    any = true;
                }
            }
        }
        any
    }

    /// An empty list of a page's blocks.
    pub(super) fn no_blocks() -> Vec<u32, Arena> {
        Vec::new_in(Arena)
    }

    /// Forgets one block (a stale one).
    pub fn drop_block(&mut self, block: u32, shadow_mapped: &dyn Fn(u64) -> bool) {
        if !self.blocks[block as usize].live {
            return;
        }
        let page = self.blocks[block as usize].pc / PAGE;
        self.kill(block, shadow_mapped);
        if let Some(blocks) = self.by_page.get_mut(&page) {
            blocks.retain(|&b| b != block);
        }
    }

    /// Unlinks a block and makes it unreachable for new control transfers.
    pub(super) fn kill(&mut self, block: u32, shadow_mapped: &dyn Fn(u64) -> bool) {
        let b = &mut self.blocks[block as usize];
        b.live = false;
        let b = *b;
        self.unlink_incoming(block);
        for site in b.sites_start..b.sites_end {
            self.unlink_outgoing(site);
        }
        let within = if b.entered_within { b.notes() } else { 0..0 };
        let entries = map::walk(&self.map[within], b.pc, b.direct).map(|at| at.pc);
        for pc in core::iter::once(b.pc).chain(entries) {
            if self.by_pc.get(&pc).is_some_and(|entry| entry.block == block) {
                self.by_pc.remove(&pc);
                self.added_entries.remove(&pc);
                self.unpublish(pc, shadow_mapped);
            }
        }
    }

    /// Is the page of `addr` rewritten so often that its code is checked, not protected?
    pub fn is_rewritten(&self, addr: u64) -> bool {
        !self.writes.is_empty()
            && self.writes.get(&(addr / PAGE)).is_some_and(|&n| n >= MANY_WRITES)
    }

    /// Can the code at `addr` change without the engine noticing?
    pub(crate) fn is_unsteady(&self, source: &impl CodeSource, addr: u64) -> bool {
        self.is_rewritten(addr) || source.is_shared(addr)
    }

    /// Counts a write by the guest, at the cache address `by`, into a page that holds translated
    /// code. If the writing block has code in that page, protection would not let it go on: then,
    /// as after many writes, the page counts as rewritten.
    pub fn count_write(&mut self, addr: u64, by: u64, now: u64) {
        let page = addr / PAGE;
        let own = self.block_of_host(by).is_some_and(|block| {
            self.by_page.get(&page).is_some_and(|blocks| blocks.contains(&block))
        });
        let n = self.writes.entry(page).or_insert(0);
        *n = if own { MANY_WRITES } else { n.saturating_add(1) };
        if *n >= MANY_WRITES && self.review_at == u64::MAX {
            self.review_at = now + self.review_after;
        }
    }

    /// Forgets the translations of rewritten pages, which count as nearly so from now on.
    pub fn review(&mut self, shadow_mapped: &dyn Fn(u64) -> bool) {
        let pages: alloc::vec::Vec<u64> =
            self.writes.iter().filter(|(_, n)| **n >= MANY_WRITES).map(|(page, _)| *page).collect();
        for page in pages {
            self.writes.insert(page, MANY_WRITES / 2);
            self.invalidate(page * PAGE, (page + 1) * PAGE, shadow_mapped);
        }
        self.review_at = u64::MAX;
        self.review_after *= 2;
    }

    /// The pages of a range hold something new: their history is forgotten.
    pub fn forget_writes(&mut self, start: u64, end: u64) {
        if !self.writes.is_empty() {
            self.writes.retain(|&page, _| !(start / PAGE..=(end - 1) / PAGE).contains(&page));
        }
    }
}
