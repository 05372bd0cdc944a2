//! Ways out of a block: exit sites and their stubs in the cold part.

use super::{Builder, Displaced, Flow, map};
use crate::cache::{NO_BLOCK, Site, SiteKind};
use crate::context_addr;
use crate::liveness::CodeSource;

impl<S: CodeSource> Builder<'_, S> {
    /// A new exit site and its stub. Returns the site's number and the stub's address.
    pub(super) fn site(&mut self, kind: SiteKind, pc: u64) -> (u32, u64) {
        self.site_with(kind, pc, Displaced::None)
    }

    pub(super) fn site_with(
        &mut self,
        kind: SiteKind,
        pc: u64,
        displaced: Displaced,
    ) -> (u32, u64) {
        let number = self.cache.sites.len() as u32;
        let stub = self.cold.pos();
        self.cache.sites.push(Site {
            kind,
            len: 0,
            block: self.block,
            pc,
            patch: 0,
            stub: self.cache.offset(stub),
            target: NO_BLOCK,
            next: 0,
        });
        if displaced != Displaced::None {
            self.cold.load(1, context_addr!(spill_rcx));
        }
        if displaced == Displaced::Check {
            self.cold.load(2, context_addr!(spill_scratch));
        }
        self.cold.store_imm32(context_addr!(exit_site), number);
        self.cold.jmp(self.cache.exit_common());
        (number, stub)
    }

    /// Ties a link site to its patchable displacement, and to its target if that is translated.
    pub(super) fn wire(&mut self, site: u32, patch: u64, target: u64) {
        if self.single.is_some() {
            return;
        }
        self.cache.sites[site as usize].patch = self.cache.offset(patch);
        match self.cache.entry(target) {
            Some(entry) => self.cache.link(site, entry),
            None if self.checked.is_none() => self.seek_within(site, target),
            None => {}
        }
    }

    /// Leaves the cache because a counter ran out, to go on at `pc`. `flags_lost`: the count was
    /// taken by subtraction.
    pub(super) fn tick_stub(&mut self, pc: u64, rcx_spilled: bool, flags_lost: bool) -> u64 {
        let kind = if flags_lost { SiteKind::TickFlagsLost } else { SiteKind::Tick };
        let displaced = if rcx_spilled { Displaced::Rcx } else { Displaced::None };
        self.site_with(kind, pc, displaced).1
    }

    /// Ends the block in the engine, which deals with the instruction at `pc`.
    pub(super) fn leave(&mut self, kind: SiteKind, pc: u64) -> Flow {
        let (site, stub) = self.site(kind, pc);
        self.cache.sites[site as usize].len = self.len as u8;
        self.hot.jmp(stub);
        Flow::End
    }

    pub(super) fn invalid(&mut self, pc: u64, left: usize, fetch: bool) {
        self.len = left.min(15);
        if fetch {
            // It rests on there being nothing behind the text.
            self.cache.mark_foreign(self.block);
        }
        let kind = if fetch { SiteKind::FetchFault } else { SiteKind::Invalid };
        self.leave(kind, pc);
        self.note(map::PLAIN, None);
    }
}
