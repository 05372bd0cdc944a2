//! Probes: addresses before whose instructions control leaves the cache (see `block::probes`).

use super::{AddressMap, Cache, SiteKind};
use crate::block::map;
use alloc::vec::Vec;
use clew_abi::layout::PAGE;

/// Which accesses to memory are looked at before they are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Watching {
    #[default]
    None,
    Writes,
    All,
}

/// What the processor has, and the system lets programs use.
#[derive(Clone, Copy, Debug, Default)]
pub struct Features {
    pub bmi2: bool,
    pub fsgsbase: bool,
}

/// Which probes translations are made with.
#[derive(Default)]
pub(super) struct Probes {
    breakpoints: AddressMap<()>,
    watching: Watching,
    features: Features,
    /// For tests: one in eight addresses is a breakpoint, but for these.
    stress: Option<AddressMap<()>>,
}

impl Probes {
    fn stressed(&self, pc: u64) -> bool {
        let chosen = pc.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 61 == 0;
        chosen && self.stress.as_ref().is_some_and(|spared| !spared.contains_key(&pc))
    }
}

/// See [`Cache::kept`].
pub struct Kept {
    next_counter: usize,
    generation: u32,
    probes: Probes,
}

impl Cache {
    /// What outlives the cache's contents, to be [kept](Self::keep) by the one that takes its place.
    pub fn kept(&mut self) -> Kept {
        Kept {
            next_counter: self.next_counter,
            generation: self.generation,
            probes: core::mem::take(&mut self.probes),
        }
    }

    /// Takes over what the cache before this one was told.
    pub fn keep(&mut self, kept: Kept) {
        self.next_counter = kept.next_counter;
        self.generation = kept.generation + 1;
        self.probes = kept.probes;
    }

    /// What a snapshot was written with was another process's.
    pub(super) fn forget_probes(&mut self) {
        // SAFETY: overwritten without being dropped: its memory is not this process's.
        unsafe { (&raw mut self.probes).write(Probes::default()) }
    }

    /// Are new translations made with probes?
    #[inline]
    pub fn probing(&self) -> bool {
        !self.probes.breakpoints.is_empty()
            || self.probes.watching != Watching::None
            || self.probes.stress.is_some()
    }

    pub fn watching(&self) -> Watching {
        self.probes.watching
    }

    /// From now on these accesses are looked at: by the tables of [`crate::context::watch`], which must
    /// be mapped before. The caller flushes the cache.
    pub fn set_watching(&mut self, watching: Watching, features: Features) {
        self.probes.watching = watching;
        self.probes.features = features;
    }

    pub(crate) fn features(&self) -> Features {
        self.probes.features
    }

    /// For tests: makes breakpoints of one address in eight, while there is no translation yet.
    pub fn stress_probes(&mut self) {
        self.probes.stress = Some(AddressMap::default());
    }

    /// For tests: this one has had its share.
    pub fn spare(&mut self, pc: u64, shadow_mapped: impl Fn(u64) -> bool) {
        if let Some(spared) = &mut self.probes.stress {
            spared.insert(pc, ());
        }
        self.drop_blocks_with(&[pc], &shadow_mapped);
    }

    /// Is there a breakpoint at `pc`? For who runs single blocks, which have none.
    #[inline]
    pub fn is_breakpoint(&self, pc: u64) -> bool {
        self.probing() && (self.probes.breakpoints.contains_key(&pc) || self.probes.stressed(pc))
    }

    /// From now on these addresses, and no others, are breakpoints: control leaves before their
    /// instructions through a site of kind `Break`. Blocks in which that makes a difference are
    /// dropped; what is paused in one of them can go on there, but for [`Self::behind`].
    pub fn set_breakpoints(
        &mut self,
        addresses: impl IntoIterator<Item = u64>,
        shadow_mapped: impl Fn(u64) -> bool,
    ) {
        let mut new = AddressMap::<()>::default();
        new.extend(addresses.into_iter().map(|pc| (pc, ())));
        let old = core::mem::replace(&mut self.probes.breakpoints, new);
        let new = &self.probes.breakpoints;
        let mut changed: Vec<u64> =
            new.keys().copied().filter(|pc| !old.contains_key(pc)).collect();
        changed.extend(old.keys().copied().filter(|pc| !new.contains_key(pc)));
        changed.sort_unstable();
        self.drop_blocks_with(&changed, &shadow_mapped);
    }

    /// Drops the blocks that contain an instruction at one of the addresses, which are in order.
    fn drop_blocks_with(&mut self, addresses: &[u64], shadow_mapped: &dyn Fn(u64) -> bool) {
        for group in addresses.chunk_by(|a, b| a / PAGE == b / PAGE) {
            let page = group[0] / PAGE;
            let Some(blocks) = self.by_page.get_mut(&page) else { continue };
            let mut blocks = core::mem::replace(blocks, Self::no_blocks());
            blocks.retain(|&number| {
                let block = &self.blocks[number as usize];
                let notes = &self.map[block.notes()];
                let has = block.live
                    && map::walk(notes, block.pc, block.direct)
                        .any(|at| at.pc / PAGE == page && group.binary_search(&at.pc).is_ok());
                if has {
                    self.kill(number, shadow_mapped);
                }
                self.blocks[number as usize].live
            });
            self.by_page.insert(page, blocks);
        }
    }

    /// Where to go on after control left through the probe of this number: at the instruction itself,
    /// in the same block. `None` if that block has been dropped meanwhile; numbers from before a flush
    /// (`generation`) mean nothing.
    pub fn behind(&self, site: u32) -> Option<u64> {
        let site = self.sites.get(site as usize)?;
        let live = self.blocks[site.block as usize].live;
        (live && matches!(site.kind, SiteKind::Break | SiteKind::Watch))
            .then(|| self.base() + site.patch as u64)
    }
}
