//! A decoder for the instructions that ordinary programs are made of.
//!
//! The full decoder takes tens of nanoseconds for an instruction, and most code of a short-lived
//! program is translated to run once or twice. This one knows, from two tables of one word per
//! opcode, what translation has to know of plain integer, branch and SSE instructions: their length,
//! where a RIP-relative displacement lies, which status flags they read and surely write. Whatever
//! it is not sure about (other prefixes and opcode maps, x87, whatever the engine has to see) it
//! leaves to the full decoder. Where it answers, it answers the same: the test below compares the
//! two over all opcodes and operand forms.
//!
//! Encodings: Intel SDM volume 2, appendix A; AMD APM volume 3, appendix A.

use iced_x86::{Code, Instruction, OpKind, Register};

/// Bytes [`decode`] may look at.
pub const LOOKAHEAD: usize = 16;

/// Status flags as this file's tables name them; the same bits as iced's.
mod flag {
    pub const O: u32 = 0x01;
    pub const S: u32 = 0x02;
    pub const Z: u32 = 0x04;
    pub const C: u32 = 0x10;
    pub const P: u32 = 0x20;
    pub const ALL: u32 = 0x3f;
}
use flag::{ALL, C, O, P, S, Z};

/// The instructions for the engine that nearly every program executes, when the dynamic linker looks at
/// the processor and binds functions: the full decoder makes its tables, 160 KiB, when it is first used,
/// which takes a fifth of a millisecond.
pub fn intrinsic(code: &[u8]) -> Option<Instruction> {
    let mut instr = Instruction::default();
    match *code {
        [0x0f, 0xa2] => instr.set_code(Code::Cpuid),
        [0x0f, 0x31] => instr.set_code(Code::Rdtsc),
        [0x0f, 0x01, 0xd0] => instr.set_code(Code::Xgetbv),
        [0x0f, 0x01, 0xf9] => instr.set_code(Code::Rdtscp),
        [0xf3, 0x90] => instr.set_code(Code::Pause),
        // xsavec [rsp+disp8]
        [0x0f, 0xc7, 0x64, 0x24, disp] => {
            instr.set_code(Code::Xsavec_mem);
            instr.set_op0_kind(OpKind::Memory);
            instr.set_memory_base(Register::RSP);
            instr.set_memory_displ_size(1);
            instr.set_memory_displacement64(disp as i8 as u64);
        }
        _ => return None,
    }
    Some(instr)
}

/// What an instruction does beside being copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Nothing: control goes on behind it.
    Next,
    /// `jcc`: the condition, and the target's distance from the instruction's end.
    Branch(u8, i32),
    Jump(i32),
    Call(i32),
    /// A near return that releases nothing.
    Return,
}

/// A decoded instruction.
#[derive(Clone, Copy, Debug)]
pub struct Quick {
    pub len: u8,
    /// Offset of a RIP-relative operand's displacement; 0 if there is none.
    pub disp: u8,
    pub flow: Flow,
    /// Status flags it may read.
    pub read: u32,
    /// Status flags it gives a defined value, whatever its operands are.
    pub written: u32,
    /// It may write rcx or a part of it.
    pub writes_rcx: bool,
}

// A table entry: flags read (6 bits), flags written (6 bits), and:
const WRITTEN: u32 = 6;
/// The opcode is known.
const KNOWN: u32 = 1 << 12;
/// A ModRM byte follows.
const MODRM: u32 = 1 << 13;
/// Not with a register as its r/m operand.
const MEMORY: u32 = 1 << 14;
/// Not with memory as its r/m operand.
const REGISTER: u32 = 1 << 15;
/// The kind of immediate that follows (two bits).
const IMMEDIATE: u32 = 16;
/// One byte.
const BYTE: u32 = 1 << IMMEDIATE;
/// The operand's size, at most four bytes.
const WORD: u32 = 2 << IMMEDIATE;
/// The same, but eight bytes with REX.W.
const LONG: u32 = 3 << IMMEDIATE;
/// Its general registers have eight bits.
const SMALL: u32 = 1 << 18;
/// A branch, to be told by its opcode.
const BRANCH: u32 = 1 << 19;
/// ModRM's reg field decides: see `group`.
const GROUP: u32 = 1 << 20;
/// It writes the general register that ModRM's reg field names, that its r/m field names, that the
/// opcode names.
const REG_OUT: u32 = 1 << 21;
const RM_OUT: u32 = 1 << 22;
const OPCODE_OUT: u32 = 1 << 23;
/// Mandatory prefixes it is known with (of the two-byte map): none, 66, F3, F2.
const NP: u32 = 1 << 24;
const P66: u32 = 2 << 24;
const PF3: u32 = 4 << 24;
const PF2: u32 = 8 << 24;

const fn entry(read: u32, written: u32, what: u32) -> u32 {
    read | written << WRITTEN | KNOWN | what
}

/// What a condition (the low nibble of `jcc` and its kin) reads.
const fn condition(cc: usize) -> u32 {
    match cc >> 1 {
        0 => O,
        1 => C,
        2 => Z,
        3 => C | Z,
        4 => S,
        5 => P,
        6 => S | O,
        _ => Z | S | O,
    }
}

const fn carry_in(operation: usize) -> u32 {
    // adc, sbb
    if operation == 2 || operation == 3 { C } else { 0 }
}

const fn one_byte() -> [u32; 256] {
    let mut t = [0; 256];
    let mut n = 0;
    while n < 8 {
        let e = entry(carry_in(n), ALL, 0);
        let mut form = 0;
        while form < 4 {
            let compares = n == 7;
            let out = if compares { 0 } else { [RM_OUT, REG_OUT][form / 2] };
            t[8 * n + form] = e | MODRM | out | [SMALL, 0][form % 2];
            form += 1;
        }
        t[8 * n + 4] = e | BYTE;
        t[8 * n + 5] = e | WORD;
        t[0x50 + n] = entry(0, 0, 0); // push
        t[0x58 + n] = entry(0, 0, OPCODE_OUT); // pop
        t[0x90 + n] = entry(0, 0, OPCODE_OUT); // xchg
        t[0xb0 + n] = entry(0, 0, BYTE | OPCODE_OUT | SMALL); // mov
        t[0xb8 + n] = entry(0, 0, LONG | OPCODE_OUT);
        n += 1;
    }
    let mut cc = 0;
    while cc < 16 {
        t[0x70 + cc] = entry(condition(cc), 0, BYTE | BRANCH);
        cc += 1;
    }
    t[0x63] = entry(0, 0, MODRM | REG_OUT); // movsxd
    t[0x68] = entry(0, 0, WORD); // push
    t[0x69] = entry(0, O | C, MODRM | WORD | REG_OUT); // imul
    t[0x6a] = entry(0, 0, BYTE);
    t[0x6b] = entry(0, O | C, MODRM | BYTE | REG_OUT);
    t[0x80] = entry(0, ALL, MODRM | BYTE | GROUP | SMALL);
    t[0x81] = entry(0, ALL, MODRM | WORD | GROUP);
    t[0x83] = entry(0, ALL, MODRM | BYTE | GROUP);
    t[0x84] = entry(0, ALL, MODRM); // test
    t[0x85] = entry(0, ALL, MODRM);
    t[0x86] = entry(0, 0, MODRM | REG_OUT | RM_OUT | SMALL); // xchg
    t[0x87] = entry(0, 0, MODRM | REG_OUT | RM_OUT);
    t[0x88] = entry(0, 0, MODRM | RM_OUT | SMALL); // mov
    t[0x89] = entry(0, 0, MODRM | RM_OUT);
    t[0x8a] = entry(0, 0, MODRM | REG_OUT | SMALL);
    t[0x8b] = entry(0, 0, MODRM | REG_OUT);
    t[0x8d] = entry(0, 0, MODRM | MEMORY | REG_OUT); // lea
    t[0x98] = entry(0, 0, 0); // cwde
    t[0x99] = entry(0, 0, 0); // cdq
    t[0xa4] = entry(0, 0, 0); // movs
    t[0xa5] = entry(0, 0, 0);
    t[0xa8] = entry(0, ALL, BYTE); // test
    t[0xa9] = entry(0, ALL, WORD);
    t[0xaa] = entry(0, 0, 0); // stos
    t[0xab] = entry(0, 0, 0);
    // Shifts leave the flags alone where the count is zero.
    t[0xc0] = entry(0, 0, MODRM | BYTE | GROUP | SMALL);
    t[0xc1] = entry(0, 0, MODRM | BYTE | GROUP);
    t[0xc3] = entry(0, 0, BRANCH); // ret
    t[0xc6] = entry(0, 0, MODRM | BYTE | GROUP | SMALL); // mov
    t[0xc7] = entry(0, 0, MODRM | WORD | GROUP);
    t[0xc9] = entry(0, 0, 0); // leave
    t[0xd0] = entry(0, 0, MODRM | GROUP | SMALL);
    t[0xd1] = entry(0, 0, MODRM | GROUP);
    t[0xd2] = entry(0, 0, MODRM | GROUP | SMALL);
    t[0xd3] = entry(0, 0, MODRM | GROUP);
    t[0xe8] = entry(0, 0, WORD | BRANCH); // call
    t[0xe9] = entry(0, 0, WORD | BRANCH); // jmp
    t[0xeb] = entry(0, 0, BYTE | BRANCH);
    t[0xf6] = entry(0, 0, MODRM | GROUP | SMALL);
    t[0xf7] = entry(0, 0, MODRM | GROUP);
    t[0xfe] = entry(0, 0, MODRM | GROUP | SMALL);
    t[0xff] = entry(0, 0, MODRM | GROUP);
    t
}

const fn two_byte() -> [u32; 256] {
    let mut t = [0; 256];
    let packed = NP | P66;
    let all = NP | P66 | PF3 | PF2;
    let mut n = 0;
    while n < 16 {
        t[0x40 + n] = entry(condition(n), 0, MODRM | REG_OUT | packed); // cmov
        t[0x80 + n] = entry(condition(n), 0, WORD | BRANCH | NP);
        t[0x90 + n] = entry(condition(n), 0, MODRM | RM_OUT | SMALL | NP); // set
        // Integer arithmetic on xmm registers, most of it.
        t[0x60 + n] = entry(0, 0, MODRM | P66);
        t[0xd0 + n] = entry(0, 0, MODRM | P66);
        t[0xe0 + n] = entry(0, 0, MODRM | P66);
        t[0xf0 + n] = entry(0, 0, MODRM | P66);
        n += 1;
    }
    let mut n = 0xc8;
    while n < 0xd0 {
        t[n] = entry(0, 0, OPCODE_OUT | NP); // bswap
        n += 1;
    }
    t[0x10] = entry(0, 0, MODRM | all); // movups and its kin
    t[0x11] = entry(0, 0, MODRM | all);
    t[0x12] = entry(0, 0, MODRM | NP | PF3 | PF2);
    t[0x13] = entry(0, 0, MODRM | MEMORY | packed);
    t[0x14] = entry(0, 0, MODRM | packed);
    t[0x15] = entry(0, 0, MODRM | packed);
    t[0x16] = entry(0, 0, MODRM | NP | PF3);
    t[0x17] = entry(0, 0, MODRM | MEMORY | packed);
    t[0x1f] = entry(0, 0, MODRM | packed); // nop
    t[0x28] = entry(0, 0, MODRM | packed); // movaps
    t[0x29] = entry(0, 0, MODRM | packed);
    t[0x2a] = entry(0, 0, MODRM | PF3 | PF2); // cvtsi2ss and its kin
    t[0x2c] = entry(0, 0, MODRM | REG_OUT | PF3 | PF2);
    t[0x2d] = entry(0, 0, MODRM | REG_OUT | PF3 | PF2);
    t[0x2e] = entry(0, ALL, MODRM | packed); // ucomiss
    t[0x2f] = entry(0, ALL, MODRM | packed);
    t[0x50] = entry(0, 0, MODRM | REGISTER | REG_OUT | packed); // movmskps
    t[0x51] = entry(0, 0, MODRM | all);
    t[0x54] = entry(0, 0, MODRM | packed);
    t[0x55] = entry(0, 0, MODRM | packed);
    t[0x56] = entry(0, 0, MODRM | packed);
    t[0x57] = entry(0, 0, MODRM | packed);
    t[0x58] = entry(0, 0, MODRM | all);
    t[0x59] = entry(0, 0, MODRM | all);
    t[0x5a] = entry(0, 0, MODRM | all);
    t[0x5b] = entry(0, 0, MODRM | NP | P66 | PF3);
    t[0x5c] = entry(0, 0, MODRM | all);
    t[0x5d] = entry(0, 0, MODRM | all);
    t[0x5e] = entry(0, 0, MODRM | all);
    t[0x5f] = entry(0, 0, MODRM | all);
    t[0x6f] = entry(0, 0, MODRM | P66 | PF3); // movdqa
    t[0x70] = entry(0, 0, MODRM | BYTE | P66 | PF3 | PF2); // pshufd
    t[0x74] = entry(0, 0, MODRM | P66);
    t[0x75] = entry(0, 0, MODRM | P66);
    t[0x76] = entry(0, 0, MODRM | P66);
    // The second is a move between xmm registers.
    t[0x7e] = entry(0, 0, MODRM | RM_OUT | P66 | PF3);
    t[0x7f] = entry(0, 0, MODRM | P66 | PF3);
    t[0xa3] = entry(0, C, MODRM | packed); // bt
    t[0xa4] = entry(0, 0, MODRM | BYTE | RM_OUT | packed); // shld
    t[0xa5] = entry(0, 0, MODRM | RM_OUT | packed);
    t[0xab] = entry(0, C, MODRM | RM_OUT | packed);
    t[0xac] = entry(0, 0, MODRM | BYTE | RM_OUT | packed);
    t[0xad] = entry(0, 0, MODRM | RM_OUT | packed);
    t[0xaf] = entry(0, O | C, MODRM | REG_OUT | packed); // imul
    t[0xb0] = entry(0, ALL, MODRM | RM_OUT | SMALL | NP); // cmpxchg
    t[0xb1] = entry(0, ALL, MODRM | RM_OUT | packed);
    t[0xb3] = entry(0, C, MODRM | RM_OUT | packed);
    t[0xb6] = entry(0, 0, MODRM | REG_OUT | packed); // movzx
    t[0xb7] = entry(0, 0, MODRM | REG_OUT | packed);
    t[0xb8] = entry(0, ALL, MODRM | REG_OUT | PF3); // popcnt
    t[0xba] = entry(0, C, MODRM | BYTE | GROUP | packed);
    t[0xbb] = entry(0, C, MODRM | RM_OUT | packed);
    t[0xbc] = entry(0, Z, MODRM | REG_OUT | packed); // bsf
    t[0xbd] = entry(0, Z, MODRM | REG_OUT | packed);
    t[0xbe] = entry(0, 0, MODRM | REG_OUT | packed); // movsx
    t[0xbf] = entry(0, 0, MODRM | REG_OUT | packed);
    t[0xc0] = entry(0, ALL, MODRM | REG_OUT | RM_OUT | SMALL | NP); // xadd
    t[0xc1] = entry(0, ALL, MODRM | REG_OUT | RM_OUT | packed);
    t[0xc2] = entry(0, 0, MODRM | BYTE | all); // cmpps
    t[0xc6] = entry(0, 0, MODRM | BYTE | packed); // shufps
    t[0xd0] = 0; // addsubpd
    t[0xd6] = entry(0, 0, MODRM | P66); // movq
    t[0xd7] = entry(0, 0, MODRM | REGISTER | REG_OUT | P66); // pmovmskb
    t[0xe6] = entry(0, 0, MODRM | P66 | PF3 | PF2);
    t[0xe7] = entry(0, 0, MODRM | MEMORY | P66); // movntdq
    t[0xf0] = 0;
    t[0xf7] = 0;
    t[0xff] = 0;
    t
}

/// Both maps, one behind the other.
static OPCODES: [u32; 512] = {
    let (one, two) = (one_byte(), two_byte());
    let mut t = [0; 512];
    let mut n = 0;
    while n < 256 {
        t[n] = if one[n] != 0 { one[n] | NP | P66 } else { 0 };
        t[256 + n] = two[n];
        n += 1;
    }
    t
};

/// What a ModRM byte means, in the low bits the length of it, its SIB byte and its displacement.
static MODRMS: [u8; 256] = {
    let mut t = [0; 256];
    let mut n = 0;
    while n < 256 {
        let (mode, rm) = (n >> 6, n & 7);
        t[n] = match mode {
            0 if rm == 5 => 5 | RIP,
            0 if rm == 4 => 2 | SIB,
            0 => 1,
            1 => 2 + (rm == 4) as u8,
            2 => 5 + (rm == 4) as u8,
            _ => 1 | DIRECT,
        };
        n += 1;
    }
    t
};

/// The operand is relative to rip.
const RIP: u8 = 0x20;
/// There is a displacement if the SIB byte has no base.
const SIB: u8 = 0x40;
/// The operand is a register.
const DIRECT: u8 = 0x80;

/// Length of the immediate, by kind (none, `BYTE`, `WORD`, `LONG`) and operand size (4, 2, 8).
static IMMEDIATES: [[u8; 4]; 4] = [[0; 4], [1; 4], [4, 2, 4, 4], [4, 2, 8, 8]];

/// The entry of an instruction whose ModRM byte's reg field is a part of the opcode; 0 if unknown.
/// `two`: of the two-byte map.
#[inline]
fn group(e: u32, two: bool, opcode: u8, reg: u8) -> u32 {
    let flags = |written| e | written << WRITTEN;
    match opcode {
        0xba if two => {
            match reg {
                4 => e, // bt
                5.. => e | RM_OUT,
                _ => 0,
            }
        }
        0x80..=0x83 => e | carry_in(reg as usize) | if reg == 7 { 0 } else { RM_OUT },
        // Whether rcl and rcr read the carry depends on the count.
        0xc0 | 0xc1 | 0xd0..=0xd3 => {
            if reg == 2 || reg == 3 {
                0
            } else {
                e | RM_OUT
            }
        }
        0xc6 | 0xc7 if reg == 0 => e | RM_OUT,
        0xf6 | 0xf7 => match reg {
            0 => flags(ALL) | if opcode == 0xf6 { BYTE } else { WORD }, // test
            2 => e | RM_OUT,                                            // not
            3 => flags(ALL) | RM_OUT,                                   // neg
            4 | 5 => flags(O | C),                                      // mul, imul
            6 | 7 => e,                                                 // div, idiv
            _ => 0,
        },
        0xfe | 0xff if reg < 2 => flags(ALL & !C) | RM_OUT, // inc, dec
        0xff if reg == 6 => e,                              // push
        _ => 0,
    }
}

/// Decodes the instruction that `code` begins with. `None`: ask the full decoder.
///
/// What differs from one instruction to the next is looked up and added up rather than branched on:
/// a branch predictor that has not seen the code gains nothing from its being decoded.
#[inline]
pub fn decode(code: &[u8]) -> Option<Quick> {
    let code: &[u8; LOOKAHEAD] = code.first_chunk()?;
    // The next page need not be there (a file cut short): it is not looked at without need.
    if code.as_ptr() as usize % 4096 > 4096 - LOOKAHEAD {
        return None;
    }
    // fs and gs
    let mut at = usize::from(code[0] & 0xfe == 0x64);
    let mandatory = match code[at] {
        0x66 => P66,
        0xf3 => PF3,
        0xf2 => PF2,
        _ => NP,
    };
    at += usize::from(mandatory != NP);
    let has_rex = code[at] & 0xf0 == 0x40;
    let rex = if has_rex { code[at] } else { 0 };
    let wide = rex & 8 != 0;
    at += usize::from(has_rex);
    let two = code[at] == 0x0f;
    at += usize::from(two);
    let opcode = code[at];
    at += 1;
    let mut e = OPCODES[usize::from(two) << 8 | opcode as usize];
    if e & mandatory == 0 {
        return if two && opcode == 0x1e { endbr(code) } else { None };
    }
    if e & BRANCH != 0 {
        // Prefixes mean other things there, or nothing.
        return if at == 1 + usize::from(two) { branch(e, opcode, two, code, at) } else { None };
    }
    let modrm = code[at];
    if e & GROUP != 0 {
        e = group(e, two, opcode, modrm >> 3 & 7);
        if e == 0 {
            return None;
        }
    }
    let form = if e & MODRM != 0 { MODRMS[modrm as usize] } else { 0 };
    let refused = if form & DIRECT != 0 { MEMORY } else { REGISTER };
    if e & refused != 0 {
        return None;
    }
    let disp = if form & RIP != 0 { at as u8 + 1 } else { 0 };
    if form & SIB != 0 && code[at + 1] & 7 == 5 {
        at += 4;
    }
    at += (form & 7) as usize;
    let size = usize::from(mandatory == P66) | usize::from(wide) << 1;
    at += IMMEDIATES[(e >> IMMEDIATE & 3) as usize][size] as usize;
    if at > 15 {
        return None;
    }
    let (read, written) = (e & ALL, e >> WRITTEN & ALL);
    // ch is the fifth small register unless there is a REX prefix.
    let small = (e & SMALL != 0) & !has_rex;
    let is_rcx = |number: u8, extension: u8| {
        (number & 7 == 1) & (rex & extension == 0) | (number & 7 == 5) & small
    };
    let writes_rcx = (e & REG_OUT != 0) & is_rcx(modrm >> 3, 4)
        | (e & RM_OUT != 0) & (form & DIRECT != 0) & is_rcx(modrm, 1)
        | (e & OPCODE_OUT != 0) & is_rcx(opcode, 1);
    Some(Quick { len: at as u8, disp, flow: Flow::Next, read, written, writes_rcx })
}

fn endbr(code: &[u8; LOOKAHEAD]) -> Option<Quick> {
    (code[..4] == [0xf3, 0x0f, 0x1e, 0xfa]).then_some(Quick {
        len: 4,
        disp: 0,
        flow: Flow::Next,
        read: 0,
        written: 0,
        writes_rcx: false,
    })
}

#[inline]
fn branch(e: u32, opcode: u8, two: bool, code: &[u8; LOOKAHEAD], at: usize) -> Option<Quick> {
    let immediate = e & 3 << IMMEDIATE;
    let (len, distance) = if immediate == BYTE {
        (at + 1, code[at] as i8 as i32)
    } else if immediate == WORD {
        let word = [code[at], code[at + 1], code[at + 2], code[at + 3]];
        (at + 4, i32::from_le_bytes(word))
    } else {
        (at, 0)
    };
    let flow = match opcode {
        0xe8 if !two => Flow::Call(distance),
        0xe9 | 0xeb if !two => Flow::Jump(distance),
        0xc3 if !two => Flow::Return,
        _ => Flow::Branch(opcode & 15, distance),
    };
    let len = len as u8;
    Some(Quick { len, disp: 0, flow, read: e & ALL, written: 0, writes_rcx: false })
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use crate::insn::{self, Action};
    use crate::liveness::{DESTROYED, surely_written};
    use iced_x86::{Decoder, DecoderOptions};

    const PC: u64 = 0x1_1234_5678;

    /// What the quick decoder says, if anything, is what the full one says.
    fn compare(code: &[u8; LOOKAHEAD]) -> bool {
        let Some(quick) = decode(code) else { return false };
        let mut decoder = Decoder::with_ip(64, code, PC, DecoderOptions::NONE);
        let instr = decoder.decode();
        assert!(!instr.is_invalid(), "{code:02x?} is invalid");
        assert_eq!(quick.len as usize, instr.len(), "{code:02x?} {instr:?}");
        assert_eq!(quick.read, instr.rflags_read() & DESTROYED, "{code:02x?} {instr:?}");
        let written = surely_written(&instr) & DESTROYED;
        assert_eq!(quick.written, written, "{code:02x?} {instr:?}");
        let moves_xmm = instr.code() == Code::Movq_xmm_xmmm64;
        assert_eq!(
            quick.writes_rcx & !moves_xmm,
            insn::writes_rcx(&instr),
            "{code:02x?} {instr:?}"
        );
        let next = instr.next_ip();
        let target = |distance: i32| next.wrapping_add(distance as i64 as u64);
        let action = match quick.flow {
            Flow::Next if quick.disp != 0 => Action::RipRelative,
            Flow::Next => Action::Copy,
            Flow::Branch(cc, distance) => Action::Branch { cc, target: target(distance) },
            Flow::Jump(distance) => Action::Jump { target: target(distance) },
            Flow::Call(distance) => Action::Call { target: target(distance) },
            Flow::Return => Action::Return { release: 0 },
        };
        assert_eq!(action, insn::action(&instr), "{code:02x?} {instr:?}");
        if quick.disp != 0 {
            let offsets = decoder.get_constant_offsets(&instr);
            assert_eq!(quick.disp as usize, offsets.displacement_offset(), "{code:02x?} {instr:?}");
            assert_eq!(offsets.displacement_size(), 4);
        }
        true
    }

    #[test]
    fn intrinsics_are_what_the_full_decoder_says() {
        let all: [&[u8]; 8] = [
            &[0x0f, 0xa2],
            &[0x0f, 0x31],
            &[0x0f, 0x01, 0xd0],
            &[0x0f, 0x01, 0xf9],
            &[0xf3, 0x90],
            &[0x0f, 0xc7, 0x64, 0x24, 0x40],
            &[0x0f, 0xc7, 0x64, 0x24, 0x00],
            &[0x0f, 0xc7, 0x64, 0x24, 0x80],
        ];
        for code in all {
            let full = Decoder::with_ip(64, code, PC, DecoderOptions::NONE).decode();
            let quick = intrinsic(code).unwrap();
            assert_eq!(quick, full, "{code:02x?}");
            if full.op_count() > 0 {
                let address = |instr: &Instruction| {
                    let register =
                        |register| if register == Register::RSP { 0x7fff_f000 } else { 0 };
                    instr.virtual_address(0, 0, |r, _, _| Some(register(r)))
                };
                assert_eq!(address(&quick), address(&full));
                assert!(address(&full).is_some());
            }
        }
    }

    #[test]
    fn says_what_the_full_decoder_says() {
        let prefixes: &[&[u8]] = &[
            &[],
            &[0x66],
            &[0xf2],
            &[0xf3],
            &[0x64],
            &[0x65],
            &[0x64, 0x66],
            &[0x65, 0xf3],
            &[0x2e],
            &[0x67],
            &[0xf0],
            &[0x66, 0xf2],
            &[0xf3, 0x66],
            &[0x66, 0x66],
        ];
        let mut known = 0u32;
        let mut noise = 0x9e37_79b9_7f4a_7c15u64;
        for prefix in prefixes {
            for rex in 0x3f..=0x4fu8 {
                for two in [false, true] {
                    for opcode in 0..=255u8 {
                        for modrm in 0..=255u8 {
                            noise = noise.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                            let mut code = [0; LOOKAHEAD];
                            let mut n = 0;
                            let mut put = |byte| {
                                code[n] = byte;
                                n += 1;
                            };
                            prefix.iter().for_each(|&b| put(b));
                            if rex >= 0x40 {
                                put(rex);
                            }
                            if two {
                                put(0x0f);
                            }
                            put(opcode);
                            put(modrm);
                            for (k, byte) in code[n..].iter_mut().enumerate() {
                                *byte = (noise >> 8 * (k % 8)) as u8;
                            }
                            known += u32::from(compare(&code));
                        }
                    }
                }
            }
        }
        assert!(known > 500_000, "only {known} forms are known");
    }
}
