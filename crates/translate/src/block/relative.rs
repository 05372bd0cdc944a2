//! Copies of instructions with RIP-relative operands.

use super::{Builder, Displaced};
use crate::context_addr;
use crate::insn;
use crate::liveness::CodeSource;
use iced_x86::InstructionInfoFactory;

impl<S: CodeSource> Builder<'_, S> {
    /// Copies an instruction with a RIP-relative operand.
    pub(super) fn rip_relative(&mut self) {
        let target = self.instr.ip_rel_memory_address();
        let disp = self.offsets.displacement_offset();
        let bytes = self.bytes;
        if self.hot.copy_rip_relative(&bytes[..self.len], disp, target).is_ok() {
            return;
        }
        self.rcx_in_place();
        let reg = self.free_register();
        self.displaced = Displaced::Scratch(reg);
        self.hot.store(context_addr!(spill_scratch), reg);
        self.hot.mov_imm64(reg, target);
        self.hot.copy_via(&bytes[..self.len], disp, reg);
        self.hot.load(reg, context_addr!(spill_scratch));
    }

    /// One of rax, rcx, rdx, rbx, rsi, rdi that the instruction neither reads nor writes.
    fn free_register(&self) -> u8 {
        let mut factory = InstructionInfoFactory::new();
        let info = factory.info(&self.instr);
        [0u8, 1, 2, 3, 6, 7]
            .into_iter()
            .find(|&n| {
                info.used_registers()
                    .iter()
                    .all(|used| insn::register_number(used.register()) != Some(n))
            })
            .expect("no instruction with a memory operand uses six legacy registers")
    }
}
