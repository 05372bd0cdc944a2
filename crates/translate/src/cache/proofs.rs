//! Proofs that status flags are dead, kept for the next branch to the same address: functions are
//! called from many places.

use super::arena::Arena;
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
pub(crate) struct Proofs {
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
    pub(crate) fn find(&self, pc: u64) -> Option<[u64; PAGES]> {
        let proof = &self.table[Self::slot(pc)];
        (proof.pc == pc).then_some(proof.pages)
    }

    /// Keeps a proof that rests on `pages`.
    pub(crate) fn keep(&mut self, pc: u64, pages: &[u64]) {
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
