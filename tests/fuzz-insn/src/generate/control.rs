//! Control flow: branches, loops, calls, indirect jumps.

use iced_x86::code_asm::*;
use iced_x86::{Code, Instruction, MemoryOperand, Register};

use super::{Result, Writer};
use crate::memory::{GS_BASE, TABLES, near_tables};
use crate::operand::load;

impl Writer<'_> {
    /// A conditional branch of any kind over some instructions.
    pub(super) fn forward_branch(&mut self) -> Result {
        let mut over = self.a.create_label();
        self.condition(over)?;
        self.nested(|w| {
            let items = w.random.below(4);
            w.items(items)
        })?;
        if self.random.chance(20) {
            let mut end = self.a.create_label();
            self.a.jmp(end)?;
            self.a.set_label(&mut over)?;
            self.nested(|w| w.item())?;
            self.a.set_label(&mut end)?;
        } else {
            self.a.set_label(&mut over)?;
        }
        // A label must be followed by an instruction.
        self.a.nop()
    }

    pub(super) fn condition(&mut self, to: CodeLabel) -> Result {
        let a = &mut self.a;
        match self.random.below(18) {
            0 => a.jo(to),
            1 => a.jno(to),
            2 => a.jb(to),
            3 => a.jae(to),
            4 => a.je(to),
            5 => a.jne(to),
            6 => a.jbe(to),
            7 => a.ja(to),
            8 => a.js(to),
            9 => a.jns(to),
            10 => a.jp(to),
            11 => a.jnp(to),
            12 => a.jl(to),
            13 => a.jge(to),
            14 => a.jle(to),
            15 => a.jg(to),
            // Their reach is a byte: only through a jump next to them.
            kind => {
                let (mut near, mut on) = (a.create_label(), a.create_label());
                if kind == 17 {
                    a.db(&[0x67])?; // the prefix that makes it jecxz
                }
                a.jrcxz(near)?;
                a.jmp(on)?;
                a.set_label(&mut near)?;
                a.jmp(to)?;
                a.set_label(&mut on)?;
                a.nop()
            }
        }
    }

    /// A loop of few rounds, closed in one of several ways; some let the flags live around it.
    pub(super) fn counted_loop(&mut self) -> Result {
        let rounds = 1 + self.random.below(5);
        let mut top = self.a.create_label();
        let rcx_is_free = !self.reserved.contains(&Register::RCX);
        match self.random.below(5) {
            kind @ 0..=2 if rcx_is_free => {
                self.a.add_instruction(load(Register::RCX, rounds))?;
                let mut end = self.a.create_label();
                self.a.set_label(&mut top)?;
                self.body(Register::RCX)?;
                match kind {
                    0 => {
                        let (mut again, mut out) = (self.a.create_label(), self.a.create_label());
                        if self.random.chance(30) {
                            self.a.db(&[0x67])?; // counts ecx
                        }
                        match self.random.below(3) {
                            0 => self.a.loop_(again)?,
                            1 => self.a.loope(again)?,
                            _ => self.a.loopne(again)?,
                        }
                        self.a.jmp(out)?;
                        self.a.set_label(&mut again)?;
                        self.a.jmp(top)?;
                        self.a.set_label(&mut out)?;
                        self.a.nop()
                    }
                    1 => {
                        self.a.lea(rcx, ptr(rcx - 1))?;
                        self.a.jrcxz(end)?;
                        self.a.jmp(top)?;
                        self.a.set_label(&mut end)?;
                        self.a.nop()
                    }
                    _ => {
                        self.a.dec(ecx)?;
                        self.a.jnz(top)
                    }
                }
            }
            3 => {
                let counter = self.slot();
                self.a.mov(qword_ptr(counter), rounds as i32)?;
                self.a.set_label(&mut top)?;
                self.body(Register::RSP)?;
                self.a.sub(qword_ptr(counter), 1)?;
                self.a.jnz(top)
            }
            _ => {
                let counter = self.register();
                self.a.add_instruction(load(counter.into(), rounds))?;
                self.a.set_label(&mut top)?;
                self.body(counter.into())?;
                if self.random.chance(50) {
                    self.a.sub(counter, 1)?;
                } else {
                    self.a.dec(counter)?;
                }
                self.a.jnz(top)
            }
        }
    }

    /// A call in one of its forms, of a function right behind it.
    pub(super) fn call(&mut self) -> Result {
        let (mut function, mut after) = (self.a.create_label(), self.a.create_label());
        let register = self.register();
        match self.random.below(6) {
            0 | 1 => self.a.call(function)?,
            2 => {
                self.a.lea(register, ptr(function))?;
                self.a.call(register)?;
            }
            3 | 4 => {
                self.a.lea(register, ptr(function))?;
                let operand = self.branch_operand(register)?;
                self.a.add_instruction(Instruction::with1(Code::Call_rm64, operand)?)?;
            }
            _ => {
                // Through a place below rsp, which the call itself overwrites afterwards.
                self.a.lea(register, ptr(function))?;
                self.a.mov(qword_ptr(rsp - 8), register)?;
                self.a.call(qword_ptr(rsp - 8))?;
            }
        }
        self.a.jmp(after)?;
        self.a.set_label(&mut function)?;
        let outer = std::mem::replace(&mut self.in_function, true);
        let items = 1 + self.random.below(3);
        self.a.nop()?;
        if self.random.chance(30) {
            self.nested(|w| w.flag_probe())?;
        }
        let arguments = self.random.chance(15) && !outer;
        self.nested(|w| w.items(items))?;
        self.in_function = outer;
        if arguments {
            self.a.ret_1(16)?
        } else {
            self.a.ret()?
        }
        self.a.set_label(&mut after)?;
        self.a.nop()
    }

    /// A jump through a register, memory, a table or a return.
    pub(super) fn indirect_jump(&mut self) -> Result {
        let (mut one, mut two, mut end) =
            (self.a.create_label(), self.a.create_label(), self.a.create_label());
        let register = self.register();
        let (first, second) = (self.slot(), self.slot());
        let choice = self.random.below(2);
        self.a.lea(register, ptr(one))?;
        self.a.mov(qword_ptr(first), register)?;
        self.a.lea(register, ptr(two))?;
        self.a.mov(qword_ptr(second), register)?;
        match self.random.below(4) {
            0 => self.a.jmp(register)?,
            1 => {
                let operand = self.branch_operand(register)?;
                self.a.add_instruction(Instruction::with1(Code::Jmp_rm64, operand)?)?;
            }
            2 => {
                self.a.add_instruction(load(register.into(), choice))?;
                self.a.jmp(qword_ptr(register * 8 + first))?;
            }
            _ => {
                self.a.push(register)?;
                self.a.ret()?;
            }
        }
        for label in [&mut one, &mut two] {
            self.a.set_label(label)?;
            self.a.nop()?;
            if self.random.chance(30) {
                self.nested(|w| w.flag_probe())?;
            }
            let items = self.random.below(3);
            self.nested(|w| w.items(items))?;
            self.a.jmp(end)?;
        }
        self.a.set_label(&mut end)?;
        self.a.nop()
    }

    fn body(&mut self, counter: Register) -> Result {
        self.reserved.push(counter);
        let items = 1 + self.random.below(4);
        let probe = self.random.chance(30);
        let result = self.a.nop().and_then(|()| {
            self.nested(|w| if probe { w.flag_probe() } else { Ok(()) })?;
            self.nested(|w| w.items(items))
        });
        self.reserved.pop();
        result
    }

    /// Stores a code address from `from` in a table and gives a memory operand for a branch
    /// there, in one of the addressing forms.
    fn branch_operand(
        &mut self,
        from: AsmRegister64,
    ) -> std::result::Result<MemoryOperand, IcedError> {
        use iced_x86::Register as R;
        let slot = self.slot();
        self.a.mov(qword_ptr(slot), from)?;
        let base = R::from(self.register());
        let distance = (self.random.next() as i32 >> self.random.below(31)) as i64;
        let start = slot.wrapping_sub(distance as u64);
        let absolute = |address: u64, segment| {
            MemoryOperand::new(R::None, R::None, 1, address as i64, 8, false, segment)
        };
        Ok(match self.random.below(9) {
            0 => absolute(slot, R::None),
            1 => {
                self.a.add_instruction(load(base, slot))?;
                MemoryOperand::with_base(base)
            }
            2 | 3 => {
                self.a.add_instruction(load(base, start))?;
                MemoryOperand::with_base_displ(base, distance)
            }
            4 => {
                let index = R::from(self.register());
                self.a.add_instruction(load(index, 3))?;
                if index == base {
                    let displacement = slot as i64 - 24;
                    MemoryOperand::new(R::None, index, 8, displacement, 8, false, R::None)
                } else {
                    self.a.add_instruction(load(base, start - 24))?;
                    MemoryOperand::new(base, index, 8, distance, 8, false, R::None)
                }
            }
            5 => {
                let there = near_tables() + (slot - TABLES);
                self.a.add_instruction(load(base, there))?;
                let pointer = get_gpr64(base).expect("a 64-bit register");
                self.a.mov(qword_ptr(pointer), from)?;
                MemoryOperand::with_base_displ(R::RIP, there as i64)
            }
            6 => absolute(slot - GS_BASE, R::GS),
            7 => {
                self.a.add_instruction(load(base, slot | self.random.next() << 32))?;
                MemoryOperand::with_base(base.full_register32())
            }
            _ => {
                self.a.mov(qword_ptr(rsp - 16), from)?;
                MemoryOperand::with_base_displ(R::RSP, -16)
            }
        })
    }
}
