//! `prctl(2)` and `arch_prctl(2)`. `linux/prctl.h`, `asm/prctl.h`. What the engine has to know about, or
//! to answer itself, is special; the rest is between guest and kernel.

use super::by;
use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::{Fallback, Variants, variants};

pub static PRCTL: Variants = by(0, PRCTL_ROWS, Fallback::Unknown);
pub static ARCH_PRCTL: Variants = by(0, ARCH_ROWS, Fallback::Unknown);

#[rustfmt::skip]
variants! {
    PRCTL_ROWS;
    1 PR_SET_PDEATHSIG Plain Never (option: Command, sig: Signo);
    2 PR_GET_PDEATHSIG Plain Never (option: Command, sig: OutBuf(Fixed(4)));
    3 PR_GET_DUMPABLE Plain Never (option: Command);
    4 PR_SET_DUMPABLE Plain Never (option: Command, dumpable: Int);
    5 PR_GET_UNALIGN Plain Never (option: Command, bits: OutBuf(Fixed(4)));
    6 PR_SET_UNALIGN Plain Never (option: Command, bits: Int);
    7 PR_GET_KEEPCAPS Plain Never (option: Command);
    8 PR_SET_KEEPCAPS Plain Never (option: Command, state: Int);
    13 PR_GET_TIMING Plain Never (option: Command);
    14 PR_SET_TIMING Plain Never (option: Command, timing: Int);
    15 PR_SET_NAME Plain Never (option: Command, name: Str);
    16 PR_GET_NAME Plain Never (option: Command, name: OutBuf(Fixed(16)));
    21 PR_GET_SECCOMP Special(Seccomp) Never (option: Command);
    22 PR_SET_SECCOMP Special(Seccomp) Never (option: Command, mode: Int, filter: Ptr);
    23 PR_CAPBSET_READ Plain Never (option: Command, cap: Int);
    24 PR_CAPBSET_DROP Plain Never (option: Command, cap: Int);
    25 PR_GET_TSC Emulated(Tsc) Never (option: Command, state: OutBuf(Fixed(4)));
    26 PR_SET_TSC Emulated(Tsc) Never (option: Command, state: Int);
    27 PR_GET_SECUREBITS Plain Never (option: Command) -> Hex;
    28 PR_SET_SECUREBITS Plain Never (option: Command, bits: Hex);
    29 PR_SET_TIMERSLACK Plain Never (option: Command, slack: Size);
    30 PR_GET_TIMERSLACK Plain Never (option: Command);
    31 PR_TASK_PERF_EVENTS_DISABLE Plain Never (option: Command);
    32 PR_TASK_PERF_EVENTS_ENABLE Plain Never (option: Command);
    33 PR_MCE_KILL Plain Never (option: Command, op: Int, policy: Int);
    34 PR_MCE_KILL_GET Plain Never (option: Command);
    35 PR_SET_MM Plain Never (option: Command, field: Int, value: Opaque, arg4: Hex, arg5: Hex);
    36 PR_SET_CHILD_SUBREAPER Plain Never (option: Command, state: Int);
    37 PR_GET_CHILD_SUBREAPER Plain Never (option: Command, state: OutBuf(Fixed(4)));
    38 PR_SET_NO_NEW_PRIVS Plain Never (option: Command, state: Int, arg3: Hex, arg4: Hex, arg5: Hex);
    39 PR_GET_NO_NEW_PRIVS Plain Never (option: Command);
    40 PR_GET_TID_ADDRESS Special(TidAddress) Never (option: Command, address: OutBuf(Fixed(8)));
    41 PR_SET_THP_DISABLE Plain Never (option: Command, state: Int, flags: Hex);
    42 PR_GET_THP_DISABLE Plain Never (option: Command);
    43 PR_MPX_ENABLE_MANAGEMENT Plain Never (option: Command);
    44 PR_MPX_DISABLE_MANAGEMENT Plain Never (option: Command);
    47 PR_CAP_AMBIENT Plain Never (option: Command, op: Int, cap: Int);
    52 PR_GET_SPECULATION_CTRL Plain Never (option: Command, which: Int) -> Hex;
    53 PR_SET_SPECULATION_CTRL Plain Never (option: Command, which: Int, control: Hex);
    55 PR_SET_TAGGED_ADDR_CTRL Plain Never (option: Command, control: Hex);
    56 PR_GET_TAGGED_ADDR_CTRL Plain Never (option: Command);
    57 PR_SET_IO_FLUSHER Plain Never (option: Command, state: Int);
    58 PR_GET_IO_FLUSHER Plain Never (option: Command);
    59 PR_SET_SYSCALL_USER_DISPATCH Special(Seccomp) Never (option: Command, mode: Int, offset: Hex, len: Size, selector: Ptr);
    62 PR_SCHED_CORE Plain Never (option: Command, op: Int, pid: Pid, type: Int, cookie: OutBuf(Fixed(8)));
    65 PR_SET_MDWE Emulated(Mdwe) Never (option: Command, flags: Hex);
    66 PR_GET_MDWE Emulated(Mdwe) Never (option: Command);
    67 PR_SET_MEMORY_MERGE Plain Never (option: Command, state: Int);
    68 PR_GET_MEMORY_MERGE Plain Never (option: Command);
    74 PR_GET_SHADOW_STACK_STATUS Plain Never (option: Command, status: OutBuf(Fixed(8)));
    75 PR_SET_SHADOW_STACK_STATUS Plain Never (option: Command, status: Hex);
    76 PR_LOCK_SHADOW_STACK_STATUS Plain Never (option: Command, status: Hex);
    77 PR_TIMER_CREATE_RESTORE_IDS Plain Never (option: Command, state: Int);
    78 PR_FUTEX_HASH Plain Never (option: Command, op: Int, slots: Size);
    79 PR_RSEQ_SLICE_EXTENSION Plain Never (option: Command, op: Int, flags: Hex);
    0x41555856 PR_GET_AUXV Special(Auxv) Never (option: Command, auxv: OutBuf(Result(2)), size: Size);
    0x53564d41 PR_SET_VMA Plain Never (option: Command, attribute: Int, addr: Ptr, size: Size, name: Str);
    0x59616d61 PR_SET_PTRACER Plain Never (option: Command, pid: Pid);
}

#[rustfmt::skip]
variants! {
    ARCH_ROWS;
    0x1001 ARCH_SET_GS Emulated(SegmentBase) Never (op: Command, addr: Ptr);
    0x1002 ARCH_SET_FS Emulated(SegmentBase) Never (op: Command, addr: Ptr);
    0x1003 ARCH_GET_FS Emulated(SegmentBase) Never (op: Command, addr: OutBuf(Fixed(8)));
    0x1004 ARCH_GET_GS Emulated(SegmentBase) Never (op: Command, addr: OutBuf(Fixed(8)));
    0x1011 ARCH_GET_CPUID Emulated(CpuidFaults) Never (op: Command);
    0x1012 ARCH_SET_CPUID Emulated(CpuidFaults) Never (op: Command, enabled: Int);
    0x1021 ARCH_GET_XCOMP_SUPP Plain Never (op: Command, features: OutBuf(Fixed(8)));
    0x1022 ARCH_GET_XCOMP_PERM Plain Never (op: Command, features: OutBuf(Fixed(8)));
    0x1023 ARCH_REQ_XCOMP_PERM Plain Never (op: Command, feature: Int);
    0x1024 ARCH_GET_XCOMP_GUEST_PERM Plain Never (op: Command, features: OutBuf(Fixed(8)));
    0x1025 ARCH_REQ_XCOMP_GUEST_PERM Plain Never (op: Command, feature: Int);
    0x2001 ARCH_MAP_VDSO_X32 Plain Never (op: Command, addr: Ptr);
    0x2002 ARCH_MAP_VDSO_32 Plain Never (op: Command, addr: Ptr);
    0x2003 ARCH_MAP_VDSO_64 Plain Never (op: Command, addr: Ptr);
    0x4001 ARCH_GET_UNTAG_MASK Plain Never (op: Command, mask: OutBuf(Fixed(8)));
    0x4002 ARCH_ENABLE_TAGGED_ADDR Special(Tags) Never (op: Command, bits: Int);
    0x4003 ARCH_GET_MAX_TAG_BITS Plain Never (op: Command, bits: OutBuf(Fixed(8)));
    0x4004 ARCH_FORCE_TAGGED_SVA Plain Never (op: Command);
    0x5001 ARCH_SHSTK_ENABLE Special(ShadowStack) Never (op: Command, features: Hex);
    0x5002 ARCH_SHSTK_DISABLE Plain Never (op: Command, features: Hex);
    0x5003 ARCH_SHSTK_LOCK Plain Never (op: Command, features: Hex);
    0x5004 ARCH_SHSTK_UNLOCK Plain Never (op: Command, features: Hex);
    0x5005 ARCH_SHSTK_STATUS Plain Never (op: Command, features: OutBuf(Fixed(8)));
}
