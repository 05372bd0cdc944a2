//! Where guest rcx is, the register that the translator borrows most.
//!
//! Indirect branches and ticks that must not touch the flags borrow rcx, and its slot `spill_rcx` keeps
//! the guest's value meanwhile. Storing it each time would make a chain of stores and loads through one
//! place in memory, longer than all the rest of a small function. So *the slot holds rcx wherever a
//! direct branch enters a block*: within a block it is stored at the first exit behind an instruction
//! that writes rcx, and nowhere else.

use super::Builder;
use crate::context::reg;
use crate::context_addr;
use crate::liveness::CodeSource;

const RCX: u8 = reg::RCX as u8;

/// Where guest rcx is between two instructions of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rcx {
    /// In place alone: it was written.
    InPlace,
    /// In place, and in its slot too.
    Kept,
    /// In its slot alone, while probes need the register.
    Away,
}

impl<S: CodeSource> Builder<'_, S> {
    /// Takes rcx back, if it is away.
    pub(super) fn rcx_in_place(&mut self) {
        if self.rcx == Rcx::Away {
            self.hot.load(RCX, context_addr!(spill_rcx));
            self.rcx = Rcx::Kept;
        }
    }

    /// Stores rcx in its slot, if it may not be there.
    pub(super) fn spill_rcx(&mut self) {
        if self.rcx == Rcx::InPlace {
            self.hot.store(context_addr!(spill_rcx), RCX);
            self.rcx = Rcx::Kept;
        }
    }

    /// Has rcx both in place and in its slot, as other blocks expect it. No flag is touched.
    pub(super) fn keep_rcx(&mut self) {
        self.rcx_in_place();
        self.spill_rcx();
    }
}
