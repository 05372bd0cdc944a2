//! Seccomp, and syscall user dispatch. A filter of the guest's in the kernel would also filter the
//! engine's calls, so the engine keeps it and looks at each call of the guest's itself, while recording.
//!
//! A replay has no filters: what they came to is in the trace. A call that was answered with an errno
//! has `REC_DENIED`, one that raised SIGSYS or killed is no event, its signal is.
//! Sources: `kernel/seccomp.c`, `linux/seccomp.h`, `linux/filter.h`.

use super::process::has_capability;
use super::{Outcome, step_over};
use crate::loader::VDSO;
use crate::signal::{Fate, SIGKILL, SIGSEGV, SIGSYS, Taken};
use crate::state::{Engine, ctx};
use crate::sys::{self, *};
use crate::vma::page_up;
use alloc_crate::rc::Rc;
use alloc_crate::vec::Vec;
use clew_abi::record::REC_DENIED;
use clew_syscalls::Call;

const SET_MODE_STRICT: u64 = 0;
const SET_MODE_FILTER: u64 = 1;
const PR_GET_SECCOMP: u64 = 21;
const PR_SET_SECCOMP: u64 = 22;
const PR_GET_NO_NEW_PRIVS: u64 = 39;
const PR_SET_SYSCALL_USER_DISPATCH: u64 = 59;
const FLAG_TSYNC: u64 = 1;
const FLAG_NEW_LISTENER: u64 = 8;
/// TSYNC, LOG, SPEC_ALLOW.
const FLAGS: u64 = 7;

const ACTION: u32 = 0xffff_0000;
const KILL_PROCESS: u32 = 0x8000_0000;
const KILL_THREAD: u32 = 0;
const TRAP: u32 = 0x0003_0000;
const ERRNO: u32 = 0x0005_0000;
const USER_NOTIFY: u32 = 0x7fc0_0000;
const TRACE: u32 = 0x7ff0_0000;
const LOG: u32 = 0x7ffc_0000;
const ALLOW: u32 = 0x7fff_0000;

/// The signal's codes.
const SYS_SECCOMP: u64 = 1;
const SYS_USER_DISPATCH: u64 = 2;
const ARCHITECTURE: u32 = 0xc000_003e;
const MOST_INSTRUCTIONS: usize = 4096;
const MAX_ERRNO: u32 = 4095;
/// `struct seccomp_data` in words.
const DATA_WORDS: usize = 16;
const SCRATCH_WORDS: usize = 16;

/// `struct sock_filter`.
#[derive(Clone, Copy)]
struct Insn {
    code: u16,
    jt: u8,
    jf: u8,
    k: u32,
}

impl Insn {
    const LEN: usize = 8;

    fn of(bytes: &[u8]) -> Self {
        let k = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
        Self { code: u16::from_le_bytes([bytes[0], bytes[1]]), jt: bytes[2], jf: bytes[3], k }
    }

    fn bytes(self) -> [u8; Self::LEN] {
        let (code, k) = (self.code.to_le_bytes(), self.k.to_le_bytes());
        [code[0], code[1], self.jt, self.jf, k[0], k[1], k[2], k[3]]
    }
}

/// What a task's calls are held against.
#[derive(Clone, Default)]
pub struct Seccomp {
    strict: bool,
    /// The oldest first.
    filters: Vec<Rc<[Insn]>>,
    dispatch: Option<Dispatch>,
}

/// Syscall user dispatch: calls from elsewhere than `start..start + len` raise a signal while the byte
/// at `selector` (0: always) says so. Source: `kernel/entry/syscall_user_dispatch.c`.
#[derive(Clone, Copy)]
struct Dispatch {
    start: u64,
    len: u64,
    selector: u64,
}

impl Dispatch {
    /// `None`: the selector cannot be read.
    fn verdict(self, pc: u64) -> Option<Verdict> {
        const ALLOW: u8 = 0;
        const BLOCK: u8 = 1;
        if (pc + 2).wrapping_sub(self.start) < self.len {
            return Some(Verdict::Allow);
        }
        let mut byte = [BLOCK];
        if self.selector != 0 && !sys::read_guest(self.selector, &mut byte) {
            return None;
        }
        Some(match byte[0] {
            ALLOW => Verdict::Allow,
            BLOCK => Verdict::Dispatch,
            _ => Verdict::Kill(SIGSYS),
        })
    }
}

/// What is to become of a call.
enum Verdict {
    Allow,
    Errno(i64),
    Trap(u16),
    Dispatch,
    Kill(u32),
}

impl Seccomp {
    #[inline]
    pub fn is_set(&self) -> bool {
        self.strict || !self.filters.is_empty() || self.dispatch.is_some()
    }

    fn sifts(&self) -> bool {
        self.strict || !self.filters.is_empty()
    }

    /// What a new task gets.
    pub fn inherited(&self) -> Self {
        Self { dispatch: None, ..self.clone() }
    }

    /// For the next program's orders: each filter's length and instructions.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for filter in &self.filters {
            bytes.extend_from_slice(&(filter.len() as u32).to_le_bytes());
            filter.iter().for_each(|insn| bytes.extend_from_slice(&insn.bytes()));
        }
        bytes
    }

    pub fn from_bytes(mut bytes: &[u8]) -> Self {
        let mut filters = Vec::new();
        while let Some((len, rest)) = bytes.split_first_chunk() {
            let len = u32::from_le_bytes(*len) as usize * Insn::LEN;
            let Some((program, rest)) = rest.split_at_checked(len) else { break };
            filters.push(program.chunks_exact(Insn::LEN).map(Insn::of).collect());
            bytes = rest;
        }
        Self { filters, ..Self::default() }
    }

    fn verdict(&self, call: &Call, pc: u64) -> Verdict {
        match self.dispatch.map(|dispatch| dispatch.verdict(pc)) {
            None | Some(Some(Verdict::Allow)) => {}
            Some(Some(other)) => return other,
            Some(None) => return Verdict::Kill(SIGSEGV),
        }
        if self.strict {
            return match call.nr {
                __NR_read | __NR_write | __NR_exit | __NR_rt_sigreturn => Verdict::Allow,
                _ => Verdict::Kill(SIGKILL),
            };
        }
        let data = data(call, pc);
        // The strictest wins, of equals the newest.
        let results = self.filters.iter().rev().map(|filter| run(filter, &data));
        let result = results.min_by_key(|result| (result & ACTION) as i32).unwrap_or(ALLOW);
        match result & ACTION {
            ALLOW | LOG => Verdict::Allow,
            ERRNO => Verdict::Errno(-i64::from((result & !ACTION).min(MAX_ERRNO))),
            TRAP => Verdict::Trap(result as u16),
            // Nobody traces or listens.
            TRACE | USER_NOTIFY => Verdict::Errno(-i64::from(ENOSYS)),
            _ => Verdict::Kill(SIGSYS),
        }
    }
}

impl Engine {
    /// Holds a call against the task's filters, if it has any. True if it is dealt with; it is to be made
    /// otherwise. While recording.
    pub(super) fn sifted(&mut self, call: &Call) -> bool {
        let pc = ctx().pc;
        // What the vDSO does is no call natively.
        let vdso = self.vdso..self.vdso + page_up(VDSO.len() as u64);
        if vdso.contains(&pc) {
            return false;
        }
        match self.task.seccomp.verdict(call, pc) {
            Verdict::Allow => return false,
            Verdict::Errno(result) => {
                let stamp = self.stamp();
                self.record_outcome(
                    call,
                    stamp,
                    pc,
                    &Outcome { result, flags: REC_DENIED, ..Outcome::default() },
                );
            }
            Verdict::Trap(data) => {
                let taken = sigsys(call, step_over(pc), SYS_SECCOMP, data);
                self.deliver_fault(taken);
            }
            Verdict::Dispatch => {
                let taken = sigsys(call, step_over(pc), SYS_USER_DISPATCH, 0);
                self.deliver_fault(taken);
            }
            Verdict::Kill(signo) => {
                let taken = Taken { signo, ..sigsys(call, step_over(pc), SYS_SECCOMP, 0) };
                self.deliver(taken, Fate::Fatal);
            }
        }
        true
    }

    /// `seccomp` and `prctl`, so far as they are about filters.
    pub(super) fn seccomp(&mut self, call: &Call) -> Option<Outcome> {
        let a = &call.args;
        let result = match (call.nr, a[0]) {
            (__NR_prctl, PR_SET_SYSCALL_USER_DISPATCH) => self.set_dispatch(a),
            (__NR_prctl, PR_GET_SECCOMP) if self.task.seccomp.sifts() => {
                if self.task.seccomp.strict { 1 } else { 2 }
            }
            (__NR_prctl, PR_SET_SECCOMP) => match a[1] {
                1 => self.set_strict(),
                2 => self.add_filter(0, a[2]),
                _ => -i64::from(EINVAL),
            },
            (__NR_seccomp, SET_MODE_STRICT) if a[1] | a[2] != 0 => -i64::from(EINVAL),
            (__NR_seccomp, SET_MODE_STRICT) => self.set_strict(),
            (__NR_seccomp, SET_MODE_FILTER) => self.add_filter(a[1], a[2]),
            _ => return None,
        };
        Some(Outcome::of(result))
    }

    fn set_dispatch(&mut self, a: &[u64; 6]) -> i64 {
        const OFF: u64 = 0;
        const ON: u64 = 1;
        let [_, mode, start, len, selector, _] = *a;
        self.task.seccomp.dispatch = match mode {
            OFF if start | len | selector == 0 => None,
            ON if start != 0 && start.wrapping_add(len) <= start => return -i64::from(EINVAL),
            ON if selector >= TASK_SIZE => return -i64::from(EFAULT),
            ON => Some(Dispatch { start, len, selector }),
            _ => return -i64::from(EINVAL),
        };
        0
    }

    fn set_strict(&mut self) -> i64 {
        if !self.task.seccomp.filters.is_empty() {
            return -i64::from(EINVAL);
        }
        self.task.seccomp.strict = true;
        0
    }

    fn add_filter(&mut self, flags: u64, program: u64) -> i64 {
        if flags & FLAG_NEW_LISTENER != 0 {
            self.warn_once(
                __NR_seccomp,
                "the guest wants to be asked about calls (SECCOMP_FILTER_FLAG_NEW_LISTENER), which does \
                 not work inside a recording; it is told EINVAL",
            );
        }
        if flags & !FLAGS != 0 {
            return -i64::from(EINVAL);
        }
        let filter = match read_filter(program) {
            Ok(filter) => filter,
            Err(errno) => return errno,
        };
        self.task.seccomp.filters.push(filter);
        if flags & FLAG_TSYNC != 0 {
            let own = self.task;
            for mut other in self.tasks.list.iter().copied().filter(|task| task.is_sibling(own)) {
                other.seccomp.filters = own.seccomp.filters.clone();
            }
        }
        0
    }
}

fn sigsys(call: &Call, behind: u64, code: u64, data: u16) -> Taken {
    let mut info = [0u64; 16];
    info[0] = u64::from(SIGSYS) | u64::from(data) << 32;
    info[1] = code;
    info[2] = behind;
    info[3] = u64::from(call.nr) | u64::from(ARCHITECTURE) << 32;
    Taken { signo: SIGSYS, info, fault: [0; 3] }
}

/// Reads and checks a `struct sock_fprog`, in the kernel's order.
fn read_filter(program: u64) -> Result<Rc<[Insn]>, i64> {
    let fault = -i64::from(EFAULT);
    let mut head = [0u8; 16];
    if !sys::read_guest(program, &mut head) {
        return Err(fault);
    }
    let len = usize::from(u16::from_le_bytes([head[0], head[1]]));
    if len == 0 || len > MOST_INSTRUCTIONS {
        return Err(-i64::from(EINVAL));
    }
    if !may_filter() {
        return Err(-i64::from(EACCES));
    }
    let mut bytes = alloc_crate::vec![0u8; len * Insn::LEN];
    let start = u64::from_le_bytes(core::array::from_fn(|i| head[8 + i]));
    if start == 0 {
        return Err(-i64::from(EINVAL));
    }
    if !sys::read_guest(start, &mut bytes) {
        return Err(fault);
    }
    let filter: Rc<[Insn]> = bytes.chunks_exact(Insn::LEN).map(Insn::of).collect();
    if is_valid(&filter) { Ok(filter) } else { Err(-i64::from(EINVAL)) }
}

/// The process cannot gain privileges, or has them.
fn may_filter() -> bool {
    const CAP_SYS_ADMIN: u32 = 21;
    // SAFETY: asks.
    let no_new = unsafe { syscall!(__NR_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) };
    no_new == 1 || has_capability(CAP_SYS_ADMIN)
}

/// The kernel's checks (`bpf_check_classic`, `seccomp_check_filter`).
fn is_valid(filter: &[Insn]) -> bool {
    let ends = filter.last().is_some_and(|last| matches!(last.code, 0x06 | 0x16));
    let fine = |(i, insn): (usize, &Insn)| {
        let reaches = |by: u32| (by as usize) < filter.len() - i - 1;
        match insn.code {
            0x20 => insn.k.is_multiple_of(4) && (insn.k as usize) < 4 * DATA_WORDS,
            0x34 => insn.k != 0,
            0x64 | 0x74 => insn.k < 32,
            0x60 | 0x61 | 0x02 | 0x03 => (insn.k as usize) < SCRATCH_WORDS,
            0x05 => reaches(insn.k),
            0x15 | 0x1d | 0x25 | 0x2d | 0x35 | 0x3d | 0x45 | 0x4d => {
                reaches(insn.jt.into()) && reaches(insn.jf.into())
            }
            0x00 | 0x01 | 0x80 | 0x81 | 0x06 | 0x16 | 0x07 | 0x87 | 0x84 => true,
            0x04 | 0x0c | 0x14 | 0x1c | 0x24 | 0x2c | 0x3c | 0x44 | 0x4c | 0x54 | 0x5c => true,
            0x6c | 0x7c | 0xa4 | 0xac => true,
            _ => false,
        }
    };
    ends && filter.iter().enumerate().all(fine)
}

/// `struct seccomp_data`.
fn data(call: &Call, pc: u64) -> [u32; DATA_WORDS] {
    let mut data = [0; DATA_WORDS];
    let behind = pc + 2;
    data[..4].copy_from_slice(&[call.nr, ARCHITECTURE, behind as u32, (behind >> 32) as u32]);
    for (words, arg) in data[4..].chunks_exact_mut(2).zip(call.args) {
        words.copy_from_slice(&[arg as u32, (arg >> 32) as u32]);
    }
    data
}

/// Runs a filter, which is valid.
fn run(filter: &[Insn], data: &[u32; DATA_WORDS]) -> u32 {
    let (mut a, mut x, mut at) = (0u32, 0u32, 0usize);
    let mut scratch = [0u32; SCRATCH_WORDS];
    while let Some(insn) = filter.get(at) {
        let k = insn.k;
        at += 1;
        // Bit 3 says that the operand is X.
        let operand = if insn.code & 8 != 0 { x } else { k };
        let jump = |so: bool| usize::from(if so { insn.jt } else { insn.jf });
        match insn.code {
            0x20 => a = data[k as usize / 4],
            0x00 => a = k,
            0x01 => x = k,
            0x80 => a = 4 * DATA_WORDS as u32,
            0x81 => x = 4 * DATA_WORDS as u32,
            0x60 => a = scratch[k as usize],
            0x61 => x = scratch[k as usize],
            0x02 => scratch[k as usize] = a,
            0x03 => scratch[k as usize] = x,
            0x04 | 0x0c => a = a.wrapping_add(operand),
            0x14 | 0x1c => a = a.wrapping_sub(operand),
            0x24 | 0x2c => a = a.wrapping_mul(operand),
            0x34 | 0x3c => match a.checked_div(operand) {
                Some(quotient) => a = quotient,
                None => return KILL_THREAD,
            },
            0x44 | 0x4c => a |= operand,
            0x54 | 0x5c => a &= operand,
            0x64 | 0x6c => a = a.wrapping_shl(operand),
            0x74 | 0x7c => a = a.wrapping_shr(operand),
            0xa4 | 0xac => a ^= operand,
            0x84 => a = a.wrapping_neg(),
            0x07 => x = a,
            0x87 => a = x,
            0x05 => at += k as usize,
            0x15 | 0x1d => at += jump(a == operand),
            0x25 | 0x2d => at += jump(a > operand),
            0x35 | 0x3d => at += jump(a >= operand),
            0x45 | 0x4d => at += jump(a & operand != 0),
            0x06 => return k,
            0x16 => return a,
            _ => return KILL_PROCESS,
        }
    }
    KILL_PROCESS
}
