//! Instructions the engine executes for the guest: nondeterministic ones, whose results are
//! recorded, and those that store processor state.

use crate::log::Att;
use crate::signal::xstate::{self, Image};
use crate::signal::{SIGILL, SIGSEGV};
use crate::start;
use crate::state::{Engine, Mode, ctx, orders};
use crate::sys;
use clew_abi::record::*;
use clew_translate::context::reg::{RAX, RBX, RCX, RDX, RSP};
use clew_translate::insn::register_number;
use clew_translate::quick;
use core::arch::asm;
use core::arch::x86_64::__cpuid_count;
use iced_x86::{Decoder, DecoderOptions, Instruction, Mnemonic, Register};

/// CF, and with it the flags that rdrand and rdseed clear.
const CF: u64 = 1;
const STATUS: u64 = 0x8d5;
/// The flags a program may change: status, TF, DF, NT, AC, ID.
const USER_FLAGS: u64 = 0x24_4dd5;

impl Engine {
    /// Emulates the instruction at `ctx().pc` and steps over it. False after a fault.
    pub fn intrinsic(&mut self, len: u8) -> bool {
        let pc = ctx().pc;
        let mut bytes = [0u8; 15];
        if !sys::read_guest(pc, &mut bytes[..len as usize]) {
            return false;
        }
        let bytes = &bytes[..len as usize];
        let instr = quick::intrinsic(bytes)
            .unwrap_or_else(|| Decoder::with_ip(64, bytes, pc, DecoderOptions::NONE).decode());
        use Mnemonic::*;
        let done = match instr.mnemonic() {
            Rdtsc | Rdtscp if self.task.tsc_faults => {
                self.protection_fault();
                return false;
            }
            Cpuid if self.task.cpuid_faults => {
                self.protection_fault();
                return false;
            }
            Rdtsc => self.counter(INSTR_RDTSC),
            Rdtscp => self.counter(INSTR_RDTSCP),
            Rdpid => self.single(INSTR_RDPID, &instr),
            Rdrand => self.single(INSTR_RDRAND, &instr),
            Rdseed => self.single(INSTR_RDSEED, &instr),
            Cpuid => self.cpuid(),
            Xgetbv => self.xgetbv(),
            Xsave | Xsave64 | Xsavec | Xsavec64 | Xsaveopt | Xsaveopt64 => self.xsave(&instr),
            Fxsave | Fxsave64 => self.fxsave(&instr),
            Fnstenv | Fnsave => self.x87_store(&instr, bytes),
            // Not enabled for programs: a general protection fault.
            Rdpmc => {
                self.protection_fault();
                return false;
            }
            Xbegin => {
                self.xbegin(&instr);
                return true;
            }
            Pause => {
                ctx().pc = pc + u64::from(len);
                self.paused();
                return true;
            }
            Popf | Popfq => self.pop_flags(&instr),
            Pushf | Pushfq => self.push_flags(&instr),
            // Outside a transaction xtest sets ZF and clears the rest, and xabort does nothing.
            Xtest => {
                ctx().rflags = ctx().rflags & !STATUS | 0x40;
                true
            }
            Xabort | Umonitor => true,
            // A wait that ends at once, for another reason than its time limit.
            Umwait | Tpause => {
                ctx().rflags &= !STATUS;
                true
            }
            _ => false,
        };
        if done {
            ctx().pc = pc + len as u64;
        } else if ctx().pc == pc {
            self.raise(SIGILL, 2, pc, [0, 6, 0]);
        }
        done
    }

    /// `popf`: with everything a program may change, the trap flag among it. The translation made
    /// sure that the stack can be read.
    fn pop_flags(&mut self, instr: &Instruction) -> bool {
        let size = if instr.mnemonic() == Mnemonic::Popf { 2 } else { 8 };
        let sp = ctx().gpr[RSP];
        let mut bytes = [0u8; 8];
        if !sys::read_guest(sp, &mut bytes[..size]) {
            self.raise(SIGSEGV, 1, sp, [4, 14, sp]);
            return false;
        }
        let mask = if size == 2 { USER_FLAGS & 0xffff } else { USER_FLAGS };
        ctx().rflags = ctx().rflags & !mask | u64::from_le_bytes(bytes) & mask;
        ctx().gpr[RSP] = sp.wrapping_add(size as u64);
        true
    }

    /// `pushf` while the trap flag is set.
    fn push_flags(&mut self, instr: &Instruction) -> bool {
        let size = if instr.mnemonic() == Mnemonic::Pushf { 2 } else { 8 };
        let sp = ctx().gpr[RSP].wrapping_sub(size as u64);
        let bytes = ctx().rflags.to_le_bytes();
        if !self.store(sp, &bytes[..size]) {
            return false;
        }
        ctx().gpr[RSP] = sp;
        true
    }

    /// Records the registers that `run` sets, or sets them from the recording.
    fn nondeterministic(&mut self, op: u64, run: impl FnOnce()) {
        let stamp = self.stamp();
        if self.replaying() {
            return self.replay_instr(op);
        }
        run();
        let c = ctx();
        let payload = InstrPayload {
            pc: c.pc,
            op,
            rax: c.gpr[RAX],
            rbx: c.gpr[RBX],
            rcx: c.gpr[RCX],
            rdx: c.gpr[RDX],
            rflags: c.rflags,
        };
        if let Mode::Record(log) = &mut self.mode {
            let event = log.event(Kind::Instr, stamp, &payload, &[] as &[Att]);
            self.recent.push(event, Kind::Instr as u16, op, stamp.tick);
        }
    }

    fn counter(&mut self, op: u64) -> bool {
        self.nondeterministic(op, || {
            let (lo, hi, aux): (u32, u32, u32);
            // SAFETY: reads the time stamp counter.
            unsafe {
                if op == INSTR_RDTSC {
                    asm!("rdtsc", out("eax") lo, out("edx") hi, options(nomem, nostack));
                    aux = 0;
                } else {
                    asm!("rdtscp", out("eax") lo, out("edx") hi, out("ecx") aux,
                        options(nomem, nostack));
                }
            }
            let c = ctx();
            c.gpr[RAX] = lo as u64;
            c.gpr[RDX] = hi as u64;
            if op == INSTR_RDTSCP {
                c.gpr[RCX] = aux as u64;
            }
        });
        true
    }

    /// Instructions with one destination register: the value travels in the record's `rax`.
    fn single(&mut self, op: u64, instr: &Instruction) -> bool {
        let dest = instr.op0_register();
        let Some(n) = register_number(dest) else { return false };
        let saved = ctx().gpr[RAX];
        self.nondeterministic(op, || {
            let (value, flags) = random_or_cpu(op, dest);
            ctx().gpr[RAX] = value;
            if op != INSTR_RDPID {
                ctx().rflags = ctx().rflags & !STATUS | flags;
            }
        });
        let value = core::mem::replace(&mut ctx().gpr[RAX], saved);
        let old = ctx().gpr[n as usize];
        ctx().gpr[n as usize] = match dest.size() {
            2 => old & !0xffff | value & 0xffff,
            4 => value & 0xffff_ffff,
            _ => value,
        };
        true
    }

    fn cpuid(&mut self) -> bool {
        let leaf = ctx().gpr[RAX] as u32;
        let sub = ctx().gpr[RCX] as u32;
        self.nondeterministic(INSTR_CPUID, || {
            let mut r = __cpuid_count(leaf, sub);
            let clear = orders().cpuid_clear.map(|w| w as u32);
            match (leaf, sub) {
                (1, _) => {
                    r.ecx &= !clear[0];
                    r.edx &= !clear[1];
                    // Transactional memory, and monitor/mwait, cannot be replayed.
                    r.ecx &= !(1 << 3);
                }
                (7, 0) => {
                    r.ebx &= !(clear[2] | 1 << 4 | 1 << 11);
                    r.ecx &= !(clear[3] | 1 << 5);
                    r.edx &= !(clear[4] | 1 << 11 | 1 << 13 | 1 << 16);
                }
                (0xd, 1) => r.eax &= !clear[5],
                _ => {}
            }
            let c = ctx();
            c.gpr[RAX] = r.eax as u64;
            c.gpr[RBX] = r.ebx as u64;
            c.gpr[RCX] = r.ecx as u64;
            c.gpr[RDX] = r.edx as u64;
        });
        true
    }

    fn xgetbv(&mut self) -> bool {
        match ctx().gpr[RCX] as u32 {
            0 => self.nondeterministic(INSTR_XGETBV, || set_edx_eax(xstate::enabled())),
            1 => {
                let mut image = Image::zero();
                xstate::save(&mut image);
                set_edx_eax(image.in_use());
            }
            _ => {
                self.protection_fault();
                return false;
            }
        }
        true
    }

    fn xbegin(&mut self, instr: &Instruction) {
        // The transaction aborts at once: eax is the status, control goes to the fallback address.
        ctx().gpr[RAX] = 0;
        let target = instr.near_branch_target();
        let back = target <= ctx().pc;
        ctx().pc = target;
        if back {
            self.ticks.count_one();
            self.tick_reached();
        }
    }

    /// Writes what an instruction stores; a fault is the guest's. False after a fault.
    pub fn store(&mut self, addr: u64, bytes: &[u8]) -> bool {
        if self.recording() && self.sharing.active() {
            self.get_range(addr, bytes.len() as u64);
        }
        if sys::write_guest(addr, bytes) || (self.unprotect_all() && sys::write_guest(addr, bytes))
        {
            return true;
        }
        let code = if self.vmas.find(addr).is_some() { 2 } else { 1 };
        self.raise(crate::signal::SIGSEGV, code, addr, [6, 14, addr]);
        false
    }

    /// `xsave`, `xsavec`, `xsaveopt`: writes the components asked for that are not in their initial
    /// state, and a header that says so.
    fn xsave(&mut self, instr: &Instruction) -> bool {
        let Some(addr) = operand_address(instr) else { return false };
        if addr % 64 != 0 {
            self.protection_fault();
            return false;
        }
        let wanted = (ctx().gpr[RDX] << 32 | ctx().gpr[RAX] & 0xffff_ffff) & xstate::enabled();
        let compact = matches!(instr.mnemonic(), Mnemonic::Xsavec | Mnemonic::Xsavec64);
        let mut image = Image::zero();
        xstate::save(&mut image);
        let in_use = image.in_use() & wanted;
        let header_bv = if compact {
            in_use
        } else {
            let old = sys::read_u64(addr + 512).unwrap_or(0);
            old & !wanted | in_use
        };
        // MXCSR and its mask go with SSE and AVX.
        if wanted & 6 != 0 && !self.store(addr + 24, &image.0[24..32]) {
            return false;
        }
        if !self.store_components(addr, &image, wanted, in_use, compact) {
            return false;
        }
        let mut header = [0u8; 64];
        header[..8].copy_from_slice(&header_bv.to_le_bytes());
        let written = if compact {
            header[8..16].copy_from_slice(&(wanted | 1 << 63).to_le_bytes());
            64
        } else {
            8
        };
        self.store(addr + 512, &header[..written])
    }

    /// Writes those of the `wanted` components that are in use; in the compacted format the others
    /// take their place too. False after a fault.
    fn store_components(
        &mut self,
        addr: u64,
        image: &Image,
        wanted: u64,
        in_use: u64,
        compact: bool,
    ) -> bool {
        let mut at = xstate::HEADER_END;
        for n in (0..10).filter(|n| wanted & 1 << n != 0) {
            let (offset, len) = xstate::component(n);
            let to = match (compact, n >= 2) {
                (true, true) => {
                    if xstate::compact_aligned(n) {
                        at = at.next_multiple_of(64);
                    }
                    at += len;
                    at - len
                }
                _ => offset,
            };
            if in_use & 1 << n == 0 {
                continue;
            }
            // x87's region encloses MXCSR.
            let stored = if n == 0 {
                self.store(addr, &image.0[..24]) && self.store(addr + 32, &image.0[32..160])
            } else {
                self.store(addr + to as u64, &image.0[offset..offset + len])
            };
            if !stored {
                return false;
            }
        }
        true
    }

    fn fxsave(&mut self, instr: &Instruction) -> bool {
        let Some(addr) = operand_address(instr) else { return false };
        let mut image = Image::zero();
        xstate::save(&mut image);
        self.store(addr, &image.0[..416])
    }

    /// `fnstenv`, `fnsave`: executed on a buffer, with the instruction and operand pointers zeroed.
    fn x87_store(&mut self, instr: &Instruction, bytes: &[u8]) -> bool {
        let Some(addr) = operand_address(instr) else { return false };
        // With an operand-size prefix the 16-bit format is stored.
        let short = bytes.contains(&0x66);
        let mut buf = [0u8; 108];
        let save = instr.mnemonic() == Mnemonic::Fnsave;
        // SAFETY: the buffer holds the longest format; the x87 state is the guest's, and these
        // instructions are what it asked for.
        unsafe {
            match (save, short) {
                (false, false) => asm!("fnstenv [{}]", in(reg) buf.as_mut_ptr()),
                (true, false) => asm!("fnsave [{}]", in(reg) buf.as_mut_ptr()),
                (false, true) => {
                    asm!(".byte 0x66", "fnstenv [{}]", in(reg) buf.as_mut_ptr())
                }
                (true, true) => asm!(".byte 0x66", "fnsave [{}]", in(reg) buf.as_mut_ptr()),
            }
        }
        let (env, pointers) = if short { (14, 6) } else { (28, 12) };
        buf[pointers..env].fill(0);
        if !short {
            // Reserved halves read as ones in the long format's last field.
            buf[26] = 0xff;
            buf[27] = 0xff;
        }
        let len = env + if save { 80 } else { 0 };
        self.store(addr, &buf[..len])
    }
}

/// The address of the memory operand, from the guest's registers.
pub fn operand_address(instr: &Instruction) -> Option<u64> {
    instr.virtual_address(0, 0, |register, _, _| match register {
        Register::FS => Some(segment_base(true)),
        Register::GS => Some(segment_base(false)),
        Register::ES | Register::CS | Register::SS | Register::DS => Some(0),
        Register::RIP => Some(0),
        _ => {
            let n = register_number(register)?;
            let value = ctx().gpr[n as usize];
            Some(if register.size() == 4 { value & 0xffff_ffff } else { value })
        }
    })
}

fn set_edx_eax(value: u64) {
    ctx().gpr[RAX] = value & 0xffff_ffff;
    ctx().gpr[RDX] = value >> 32;
}

/// FS or GS base, which are always the guest's.
pub fn segment_base(fs: bool) -> u64 {
    let mut base = 0u64;
    if start::hwcap2() & start::FSGSBASE != 0 {
        // SAFETY: the kernel lets programs use the instructions.
        unsafe {
            if fs {
                asm!("rdfsbase {}", out(reg) base, options(nomem, nostack));
            } else {
                asm!("rdgsbase {}", out(reg) base, options(nomem, nostack));
            }
        }
        return base;
    }
    let code = if fs { 0x1003 } else { 0x1004 };
    // SAFETY: writes the variable. ARCH_GET_FS / ARCH_GET_GS.
    unsafe { sys::syscall!(sys::__NR_arch_prctl, code, &raw mut base) };
    base
}

/// Runs rdrand, rdseed (at the destination's width) or rdpid. Returns the value and CF.
fn random_or_cpu(op: u64, dest: Register) -> (u64, u64) {
    let (mut value, mut ok): (u64, u8) = (0, 0);
    // SAFETY: registers only. The guest found the instruction in CPUID, or would fault as well.
    unsafe {
        match (op, dest.size()) {
            (INSTR_RDPID, _) => {
                asm!("rdpid {}", out(reg) value, options(nomem, nostack));
            }
            (INSTR_RDRAND, 2) => {
                asm!("rdrand {0:x}", "setc {1}", inout(reg) value, out(reg_byte) ok)
            }
            (INSTR_RDRAND, 4) => {
                asm!("rdrand {0:e}", "setc {1}", inout(reg) value, out(reg_byte) ok)
            }
            (INSTR_RDRAND, _) => asm!("rdrand {0}", "setc {1}", inout(reg) value, out(reg_byte) ok),
            (_, 2) => asm!("rdseed {0:x}", "setc {1}", inout(reg) value, out(reg_byte) ok),
            (_, 4) => asm!("rdseed {0:e}", "setc {1}", inout(reg) value, out(reg_byte) ok),
            _ => asm!("rdseed {0}", "setc {1}", inout(reg) value, out(reg_byte) ok),
        }
    }
    (value, if ok != 0 { CF } else { 0 })
}
