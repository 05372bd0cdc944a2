//! Far returns, far jumps and calls, `iretq`: the engine executes them, as long as they stay in the
//! 64-bit user code segment, and faults as the processor does otherwise. What would lead to 32-bit code is
//! an unknown instruction.
//!
//! Source: AMD APM volume 3, RET (far), JMP (far), CALL (far), IRET.

use crate::intrinsics::operand_address;
use crate::signal::host::canonical;
use crate::signal::{SIGBUS, SIGILL, SIGSEGV};
use crate::state::{Engine, ctx};
use crate::sys;
use clew_translate::context::reg::RSP;
use iced_x86::{Code, Decoder, DecoderOptions, Instruction, Register};

/// Selectors of a 64-bit process.
const USER_CS: u64 = 0x33;
const USER_SS: u64 = 0x2b;
/// The one of 32-bit code.
const USER32_CS: u64 = 0x23;
/// The privilege a selector asks for.
const RPL: u64 = 3;
/// Flags that `iretq` sets in user mode.
const IRET_FLAGS: u64 = 0x24_4dd5;
/// The kernel's addresses begin here.
const USER_END: u64 = 1 << 47;

/// Where a far transfer goes.
struct Target {
    pc: u64,
    sp: u64,
    flags: Option<u64>,
    /// A call's return address, and bytes it takes.
    pushed: Option<(u64, u64)>,
}

/// Why it goes nowhere.
enum Fault {
    /// It goes where we do not follow.
    Unknown,
    Read(u64),
    /// The stack pointer is no address.
    Stack,
    /// With this error code.
    Protection(u64),
}

type Result<T> = core::result::Result<T, Fault>;

impl Engine {
    /// The instruction at `ctx().pc`, `len` bytes long, that the translator cannot follow. False
    /// after a fault.
    pub fn far_transfer(&mut self, len: u8) -> bool {
        let pc = ctx().pc;
        let mut bytes = [0u8; 15];
        sys::read_guest(pc, &mut bytes[..len as usize]);
        let instr = Decoder::with_ip(64, &bytes[..len as usize], pc, DecoderOptions::NONE).decode();
        match target(&instr) {
            Ok(to) => {
                if !to.pushed.is_none_or(|(back, width)| self.push_far(to.sp, back, width)) {
                    return false;
                }
                if !canonical(to.pc) {
                    self.far_fault(Fault::Protection(0), pc);
                    return false;
                }
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
            Err(fault) => {
                self.far_fault(fault, pc);
                false
            }
        }
    }

    /// Stores CS and the return address at the new top of the stack. False after a fault.
    fn push_far(&mut self, sp: u64, back: u64, width: u64) -> bool {
        let words = [(sp.wrapping_add(width), USER_CS), (sp, back)];
        words.iter().all(|(at, word)| self.store(*at, &word.to_le_bytes()[..width as usize]))
    }

    /// Signals as the kernel makes them of the processor's exceptions.
    fn far_fault(&mut self, fault: Fault, pc: u64) {
        const SI_KERNEL: u64 = 0x80;
        const SEGV_MAPERR: u64 = 1;
        const ILL_ILLOPN: u64 = 2;
        let (ud, ss, gp, pf) = (6, 12, 13, 14);
        match fault {
            Fault::Unknown => self.raise(SIGILL, ILL_ILLOPN, pc, [0, ud, 0]),
            Fault::Stack => self.raise(SIGBUS, SI_KERNEL, 0, [0, ss, 0]),
            Fault::Protection(error) => self.raise(SIGSEGV, SI_KERNEL, 0, [error, gp, 0]),
            Fault::Read(at) => self.raise(SIGSEGV, SEGV_MAPERR, at, [4 | kernels(at), pf, at]),
        }
    }
}

/// The kernel tells of its own addresses that they are protected.
fn kernels(addr: u64) -> u64 {
    u64::from(addr >= USER_END)
}

impl Target {
    fn new(pc: u64, sp: u64) -> Self {
        Self { pc, sp, flags: None, pushed: None }
    }
}

fn target(instr: &Instruction) -> Result<Target> {
    let sp = ctx().gpr[RSP];
    Ok(match instr.code() {
        Code::Retfq | Code::Retfq_imm16 => {
            let release = if instr.code() == Code::Retfq { 0 } else { instr.immediate16() as u64 };
            let [pc, cs] = pop(sp)?;
            returns_to(cs)?;
            Target::new(pc, sp.wrapping_add(16 + release))
        }
        Code::Retfd => {
            let [both] = pop(sp)?;
            returns_to(both >> 32)?;
            Target::new(both & 0xffff_ffff, sp.wrapping_add(8))
        }
        Code::Iretq => {
            let [pc, cs, flags, sp, ss] = pop(sp)?;
            returns_to(cs)?;
            if ss & 0xffff != USER_SS {
                return Err(Fault::Protection(ss & 0xfffc));
            }
            Target { flags: Some(flags), ..Target::new(pc, sp) }
        }
        Code::Jmp_m1664 => Target::new(far_pointer(instr, 8)?, sp),
        Code::Jmp_m1632 => Target::new(far_pointer(instr, 4)?, sp),
        Code::Call_m1664 => far_call(instr, 8, sp)?,
        Code::Call_m1632 => far_call(instr, 4, sp)?,
        _ => return Err(Fault::Unknown),
    })
}

/// Words from the stack's top. Processors differ in which of them they read first.
fn pop<const N: usize>(sp: u64) -> Result<[u64; N]> {
    let mut words = [0; N];
    for (i, word) in words.iter_mut().enumerate() {
        let at = sp.wrapping_add(8 * i as u64);
        let fault = if canonical(at) { Fault::Read(first_unreadable(at)) } else { Fault::Stack };
        *word = sys::read_u64(at).ok_or(fault)?;
    }
    Ok(words)
}

/// Where a word that cannot be read whole begins to be unreadable.
fn first_unreadable(at: u64) -> u64 {
    let next_page = (at | 4095).wrapping_add(1);
    if sys::read_guest(at, &mut [0]) { next_page } else { at }
}

fn far_call(instr: &Instruction, width: u64, sp: u64) -> Result<Target> {
    let pc = far_pointer(instr, width)?;
    let sp = sp.wrapping_sub(2 * width);
    if !canonical(sp) {
        return Err(Fault::Stack);
    }
    Ok(Target { pushed: Some((instr.next_ip(), width)), ..Target::new(pc, sp) })
}

/// The far pointer in memory: an offset of `width` bytes, then a selector.
fn far_pointer(instr: &Instruction, width: u64) -> Result<u64> {
    let at = operand_address(instr).ok_or(Fault::Unknown)?;
    if !canonical(at) {
        let stack = instr.memory_segment() == Register::SS;
        return Err(if stack { Fault::Stack } else { Fault::Protection(0) });
    }
    let pc = if width == 8 { sys::read_u64(at) } else { sys::read_u32(at).map(u64::from) };
    let pc = pc.ok_or_else(|| Fault::Read(first_unreadable(at)))?;
    let mut selector = [0u8; 2];
    if !sys::read_guest(at.wrapping_add(width), &mut selector) {
        return Err(Fault::Read(first_unreadable(at.wrapping_add(width))));
    }
    // A jump may ask for more than it has.
    returns_to(u64::from(u16::from_le_bytes(selector)) | RPL)?;
    Ok(pc)
}

/// Whether a selector is that of 64-bit user code.
fn returns_to(selector: u64) -> Result<()> {
    match selector & 0xffff {
        USER_CS => Ok(()),
        USER32_CS => Err(Fault::Unknown),
        other => Err(Fault::Protection(other & !RPL)),
    }
}
