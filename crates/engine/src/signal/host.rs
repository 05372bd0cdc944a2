//! The engine's real signal handler.
//!
//! # Safety
//! It runs on its own stack with all signals blocked. While engine code is interrupted it touches
//! nothing but its task's `signals.pending` (empty until then), `pending` and, in the entry window and in
//! the cache, the tick counters, none of which the interrupted code is using at those points.

use super::{Action, SYNCHRONOUS, Taken, bit};
use crate::asm;
use crate::crash;
use crate::start::Initial;
use crate::state::{ctx, engine, try_engine};
use crate::sys::{self, syscall};
use crate::task::{self, TaskRef};
use crate::window::window;
use clew_abi::layout::{CONTEXT, IMAGE};
use clew_translate::block::Displaced;
use clew_translate::context::{COUNTERS, EXIT_FAULT, EXIT_MISS, GuestContext, TICK, reg};
use clew_translate::insn::Action as Branch;
use core::fmt::Write;
use core::mem::offset_of;
use iced_x86::{Decoder, DecoderOptions};

/// `struct ucontext` with its `struct sigcontext` (arch/x86 uapi headers).
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Ucontext {
    pub flags: u64,
    pub link: u64,
    pub stack: [u64; 3],
    /// r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip.
    pub regs: [u64; 17],
    pub eflags: u64,
    /// cs, gs, fs, ss as 16-bit fields.
    pub segments: u64,
    pub err: u64,
    pub trapno: u64,
    pub oldmask: u64,
    pub cr2: u64,
    pub fpstate: u64,
    pub reserved: [u64; 8],
    pub sigmask: u64,
}

/// Index of `rip` in [`Ucontext::regs`].
pub const UC_RIP: usize = 16;
const UC_RCX: usize = UC_ORDER[reg::RCX];
/// For each register in hardware order, its index in [`Ucontext::regs`].
pub const UC_ORDER: [usize; 16] = [13, 14, 12, 11, 15, 10, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7];

/// Installs the engine's handler for everything it must see.
pub fn install_handlers() {
    let (start, size) = engine().task.signal_stack();
    let stack = [start, 0, size];
    // SAFETY: the stack is mapped and the handler's alone.
    unsafe { syscall!(sys::__NR_sigaltstack, stack.as_ptr(), 0) };
    let actions = &engine().task.process().actions;
    // What the kernel has is the guest's; setting it once more would drop what waits and is ignored.
    (1..=64).filter(|&signo| is_engines(actions, signo)).for_each(|signo| update(actions, signo));
    // Synchronous signals are never blocked.
    let mask = SYNCHRONOUS;
    // SAFETY: reads the mask.
    unsafe { syscall!(sys::__NR_rt_sigprocmask, 1, &raw const mask, 0, 8) };
}

/// [`update`] for all signals.
pub fn update_all(actions: &[Action; 65]) {
    (1..=64).for_each(|signo| update(actions, signo));
}

/// Gives the kernel the disposition that goes with the guest's for one signal: the engine's handler
/// where the guest or death is to be dealt with, the guest's own where the kernel does it alone.
pub fn update(actions: &[Action; 65], signo: u32) {
    let guest = actions[signo as usize].handler;
    let own = is_engines(actions, signo);
    // Real-time and job-control flags that the kernel acts on by itself stay the guest's.
    const KERNEL_FLAGS: u64 = 1 | 2; // SA_NOCLDSTOP, SA_NOCLDWAIT
    let action = if own {
        Action {
            handler: asm::clew_signal as *const () as u64,
            flags: super::SA_SIGINFO
                | super::SA_ONSTACK
                | super::SA_RESTORER
                | actions[signo as usize].flags & KERNEL_FLAGS,
            restorer: asm::clew_restorer as *const () as u64,
            mask: u64::MAX,
        }
    } else {
        Action {
            handler: guest,
            flags: actions[signo as usize].flags & KERNEL_FLAGS | super::SA_RESTORER,
            restorer: asm::clew_restorer as *const () as u64,
            mask: 0,
        }
    };
    // SAFETY: the handler may run at any time from here on.
    unsafe { syscall!(sys::__NR_rt_sigaction, signo, &raw const action, 0, 8) };
}

/// Must the engine's handler see this signal?
pub fn is_engines(actions: &[Action; 65], signo: u32) -> bool {
    let synchronous = bit(signo) & SYNCHRONOUS != 0;
    match actions[signo as usize].handler {
        super::SIG_IGN => synchronous,
        super::SIG_DFL => synchronous || super::fatal_by_default(signo),
        _ => true,
    }
}

pub extern "C" fn on_signal(signo: u32, info: &[u64; 16], uc: &mut Ucontext) {
    let rip = uc.regs[UC_RIP];
    let by_processor = (info[1] as i32) > 0 && bit(signo) & SYNCHRONOUS != 0;
    if by_processor {
        let copying = asm_addr(sys::clew_safe_copy_begin)..asm_addr(sys::clew_safe_copy_end);
        if copying.contains(&rip) {
            uc.regs[UC_RIP] = asm_addr(sys::clew_safe_copy_fault);
            return;
        }
        if IMAGE.contains(rip) {
            engine_fault(signo, rip, uc.cr2);
        }
        return on_fault(signo, info, uc);
    }
    let taken = Taken { signo, info: *info, fault: [uc.err, uc.trapno, uc.cr2] };
    let mut task = own_task();
    if bit(signo) & SYNCHRONOUS != 0 {
        task.signals.keep_sent(taken);
        if task.signals.blocked & bit(signo) != 0 {
            return;
        }
    } else {
        uc.sigmask |= !SYNCHRONOUS;
        if task.signals.pending.is_some() {
            return give_back(signo, info);
        }
        task.signals.pending = Some(taken);
    }
    task.pending = 1;
    if window().cache().contains(rip)
        || between(rip, asm::clew_enter_addr(), asm_addr(asm::clew_enter_end))
    {
        expire_ticks(uc);
    } else if between(rip, asm_addr(asm::clew_blocking_begin), asm_addr(asm::clew_blocking_end)) {
        // `syscall` leaves the return address in rcx, which the kernel keeps when it restarts a call.
        let entered = rip == asm_addr(asm::clew_blocking_syscall)
            && uc.regs[UC_RCX] == asm_addr(asm::clew_blocking_end);
        uc.regs[UC_RIP] = match entered {
            true => asm_addr(asm::clew_blocking_interrupted),
            false => asm_addr(asm::clew_blocking_unmade),
        };
    }
}

/// The task this thread is; while replaying, the one whose context it runs.
fn own_task() -> TaskRef {
    if engine().replaying() { engine().task } else { task::me() }
}

/// Lets the kernel keep a signal for this thread, now that everything is blocked: a second one, which came
/// because the guest changed its mask while one waits, or one that goes along with an exec.
pub fn give_back(signo: u32, info: &[u64; 16]) {
    // SAFETY: reads the siginfo; a process may send itself any.
    unsafe {
        let tid = syscall!(sys::__NR_gettid);
        syscall!(sys::__NR_rt_tgsigqueueinfo, sys::getpid(), tid, signo, info.as_ptr());
    }
}

fn asm_addr(f: unsafe extern "C" fn()) -> u64 {
    f as *const () as u64
}

fn between(rip: u64, start: u64, end: u64) -> bool {
    start <= rip && rip < end
}

/// Makes the guest leave the cache at its next tick. Translated code may be counting a tick through
/// rcx at this very instruction (`lea rcx,[rcx-TICK]`; `mov [counter],rcx`): then that tick is the next.
fn expire_ticks(uc: &mut Ucontext) {
    let rip = uc.regs[UC_RIP];
    engine().ticks.expire();
    if !window().cache().contains(rip) {
        return;
    }
    // SAFETY: the cache is readable past any instruction in it.
    let code = unsafe { core::ptr::read_unaligned(rip as *const [u8; 8]) };
    if code[..3] == [0x48, 0x8d, 0x89] && code[3..7] == (TICK as u32).wrapping_neg().to_le_bytes() {
        uc.regs[UC_RCX] = TICK;
    } else if code[..4] == [0x48, 0x89, 0x0c, 0x25] {
        let first = CONTEXT as u32 + offset_of!(GuestContext, counters) as u32;
        let addr = u32::from_le_bytes([code[4], code[5], code[6], code[7]]);
        if (first..first + 8 * COUNTERS as u32).contains(&addr) {
            uc.regs[UC_RCX] = 0;
        }
    }
}

/// A fault outside the engine's image: in translated code, or at a wild address that an indirect
/// branch found where the shadow map has no table.
fn on_fault(signo: u32, info: &[u64; 16], uc: &mut Ucontext) {
    let engine = engine();
    let rip = uc.regs[UC_RIP];
    let c = ctx();
    for (gpr, from) in c.gpr.iter_mut().zip(UC_ORDER) {
        *gpr = uc.regs[from];
    }
    const RESUME_FLAG: u64 = 1 << 16;
    c.rflags = uc.eflags & !RESUME_FLAG;
    let dispatch = engine.cache.is_shadow_dispatch(rip);
    if dispatch && !canonical(c.gpr[reg::RCX]) {
        refused_branch(rip);
    } else if dispatch || !window().cache().contains(rip) {
        c.exit_target = c.gpr[reg::RCX];
        c.gpr[reg::RCX] = c.spill_rcx;
        c.exit_site = EXIT_MISS as u64;
        engine.task.signals.dispatch_fault = if dispatch { rip } else { 0 };
    } else {
        let Some(at) = engine.cache.locate(rip) else {
            let mut report = crash::Report::new();
            let _ = writeln!(
                report,
                "engine failure: signal {signo} at cache pc {rip:#x} (address {:#x}), which belongs \
                 to no guest instruction",
                uc.cr2
            );
            crash::finish(&mut report);
        };
        match at.displaced {
            Displaced::None => {}
            Displaced::Rcx => c.gpr[reg::RCX] = c.spill_rcx,
            Displaced::Scratch(n) => c.gpr[n as usize] = c.spill_scratch,
            Displaced::Check => {
                c.gpr[reg::RCX] = c.spill_rcx;
                c.gpr[reg::RDX] = c.spill_scratch;
            }
        }
        c.pc = at.pc;
        c.exit_site = EXIT_FAULT as u64;
        engine.task.signals.fault_host = rip;
        engine.task.signals.fault = Some(Taken {
            signo,
            info: guest_siginfo(info, rip, at.pc),
            fault: [uc.err, uc.trapno, uc.cr2],
        });
    }
    uc.regs[UC_RIP] = asm_addr(asm::clew_exit_saved);
    uc.regs[UC_ORDER[reg::RSP]] = c.engine_sp;
    uc.eflags = 0x202;
}

pub fn canonical(addr: u64) -> bool {
    (addr as i64) << 16 >> 16 == addr as i64
}

/// An indirect branch to a non-canonical address faults as if it had not been executed: undoes what
/// its translation, which contains the cache address `rip`, did to the stack pointer.
pub fn refused_branch(rip: u64) {
    let Some(at) = engine().cache.locate(rip) else {
        crash::fail("an indirect branch that belongs to no guest instruction");
    };
    let c = ctx();
    c.gpr[reg::RCX] = c.spill_rcx;
    let mut bytes = [0u8; 15];
    sys::read_guest(at.pc, &mut bytes[..at.len as usize]);
    let instr = Decoder::with_ip(64, &bytes, at.pc, DecoderOptions::NONE).decode();
    match clew_translate::insn::action(&instr) {
        Branch::Return { release } => {
            c.gpr[reg::RSP] = c.gpr[reg::RSP].wrapping_sub(8 + release as u64);
        }
        Branch::CallIndirect => c.gpr[reg::RSP] = c.gpr[reg::RSP].wrapping_add(8),
        _ => {}
    }
    c.pc = at.pc;
    c.exit_site = EXIT_FAULT as u64;
    const SI_KERNEL: u64 = 0x80;
    const TRAP_GP: u64 = 13;
    let mut info = [0u64; 16];
    info[0] = super::SIGSEGV as u64;
    info[1] = SI_KERNEL;
    engine().task.signals.fault =
        Some(Taken { signo: super::SIGSEGV, info, fault: [0, TRAP_GP, 0] });
}

/// A fault's `si_addr` is the instruction's own address for SIGFPE and SIGILL.
fn guest_siginfo(info: &[u64; 16], rip: u64, pc: u64) -> [u64; 16] {
    let mut info = *info;
    if info[2] == rip {
        info[2] = pc;
    }
    info
}

/// The engine itself faulted: a bug, reported with where.
fn engine_fault(signo: u32, rip: u64, addr: u64) -> ! {
    let mut report = crash::Report::new();
    let _ =
        writeln!(report, "engine failure: signal {signo} at engine pc {rip:#x}, address {addr:#x}");
    if try_engine().is_none() {
        sys::write(2, report.bytes());
    }
    crash::finish(&mut report)
}

/// Functions of the kernel's vDSO, for the engine's own use.
pub struct Vdso {
    pub clock_gettime: Option<extern "C" fn(u64, *mut u64) -> i64>,
}

static mut KERNEL_VDSO: Vdso = Vdso { clock_gettime: None };

/// The kernel's vDSO functions.
pub fn kernel_vdso() -> &'static Vdso {
    // SAFETY: written once, at start.
    unsafe { &*(&raw const KERNEL_VDSO) }
}

/// Finds the kernel's vDSO before the auxiliary vector is changed.
pub fn find_vdso(initial: &Initial) {
    let mut at = initial.auxv as *const [u64; 2];
    // SAFETY: a terminated auxiliary vector; the vDSO it names is a mapped ELF image.
    unsafe {
        loop {
            match *at {
                [0, _] => return,
                [33, base] => {
                    KERNEL_VDSO.clock_gettime =
                        vdso_symbol(base, b"__vdso_clock_gettime").map(|a| {
                            core::mem::transmute::<u64, extern "C" fn(u64, *mut u64) -> i64>(a)
                        });
                    return;
                }
                _ => at = at.add(1),
            }
        }
    }
}

/// # Safety
/// `base` is the address of a mapped ELF image with a dynamic section.
unsafe fn vdso_symbol(base: u64, name: &[u8]) -> Option<u64> {
    let word = |addr: u64| unsafe { *(addr as *const u64) };
    let (phoff, phnum) = unsafe { (word(base + 32), *((base + 56) as *const u16) as u64) };
    let mut dynamic = 0;
    let mut bias = base;
    for i in 0..phnum {
        let p = base + phoff + 56 * i;
        match unsafe { *(p as *const u32) } {
            1 => bias = base.wrapping_add(word(p + 8)).wrapping_sub(word(p + 16)),
            2 => dynamic = word(p + 16),
            _ => {}
        }
    }
    let (mut hash, mut symtab, mut strtab) = (0, 0, 0);
    let mut at = bias + dynamic;
    while word(at) != 0 {
        match word(at) {
            4 => hash = bias + word(at + 8),
            5 => strtab = bias + word(at + 8),
            6 => symtab = bias + word(at + 8),
            _ => {}
        }
        at += 16;
    }
    if hash == 0 || symtab == 0 {
        return None;
    }
    let count = unsafe { *((hash + 4) as *const u32) } as u64;
    (0..count).find_map(|i| {
        let sym = symtab + 24 * i;
        let at = strtab + unsafe { *(sym as *const u32) } as u64;
        let matches = name
            .iter()
            .chain(&[0])
            .enumerate()
            .all(|(k, &b)| unsafe { *((at + k as u64) as *const u8) } == b);
        matches.then(|| bias + word(sym + 8))
    })
}
