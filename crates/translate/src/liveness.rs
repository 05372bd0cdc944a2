//! Proves that the status flags a tick check would destroy are dead.
//!
//! The proof must hold on every path, so the scan follows direct jumps and calls, both sides of
//! conditional branches within a budget, and gives up (flags live) at everything else. It is a pure
//! function of the guest's code, so recording and replay agree where ticks leave their own flags; a
//! change to any page it looked at invalidates the block that relies on it.

use crate::insn::{self, Action};
use alloc::vec::Vec;
use clew_abi::layout::PAGE;
use iced_x86::{Decoder, DecoderOptions, Instruction, Mnemonic, RflagsBits};

/// Where guest code comes from.
pub trait CodeSource {
    /// The executable bytes at `pc` up to the end of what is mapped executable without a gap
    /// (possibly fewer, but at least 64 if there are as many); empty if `pc` is not executable.
    fn code(&self, pc: u64) -> &[u8];

    /// Can the code at `pc` change without a write to that address (memory mapped twice)?
    fn is_shared(&self, _pc: u64) -> bool {
        false
    }
}

/// The flags a tick's subtraction writes.
const DESTROYED: u32 = RflagsBits::OF
    | RflagsBits::CF
    | RflagsBits::SF
    | RflagsBits::ZF
    | RflagsBits::AF
    | RflagsBits::PF;

/// The status flags as bits of rflags.
pub const STATUS_FLAGS: u64 = 0x8d5;

/// Instructions looked at from one starting point, over all paths.
const BUDGET: u32 = 48;
/// Conditional branches followed on one path.
const DEPTH: u32 = 4;

/// Are the status flags overwritten before they are read, on every path from `pc`? `rewritten` says
/// of an address whether its page's code cannot be relied on; the numbers of the pages the proof
/// rests on are appended to `pages`.
pub fn flags_dead(
    source: &impl CodeSource,
    rewritten: impl Fn(u64) -> bool,
    pc: u64,
    pages: &mut Vec<u64>,
) -> bool {
    let before = pages.len();
    let dead = Scan { source, rewritten, pages, budget: BUDGET }.live(pc, DESTROYED, DEPTH) == 0;
    if !dead {
        pages.truncate(before);
    }
    dead
}

struct Scan<'a, S, R> {
    source: &'a S,
    rewritten: R,
    pages: &'a mut Vec<u64>,
    budget: u32,
}

impl<S: CodeSource, R: Fn(u64) -> bool> Scan<'_, S, R> {
    /// Notes that the proof rests on the page of `addr`. False if it must not.
    fn rest_on(&mut self, addr: u64) -> bool {
        let page = addr / PAGE;
        if self.pages.last() == Some(&page) {
            return true;
        }
        self.pages.push(page);
        !(self.rewritten)(addr)
    }

    /// Flags of `wanted` that some path from `pc` may read before it writes them: empty if there is
    /// none, at least one of them otherwise.
    fn live(&mut self, mut pc: u64, wanted: u32, depth: u32) -> u32 {
        let mut open = wanted;
        let mut live = 0;
        let mut instr = Instruction::default();
        'run: loop {
            let code = self.source.code(pc);
            let mut decoder = Decoder::with_ip(64, code, pc, DecoderOptions::NONE);
            while decoder.can_decode() && self.budget > 0 {
                self.budget -= 1;
                decoder.decode_out(&mut instr);
                if instr.is_invalid()
                    || !self.rest_on(instr.ip())
                    || !self.rest_on(instr.next_ip() - 1)
                {
                    return live | open;
                }
                live |= open & instr.rflags_read();
                open &= !live;
                if open == 0 || live != 0 {
                    return live;
                }
                match insn::action(&instr) {
                    Action::Copy | Action::RipRelative => {
                        open &= !surely_written(&instr);
                        if open == 0 {
                            return live;
                        }
                    }
                    Action::Jump { target } | Action::Call { target } => {
                        pc = target;
                        continue 'run;
                    }
                    Action::Branch { target, .. } | Action::CountBranch { target, .. } => {
                        if depth == 0 {
                            return live | open;
                        }
                        live |= self.live(target, open, depth - 1);
                        open &= !live;
                        if open == 0 || live != 0 {
                            return live;
                        }
                    }
                    _ => return live | open,
                }
            }
            return live | open;
        }
    }
}

/// The flags that get a defined value whatever the operands are. Undefined results may be "left
/// alone", shifts by zero leave flags alone, and so do repeated string instructions with rcx = 0.
fn surely_written(instr: &Instruction) -> u32 {
    use Mnemonic::*;
    match instr.mnemonic() {
        Shl | Shr | Sar | Sal | Rol | Ror | Rcl | Rcr | Shld | Shrd => 0,
        // With an unmasked exception to come they leave the flags alone.
        Fcomi | Fcomip | Fucomi | Fucomip => 0,
        _ if instr.has_rep_prefix() || instr.has_repne_prefix() => 0,
        // The manuals leave AF undefined here; every processor clears it.
        And | Or | Xor | Test => DESTROYED,
        _ => instr.rflags_written() | instr.rflags_cleared() | instr.rflags_set(),
    }
}
