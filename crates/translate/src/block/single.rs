//! What single blocks do in another way.

use super::{Builder, Flow};
use crate::cache::SiteKind;
use crate::emit::Emitter;
use crate::liveness::CodeSource;
use iced_x86::{Instruction, Mnemonic, OpKind, Register};

/// What a block of one instruction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Single {
    /// The guest's own steps, by the trap flag: one round of a repeated string instruction. It may look
    /// at the flags after each, so ticks leave them alone.
    Trap,
    /// Finding an event's place: one round as well. Ticks leave flags as they do elsewhere.
    Seek,
    /// A debugger's step: a whole instruction, flags as elsewhere.
    Step,
}

/// `mov ss` and `pop ss` keep single-step traps off until after the next instruction.
pub(super) fn holds_traps(instr: &Instruction) -> bool {
    instr.op_count() > 0
        && instr.op0_kind() == OpKind::Register
        && instr.op0_register() == Register::SS
}

impl<S: CodeSource> Builder<'_, S> {
    /// What a single block does in another way: `pushf`, which shows the trap flag, and repeated
    /// string instructions, of which it does one round.
    pub(super) fn single_instruction(
        &mut self,
        single: Single,
        pc: u64,
        next: u64,
    ) -> Option<Flow> {
        use Mnemonic::*;
        let instr = self.instr;
        let repeated = instr.has_rep_prefix() || instr.has_repne_prefix();
        match instr.mnemonic() {
            _ if single == Single::Step => return None,
            Pushf | Pushfq if single == Single::Trap => {
                return Some(self.leave(SiteKind::Intrinsic, pc));
            }
            Movsb | Movsw | Movsd | Movsq | Stosb | Stosw | Stosd | Stosq | Lodsb | Lodsw
            | Lodsd | Lodsq | Cmpsb | Cmpsw | Cmpsd | Cmpsq | Scasb | Scasw | Scasd | Scasq
                if repeated && instr.is_string_instruction() => {}
            _ => return None,
        }
        let prefixes = self.bytes[..self.len]
            .iter()
            .position(|&b| matches!(b, 0xa4..=0xa7 | 0xaa..=0xaf))
            .expect("a string instruction's opcode");
        let short_count = self.bytes[..prefixes].contains(&0x67);
        let count_is_zero = |hot: &mut Emitter| {
            if short_count {
                hot.bytes(&[0x67]);
            }
            hot.jrcxz_short()
        };
        let none = count_is_zero(&mut self.hot);
        for n in 0..self.len {
            if !matches!(self.bytes[n], 0xf2 | 0xf3) || n >= prefixes {
                self.hot.bytes(&self.bytes[n..=n]);
            }
        }
        // lea rcx, [rcx-1], or lea ecx, [rcx-1]
        self.hot.bytes(if short_count { &[0x8d, 0x49, 0xff] } else { &[0x48, 0x8d, 0x49, 0xff] });
        let used_up = count_is_zero(&mut self.hot);
        let compares = matches!(
            instr.mnemonic(),
            Cmpsb | Cmpsw | Cmpsd | Cmpsq | Scasb | Scasw | Scasd | Scasq
        );
        // `repe` ends at a difference, `repne` at a match.
        let ended =
            compares.then(|| self.hot.jcc_short(if instr.has_repne_prefix() { 4 } else { 5 }));
        self.link(pc);
        self.hot.patch_short(none);
        self.hot.patch_short(used_up);
        if let Some(ended) = ended {
            self.hot.patch_short(ended);
        }
        self.link(next);
        Some(Flow::End)
    }
}
