//! Proves that the status flags a tick check would destroy are dead.
//!
//! The proof must hold on every path, so the scan follows direct jumps and calls, both sides of
//! conditional branches within a budget, and gives up (flags live) at everything else. It is a pure
//! function of the guest's code, so recording and replay agree where flags are dead, and the
//! engine shows dead flags as zero.

use crate::insn::{self, Action};
use iced_x86::{Decoder, DecoderOptions, Instruction, Mnemonic, RflagsBits};

/// Where guest code comes from.
pub trait CodeSource {
    /// The executable bytes at `pc` up to the end of what is mapped executable without a gap
    /// (possibly fewer, but at least 64 if there are as many); empty if `pc` is not executable.
    fn code(&self, pc: u64) -> &[u8];
}

/// The flags `dec` writes. CF stays.
const DESTROYED: u32 = RflagsBits::OF
    | RflagsBits::SF
    | RflagsBits::ZF
    | RflagsBits::AF
    | RflagsBits::PF;

/// Instructions looked at from one starting point, over all paths.
const BUDGET: u32 = 48;
/// Conditional branches followed on one path.
const DEPTH: u32 = 4;

/// Are OF, SF, ZF, AF and PF overwritten before they are read, on every path from `pc`?
pub fn flags_dead(source: &impl CodeSource, pc: u64) -> bool {
    Scan { source, budget: BUDGET, any: true }.live(pc, DESTROYED, DEPTH) == 0
}

/// The flags among OF, SF, ZF, AF and PF (as rflags bits) proven dead at `pc`. Where
/// [`flags_dead`] held at a tick, each flag not yet overwritten since is among them.
pub fn dead_flags(source: &impl CodeSource, pc: u64) -> u64 {
    let live = Scan { source, budget: BUDGET, any: false }.live(pc, DESTROYED, DEPTH);
    rflags_bits(DESTROYED & !live)
}

/// The bits of the rflags register for the decoder's flag set.
fn rflags_bits(set: u32) -> u64 {
    [
        (RflagsBits::PF, 1 << 2),
        (RflagsBits::AF, 1 << 4),
        (RflagsBits::ZF, 1 << 6),
        (RflagsBits::SF, 1 << 7),
        (RflagsBits::OF, 1 << 11),
    ]
    .iter()
    .filter(|(flag, _)| set & flag != 0)
    .map(|(_, bit)| bit)
    .sum()
}

struct Scan<'a, S> {
    source: &'a S,
    budget: u32,
    /// Any live flag settles the question.
    any: bool,
}

impl<S: CodeSource> Scan<'_, S> {
    /// Those of `wanted` that some path from `pc` may read before it writes them.
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
                if instr.is_invalid() {
                    return live | open;
                }
                live |= open & instr.rflags_read();
                open &= !live;
                if open == 0 || (self.any && live != 0) {
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
                        if open == 0 || (self.any && live != 0) {
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
        _ if instr.has_rep_prefix() || instr.has_repne_prefix() => 0,
        // The manuals leave AF undefined here; every processor clears it.
        And | Or | Xor | Test => DESTROYED,
        _ => instr.rflags_written() | instr.rflags_cleared() | instr.rflags_set(),
    }
}
