//! What of a cache another process can use, and where it lies.
//!
//! A snapshot is a copy of the [`Cache::extents`], mapped at the same addresses: nothing is rebuilt.
//! Before it is taken, [`Cache::pack`] drops what is of no use elsewhere, and the links between texts:
//! a text is mapped, or not, without regard to others.

use super::{Cache, FIRST_REVIEW, NO_BLOCK, SiteKind, Text, arena};
use alloc::vec::Vec;
use clew_abi::layout::{CodeWindow, PAGE, Range, TABLE_ARENA, TABLE_HEAD};

/// Ranges that a snapshot consists of.
pub const EXTENTS: usize = 7;
/// Blocks that are new, or missed, at least for a snapshot to be worth while.
const FEW: usize = 200;
/// No snapshot is taken of more bytes than this.
const MAX: u64 = 128 << 20;

impl Cache {
    /// Where the state lies: hot and cold code first, then tables. Whole pages.
    pub fn extents(&self) -> [Range; EXTENTS] {
        let to =
            |start: u64, end: u64| Range::new(start, end.next_multiple_of(PAGE).max(start + PAGE));
        [
            to(self.base(), self.hot),
            to(self.window.cache_cold(), self.cold),
            to(TABLE_HEAD.start, Self::place() as u64 + size_of::<Self>() as u64),
            to(self.blocks.place().start, self.blocks.end()),
            to(self.sites.place().start, self.sites.end()),
            to(self.map.place().start, self.map.end()),
            to(TABLE_ARENA.start, arena::end()),
        ]
    }

    /// How long each of the [`Self::extents`] may be.
    pub fn places(window: CodeWindow) -> [Range; EXTENTS] {
        use clew_abi::layout::{TABLE_BLOCKS, TABLE_NOTES, TABLE_SITES};
        let hot = Range::new(window.cache().start, window.cache_cold());
        let cold = Range::new(window.cache_cold(), window.cache().end);
        [hot, cold, TABLE_HEAD, TABLE_BLOCKS, TABLE_SITES, TABLE_NOTES, TABLE_ARENA]
    }

    /// The cache that was mapped from a snapshot.
    ///
    /// # Safety
    /// As for [`Self::create`]; `layout::LOOKUP` holds zeros; the [`Self::extents`] of a cache of this very build that was packed
    /// lie at their places.
    pub unsafe fn adopt() -> &'static mut Self {
        // SAFETY: the caller's.
        let cache = unsafe { &mut *Self::place() };
        // Their memory was that of another process's heap.
        // SAFETY: overwritten without being dropped.
        unsafe {
            (&raw mut cache.proof_pages).write(Vec::new());
            (&raw mut cache.new_pages).write(Vec::new());
            (&raw mut cache.returns).write(Vec::new());
        }
        cache.forget_probes();
        cache.adopt_lookup();
        cache
    }

    /// Blocks translated since the start that a snapshot may hold; none if one would be too long.
    pub fn new_blocks(&self) -> usize {
        let size: u64 = self.extents().iter().map(Range::len).sum();
        let new = self.blocks[self.loaded..].iter().filter(|b| b.live && !b.foreign);
        if size <= MAX { new.count() } else { 0 }
    }

    /// Is a snapshot worth writing after processes have missed so many blocks? A block is translated in
    /// some four times the time that writing one takes, and the next processes may miss as much.
    pub fn is_worth(&self, missed: usize) -> bool {
        missed >= FEW && 8 * missed >= self.loaded_live
    }

    /// Blocks that a snapshot may hold.
    pub fn useful_blocks(&self) -> usize {
        self.blocks.iter().filter(|b| b.live && !b.foreign).count()
    }

    /// Is a snapshot with so many blocks worth replacing by one with `new`?
    pub fn is_more(new: usize, old: usize) -> bool {
        new >= old + FEW && 10 * new >= 11 * old
    }

    /// Drops what a snapshot must not hold. Returns how many blocks there are in the end.
    pub fn pack(&mut self, shadow_mapped: &dyn Fn(u64) -> bool) -> usize {
        self.drop_single();
        let mut texts = Finder::of(self);
        let mut live = 0;
        for block in 0..self.blocks.len() as u32 {
            let b = &self.blocks[block as usize];
            if !b.live {
                continue;
            }
            if b.foreign || texts.find(b.pc).is_none() {
                self.kill(block, shadow_mapped);
            } else {
                live += 1;
            }
        }
        for site in 0..self.sites.len() as u32 {
            let s = &self.sites[site as usize];
            if s.kind == SiteKind::Link && s.target != NO_BLOCK {
                let [from, to] = [s.block, s.target].map(|b| self.blocks[b as usize].pc);
                if texts.find(from) != texts.find(to) {
                    self.cut_link(site);
                }
            }
        }
        self.by_page.retain(|page, _| texts.find(page * PAGE).is_some());
        self.proofs.forget();
        self.writes.clear();
        self.new_pages.clear();
        self.review_at = u64::MAX;
        self.review_after = FIRST_REVIEW;
        self.last_noted = (NO_BLOCK, 0);
        live
    }

    /// Makes the tables say what they shall say in a snapshot of `live` blocks: all texts are awaited.
    /// Returns what [`Self::go_on`] needs.
    pub fn pose(&mut self, live: usize) -> usize {
        let mapped = self.texts.len();
        let mut all = core::mem::replace(&mut self.texts, Self::no_texts());
        all.append(&mut self.awaited);
        self.awaited = all;
        self.awaits = true;
        (self.loaded, self.loaded_live) = (self.blocks.len(), live);
        mapped
    }

    /// Says where in the snapshot the entries of each text's shadow map lie.
    pub fn place_shadows(&mut self, mut place: impl FnMut(&Text) -> u64) {
        for text in &mut self.awaited {
            text.shadow = place(text);
        }
    }

    /// Takes back what [`Self::pose`] did.
    pub fn go_on(&mut self, mapped: usize) {
        let awaited = self.awaited.split_off(mapped);
        self.texts = core::mem::replace(&mut self.awaited, awaited);
        self.awaits = !self.awaited.is_empty();
    }

    /// Where indirect branches enter: guest address and host address, in order.
    pub fn indirect_entries(&self) -> Vec<(u64, u64)> {
        let own = self.blocks.iter().filter(|b| b.live && b.indirect != 0);
        let own = own.map(|b| (b.pc, self.base() + b.indirect as u64));
        let added = self.added_entries.iter().map(|(&pc, &at)| (pc, self.base() + at as u64));
        let mut all: Vec<_> = own.chain(added).collect();
        all.sort_unstable();
        all
    }
}

/// Finds texts, the last one first.
struct Finder {
    texts: Vec<(u64, u64)>,
    last: usize,
}

impl Finder {
    fn of(cache: &Cache) -> Self {
        Self { texts: cache.all_texts().map(|t| (t.start, t.end)).collect(), last: 0 }
    }

    fn find(&mut self, pc: u64) -> Option<usize> {
        let holds = |&(start, end): &(u64, u64)| start <= pc && pc < end;
        if !self.texts.get(self.last).is_some_and(holds) {
            self.last = self.texts.iter().position(holds)?;
        }
        Some(self.last)
    }
}
