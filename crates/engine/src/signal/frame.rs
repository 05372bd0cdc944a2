//! Signal frames: what a handler finds on its stack, and the way back.
//!
//! Layout: `struct rt_sigframe`, `struct ucontext` and the `_fpx_sw_bytes` of the kernel's uapi
//! headers for x86-64.

use super::host::{UC_ORDER, UC_RIP, Ucontext};
use super::xstate::{self, Image};
use super::{Action, SA_ONSTACK, SA_RESTORER, Taken};
use crate::state::{Engine, ctx};
use crate::sys;
use clew_translate::context::reg;

const FP_XSTATE_MAGIC1: u32 = 0x4650_5853;
const FP_XSTATE_MAGIC2: u32 = 0x4650_5845;
const SS_ONSTACK: u32 = 1;
const SS_DISABLE: u32 = 2;
const SS_AUTODISARM: u32 = 1 << 31;
/// UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS.
const UC_FLAGS: u64 = 7;
/// cs 0x33, ss 0x2b.
const SEGMENTS: u64 = 0x002b_0000_0000_0033;
/// Flags that sigreturn takes from the frame (kernel: FIX_EFLAGS).
const FIX_EFLAGS: u64 = 0x50dd5 | 1 << 18;
const RED_ZONE: u64 = 128;

/// The guest's alternate stack, as `sigaltstack` set it. A program begins with all zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AltStack {
    pub sp: u64,
    pub flags: u32,
    pub size: u64,
}

impl AltStack {
    /// What the kernel leaves where it takes a stack away (`sas_ss_reset`).
    pub const RESET: Self = Self { sp: 0, flags: SS_DISABLE, size: 0 };

    fn holds(&self, sp: u64) -> bool {
        self.flags & SS_AUTODISARM == 0 && sp > self.sp && sp - self.sp <= self.size
    }

    /// The flags `sigaltstack` reports.
    fn status(&self, sp: u64) -> u32 {
        if self.size == 0 {
            SS_DISABLE | self.flags & SS_AUTODISARM
        } else if self.holds(sp) {
            SS_ONSTACK | self.flags & SS_AUTODISARM
        } else {
            self.flags & SS_AUTODISARM
        }
    }

    /// As the kernel keeps it, and shows it in frames.
    fn as_set(&self) -> [u64; 3] {
        [self.sp, u64::from(self.flags), self.size]
    }

    fn words(&self, sp: u64) -> [u64; 3] {
        [self.sp, u64::from(self.status(sp)), self.size]
    }
}

#[repr(C)]
struct Frame {
    /// Where the handler returns to.
    restorer: u64,
    uc: Ucontext,
    info: [u64; 16],
}

fn bytes_of<T>(value: &T) -> &[u8] {
    // SAFETY: used with structs of integers without padding.
    unsafe { core::slice::from_raw_parts((value as *const T).cast(), size_of::<T>()) }
}

/// Builds the frame for a handler and makes the context enter it. False if the stack cannot be
/// written.
pub fn push(engine: &mut Engine, taken: &Taken, action: &Action) -> bool {
    let alt = engine.task.signals.altstack;
    let sp = handler_stack(&alt, action);
    let size = xstate::size();
    let image = extended_state(size);
    let fpstate = sp.wrapping_sub(size as u64 + 4) & !63;
    let at = (fpstate.wrapping_sub(size_of::<Frame>() as u64) & !15).wrapping_sub(8);
    let frame = Frame {
        restorer: action.restorer,
        uc: interrupted_context(engine, taken, fpstate),
        info: taken.info,
    };
    let write = |engine: &mut Engine, addr, bytes: &[u8]| {
        sys::write_guest(addr, bytes) || (engine.unprotect_all() && sys::write_guest(addr, bytes))
    };
    if action.flags & SA_RESTORER == 0
        || !write(engine, fpstate, &image.0[..size])
        || !write(engine, fpstate + size as u64, &FP_XSTATE_MAGIC2.to_le_bytes())
        || !write(engine, at, bytes_of(&frame))
    {
        return false;
    }
    xstate::reset();
    if alt.flags & SS_AUTODISARM != 0 {
        engine.task.signals.altstack = AltStack::RESET;
    }
    enter_handler(taken, action, at);
    true
}

/// Before a handler is entered, while recording: gets the pages of shared memory that its frame will lie
/// in, as the frame cannot be written where another process owns the page.
pub fn get_pages(engine: &mut Engine, action: &Action) {
    let size = xstate::size() as u64 + size_of::<Frame>() as u64 + 256;
    let sp = handler_stack(&engine.task.signals.altstack, action);
    if engine.sharing.active() {
        engine.get_range(sp.saturating_sub(size), size);
    }
}

/// The top of the stack a handler runs on.
fn handler_stack(alt: &AltStack, action: &Action) -> u64 {
    let sp = ctx().gpr[reg::RSP];
    if action.flags & SA_ONSTACK != 0 && alt.size != 0 && !alt.holds(sp) {
        alt.sp + alt.size
    } else {
        sp.wrapping_sub(RED_ZONE)
    }
}

/// The guest's extended state, `size` bytes of it, with the words that tell a handler what there is.
fn extended_state(size: usize) -> Image {
    let mut image = Image::zero();
    xstate::save(&mut image);
    // As the kernel does: what a handler writes to the legacy region counts.
    image.0[512] |= 3;
    // struct _fpx_sw_bytes at byte 464.
    image.0[464..468].copy_from_slice(&FP_XSTATE_MAGIC1.to_le_bytes());
    image.0[468..472].copy_from_slice(&(size as u32 + 4).to_le_bytes());
    image.0[472..480].copy_from_slice(&xstate::enabled().to_le_bytes());
    image.0[480..484].copy_from_slice(&(size as u32).to_le_bytes());
    image
}

/// What the signal interrupted. Takes the mask that `sigsuspend` and its kin leave to restore.
fn interrupted_context(engine: &mut Engine, taken: &Taken, fpstate: u64) -> Ucontext {
    let c = ctx();
    let mut regs = [0; 17];
    for (n, at) in UC_ORDER.into_iter().enumerate() {
        regs[at] = c.gpr[n];
    }
    regs[UC_RIP] = c.pc;
    let [err, trapno, cr2] = taken.fault;
    let mask = engine.task.signals.restore.take().unwrap_or(engine.task.signals.blocked);
    Ucontext {
        flags: UC_FLAGS,
        link: 0,
        stack: engine.task.signals.altstack.as_set(),
        regs,
        eflags: engine.shown_flags(),
        segments: SEGMENTS,
        err,
        trapno,
        oldmask: mask,
        cr2,
        fpstate,
        reserved: [0; 8],
        sigmask: mask,
    }
}

/// Makes the context that of a handler whose frame lies at `at`.
fn enter_handler(taken: &Taken, action: &Action, at: u64) {
    let c = ctx();
    let uc_at = at + 8;
    c.gpr[reg::RDI] = u64::from(taken.signo);
    c.gpr[reg::RSI] = uc_at + size_of::<Ucontext>() as u64;
    c.gpr[reg::RDX] = uc_at;
    c.gpr[reg::RAX] = 0;
    c.gpr[reg::RSP] = at;
    c.pc = action.handler;
    // DF, TF and RF are cleared for a handler.
    c.rflags &= !(1 << 10 | 1 << 8 | 1 << 16);
}

/// `rt_sigreturn`: takes the context back from the frame. False if there is none to be read.
pub fn pop(engine: &mut Engine) -> bool {
    let c = ctx();
    let mut uc = core::mem::MaybeUninit::<Ucontext>::uninit();
    let at = c.gpr[reg::RSP];
    // SAFETY: the buffer is as long as the struct; all its fields are integers.
    let uc = unsafe {
        if !sys::read_guest_to(at, uc.as_mut_ptr().cast(), size_of::<Ucontext>()) {
            return false;
        }
        uc.assume_init()
    };
    let mut image = Image::zero();
    if uc.fpstate == 0 {
        xstate::reset();
    } else {
        let size = xstate::size();
        if !sys::read_guest(uc.fpstate, &mut image.0[..size]) {
            return false;
        }
        let magic = u32::from_le_bytes(core::array::from_fn(|i| image.0[464 + i]));
        let named = u64::from_le_bytes(core::array::from_fn(|i| image.0[472 + i]));
        if magic == FP_XSTATE_MAGIC1 {
            image.0[464..512].fill(0);
            xstate::load(&mut image, named);
        } else {
            image.0[512..520].copy_from_slice(&3u64.to_le_bytes());
            xstate::load(&mut image, 3);
        }
    }
    for (n, at) in UC_ORDER.into_iter().enumerate() {
        c.gpr[n] = uc.regs[at];
    }
    c.pc = uc.regs[UC_RIP];
    c.rflags = c.rflags & !FIX_EFLAGS | uc.eflags & FIX_EFLAGS;
    engine.task.signals.blocked = uc.sigmask & !super::UNBLOCKABLE;
    if engine.recording() {
        super::sync_mask(engine.task.signals.blocked);
        engine.look_for_signals();
    }
    let [sp, flags, size] = uc.stack;
    let _ = set_altstack(engine, sp, flags as u32, size);
    true
}

fn set_altstack(engine: &mut Engine, sp: u64, flags: u32, size: u64) -> Result<(), i64> {
    const MINSIGSTKSZ: u64 = 2048;
    if engine.task.signals.altstack.holds(ctx().gpr[reg::RSP]) {
        return Err(-(sys::EPERM as i64));
    }
    let mode = flags & !SS_AUTODISARM;
    if mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0 {
        return Err(-(sys::EINVAL as i64));
    }
    let wanted = AltStack { sp, flags, size };
    if engine.task.signals.altstack == wanted {
        return Ok(());
    }
    engine.task.signals.altstack = if mode == SS_DISABLE {
        AltStack { flags, ..AltStack::default() }
    } else if size < MINSIGSTKSZ {
        return Err(-(sys::ENOMEM as i64));
    } else {
        wanted
    };
    Ok(())
}

/// The `sigaltstack` call, on both sides.
pub fn sigaltstack(engine: &mut Engine, new: u64, old: u64) -> i64 {
    let was = engine.task.signals.altstack.words(ctx().gpr[reg::RSP]);
    if new != 0 {
        let mut buf = [0u8; 24];
        if !sys::read_guest(new, &mut buf) {
            return -(sys::EFAULT as i64);
        }
        let word = |i: usize| u64::from_le_bytes(core::array::from_fn(|k| buf[8 * i + k]));
        if let Err(errno) = set_altstack(engine, word(0), word(1) as u32, word(2)) {
            return errno;
        }
    }
    let bytes = was.map(u64::to_le_bytes).concat();
    if old != 0 && !sys::write_guest(old, &bytes) {
        return -(sys::EFAULT as i64);
    }
    0
}
