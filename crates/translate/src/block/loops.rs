//! Short loops are written twice, one copy leading to the other.
//!
//! A loop counts its ticks with one counter, and each subtraction waits for the one before: that takes
//! longer than a round of a short loop, or of a function that calls itself. The second copy, a block of
//! its own that nobody finds but the first one's way back, counts with another counter, and goes back to
//! the first. Nothing else depends on which copy control is in.

use super::{Builder, Way, build, map};
use crate::cache::Cache;
use crate::liveness::CodeSource;

/// Bytes of guest code in a loop that is written twice, at most: longer ones take longer than the
/// counting.
const SHORT: u64 = 64;
/// Loops of one block that are, at most.
const MAX: usize = 3;

/// A branch back to an instruction of the same block.
#[derive(Clone, Copy, Default)]
struct Loop {
    site: u32,
    head: u64,
    /// What follows the branch.
    end: u64,
}

/// The short loops of a block.
#[derive(Clone, Copy)]
pub(super) struct Loops {
    all: [Loop; MAX],
    count: usize,
    /// The block is a loop's second copy, which ends there.
    second_ends: u64,
}

impl Loops {
    pub(super) fn new(way: Way) -> Self {
        let second_ends = if let Way::Second(end) = way { end } else { u64::MAX };
        Self { all: Default::default(), count: 0, second_ends }
    }

    /// Is `pc` behind the loop that this block is the second copy of?
    pub(super) fn is_over(&self, pc: u64) -> bool {
        pc >= self.second_ends
    }
}

impl<S: CodeSource> Builder<'_, S> {
    /// The branch at `pc` goes back to `target` by way of this link site.
    pub(super) fn note_loop(&mut self, site: u32, pc: u64, target: u64) {
        let within = self.cache.sites[site as usize].target == self.block;
        let first = self.loops.second_ends == u64::MAX;
        if within
            && first
            && self.is_plain()
            && !self.probing
            && pc - target <= SHORT
            && self.loops.count < MAX
        {
            let end = pc + self.len as u64;
            self.loops.all[self.loops.count] = Loop { site, head: target, end };
            self.loops.count += 1;
        }
    }
}

/// Writes the block's short loops a second time. Where there is no room, they stay as they are.
pub(super) fn unroll(cache: &mut Cache, source: &impl CodeSource, block: u32, loops: &Loops) {
    for one in &loops.all[..loops.count] {
        // The way out of both copies is the first one's.
        let b = &cache.blocks[block as usize];
        if let Some(direct) = map::find(&cache.map[b.notes()], b.pc, b.direct_entry(), one.end) {
            cache.add_entry(block, one.end, direct);
        }
        let Ok(second) = build(cache, source, one.head, Way::Second(one.end)) else { return };
        let entry = cache.first_entry(second);
        cache.link_instead(one.site, entry);
    }
}
