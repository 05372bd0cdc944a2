//! Code that changes code, and instructions that fault half-way.

use iced_x86::code_asm::*;
use iced_x86::{Code, Instruction, MemoryOperand, Register};

use super::{Result, Writer};
use crate::memory::{DATA, near};
use crate::operand::load;

impl Writer<'_> {
    /// Something that faults in the middle of what a branch or stack instruction does.
    pub(super) fn fault(&mut self) -> Result {
        let bad = [DATA + 0x80_0000, 0x8000_0000_0000_0000, DATA + 0x80_0010, near() + 0x90_0000];
        let bad = *self.random.pick(&bad);
        let register = self.register();
        let kind = self.random.below(10);
        if kind < 5 {
            self.a.add_instruction(load(Register::RSP, bad))?;
        }
        let mut function = self.a.create_label();
        match kind {
            0 => self.a.ret()?,
            1 => self.a.ret_1(24)?,
            2 => self.a.call(function)?,
            3 => {
                self.a.lea(register, ptr(function))?;
                self.a.call(register)?
            }
            4 => {
                let slot = self.slot();
                self.a.lea(register, ptr(function))?;
                self.a.mov(qword_ptr(slot), register)?;
                self.a.call(qword_ptr(slot))?
            }
            5 => {
                self.a.add_instruction(load(register.into(), bad))?;
                self.a.call(qword_ptr(register))?
            }
            6 => {
                self.a.add_instruction(load(register.into(), bad))?;
                self.a.jmp(qword_ptr(register + 64))?
            }
            7 => {
                self.a.add_instruction(load(register.into(), bad))?;
                self.a.jmp(register)?
            }
            8 => {
                // Not a place that is not canonical: processors differ in whether they push first.
                self.a.add_instruction(load(register.into(), DATA + 0x80_0000))?;
                self.a.call(register)?
            }
            _ => {
                let there = near() + 0x90_0000;
                let there = MemoryOperand::with_base_displ(Register::RIP, there as i64);
                let register = Register::from(register);
                self.a.add_instruction(match self.random.below(5) {
                    0 => Instruction::with2(Code::Add_r64_rm64, register, there)?,
                    1 => Instruction::with1(Code::Push_rm64, there)?,
                    2 => Instruction::with1(Code::Jmp_rm64, there)?,
                    3 => Instruction::with1(Code::Call_rm64, there)?,
                    _ => Instruction::with3(Code::Shld_rm64_r64_imm8, there, register, 7)?,
                })?
            }
        }
        self.a.set_label(&mut function)?;
        self.a.nop()
    }

    /// Code that changes code: the next instruction, or one in a loop.
    pub(super) fn rewritten(&mut self) -> Result {
        let (pointer, value) = (self.register(), self.register());
        if Register::from(pointer) == Register::from(value) {
            return self.a.nop();
        }
        let mut patched = self.a.create_label();
        let rounds = self.slot();
        let immediate = self.random.next() as u32;
        let counted = self.random.chance(50);
        let mut top = self.a.create_label();
        self.a.mov(qword_ptr(rounds), 1 + self.random.below(4) as i32)?;
        self.a.set_label(&mut top)?;
        self.a.lea(pointer, ptr(patched))?;
        match self.random.below(3) {
            0 => self.a.mov(dword_ptr(pointer + 3), immediate)?,
            1 => self.a.add(byte_ptr(pointer + 4), 7)?,
            _ => self.a.lock().inc(dword_ptr(pointer + 3))?,
        }
        for _ in 0..self.random.below(3) {
            self.a.nop()?;
        }
        self.a.set_label(&mut patched)?;
        // REX.W C7 /0 imm32: the immediate is at 3.
        self.a.add_instruction(Instruction::with2(
            Code::Mov_rm64_imm32,
            Register::from(value),
            0,
        )?)?;
        self.a.add(qword_ptr(DATA + 8 * self.random.below(64)), value)?;
        if counted {
            self.a.sub(qword_ptr(rounds), 1)?;
            self.a.jnz(top)?;
        }
        self.a.nop()
    }
}
