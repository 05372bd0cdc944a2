//! Faults in the middle of a sequence, which goes on behind them.

use iced_x86::code_asm::*;
use iced_x86::{Code, Instruction, Register};

use super::{Result, Writer};
use crate::memory::{DATA, RESUME, near};
use crate::operand::load;

impl Writer<'_> {
    /// Some items, among which something faults. The handler goes to their end.
    pub(super) fn survived(&mut self) -> Result {
        let mut resume = self.a.create_label();
        let register = self.register();
        self.a.lea(register, ptr(resume))?;
        self.a.mov(qword_ptr(RESUME), register)?;
        let stack = self.slot();
        self.a.mov(qword_ptr(stack), rsp)?;
        let (before, after) = (self.random.below(3), self.random.below(2));
        self.nested(|w| w.items(before))?;
        self.trap()?;
        self.nested(|w| w.items(after))?;
        self.a.set_label(&mut resume)?;
        self.a.mov(rsp, qword_ptr(stack))?;
        self.a.mov(qword_ptr(RESUME), 0)
    }

    /// An instruction that faults, most likely.
    fn trap(&mut self) -> Result {
        if self.random.chance(30) {
            return self.fault();
        }
        if self.random.chance(15) {
            return self.far_fault();
        }
        let register = self.register();
        let bad = [DATA + 0x80_0000, 0x8000_0000_0000_0000, near() + 0x90_0000, 0, u64::MAX];
        let bad = *self.random.pick(&bad);
        let busy = |register| self.reserved.contains(&register);
        match self.random.below(14) {
            0 => self.a.ud2(),
            1 => self.a.int3(),
            2 => self.a.hlt(),
            3 => self.a.add_instruction(Instruction::with(Code::Cli)),
            4 if !busy(Register::RAX) && !busy(Register::RDX) => {
                self.a.add_instruction(load(Register::RAX, 7))?;
                self.a.xor(edx, edx)?;
                self.a.div(rdx)
            }
            5 if !busy(Register::RSI) && !busy(Register::RDI) && !busy(Register::RCX) => {
                // Half-way: the last bytes of the data, then nothing.
                self.a.add_instruction(load(Register::RSI, DATA))?;
                self.a
                    .add_instruction(load(Register::RDI, DATA + crate::memory::DATA_SIZE - 16))?;
                self.a.add_instruction(load(Register::RCX, 40))?;
                self.a.rep().movsb()
            }
            6 => self.a.add_instruction(Instruction::with(Code::Int1)),
            7 => {
                self.a.add_instruction(load(register.into(), bad))?;
                self.a.lock().xadd(qword_ptr(register), register)
            }
            8 => {
                self.a.add_instruction(load(register.into(), bad))?;
                self.a.push(qword_ptr(register))
            }
            9 => {
                self.a.add_instruction(load(register.into(), bad))?;
                self.a.pop(qword_ptr(register))
            }
            10 => {
                // Aligned it must be, and is not.
                self.a.add_instruction(load(register.into(), DATA + 8))?;
                self.a.movaps(xmm1, xmmword_ptr(register))
            }
            11 => {
                self.a.add_instruction(load(register.into(), bad))?;
                self.a.cmpxchg(qword_ptr(register), register)
            }
            12 => self.a.db(&[0x0f, 0x0b]),
            _ => {
                self.a.add_instruction(load(register.into(), bad))?;
                self.a.mov(qword_ptr(register + 8), register)
            }
        }
    }

    /// A far transfer that does not come about: for its selector, its stack, or where it leads.
    fn far_fault(&mut self) -> Result {
        let (register, slot) = (self.register(), self.pair());
        let selector = *self.random.pick(&[0, 3, 0x2b, 0x30, 0x31, 0x10, 0xffff, 0x53]);
        let bad = *self.random.pick(&[DATA + 0x80_0000, 0x8000_0000_0000_0000, near() + 0x90_0000]);
        // Of a frame that cannot be read, processors differ in which word they read first.
        let kind = self.random.below(7);
        let bad = if matches!(kind, 1 | 2) { 1 << 63 } else { bad };
        self.a.add_instruction(load(register.into(), bad))?;
        match kind {
            0 => {
                self.a.push(selector)?;
                self.a.push(register)?;
                self.a.add_instruction(Instruction::with(Code::Retfq))
            }
            1 => {
                self.a.mov(rsp, register)?;
                self.a.add_instruction(Instruction::with(Code::Retfq))
            }
            2 => {
                self.a.mov(rsp, register)?;
                self.a.iretq()
            }
            3 => {
                self.a.push(selector)?;
                self.a.push(rsp)?;
                self.a.push(0x202)?;
                self.a.push(0x33)?;
                self.a.push(register)?;
                self.a.iretq()
            }
            4 => {
                self.a.mov(qword_ptr(slot), register)?;
                self.a.mov(dword_ptr(slot + 8), selector)?;
                let code = *self.random.pick(&[Code::Jmp_m1664, Code::Call_m1664]);
                self.far(code, slot)
            }
            5 => {
                self.a.mov(qword_ptr(slot), register)?;
                self.a.mov(dword_ptr(slot + 8), 0x33)?;
                self.a.mov(rsp, register)?;
                self.far(Code::Call_m1664, slot)
            }
            _ => {
                let there = iced_x86::MemoryOperand::with_base(register.into());
                self.a.add_instruction(Instruction::with1(Code::Jmp_m1664, there)?)
            }
        }
    }
}
