//! Exit sites, and the links that tie them to other blocks.

use super::{Cache, Entry};

/// "No block" in a [`Site`].
pub const NO_BLOCK: u32 = u32::MAX;

/// Why control leaves a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteKind {
    /// To the block at `pc`; patched once there is one.
    Link,
    /// A tick counter ran out; the tick is counted and control goes to `pc`.
    Tick,
    /// As `Tick`, and status flags that were dead are gone: the guest has `TICK_FLAGS`.
    TickFlagsLost,
    /// The `syscall` instruction at `pc`.
    Syscall,
    /// An instruction that the engine emulates.
    Intrinsic,
    /// `int3` and the like at `pc`.
    Trap,
    /// The bytes at `pc` are no instruction.
    Invalid,
    /// The instruction at `pc` reaches past the end of executable memory.
    FetchFault,
    /// An instruction the engine cannot translate.
    Unsupported,
    /// The guest's code is not what the (checked) block was translated from.
    Stale,
    /// There is a breakpoint at `pc`.
    Break,
    /// The instruction at `pc` may touch watched memory.
    Watch,
}

/// One exit of a block.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    pub kind: SiteKind,
    /// Length of the instruction at `pc` for kinds that stop at one.
    pub len: u8,
    pub block: u32,
    pub pc: u64,
    /// Cache offset of the displacement to patch (`Link`), or of what lies behind the probe.
    pub patch: u32,
    /// Cache offset of the stub.
    pub stub: u32,
    /// The block this site is linked to.
    pub target: u32,
    /// Next site in the target's list of incoming links, plus one; 0 ends the list.
    pub next: u32,
}

impl Cache {
    /// [`Self::link`] for a site that may have been linked in the meantime.
    pub fn relink(&mut self, site: u32, entry: Entry) {
        let s = &self.sites[site as usize];
        if s.kind == SiteKind::Link && s.target == NO_BLOCK && self.blocks[s.block as usize].live {
            self.link(site, entry);
        }
    }

    /// Makes a link site jump straight to `entry`.
    pub(crate) fn link(&mut self, site: u32, entry: Entry) {
        let target = &mut self.blocks[entry.block as usize];
        let incoming = core::mem::replace(&mut target.incoming, site + 1);
        let s = &mut self.sites[site as usize];
        debug_assert!(s.kind == SiteKind::Link && s.target == NO_BLOCK);
        s.target = entry.block;
        s.next = incoming;
        let patch = s.patch;
        self.write_displacement(patch, entry.direct);
    }

    /// Makes a linked site jump to another entry.
    pub(crate) fn link_instead(&mut self, site: u32, entry: Entry) {
        self.unlink_outgoing(site);
        self.link(site, entry);
    }

    /// Makes every site that is linked to a block go to its stub again.
    pub(super) fn unlink_incoming(&mut self, block: u32) {
        let mut incoming = core::mem::take(&mut self.blocks[block as usize].incoming);
        while incoming != 0 {
            let site = &mut self.sites[incoming as usize - 1];
            incoming = site.next;
            site.target = NO_BLOCK;
            site.next = 0;
            let (patch, stub) = (site.patch, site.stub);
            self.write_displacement(patch, stub);
        }
    }

    /// Makes a linked site go to its stub again.
    pub(super) fn cut_link(&mut self, site: u32) {
        self.unlink_outgoing(site);
        let Site { patch, stub, .. } = self.sites[site as usize];
        self.write_displacement(patch, stub);
    }

    /// Takes a dead block's site out of its target's incoming list.
    pub(super) fn unlink_outgoing(&mut self, site: u32) {
        let target = self.sites[site as usize].target;
        if target == NO_BLOCK {
            return;
        }
        let next = self.sites[site as usize].next;
        let head = &mut self.blocks[target as usize].incoming;
        if *head == site + 1 {
            *head = next;
        } else {
            let mut at = *head;
            while at != 0 {
                let s = &mut self.sites[at as usize - 1];
                if s.next == site + 1 {
                    s.next = next;
                    break;
                }
                at = s.next;
            }
        }
        let s = &mut self.sites[site as usize];
        s.target = NO_BLOCK;
        s.next = 0;
    }

    /// Points the rel32 at cache offset `patch` to cache offset `to`.
    fn write_displacement(&self, patch: u32, to: u32) {
        let rel = to.wrapping_sub(patch + 4);
        let at = (self.base() + patch as u64) as *mut u32;
        // SAFETY: link sites' displacements lie in the cache, which is writable (see `Cache::create`).
        // No guest code of this domain runs while the engine does, so nobody executes the four bytes.
        unsafe { at.write_unaligned(rel) }
    }
}
