//! Proofs that status flags are dead, kept for the next branch to the same address: functions are
//! called from many places.

use super::Cache;
use super::arena::Arena;
use crate::liveness::{self, CodeSource};
use allocator_api2::vec::Vec;

const SIZE: usize = 1024;
/// Proofs that rest on more pages are not kept.
const PAGES: usize = 2;

#[derive(Clone, Copy)]
struct Proof {
    pc: u64,
    pages: [u64; PAGES],
}

const NONE: Proof = Proof { pc: u64::MAX, pages: [0; PAGES] };

/// Successful proofs, by address. They hold until a page changes that holds translated code: the
/// pages a proof rests on count as such.
pub(super) struct Proofs {
    table: Vec<Proof, Arena>,
    kept: bool,
}

impl Proofs {
    pub(super) fn new() -> Self {
        let mut table = Vec::with_capacity_in(SIZE, Arena);
        table.resize(SIZE, NONE);
        Self { table, kept: false }
    }

    fn slot(pc: u64) -> usize {
        (pc ^ pc >> 10) as usize % SIZE
    }

    /// The pages a proof for `pc` rests on.
    fn find(&self, pc: u64) -> Option<[u64; PAGES]> {
        let proof = &self.table[Self::slot(pc)];
        (proof.pc == pc).then_some(proof.pages)
    }

    /// Keeps a proof that rests on `pages`.
    fn keep(&mut self, pc: u64, pages: &[u64]) {
        let (Some(&first), Some(&last)) = (pages.first(), pages.last()) else { return };
        if pages.len() <= PAGES {
            self.table[Self::slot(pc)] = Proof { pc, pages: [first, last] };
            self.kept = true;
        }
    }

    pub(super) fn forget(&mut self) {
        if core::mem::take(&mut self.kept) {
            self.table.fill(NONE);
        }
    }
}

impl Cache {
    /// Does a tick on the way to `pc` destroy the flags?
    pub fn flags_dead(&self, source: &impl CodeSource, pc: u64) -> bool {
        let unsteady = |addr| self.is_unsteady(source, addr);
        self.proofs.find(pc).is_some()
            || liveness::flags_dead(source, unsteady, pc, &mut alloc::vec::Vec::new())
    }

    /// The same for a translation that depends on the answer: the numbers of the pages that it rests on
    /// are appended to `pages`.
    pub(crate) fn prove_flags_dead(
        &mut self,
        source: &impl CodeSource,
        pc: u64,
        pages: &mut alloc::vec::Vec<u64>,
    ) -> bool {
        if let Some(known) = self.proofs.find(pc) {
            pages.extend_from_slice(&known);
            return true;
        }
        let before = pages.len();
        let unsteady = |addr| self.is_unsteady(source, addr);
        let dead = liveness::flags_dead(source, unsteady, pc, pages);
        if dead {
            self.proofs.keep(pc, &pages[before..]);
        }
        dead
    }
}
