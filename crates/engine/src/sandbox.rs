//! The seccomp filter a replay runs under: a trace may come from anyone.
//!
//! Allowed are memory calls, messages on the control socket, waiting, and ending; nothing that opens
//! a file, reaches the network or another process. `mmap` and `munmap` and the like act on the replay
//! process alone.

use crate::crash;
use crate::debug::CLONE_FLAGS;
use crate::sys::{self, *};
use clew_abi::orders::fd;

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
const FREE: [u32; 17] = [
    __NR_mmap,
    __NR_munmap,
    __NR_mprotect,
    __NR_mremap,
    __NR_madvise,
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
/// Allowed on the control socket only.
const ON_CONTROL: [u32; 2] = [__NR_sendmsg, __NR_recvmsg];

const fn stmt(code: u16, k: u32) -> Insn {
    Insn { code, jt: 0, jf: 0, k }
}

const fn jeq(k: u32, jt: u8, jf: u8) -> Insn {
    Insn { code: JEQ, jt, jf, k }
}

/// Allowed with one value of one argument only: number, argument, value. They make a copy of the process
/// (`debug::copy`) that ends with the supervisor.
const WITH: [(u32, u32, u32); 3] = [
    (__NR_clone, 0, CLONE_FLAGS as u32),
    (__NR_dup3, 1, fd::CONTROL as u32),
    (__NR_prctl, 0, 1), // PR_SET_PDEATHSIG
];

const LEN: usize = 4 + 2 * FREE.len() + 5 * (ON_CONTROL.len() + WITH.len()) + 1;

const fn filter() -> [Insn; LEN] {
    let mut f = [stmt(RET, KILL_PROCESS); LEN];
    f[0] = stmt(LD_ABS, DATA_ARCH);
    f[1] = jeq(AUDIT_ARCH_X86_64, 1, 0);
    f[2] = stmt(RET, KILL_PROCESS);
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
    while i < ON_CONTROL.len() + WITH.len() {
        let (call, argument, value) = match i < ON_CONTROL.len() {
            true => (ON_CONTROL[i], 0, fd::CONTROL as u32),
            false => WITH[i - ON_CONTROL.len()],
        };
        f[at] = jeq(call, 0, 4);
        f[at + 1] = stmt(LD_ABS, DATA_ARG0 + 8 * argument);
        f[at + 2] = jeq(value, 0, 1);
        f[at + 3] = stmt(RET, ALLOW);
        f[at + 4] = stmt(RET, KILL_PROCESS);
        at += 5;
        i += 1;
    }
    f
}

static FILTER: [Insn; LEN] = filter();

/// `struct sock_fprog`.
#[repr(C)]
struct Program {
    len: u16,
    filter: *const Insn,
}

/// Installs the filter for the rest of the process's life.
pub fn enter() {
    const PR_SET_NO_NEW_PRIVS: u64 = 38;
    const SECCOMP_SET_MODE_FILTER: u64 = 1;
    let program = Program { len: LEN as u16, filter: FILTER.as_ptr() };
    // SAFETY: the program is valid and outlives the call.
    let result = unsafe {
        syscall!(sys::__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        syscall!(sys::__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &raw const program)
    };
    if result != 0 {
        crash::fail("the sandbox for the replay cannot be set up (seccomp is not available)");
    }
}
