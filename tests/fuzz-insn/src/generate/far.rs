//! Control that goes far: to islands of code all over the address space, and by the instructions that
//! load the code segment.

use iced_x86::code_asm::*;
use iced_x86::{Code, Instruction, MemoryOperand, Register};

use super::{Result, Writer};
use crate::islands::{self, Kind};
use crate::operand::load;

/// The selector of 64-bit user code.
const USER_CS: u32 = 0x33;
const USER_SS: u32 = 0x2b;

impl Writer<'_> {
    /// A call of an island, or a jump there that comes back by a jump.
    pub(super) fn island(&mut self) -> Result {
        let register = self.register();
        let number = self.random.below(islands::COUNT);
        match islands::kind(number) {
            Kind::Function => {
                self.a.add_instruction(load(register.into(), islands::address(number)))?;
                match self.random.below(3) {
                    0 => self.a.call(register)?,
                    1 => {
                        let slot = self.slot();
                        self.a.mov(qword_ptr(slot), register)?;
                        self.a.call(qword_ptr(slot))?
                    }
                    _ => {
                        let mut back = self.a.create_label();
                        let other = self.register();
                        self.a.push(register)?;
                        self.a.lea(other, ptr(back))?;
                        self.a.xchg(qword_ptr(rsp), other)?;
                        self.a.jmp(other)?;
                        self.a.set_label(&mut back)?;
                        self.a.nop()?
                    }
                }
            }
            Kind::Jump => {
                let mut back = self.a.create_label();
                self.a.lea(register, ptr(back))?;
                self.a.mov(qword_ptr(islands::RETURN), register)?;
                self.a.add_instruction(load(register.into(), islands::address(number)))?;
                self.a.jmp(register)?;
                self.a.set_label(&mut back)?;
            }
        }
        self.a.nop()
    }

    /// A far return, jump or call, or an `iretq`, that stays in the segment.
    pub(super) fn far_transfer(&mut self) -> Result {
        let register = self.register();
        let (mut there, mut after) = (self.a.create_label(), self.a.create_label());
        let slot = self.pair();
        self.a.lea(register, ptr(there))?;
        match self.random.below(5) {
            0 => {
                self.a.push(USER_CS as i32)?;
                self.a.push(register)?;
                self.a.add_instruction(Instruction::with(Code::Retfq))?;
            }
            1 => {
                let saved = self.register();
                let flags = (self.random.next() & 0x8d5 | 0x202) as i32;
                self.a.mov(saved, rsp)?;
                self.a.push(USER_SS as i32)?;
                self.a.push(saved)?;
                self.a.push(flags)?;
                self.a.push(USER_CS as i32)?;
                // `saved` and `register` may be the same.
                self.a.lea(register, ptr(there))?;
                self.a.push(register)?;
                self.a.iretq()?;
            }
            2 => {
                self.a.mov(qword_ptr(slot), register)?;
                self.a.mov(dword_ptr(slot + 8), USER_CS)?;
                self.far(Code::Jmp_m1664, slot)?;
            }
            kind => {
                self.a.mov(qword_ptr(slot), register)?;
                self.a.mov(dword_ptr(slot + 8), USER_CS)?;
                self.far(Code::Call_m1664, slot)?;
                self.a.jmp(after)?;
                self.a.set_label(&mut there)?;
                self.a.nop()?;
                let outer = std::mem::replace(&mut self.in_function, true);
                self.nested(|w| w.item())?;
                self.in_function = outer;
                if kind == 3 {
                    self.a.add_instruction(Instruction::with(Code::Retfq))?;
                } else {
                    self.a.add_instruction(Instruction::with1(Code::Retfq_imm16, 0)?)?;
                }
                self.a.set_label(&mut after)?;
                return self.a.nop();
            }
        }
        // What is jumped over.
        self.a.ud2()?;
        self.a.set_label(&mut there)?;
        self.a.nop()
    }

    pub(super) fn far(&mut self, code: Code, slot: u64) -> Result {
        let there = MemoryOperand::new(
            Register::None,
            Register::None,
            1,
            slot as i64,
            8,
            false,
            Register::None,
        );
        self.a.add_instruction(Instruction::with1(code, there)?)
    }

    /// Two slots that follow each other.
    pub(super) fn pair(&mut self) -> u64 {
        let first = self.slot();
        self.slot();
        first
    }
}
