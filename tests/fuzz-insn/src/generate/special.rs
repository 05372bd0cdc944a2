//! Instructions that random operands alone would not do justice: they need registers prepared.

use iced_x86::code_asm::*;
use iced_x86::{Code, Instruction, Register};

use super::{Result, Writer};
use crate::memory::{DATA, near};
use crate::operand::{load, target};

impl Writer<'_> {
    /// A string instruction with its registers prepared.
    pub(super) fn string(&mut self) -> Result {
        let needed = [Register::RSI, Register::RDI, Register::RCX, Register::RAX];
        if needed.iter().any(|register| self.reserved.contains(register)) {
            return self.a.nop();
        }
        let (from, to) = (target(&mut self.random), target(&mut self.random));
        let count = self.random.below(20);
        self.a.add_instruction(load(Register::RSI, from))?;
        self.a.add_instruction(load(Register::RDI, to))?;
        self.a.add_instruction(load(Register::RCX, count))?;
        let a = &mut self.a;
        let backwards = self.random.chance(20);
        if backwards {
            a.std()?;
        }
        match self.random.below(16) {
            0 => a.rep().movsb()?,
            1 => a.rep().movsw()?,
            2 => a.rep().movsd()?,
            3 => a.rep().movsq()?,
            4 => a.rep().stosb()?,
            5 => a.rep().stosq()?,
            6 => a.rep().lodsd()?,
            7 => a.repe().cmpsb()?,
            8 => a.repne().cmpsd()?,
            9 => a.repne().scasb()?,
            10 => a.repe().scasq()?,
            11 => a.movsb()?,
            12 => a.stosd()?,
            13 => a.lodsb()?,
            14 => a.cmpsq()?,
            _ => a.scasw()?,
        }
        if backwards && self.random.chance(70) {
            a.cld()?;
        }
        Ok(())
    }

    /// Pushes and pops in their forms, rsp read and changed.
    pub(super) fn stack(&mut self) -> Result {
        let (register, other) = (self.register(), self.register());
        let memory = target(&mut self.random);
        let value = self.random.next() as i32;
        let a = &mut self.a;
        match self.random.below(12) {
            0 => a.push(register),
            1 => a.pop(register),
            2 => a.push(value),
            3 => a.push(rsp),
            4 => a.push(qword_ptr(memory)),
            5 => a.pop(qword_ptr(memory)),
            6 => a.push(qword_ptr(rsp + 8)),
            7 => a.pop(qword_ptr(rsp + 16)),
            8 => {
                a.mov(register, rsp)?;
                a.push(other)?;
                a.xchg(qword_ptr(rsp), register)?;
                a.pop(other)
            }
            9 => {
                a.lea(rsp, ptr(rsp - 24))?;
                a.mov(qword_ptr(rsp), register)
            }
            10 if !self.reserved.contains(&Register::RBP) => {
                a.enter(32, 0)?;
                a.mov(qword_ptr(rbp - 8), register)?;
                a.leave()
            }
            _ => {
                a.lea(register, ptr(rsp - 512))?;
                a.push(register)?;
                a.pop(rsp)
            }
        }
    }

    /// A division, nearly always of the kind that does not trap.
    pub(super) fn divide(&mut self) -> Result {
        let busy = |register| self.reserved.contains(&register);
        if busy(Register::RAX) || busy(Register::RDX) {
            return self.a.nop();
        }
        let divisor = loop {
            let register = self.register();
            if ![Register::RAX, Register::RDX].contains(&register.into()) {
                break register;
            }
        };
        let value = if self.random.chance(95) { self.random.value() | 1 } else { 0 };
        self.a.add_instruction(load(divisor.into(), value))?;
        self.a.add_instruction(load(Register::RDX, 0))?;
        let narrow = get_gpr32(iced_x86::Register::from(divisor).full_register32());
        let narrow = narrow.expect("a 32-bit register");
        let a = &mut self.a;
        match self.random.below(4) {
            0 => a.div(divisor),
            1 => a.div(narrow),
            2 => {
                a.cqo()?;
                a.idiv(divisor)
            }
            _ => {
                a.cdq()?;
                a.idiv(narrow)
            }
        }
    }

    /// Rounding and masking of floating-point exceptions; unmasking is rare.
    pub(super) fn control_words(&mut self) -> Result {
        let slot = self.slot();
        let unmask = if self.random.chance(4) { self.random.below(64) } else { 0 };
        let random = self.random.next();
        let a = &mut self.a;
        if random & 1 == 0 {
            let mxcsr = 0x1f80 & !(unmask << 7) | random & 0xe000 | random >> 20 & 0x40;
            a.mov(dword_ptr(slot), mxcsr as u32)?;
            a.ldmxcsr(dword_ptr(slot))?;
            a.stmxcsr(dword_ptr(DATA + (random >> 40 & 0xfc)))
        } else {
            let control = 0x37f & !unmask | random & 0xc00;
            a.mov(dword_ptr(slot), control as u32)?;
            a.fldcw(word_ptr(slot))?;
            a.fnstsw(word_ptr(DATA + (random >> 40 & 0xfc)))
        }
    }

    /// Instructions a recorder has to intercept, of which only what is certain is kept.
    pub(super) fn intercepted(&mut self) -> Result {
        let used = [Register::RAX, Register::RBX, Register::RCX, Register::RDX, Register::R11];
        if used.iter().any(|register| self.reserved.contains(register)) {
            return self.a.nop();
        }
        let forget = |a: &mut CodeAssembler, registers: &[Register]| {
            registers.iter().try_for_each(|register| a.add_instruction(load(*register, 1)))
        };
        let a = &mut self.a;
        match self.random.below(5) {
            0 => {
                a.rdtsc()?;
                forget(a, &[Register::RAX, Register::RDX])
            }
            1 => {
                a.add_instruction(load(Register::RAX, 0))?;
                a.cpuid()
            }
            2 => {
                // A call no kernel has (vserver): rax, rcx and r11 change, nothing else.
                a.add_instruction(load(Register::RAX, 236))?;
                a.syscall()
            }
            3 => {
                a.add_instruction(load(Register::RAX, 39))?;
                a.syscall()?;
                forget(a, &[Register::RAX])
            }
            _ => {
                a.add_instruction(load(Register::RCX, 0))?;
                a.xgetbv()
            }
        }
    }

    /// The address of code, taken from rip.
    pub(super) fn code_address(&mut self) -> Result {
        let register = self.register();
        let mut here = self.a.create_label();
        self.a.lea(register, ptr(here))?;
        self.a.set_label(&mut here)?;
        let code = Code::Lea_r64_m;
        let relative =
            iced_x86::MemoryOperand::with_base_displ(Register::RIP, (near() + 64) as i64);
        self.a.add_instruction(Instruction::with2(code, Register::from(register), relative)?)
    }
}
