//! Tasks: their making and ending, identity, limits, scheduling. `linux/sched.h`, `linux/resource.h`,
//! `asm/prctl.h`, `linux/futex.h`.

use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::calls;
#[allow(unused_imports, reason = "not every family has all kinds of rows")]
use crate::model::{Nested::*, When};
#[allow(unused_imports, reason = "not every family has flags")]
use crate::names::*;

#[rustfmt::skip]
calls! {
    PROCESS;
    24 sched_yield Special(Yield) Never ();
    39 getpid Plain Never ();
    56 clone Special(MakeTask) May (flags: Flags(&CLONE), stack: Ptr, parent_tid: Nested(CloneParentTid), child_tid: Nested(CloneChildTid), tls: Hex);
    57 fork Special(MakeTask) May ();
    58 vfork Special(MakeTask) May ();
    59 execve Special(Exec) May (pathname: Path, argv: StrVec, envp: StrVec);
    60 exit Special(Exit) Never (status: Int) -> Never;
    61 wait4 Special(Wait) May (pid: Pid, wstatus: OutWhen(When::Positive, Fixed(4)), options: Flags(&WAIT), rusage: OutWhen(When::Positive, Fixed(144)));
    97 getrlimit Special(Limit) Never (resource: Enum(&RLIMIT), rlim: OutBuf(Fixed(16)));
    98 getrusage Plain Never (who: Enum(&RUSAGE), usage: OutBuf(Fixed(144)));
    101 ptrace Special(Ptrace) May (request: Command, pid: Pid, addr: Hex, data: Opaque) by PTRACE;
    102 getuid Plain Never ();
    104 getgid Plain Never ();
    105 setuid Plain Never (uid: Int);
    106 setgid Plain Never (gid: Int);
    107 geteuid Plain Never ();
    108 getegid Plain Never ();
    109 setpgid Plain Never (pid: Pid, pgid: Pid);
    110 getppid Plain Never ();
    111 getpgrp Plain Never ();
    112 setsid Plain Never ();
    113 setreuid Plain Never (ruid: Int, euid: Int);
    114 setregid Plain Never (rgid: Int, egid: Int);
    115 getgroups Plain Never (size: Int, list: OutBuf(ResultTimes(0, 4)));
    116 setgroups Plain Never (size: Size, list: InBuf(ArgTimes(0, 4)));
    117 setresuid Plain Never (ruid: Int, euid: Int, suid: Int);
    118 getresuid Plain Never (ruid: OutBuf(Fixed(4)), euid: OutBuf(Fixed(4)), suid: OutBuf(Fixed(4)));
    119 setresgid Plain Never (rgid: Int, egid: Int, sgid: Int);
    120 getresgid Plain Never (rgid: OutBuf(Fixed(4)), egid: OutBuf(Fixed(4)), sgid: OutBuf(Fixed(4)));
    121 getpgid Plain Never (pid: Pid);
    122 setfsuid Plain Never (uid: Int);
    123 setfsgid Plain Never (gid: Int);
    124 getsid Plain Never (pid: Pid);
    125 capget Plain Never (hdrp: OutWhen(When::SuccessOr(22), Fixed(8)), datap: OutBuf(Fixed(24)));
    126 capset Plain Never (hdrp: OutWhen(When::SuccessOr(22), Fixed(8)), datap: InBuf(Fixed(24)));
    135 personality Special(Personality) Never (persona: Hex) -> Hex;
    140 getpriority Plain Never (which: Enum(&PRIORITY), who: Int);
    141 setpriority Plain Never (which: Enum(&PRIORITY), who: Int, prio: Int);
    142 sched_setparam Plain Never (pid: Pid, param: InBuf(Fixed(4)));
    143 sched_getparam Plain Never (pid: Pid, param: OutBuf(Fixed(4)));
    144 sched_setscheduler Plain Never (pid: Pid, policy: Flags(&SCHED), param: InBuf(Fixed(4)));
    145 sched_getscheduler Plain Never (pid: Pid);
    146 sched_get_priority_max Plain Never (policy: Flags(&SCHED));
    147 sched_get_priority_min Plain Never (policy: Flags(&SCHED));
    148 sched_rr_get_interval Plain Never (pid: Pid, tp: OutBuf(Fixed(16)));
    154 modify_ldt Plain Never (func: Command, ptr: Opaque, bytecount: Size) by MODIFY_LDT;
    157 prctl Plain Never (option: Command, arg2: Opaque, arg3: Opaque, arg4: Opaque, arg5: Opaque) by PRCTL;
    158 arch_prctl Plain Never (op: Command, addr: Opaque) by ARCH_PRCTL;
    160 setrlimit Special(Limit) Never (resource: Enum(&RLIMIT), rlim: InBuf(Fixed(16)));
    186 gettid Plain Never ();
    202 futex Special(Futex) May (uaddr: Opaque, op: Command, val: Uint, timeout: InBuf(Fixed(16)), uaddr2: Opaque, val3: Uint) by FUTEX;
    203 sched_setaffinity Special(SetAffinity) Never (pid: Pid, cpusetsize: Size, mask: InBuf(Arg(1)));
    204 sched_getaffinity Special(GetAffinity) Never (pid: Pid, cpusetsize: Size, mask: OutBuf(Result(1)));
    205 set_thread_area Refused(38) Never ();
    211 get_thread_area Refused(38) Never ();
    218 set_tid_address Emulated(SetTidAddress) Never (tidptr: Ptr);
    231 exit_group Special(Exit) Never (status: Int) -> Never;
    247 waitid Plain May (idtype: Enum(&ID_TYPE), id: Int, infop: OutWhen(When::Always, Fixed(128)), options: Flags(&WAIT), rusage: OutBuf(Fixed(144)));
    251 ioprio_set Plain Never (which: Int, who: Int, ioprio: Hex);
    252 ioprio_get Plain Never (which: Int, who: Int) -> Hex;
    272 unshare Plain Never (flags: Flags(&UNSHARE));
    273 set_robust_list Emulated(SetRobustList) Never (head: Ptr, len: Size);
    274 get_robust_list Special(GetRobustList) Never (pid: Pid, head_ptr: OutBuf(Fixed(8)), len_ptr: OutBuf(Fixed(8)));
    302 prlimit64 Special(Limit) Never (pid: Pid, resource: Enum(&RLIMIT), new_limit: InBuf(Fixed(16)), old_limit: OutBuf(Fixed(16)));
    308 setns Plain Never (fd: Fd, nstype: Flags(&UNSHARE));
    309 getcpu Plain Never (cpu: OutBuf(Fixed(4)), node: OutBuf(Fixed(4)), tcache: Ptr);
    312 kcmp Plain Never (pid1: Pid, pid2: Pid, type: Int, idx1: Hex, idx2: Hex);
    314 sched_setattr Plain Never (pid: Pid, attr: OutWhen(When::Errno(7), Fixed(4)), flags: Hex);
    315 sched_getattr Plain Never (pid: Pid, attr: OutBuf(Arg(2)), size: Uint, flags: Hex);
    317 seccomp Plain Never (operation: Command, flags: Hex, args: Opaque) by SECCOMP;
    322 execveat Special(Exec) May (dirfd: DirFd, pathname: Path, argv: StrVec, envp: StrVec, flags: Flags(&AT));
    334 rseq Refused(38) Never (rseq: Ptr, rseq_len: Uint, flags: Hex, sig: Hex);
    335 uretprobe Refused(38) Never ();
    336 uprobe Refused(38) Never ();
    434 pidfd_open Plain Never (pid: Pid, flags: Flags(&PIDFD)) -> Fd;
    435 clone3 Special(MakeTask) May (args: Nested(CloneArgs), size: Size);
    438 pidfd_getfd Plain Never (pidfd: Fd, targetfd: Fd, flags: Hex) -> Fd;
    449 futex_waitv Special(Futex2) May (waiters: InBuf(ArgTimes(1, 24)), nr_futexes: Uint, flags: Hex, timeout: InBuf(Fixed(16)), clockid: Enum(&CLOCK));
    454 futex_wake Special(Futex2) Never (uaddr: Ptr, mask: Hex, nr: Int, flags: Flags(&FUTEX2));
    455 futex_wait Special(Futex2) May (uaddr: Ptr, val: Hex, mask: Hex, flags: Flags(&FUTEX2), timeout: InBuf(Fixed(16)), clockid: Enum(&CLOCK));
    456 futex_requeue Special(Futex2) Never (waiters: InBuf(Fixed(48)), flags: Hex, nr_wake: Int, nr_requeue: Int);
    471 rseq_slice_yield Plain Never ();
}
