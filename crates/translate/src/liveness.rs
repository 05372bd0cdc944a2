//! Proves that the status flags a tick check would destroy are dead.
//!
//! The proof must hold on every path, so the scan follows direct jumps and calls, both sides of
//! conditional branches within a budget, and gives up (flags live) at everything else. Of code that the
//! guest cannot write it is a pure function, so recording, replay and single steps agree where ticks
//! leave their own flags; a change to any page it looked at invalidates the block that relies on it.

use crate::context::TICK_FLAGS;
use crate::insn::{self, Action};
use crate::quick::{self, Flow, Quick};
use alloc::vec::Vec;
use clew_abi::layout::PAGE;
use iced_x86::{Decoder, DecoderOptions, Instruction, Mnemonic, RflagsBits};

/// Where guest code comes from.
pub trait CodeSource {
    /// The executable bytes at `pc` up to the end of what is mapped executable without a gap
    /// (possibly fewer, but at least 64 if there are as many); empty if `pc` is not executable.
    fn code(&self, pc: u64) -> &[u8];

    /// Can the code at `pc` change without a write to that address (memory mapped twice)?
    fn is_shared(&self, pc: u64) -> bool;

    /// Can the code at `pc` change by system calls alone: is it neither shared nor writable?
    fn is_fixed(&self, pc: u64) -> bool;
}

/// The flags a tick's subtraction writes.
pub(crate) const DESTROYED: u32 = RflagsBits::OF
    | RflagsBits::CF
    | RflagsBits::SF
    | RflagsBits::ZF
    | RflagsBits::AF
    | RflagsBits::PF;

/// The status flags as bits of rflags.
pub const STATUS_FLAGS: u64 = 0x8d5;

/// Longest instruction, in bytes.
const MAX_LEN: u64 = 15;
/// Instructions looked at from one starting point, over all paths.
const BUDGET: u32 = 48;
/// Conditional branches followed on one path.
const DEPTH: u32 = 4;

/// Are the status flags overwritten before they are read, on every path from `pc`? `unsteady` says of an
/// address whether its code may change unnoticed. The numbers of the pages the answer rests on are
/// appended to `pages`: if what is mapped there changes, so may the answer.
///
/// From code that the guest cannot write, only such code proves anything, so that the answer is a
/// function of code and memory map alone. From other code only other code does, so that flags which
/// were lost on the word of code that may have changed meanwhile never reach the former.
pub fn flags_dead(
    source: &impl CodeSource,
    unsteady: impl Fn(u64) -> bool,
    pc: u64,
    pages: &mut Vec<u64>,
) -> bool {
    let fixed = source.is_fixed(pc);
    let proves = |addr| source.is_fixed(addr) == fixed && (fixed || !unsteady(addr));
    let before = pages.len();
    let mut scan = Scan { source, proves, pages, last: u64::MAX, budget: BUDGET };
    let dead = scan.live(pc, DESTROYED, DEPTH) == 0;
    if !dead && !fixed {
        pages.truncate(before);
    }
    dead
}

/// Where the guest can write its code, what was translated when decides which dead flags are lost. So
/// wherever they can be seen, they get the value that lost ones have: given the flags at `pc`, returns
/// what they are shown as.
pub fn shown_flags(source: &impl CodeSource, pc: u64, flags: u64) -> u64 {
    if source.is_fixed(pc) {
        return flags;
    }
    let proves = |addr| !source.is_fixed(addr);
    let dead = |bit: &(u64, u32)| {
        let mut pages = Vec::new();
        let mut scan = Scan { source, proves, pages: &mut pages, last: u64::MAX, budget: BUDGET };
        scan.live(pc, bit.1, DEPTH) == 0
    };
    let dead = FLAGS.iter().filter(|flag| dead(flag)).fold(0, |mask, flag| mask | flag.0);
    flags & !dead | TICK_FLAGS & dead
}

/// The status flags: as bits of rflags, and as the decoder names them.
const FLAGS: [(u64, u32); 6] = [
    (0x001, RflagsBits::CF),
    (0x004, RflagsBits::PF),
    (0x010, RflagsBits::AF),
    (0x040, RflagsBits::ZF),
    (0x080, RflagsBits::SF),
    (0x800, RflagsBits::OF),
];

struct Scan<'a, S, P> {
    source: &'a S,
    /// Does the code at an address prove anything?
    proves: P,
    pages: &'a mut Vec<u64>,
    /// The page noted last.
    last: u64,
    budget: u32,
}

impl<S: CodeSource, P: Fn(u64) -> bool> Scan<'_, S, P> {
    /// Notes that the answer rests on the pages of an instruction. False if it proves nothing.
    #[inline]
    fn rest_on(&mut self, first: u64, last: u64) -> bool {
        first / PAGE == self.last && last / PAGE == self.last
            || self.rest_on_page(first) && self.rest_on_page(last)
    }

    #[cold]
    fn rest_on_page(&mut self, addr: u64) -> bool {
        self.last = addr / PAGE;
        if self.pages.last() != Some(&self.last) {
            self.pages.push(self.last);
        }
        (self.proves)(addr)
    }

    /// Flags of `wanted` that some path from `pc` may read before it writes them: empty if there is
    /// none, at least one of them otherwise.
    fn live(&mut self, mut pc: u64, wanted: u32, depth: u32) -> u32 {
        let mut open = wanted;
        'run: loop {
            let mut code = self.source.code(pc);
            while self.budget > 0 {
                self.budget -= 1;
                let Some(step) = Step::at(code, pc) else {
                    self.rest_on(pc, pc.saturating_add(MAX_LEN - 1));
                    return open;
                };
                let next = pc + step.len as u64;
                if !self.rest_on(pc, next - 1) {
                    return open;
                }
                let live = open & step.read;
                if live != 0 {
                    return live;
                }
                match step.flow {
                    StepFlow::Next => {
                        open &= !step.written;
                        if open == 0 {
                            return 0;
                        }
                    }
                    StepFlow::To(target) => {
                        pc = target;
                        continue 'run;
                    }
                    StepFlow::Fork(target) => {
                        if depth == 0 {
                            return open;
                        }
                        let live = self.live(target, open, depth - 1);
                        if live != 0 {
                            return live;
                        }
                    }
                    StepFlow::Unknown => return open,
                }
                pc = next;
                code = &code[step.len..];
            }
            return open;
        }
    }
}

/// An instruction as the proof sees it.
struct Step {
    len: usize,
    read: u32,
    /// Flags surely written.
    written: u32,
    flow: StepFlow,
}

enum StepFlow {
    Next,
    To(u64),
    /// To the address, or on.
    Fork(u64),
    Unknown,
}

impl Step {
    /// The instruction at `pc`, where `code` lies. `None` if it is none.
    #[inline]
    fn at(code: &[u8], pc: u64) -> Option<Self> {
        let Some(Quick { len, flow, read, written, .. }) = quick::decode(code) else {
            return Self::decoded(code, pc);
        };
        let next = pc + len as u64;
        let target = |distance: i32| next.wrapping_add(distance as i64 as u64);
        let flow = match flow {
            Flow::Next => StepFlow::Next,
            Flow::Branch(_, distance) => StepFlow::Fork(target(distance)),
            Flow::Jump(distance) | Flow::Call(distance) => StepFlow::To(target(distance)),
            Flow::Return => StepFlow::Unknown,
        };
        Some(Self { len: len as usize, read, written, flow })
    }

    /// The same with the full decoder.
    #[cold]
    fn decoded(code: &[u8], pc: u64) -> Option<Self> {
        let mut decoder = Decoder::with_ip(64, code, pc, DecoderOptions::NONE);
        if !decoder.can_decode() {
            return None;
        }
        let instr = decoder.decode();
        if instr.is_invalid() {
            return None;
        }
        let flow = match insn::action(&instr) {
            Action::Copy | Action::RipRelative => StepFlow::Next,
            Action::Jump { target } | Action::Call { target } => StepFlow::To(target),
            Action::Branch { target, .. } | Action::CountBranch { target, .. } => {
                StepFlow::Fork(target)
            }
            _ => StepFlow::Unknown,
        };
        let (read, written) = (instr.rflags_read(), surely_written(&instr));
        Some(Self { len: instr.len(), read, written, flow })
    }
}

/// The flags that get a defined value whatever the operands are. Undefined results may be "left
/// alone", shifts by zero leave flags alone, and so do repeated string instructions with rcx = 0.
pub(crate) fn surely_written(instr: &Instruction) -> u32 {
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
