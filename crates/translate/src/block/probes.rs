//! Probes: exits before an instruction, behind which the engine can go on. Single blocks have none.

use super::Builder;
use crate::cache::SiteKind;
use crate::liveness::CodeSource;

impl<S: CodeSource> Builder<'_, S> {
    /// Writes the probes of the instruction at `pc`, whose translation begins here: whatever enters at
    /// it, from within the block or without, meets them.
    #[cold]
    pub(super) fn probe(&mut self, pc: u64) {
        if self.cache.is_breakpoint(pc) {
            self.stop(SiteKind::Break, pc);
        }
    }

    /// Leaves the cache, with everything in place, to go on here.
    fn stop(&mut self, kind: SiteKind, pc: u64) {
        let (site, stub) = self.site(kind, pc);
        self.hot.jmp(stub);
        self.cache.sites[site as usize].patch = self.cache.offset(self.hot.pos());
    }
}
