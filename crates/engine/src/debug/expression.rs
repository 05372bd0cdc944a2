//! Conditions of breakpoints: gdb's agent expressions.
//!
//! The bytecode is described in gdb's manual, appendix "The GDB Agent Expression Mechanism". Registers are
//! numbered as in gdb's amd64 target: rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp, r8 to r15, rip, eflags.

use crate::state::ctx;
use crate::sys;
use clew_translate::context::reg;

const STACK: usize = 64;
/// Steps after which an expression is given up: it has a loop.
const STEPS: usize = 10_000;
/// gdb's numbers of the general registers, in hardware order.
const ORDER: [usize; 16] = [
    reg::RAX,
    reg::RBX,
    reg::RCX,
    reg::RDX,
    reg::RSI,
    reg::RDI,
    reg::RBP,
    reg::RSP,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
];
const RIP: u16 = 16;
const EFLAGS: u16 = 17;
const FS_BASE: u16 = 58;
const GS_BASE: u16 = 59;

/// Does the expression have another value than zero? One that cannot be evaluated holds.
pub fn holds(code: &[u8]) -> bool {
    Machine { code, pc: 0, stack: [0; STACK], depth: 0 }.run().is_none_or(|value| value != 0)
}

struct Machine<'a> {
    code: &'a [u8],
    pc: usize,
    stack: [u64; STACK],
    depth: usize,
}

impl Machine<'_> {
    fn run(&mut self) -> Option<u64> {
        for _ in 0..STEPS {
            let op = *self.code.get(self.pc)?;
            self.pc += 1;
            match op {
                0x27 => return self.pop(),
                0x20 => {
                    let target = self.operand(2)? as usize;
                    if self.pop()? != 0 {
                        self.pc = target;
                    }
                }
                0x21 => self.pc = self.operand(2)? as usize,
                _ => self.step(op)?,
            }
        }
        None
    }

    fn pop(&mut self) -> Option<u64> {
        self.depth = self.depth.checked_sub(1)?;
        Some(self.stack[self.depth])
    }

    fn push(&mut self, value: u64) -> Option<()> {
        *self.stack.get_mut(self.depth)? = value;
        self.depth += 1;
        Some(())
    }

    /// A big-endian operand of the instruction.
    fn operand(&mut self, len: usize) -> Option<u64> {
        let bytes = self.code.get(self.pc..self.pc + len)?;
        self.pc += len;
        Some(bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte)))
    }

    fn step(&mut self, op: u8) -> Option<()> {
        match op {
            // const8 to const64
            0x22..=0x25 => {
                let value = self.operand(1 << (op - 0x22))?;
                self.push(value)
            }
            // reg
            0x26 => {
                let number = self.operand(2)? as u16;
                self.push(register(number)?)
            }
            // ref8 to ref64
            0x17..=0x1a => {
                let addr = self.pop()?;
                self.push(memory(addr, 1 << (op - 0x17))?)
            }
            // ext, zero_ext
            0x16 => {
                let (bits, value) = (self.operand(1)?, self.pop()?);
                self.push(sign_extended(value, bits))
            }
            0x2a => {
                let (bits, value) = (self.operand(1)?, self.pop()?);
                self.push(if bits >= 64 { value } else { value & ((1 << bits) - 1) })
            }
            // log_not, bit_not
            0x0e => {
                let value = self.pop()?;
                self.push(u64::from(value == 0))
            }
            0x12 => {
                let value = self.pop()?;
                self.push(!value)
            }
            // dup, pop, pick, swap, rot
            0x28 => {
                let value = self.pop()?;
                self.push(value)?;
                self.push(value)
            }
            0x29 => self.pop().map(|_| ()),
            0x32 => {
                let down = self.operand(1)? as usize;
                let at = self.depth.checked_sub(down + 1)?;
                self.push(self.stack[at])
            }
            0x2b => {
                let (b, a) = (self.pop()?, self.pop()?);
                self.push(b)?;
                self.push(a)
            }
            0x33 => {
                let (c, b, a) = (self.pop()?, self.pop()?, self.pop()?);
                self.push(c)?;
                self.push(a)?;
                self.push(b)
            }
            _ => {
                let (b, a) = (self.pop()?, self.pop()?);
                self.push(binary(op, a, b)?)
            }
        }
    }
}

fn binary(op: u8, a: u64, b: u64) -> Option<u64> {
    let (sa, sb) = (a as i64, b as i64);
    Some(match op {
        0x02 => a.wrapping_add(b),
        0x03 => a.wrapping_sub(b),
        0x04 => a.wrapping_mul(b),
        0x05 => sa.checked_div(sb)? as u64,
        0x06 => a.checked_div(b)?,
        0x07 => sa.checked_rem(sb)? as u64,
        0x08 => a.checked_rem(b)?,
        0x09 => a.checked_shl(b.min(64) as u32).unwrap_or(0),
        0x0a => (sa >> b.min(63)) as u64,
        0x0b => a.checked_shr(b.min(64) as u32).unwrap_or(0),
        0x0f => a & b,
        0x10 => a | b,
        0x11 => a ^ b,
        0x13 => u64::from(a == b),
        0x14 => u64::from(sa < sb),
        0x15 => u64::from(a < b),
        _ => return None,
    })
}

fn sign_extended(value: u64, bits: u64) -> u64 {
    match 64u64.checked_sub(bits) {
        Some(unused) if unused < 64 => ((value << unused) as i64 >> unused) as u64,
        _ => value,
    }
}

fn register(number: u16) -> Option<u64> {
    let c = ctx();
    Some(match number {
        RIP => c.pc,
        EFLAGS => c.rflags,
        FS_BASE => crate::intrinsics::segment_base(true),
        GS_BASE => crate::intrinsics::segment_base(false),
        _ => c.gpr[*ORDER.get(number as usize)?],
    })
}

fn memory(addr: u64, len: usize) -> Option<u64> {
    let mut bytes = [0u8; 8];
    sys::read_guest(addr, &mut bytes[..len]).then(|| u64::from_le_bytes(bytes))
}
