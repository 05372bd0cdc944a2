//! Branches within a block: they lead to an instruction of the block itself, not to a translation of
//! the same code once more.
//!
//! The target of a forward branch that has no translation may come up later in the same block; then
//! the branch lands there. That of a backward branch may have come already: a loop. Either way an
//! instruction in a block's middle gets an entry, which other blocks find as well.

use super::{Builder, Rcx, map};
use crate::cache::Entry;
use crate::liveness::CodeSource;

/// Branches that wait at most.
const MAX: usize = 16;

/// Forward branches whose targets have not come yet.
pub(super) struct Landings {
    /// The lowest of the targets.
    pub(super) next: u64,
    count: usize,
    targets: [u64; MAX],
    sites: [u32; MAX],
}

impl Landings {
    pub(super) fn new() -> Self {
        Self { next: u64::MAX, count: 0, targets: [0; MAX], sites: [0; MAX] }
    }

    fn add(&mut self, target: u64, site: u32) {
        if self.count < MAX {
            self.targets[self.count] = target;
            self.sites[self.count] = site;
            self.count += 1;
            self.next = self.next.min(target);
        }
    }

    /// Takes a branch whose target is not above `pc`.
    fn take(&mut self, pc: u64) -> Option<(u64, u32)> {
        let n = self.targets[..self.count].iter().position(|&target| target <= pc)?;
        let taken = (self.targets[n], self.sites[n]);
        self.count -= 1;
        self.targets[n] = self.targets[self.count];
        self.sites[n] = self.sites[self.count];
        Some(taken)
    }
}

impl<S: CodeSource> Builder<'_, S> {
    /// Lets branches to `pc`, whose translation begins here, land.
    #[cold]
    pub(super) fn land(&mut self, pc: u64) {
        self.rcx = Rcx::Kept;
        while let Some((target, site)) = self.landings.take(pc) {
            // Others led into an instruction, or over a jump that was followed.
            if target == pc {
                let entry = self.entry_at(pc, self.mark);
                self.cache.link(site, entry);
            }
        }
        let waiting = &self.landings.targets[..self.landings.count];
        self.landings.next = waiting.iter().copied().min().unwrap_or(u64::MAX);
    }

    /// Makes the block's instruction at `pc`, whose translation begins at `host`, an entry.
    fn entry_at(&mut self, pc: u64, host: u64) -> Entry {
        let direct = self.cache.offset(host);
        self.cache.add_entry(self.block, pc, direct)
    }

    /// The site's target has no translation: it may be in this block.
    pub(super) fn seek_within(&mut self, site: u32, target: u64) {
        if target > self.here {
            self.landings.add(target, site);
        } else if let Some(host) = self.translation_of(target) {
            let entry = self.entry_at(target, host);
            self.cache.link(site, entry);
        }
    }

    /// Where the translation of the instruction at `pc` begins, if the block has come past it.
    fn translation_of(&self, target: u64) -> Option<u64> {
        if self.closed.contains(&target) {
            return None;
        }
        if target == self.here {
            return Some(self.mark);
        }
        let block = &self.cache.blocks[self.block as usize];
        if target < block.pc {
            return None;
        }
        let notes = &self.cache.map[block.notes_start()..];
        map::find(notes, block.pc, block.direct_entry(), target)
            .map(|host| self.cache.base() + host as u64)
    }
}
