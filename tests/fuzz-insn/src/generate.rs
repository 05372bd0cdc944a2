//! Random sequences: single instructions of every kind, and the control flow around them.

use iced_x86::code_asm::*;
use iced_x86::{Code, Decoder, Instruction, InstructionInfoFactory, MemoryOperand, OpAccess, Register};

use crate::catalogue::Catalogue;
use crate::memory::{DATA, GS_BASE, TABLES, exit_code, near, near_tables};
use crate::operand::{self, load, scratch, target};
use crate::random::Random;

type Result = std::result::Result<(), IcedError>;

pub struct Generator {
    catalogue: Catalogue,
}

/// A sequence that is being written.
struct Writer<'a> {
    catalogue: &'a Catalogue,
    a: CodeAssembler,
    random: Random,
    /// Registers the code around needs unchanged (loop counters).
    reserved: Vec<Register>,
    /// Instructions that move rsp are not allowed here: a return address is on top.
    in_function: bool,
    depth: u32,
    /// Table slots given out.
    slots: u64,
    writable: bool,
}

impl Generator {
    pub fn new() -> Self {
        Self { catalogue: Catalogue::new() }
    }

    /// The machine code of sequence `n`, to run at `ip`. `writable`: it may change itself.
    pub fn sequence(&self, seed: u64, n: u64, ip: u64, writable: bool) -> Vec<u8> {
        let mut writer = Writer {
            catalogue: &self.catalogue,
            a: CodeAssembler::new(64).expect("64 bits are supported"),
            random: Random::new(seed, n, 0),
            reserved: vec![Register::RSP],
            in_function: false,
            depth: 0,
            slots: 0,
            writable,
        };
        writer.sequence().expect("everything written is valid");
        let mut code = writer.a.assemble(ip).expect("every sequence can be encoded");
        set_ignored_bits(&mut code, ip, &mut writer.random);
        code
    }
}

/// Sets prefix bits that RIP-relative operands ignore, here and there.
fn set_ignored_bits(code: &mut [u8], ip: u64, random: &mut Random) {
    let mut at = 0;
    while at < code.len() {
        let decode = |code: &[u8]| Decoder::with_ip(64, &code[at..], ip + at as u64, 0).decode();
        let instruction = decode(code);
        let len = instruction.len().max(1);
        if instruction.is_ip_rel_memory_operand() && random.chance(25) {
            let was = code[at..at + len].to_vec();
            let first = was.iter().position(|b| !LEGACY_PREFIXES.contains(b)).unwrap_or(0);
            match was[first] {
                0x40..=0x4f => code[at + first] |= 1 + random.below(3) as u8,
                0xc4 | 0x62 => code[at + first + 1] &= !(0x20 << random.below(2)),
                _ => {}
            }
            if decode(code) != instruction {
                code[at..at + len].copy_from_slice(&was);
            }
        }
        at += len;
    }
}

const LEGACY_PREFIXES: [u8; 11] =
    [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3];

impl Writer<'_> {
    fn sequence(&mut self) -> Result {
        let items = 4 + self.random.below(28);
        self.items(items)?;
        if self.random.chance(4) {
            self.fault()?;
        }
        self.a.jmp(exit_code())
    }

    fn items(&mut self, count: u64) -> Result {
        for _ in 0..count {
            self.item()?;
        }
        Ok(())
    }

    fn item(&mut self) -> Result {
        let nested = self.depth < 3;
        match self.random.below(100) {
            0..6 if nested => self.forward_branch(),
            6..12 if nested => self.counted_loop(),
            12..17 if nested => self.call(),
            17..21 if nested => self.indirect_jump(),
            21..25 => self.string(),
            25..28 if !self.in_function => self.stack(),
            28..32 => self.flags(),
            32..34 => self.divide(),
            34..36 => self.control_words(),
            36..39 => self.intercepted(),
            39 => self.code_address(),
            40..46 => self.flag_probe(),
            46..49 if self.writable => self.rewritten(),
            _ => self.instruction(),
        }
    }

    /// A free register, as the assembler's type.
    fn register(&mut self) -> AsmRegister64 {
        let register = scratch(&self.reserved, &mut self.random);
        get_gpr64(register).expect("a 64-bit register")
    }

    /// Any instruction of the catalogue with random operands.
    fn instruction(&mut self) -> Result {
        for _ in 0..100 {
            let codes = self.random.pick(&self.catalogue.mnemonics);
            let code = *self.random.pick(codes);
            let Some(prepared) = operand::random(code, &self.reserved, &mut self.random) else {
                continue;
            };
            let all = prepared.before.iter().chain([&prepared.instruction]);
            if !all.clone().all(|instruction| self.allowed(instruction)) {
                continue;
            }
            for instruction in all {
                self.a.add_instruction(*instruction)?;
            }
            return Ok(());
        }
        self.a.nop()
    }

    /// Whether an instruction leaves the reserved registers alone.
    fn allowed(&self, instruction: &Instruction) -> bool {
        let mut factory = InstructionInfoFactory::new();
        let info = factory.info(instruction);
        !info.used_registers().iter().any(|used| {
            let writes =
                !matches!(used.access(), OpAccess::Read | OpAccess::CondRead | OpAccess::None);
            writes && self.reserved.contains(&used.register().full_register())
        })
    }

    /// A conditional branch of any kind over some instructions.
    fn forward_branch(&mut self) -> Result {
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

    fn condition(&mut self, to: CodeLabel) -> Result {
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

    fn nested(&mut self, write: impl FnOnce(&mut Self) -> Result) -> Result {
        self.depth += 1;
        let result = write(self);
        self.depth -= 1;
        result
    }

    fn slot(&mut self) -> u64 {
        self.slots += 1;
        TABLES + self.slots * 8
    }

    /// A loop of few rounds, closed in one of several ways; some let the flags live around it.
    fn counted_loop(&mut self) -> Result {
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

    /// A call in one of its forms, of a function right behind it.
    fn call(&mut self) -> Result {
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
    fn indirect_jump(&mut self) -> Result {
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

    /// A string instruction with its registers prepared.
    fn string(&mut self) -> Result {
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
    fn stack(&mut self) -> Result {
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

    /// Flags written, read and moved as a whole.
    fn flags(&mut self) -> Result {
        let register = self.register();
        let keep_rax = self.reserved.contains(&Register::RAX);
        let bits = (self.random.next() & 0xcd5) as i32 | 0x202;
        let a = &mut self.a;
        match self.random.below(9) {
            0 => a.stc(),
            1 => a.clc(),
            2 => a.cmc(),
            3 if !self.in_function => {
                a.push(bits)?;
                a.popfq()?;
                if self.random.chance(60) { a.cld() } else { a.nop() }
            }
            4 if !self.in_function => {
                a.pushfq()?;
                a.pop(register)
            }
            5 if !keep_rax => a.lahf(),
            6 => a.sahf(),
            7 => {
                a.adc(register, register)?;
                a.sbb(register, 5)
            }
            _ => a.test(register, register),
        }
    }

    /// A division, nearly always of the kind that does not trap.
    fn divide(&mut self) -> Result {
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
    fn control_words(&mut self) -> Result {
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
    fn intercepted(&mut self) -> Result {
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

    /// A long stretch that leaves the flags alone, something that writes some of them, perhaps, and
    /// something that reads some: proofs that flags are dead must not be too bold.
    fn flag_probe(&mut self) -> Result {
        for _ in 0..self.random.below(14) {
            let register = self.register();
            let other = self.register();
            let at = DATA + 8 * self.random.below(64);
            match self.random.below(7) {
                0 => self.a.mov(register, other)?,
                1 => self.a.lea(register, ptr(other + 8))?,
                2 => self.a.mov(register, qword_ptr(at))?,
                3 => self.a.nop()?,
                4 => self.a.paddd(xmm3, xmm4)?,
                5 => self.a.not(register)?,
                _ => {
                    // A branch that goes nowhere: both sides the same.
                    let mut next = self.a.create_label();
                    if self.random.chance(50) {
                        self.condition(next)?;
                    } else {
                        self.a.jmp(next)?;
                    }
                    self.a.set_label(&mut next)?;
                    self.a.nop()?;
                }
            }
        }
        for _ in 0..self.random.below(3) {
            self.partial_writer()?;
        }
        self.reader()
    }

    /// Writes some flags, or none, or some and leaves others undefined.
    fn partial_writer(&mut self) -> Result {
        let (register, other) = (self.register(), self.register());
        let narrow = get_gpr32(Register::from(register).full_register32()).expect("32 bits");
        let rcx_is_free = !self.reserved.contains(&Register::RCX);
        let busy = |r| self.reserved.contains(&r);
        let string_is_free = ![Register::RCX, Register::RSI, Register::RDI].into_iter().any(busy);
        let wide_is_free = ![Register::RAX, Register::RDX].into_iter().any(busy);
        let slot = self.slot();
        match self.random.below(26) {
            0 => self.a.inc(register),
            1 => self.a.dec(narrow),
            2 if rcx_is_free => {
                let count = self.random.below(3) * 32;
                self.a.add_instruction(load(Register::RCX, count))?;
                match self.random.below(6) {
                    0 => self.a.shl(narrow, cl),
                    1 => self.a.sar(narrow, cl),
                    2 => self.a.rol(narrow, cl),
                    3 => self.a.rcr(narrow, cl),
                    4 => self.a.shld(register, other, cl),
                    _ => self.a.shr(narrow, cl),
                }
            }
            3 => self.a.shl(register, 0u32),
            4 => self.a.ror(register, 1u32),
            5 => self.a.rcl(register, 1u32),
            6 => self.a.bt(register, other),
            7 => self.a.btc(register, 5u32),
            8 => self.a.bsf(register, other),
            9 => self.a.bsr(narrow, narrow),
            10 => self.a.imul_2(register, other),
            11 if wide_is_free => self.a.mul(other),
            12 if string_is_free => {
                self.a.add_instruction(load(Register::RCX, self.random.below(2)))?;
                self.a.add_instruction(load(Register::RSI, DATA + 512))?;
                self.a.add_instruction(load(Register::RDI, DATA + 520))?;
                match self.random.below(3) {
                    0 => self.a.repe().cmpsb(),
                    1 => self.a.repne().scasb(),
                    _ => self.a.rep().movsb(),
                }
            }
            13 => self.a.popcnt(register, other),
            14 => self.a.tzcnt(register, other),
            15 => self.a.adcx(register, other),
            16 => self.a.adox(register, other),
            17 => {
                self.a.fldz()?;
                self.a.fcomip(st0, st1)
            }
            18 => self.a.comisd(xmm1, xmm2),
            19 => self.a.ptest(xmm5, xmm6),
            20 => self.a.sahf(),
            21 => self.a.cmc(),
            22 => self.a.neg(register),
            23 => self.a.lock().xadd(qword_ptr(slot), register),
            24 if wide_is_free => self.a.cmpxchg(qword_ptr(slot), register),
            25 => self.a.andn(register, other, register),
            _ => self.a.test(register, register),
        }
    }

    /// Shows some flags in memory or a register.
    fn reader(&mut self) -> Result {
        let (register, other) = (self.register(), self.register());
        let rax_is_free = !self.reserved.contains(&Register::RAX);
        let at = byte_ptr(DATA + self.random.below(512));
        match self.random.below(18) {
            0 => self.a.seto(at),
            1 => self.a.setb(at),
            2 => self.a.sete(at),
            3 => self.a.sets(at),
            4 => self.a.setp(at),
            5 => self.a.setle(at),
            6 => self.a.setbe(at),
            7 => self.a.adc(register, 0),
            8 => self.a.sbb(register, register),
            9 => self.a.rcl(register, 1u32),
            10 => self.a.rcr(register, 3u32),
            11 => self.a.cmovo(register, other),
            12 => self.a.cmovp(register, other),
            13 => self.a.cmovbe(register, other),
            14 if rax_is_free => self.a.lahf(),
            15 => self.a.adcx(register, other),
            16 if !self.in_function => {
                self.a.pushfq()?;
                self.a.pop(register)
            }
            _ => {
                self.a.fldz()?;
                self.a.fcmove(st0, st1)?;
                self.a.fstp(st1)
            }
        }
    }

    /// Code that changes code: the next instruction, or one in a loop.
    fn rewritten(&mut self) -> Result {
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
        self.a.add_instruction(Instruction::with2(Code::Mov_rm64_imm32, Register::from(value), 0)?)?;
        self.a.add(qword_ptr(DATA + 8 * self.random.below(64)), value)?;
        if counted {
            self.a.sub(qword_ptr(rounds), 1)?;
            self.a.jnz(top)?;
        }
        self.a.nop()
    }

    /// Something that faults in the middle of what a branch or stack instruction does.
    fn fault(&mut self) -> Result {
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

    /// The address of code, taken from rip.
    fn code_address(&mut self) -> Result {
        let register = self.register();
        let mut here = self.a.create_label();
        self.a.lea(register, ptr(here))?;
        self.a.set_label(&mut here)?;
        let code = Code::Lea_r64_m;
        let relative = iced_x86::MemoryOperand::with_base_displ(Register::RIP, (near() + 64) as i64);
        self.a.add_instruction(Instruction::with2(code, Register::from(register), relative)?)
    }
}
