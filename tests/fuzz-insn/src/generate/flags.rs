//! Status flags: what writes some of them, what shows some.

use iced_x86::Register;
use iced_x86::code_asm::*;

use super::{Result, Writer};
use crate::memory::DATA;
use crate::operand::load;

impl Writer<'_> {
    /// A long stretch that leaves the flags alone, something that writes some of them, perhaps, and
    /// something that reads some: proofs that flags are dead must not be too bold.
    pub(super) fn flag_probe(&mut self) -> Result {
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

    /// Flags written, read and moved as a whole.
    pub(super) fn flags(&mut self) -> Result {
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
}
