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

    /// Whole instructions that are replaced by others, one after the other.
    pub(super) fn replaced(&mut self) -> Result {
        let (pointer, value, new) = (self.register(), self.register(), self.register());
        let all = [pointer, value, new].map(Register::from);
        if all[0] == all[1] || all[0] == all[2] || all[1] == all[2] {
            return self.a.nop();
        }
        let (mut patched, mut top) = (self.a.create_label(), self.a.create_label());
        let (rounds, texts) = (self.slot(), self.slot());
        let count = 1 + self.random.below(4);
        for _ in 1..count {
            self.slot();
        }
        for n in 0..count {
            let text = self.text(value)?;
            self.a.add_instruction(load(Register::from(new), u64::from_le_bytes(text)))?;
            self.a.mov(qword_ptr(texts + 8 * n), new)?;
        }
        self.a.mov(qword_ptr(rounds), count as i32)?;
        self.a.set_label(&mut top)?;
        self.a.mov(pointer, qword_ptr(rounds))?;
        self.a.mov(new, qword_ptr(pointer * 8 + (texts - 8)))?;
        self.a.lea(pointer, ptr(patched))?;
        match self.random.below(4) {
            0 | 1 => self.a.mov(qword_ptr(pointer), new)?,
            2 => {
                // Torn: each half is an instruction's.
                self.a.mov(dword_ptr(pointer), 0x9090_9090_u32)?;
                self.a.mov(qword_ptr(pointer), new)?
            }
            _ => self.a.xchg(qword_ptr(pointer), new)?,
        }
        if self.random.chance(30) {
            self.nested(|w| w.flag_probe())?;
        }
        self.a.set_label(&mut patched)?;
        self.a.db(&[0x90; 8])?;
        self.a.add(qword_ptr(DATA + 8 * self.random.below(64)), value)?;
        self.a.sub(qword_ptr(rounds), 1)?;
        self.a.jnz(top)
    }

    /// Eight bytes of code that does something with a register.
    fn text(&mut self, value: AsmRegister64) -> std::result::Result<[u8; 8], IcedError> {
        let mut a = CodeAssembler::new(64)?;
        let number = self.random.next() as i32;
        match self.random.below(7) {
            0 => a.add(value, number)?,
            1 => a.xor(value, number)?,
            2 => a.add_instruction(Instruction::with2(
                Code::Mov_rm64_imm32,
                Register::from(value),
                number,
            )?)?,
            3 => a.rol(value, number as u32 & 63)?,
            4 => a.bswap(value)?,
            5 => {
                // Over the rest.
                let mut end = a.create_label();
                a.inc(value)?;
                a.jmp(end)?;
                a.db(&[0x06, 0x06, 0x06])?;
                a.set_label(&mut end)?;
                a.zero_bytes()?
            }
            _ => {
                let mut end = a.create_label();
                a.neg(value)?;
                a.jc(end)?;
                a.db(&[0x90, 0x90, 0x90])?;
                a.set_label(&mut end)?;
                a.zero_bytes()?
            }
        }
        let mut code = a.assemble(0)?;
        assert!(code.len() <= 8, "{code:x?}");
        code.resize(8, 0x90);
        code.try_into().map_err(|_| unreachable!("eight bytes"))
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
