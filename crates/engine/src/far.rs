//! Far returns, far jumps and calls, `iretq`: the engine executes them, as long as they stay in the
//! 64-bit user code segment.
//!
//! Source: AMD APM volume 3, RET (far), JMP (far), CALL (far), IRET.

use crate::intrinsics::operand_address;
use crate::signal::SIGILL;
use crate::state::{Engine, ctx};
use crate::sys;
use clew_translate::context::reg::RSP;
use iced_x86::{Code, Decoder, DecoderOptions, Instruction};

/// Selectors of a 64-bit process.
const USER_CS: u64 = 0x33;
/// Flags that `iretq` sets in user mode.
const IRET_FLAGS: u64 = 0x24_4dd5;

/// Where a far transfer goes.
struct Target {
    pc: u64,
    sp: u64,
    flags: Option<u64>,
}

impl Engine {
    /// The instruction at `ctx().pc`, `len` bytes long, that the translator cannot follow. False
    /// after a fault.
    pub fn far_transfer(&mut self, len: u8) -> bool {
        let pc = ctx().pc;
        let mut bytes = [0u8; 15];
        sys::read_guest(pc, &mut bytes[..len as usize]);
        let instr = Decoder::with_ip(64, &bytes[..len as usize], pc, DecoderOptions::NONE).decode();
        match target(&instr) {
            Some(to) => {
                let c = ctx();
                c.pc = to.pc;
                c.gpr[RSP] = to.sp;
                if let Some(flags) = to.flags {
                    c.rflags = c.rflags & !IRET_FLAGS | flags & IRET_FLAGS;
                }
                self.ticks.count_one();
                self.tick_reached();
                true
            }
            None => {
                self.raise(SIGILL, 2, pc, [0, 6, 0]);
                false
            }
        }
    }
}

fn target(instr: &Instruction) -> Option<Target> {
    let sp = ctx().gpr[RSP];
    match instr.code() {
        Code::Retfq | Code::Retfq_imm16 => {
            let release = if instr.code() == Code::Retfq { 0 } else { instr.immediate16() as u64 };
            same_segment(sys::read_u64(sp + 8)?)?;
            Some(Target { pc: sys::read_u64(sp)?, sp: sp + 16 + release, flags: None })
        }
        Code::Retfd => {
            same_segment(sys::read_u32(sp + 4)? as u64)?;
            Some(Target { pc: sys::read_u32(sp)? as u64, sp: sp + 8, flags: None })
        }
        Code::Iretq => {
            same_segment(sys::read_u64(sp + 8)?)?;
            let flags = Some(sys::read_u64(sp + 16)?);
            Some(Target { pc: sys::read_u64(sp)?, sp: sys::read_u64(sp + 24)?, flags })
        }
        Code::Jmp_m1664 => far_pointer(instr, 8).map(|pc| Target { pc, sp, flags: None }),
        Code::Jmp_m1632 => far_pointer(instr, 4).map(|pc| Target { pc, sp, flags: None }),
        Code::Call_m1664 => far_call(instr, 8, sp),
        Code::Call_m1632 => far_call(instr, 4, sp),
        _ => None,
    }
}

/// Pushes CS and the return address, as wide as the operand.
fn far_call(instr: &Instruction, width: u64, sp: u64) -> Option<Target> {
    let pc = far_pointer(instr, width)?;
    let sp = sp - 2 * width;
    let words = [instr.next_ip(), USER_CS];
    for (i, word) in words.iter().enumerate() {
        let at = sp + width * i as u64;
        if !sys::write_guest(at, &word.to_le_bytes()[..width as usize]) {
            return None;
        }
    }
    Some(Target { pc, sp, flags: None })
}

/// The far pointer in memory: an offset of `width` bytes, then a selector.
fn far_pointer(instr: &Instruction, width: u64) -> Option<u64> {
    let at = operand_address(instr)?;
    let mut selector = [0u8; 2];
    if !sys::read_guest(at + width, &mut selector) {
        return None;
    }
    same_segment(u16::from_le_bytes(selector) as u64)?;
    if width == 8 { sys::read_u64(at) } else { sys::read_u32(at).map(u64::from) }
}

fn same_segment(selector: u64) -> Option<()> {
    (selector & 0xffff == USER_CS).then_some(())
}
