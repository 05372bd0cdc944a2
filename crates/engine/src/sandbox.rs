//! The seccomp filter a replay runs under: a trace may come from anyone.
//!
//! Whoever writes the guest's code and its events can have the engine's memory and code changed as well, so
//! nothing in this process is to be relied on but what the kernel keeps to. Allowed are memory calls, messages
//! on the control socket, waiting, and ending; nothing that opens a file, reaches the network or another
//! process. Descriptors that clew was started with are closed before. `docs/faults.md` has the list, which
//! the suite `hostile` compares with what a replay can do.

use crate::crash;
use crate::debug::CLONE_FLAGS;
use crate::state::orders;
use crate::sys::{self, *};
use clew_abi::orders::{FLAG_DEBUG, fd};

/// `struct sock_filter`.
#[derive(Clone, Copy)]
#[repr(C)]
struct Insn {
    code: u16,
    jt: u8,
    jf: u8,
    k: u32,
}

const LD_ABS: u16 = 0x20;
const JEQ: u16 = 0x15;
const RET: u16 = 0x06;
const ALLOW: u32 = 0x7fff_0000;
const KILL_PROCESS: u32 = 0x8000_0000;
const AUDIT_ARCH_X86_64: u32 = 0xc000_003e;
/// Offsets in `struct seccomp_data`.
const DATA_NR: u32 = 0;
const DATA_ARCH: u32 = 4;
const DATA_ARG0: u32 = 16;

/// Allowed whatever the arguments.
const FREE: [u32; 16] = [
    __NR_mmap,
    __NR_munmap,
    __NR_mprotect,
    __NR_mremap,
    __NR_arch_prctl,
    __NR_modify_ldt,
    __NR_futex,
    __NR_exit_group,
    __NR_rt_sigreturn,
    __NR_rt_sigprocmask,
    __NR_rt_sigaction,
    __NR_close,
    __NR_getpid,
    __NR_exit,
    __NR_clock_gettime,
    // The only writable files are copies in memory made for this replay.
    __NR_ftruncate,
];

/// A call that is allowed with one value of one argument: number, argument, value.
type With = (u32, u32, u32);

const WITH: [With; 10] = [
    (__NR_sendmsg, 0, fd::CONTROL as u32),
    (__NR_recvmsg, 0, fd::CONTROL as u32),
    // Some advice takes pages of the machine's memory out of use.
    (__NR_madvise, 2, MADV_RANDOM as u32),
    (__NR_madvise, 2, MADV_DONTNEED as u32),
    (__NR_madvise, 2, MADV_REMOVE as u32),
    (__NR_madvise, 2, MADV_HUGEPAGE as u32),
    (__NR_madvise, 2, MADV_NOHUGEPAGE as u32),
    (__NR_madvise, 2, MADV_POPULATE_WRITE as u32),
    (__NR_madvise, 2, MADV_GUARD_INSTALL as u32),
    (__NR_madvise, 2, MADV_GUARD_REMOVE as u32),
];

/// In a timeline, which has the process make copies of itself (`debug::copy`), as well.
const WITH_COPIES: [With; 3] = [
    (__NR_clone, 0, CLONE_FLAGS as u32),
    (__NR_dup3, 1, fd::CONTROL as u32),
    (__NR_prctl, 0, 1), // PR_SET_PDEATHSIG
];

const fn stmt(code: u16, k: u32) -> Insn {
    Insn { code, jt: 0, jf: 0, k }
}

const fn jeq(k: u32, jt: u8, jf: u8) -> Insn {
    Insn { code: JEQ, jt, jf, k }
}

/// The length with so many calls that are allowed with a value.
const fn len(with: usize) -> usize {
    4 + 2 * FREE.len() + 5 * with + 1
}

const fn filter<const LEN: usize>(copies: bool) -> [Insn; LEN] {
    let mut f = [stmt(RET, KILL_PROCESS); LEN];
    f[0] = stmt(LD_ABS, DATA_ARCH);
    f[1] = jeq(AUDIT_ARCH_X86_64, 1, 0);
    f[3] = stmt(LD_ABS, DATA_NR);
    let mut at = 4;
    let mut i = 0;
    while i < FREE.len() {
        f[at] = jeq(FREE[i], 0, 1);
        f[at + 1] = stmt(RET, ALLOW);
        at += 2;
        i += 1;
    }
    i = 0;
    while i < WITH.len() + if copies { WITH_COPIES.len() } else { 0 } {
        let (call, argument, value) =
            if i < WITH.len() { WITH[i] } else { WITH_COPIES[i - WITH.len()] };
        f[at] = jeq(call, 0, 4);
        f[at + 1] = stmt(LD_ABS, DATA_ARG0 + 8 * argument);
        f[at + 2] = jeq(value, 0, 1);
        f[at + 3] = stmt(RET, ALLOW);
        f[at + 4] = stmt(LD_ABS, DATA_NR);
        at += 5;
        i += 1;
    }
    f
}

static FILTER: [Insn; len(WITH.len())] = filter(false);
static FILTER_WITH_COPIES: [Insn; len(WITH.len() + WITH_COPIES.len())] = filter(true);

/// `struct sock_fprog`.
#[repr(C)]
struct Program {
    len: u16,
    filter: *const Insn,
}

/// Closes what is not the replay's, and installs the filter for the rest of the process's life.
pub fn enter() {
    const PR_SET_NO_NEW_PRIVS: u64 = 38;
    const SECCOMP_SET_MODE_FILTER: u64 = 1;
    close_others();
    let filter: &[Insn] = match orders().flags & FLAG_DEBUG {
        0 => &FILTER,
        _ => &FILTER_WITH_COPIES,
    };
    let program = Program { len: filter.len() as u16, filter: filter.as_ptr() };
    // SAFETY: the program is valid and outlives the call.
    let result = unsafe {
        syscall!(sys::__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        syscall!(sys::__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &raw const program)
    };
    if result != 0 {
        crash::fail("the sandbox for the replay cannot be set up (seccomp is not available)");
    }
}

/// Closes all descriptors but those that a replay uses: what clew prints to, and whatever it was started
/// with, could be changed or talked to.
fn close_others() {
    /// Where the kernel (before 5.9) cannot close ranges.
    const MOST: u64 = 1 << 16;
    let kept = fd::CONTROL as u64;
    for (from, end) in [(0, kept), (kept + 1, 1 << 32)] {
        // SAFETY: descriptors that nobody uses.
        if unsafe { syscall!(sys::__NR_close_range, from, end - 1, 0) } != 0 {
            (from..end.min(MOST)).for_each(|file| sys::close(file as i32));
        }
    }
}
