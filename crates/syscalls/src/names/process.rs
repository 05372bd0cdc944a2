//! Tasks, time and the rest. `linux/sched.h`, `linux/wait.h`, `linux/time.h`, `linux/futex.h`.

use super::signal::SIGNALS;
use super::{Flags, Names, bits};

const CLONE_BITS: &[(u64, &str)] = &[
    (0x80, "CLONE_NEWTIME"),
    (0x100, "CLONE_VM"),
    (0x200, "CLONE_FS"),
    (0x400, "CLONE_FILES"),
    (0x800, "CLONE_SIGHAND"),
    (0x1000, "CLONE_PIDFD"),
    (0x2000, "CLONE_PTRACE"),
    (0x4000, "CLONE_VFORK"),
    (0x8000, "CLONE_PARENT"),
    (0x10000, "CLONE_THREAD"),
    (0x20000, "CLONE_NEWNS"),
    (0x40000, "CLONE_SYSVSEM"),
    (0x80000, "CLONE_SETTLS"),
    (0x100000, "CLONE_PARENT_SETTID"),
    (0x200000, "CLONE_CHILD_CLEARTID"),
    (0x400000, "CLONE_DETACHED"),
    (0x800000, "CLONE_UNTRACED"),
    (0x1000000, "CLONE_CHILD_SETTID"),
    (0x2000000, "CLONE_NEWCGROUP"),
    (0x4000000, "CLONE_NEWUTS"),
    (0x8000000, "CLONE_NEWIPC"),
    (0x10000000, "CLONE_NEWUSER"),
    (0x20000000, "CLONE_NEWPID"),
    (0x40000000, "CLONE_NEWNET"),
    (0x80000000, "CLONE_IO"),
];
pub static CLONE: Flags = Flags { fields: &[(0xff, SIGNALS)], bits: CLONE_BITS };
pub static UNSHARE: Flags = bits(CLONE_BITS);
pub static WAIT: Flags = bits(&[
    (1, "WNOHANG"),
    (2, "WUNTRACED"),
    (4, "WEXITED"),
    (8, "WCONTINUED"),
    (0x1000000, "WNOWAIT"),
    (0x20000000, "__WNOTHREAD"),
    (0x40000000, "__WALL"),
    (0x80000000, "__WCLONE"),
]);
pub static ID_TYPE: Names = Names(&[(0, "P_ALL"), (1, "P_PID"), (2, "P_PGID"), (3, "P_PIDFD")]);
pub static MASK_HOW: Names = Names(&[(0, "SIG_BLOCK"), (1, "SIG_UNBLOCK"), (2, "SIG_SETMASK")]);
pub static CLOCK: Names = Names(&[
    (0, "CLOCK_REALTIME"),
    (1, "CLOCK_MONOTONIC"),
    (2, "CLOCK_PROCESS_CPUTIME_ID"),
    (3, "CLOCK_THREAD_CPUTIME_ID"),
    (4, "CLOCK_MONOTONIC_RAW"),
    (5, "CLOCK_REALTIME_COARSE"),
    (6, "CLOCK_MONOTONIC_COARSE"),
    (7, "CLOCK_BOOTTIME"),
    (8, "CLOCK_REALTIME_ALARM"),
    (9, "CLOCK_BOOTTIME_ALARM"),
    (11, "CLOCK_TAI"),
]);
pub static TIMER: Flags = bits(&[(1, "TIMER_ABSTIME")]);
pub static TIMERFD: Flags = bits(&[(0o4000, "TFD_NONBLOCK"), (0o2000000, "TFD_CLOEXEC")]);
pub static TIMERFD_SET: Flags = bits(&[(1, "TFD_TIMER_ABSTIME"), (2, "TFD_TIMER_CANCEL_ON_SET")]);
pub static SIGNALFD: Flags = bits(&[(0o4000, "SFD_NONBLOCK"), (0o2000000, "SFD_CLOEXEC")]);
pub static ITIMER: Names = Names(&[(0, "ITIMER_REAL"), (1, "ITIMER_VIRTUAL"), (2, "ITIMER_PROF")]);
pub static FUTEX_FLAGS: Flags = bits(&[(128, "FUTEX_PRIVATE_FLAG"), (256, "FUTEX_CLOCK_REALTIME")]);
pub static FUTEX2: Flags = Flags {
    fields: &[(
        3,
        Names(&[
            (0, "FUTEX2_SIZE_U8"),
            (1, "FUTEX2_SIZE_U16"),
            (2, "FUTEX2_SIZE_U32"),
            (3, "FUTEX2_SIZE_U64"),
        ]),
    )],
    bits: &[(4, "FUTEX2_NUMA"), (8, "FUTEX2_MPOL"), (128, "FUTEX2_PRIVATE")],
};
pub static RLIMIT: Names = Names(&[
    (0, "RLIMIT_CPU"),
    (1, "RLIMIT_FSIZE"),
    (2, "RLIMIT_DATA"),
    (3, "RLIMIT_STACK"),
    (4, "RLIMIT_CORE"),
    (5, "RLIMIT_RSS"),
    (6, "RLIMIT_NPROC"),
    (7, "RLIMIT_NOFILE"),
    (8, "RLIMIT_MEMLOCK"),
    (9, "RLIMIT_AS"),
    (10, "RLIMIT_LOCKS"),
    (11, "RLIMIT_SIGPENDING"),
    (12, "RLIMIT_MSGQUEUE"),
    (13, "RLIMIT_NICE"),
    (14, "RLIMIT_RTPRIO"),
    (15, "RLIMIT_RTTIME"),
]);
pub static RUSAGE: Names =
    Names(&[(0, "RUSAGE_SELF"), (0xffff_ffff, "RUSAGE_CHILDREN"), (1, "RUSAGE_THREAD")]);
pub static PRIORITY: Names = Names(&[(0, "PRIO_PROCESS"), (1, "PRIO_PGRP"), (2, "PRIO_USER")]);
pub static SCHED: Flags = Flags {
    fields: &[(
        0xf,
        Names(&[
            (0, "SCHED_OTHER"),
            (1, "SCHED_FIFO"),
            (2, "SCHED_RR"),
            (3, "SCHED_BATCH"),
            (5, "SCHED_IDLE"),
            (6, "SCHED_DEADLINE"),
            (7, "SCHED_EXT"),
        ]),
    )],
    bits: &[(0x40000000, "SCHED_RESET_ON_FORK")],
};
pub static GETRANDOM: Flags =
    bits(&[(1, "GRND_NONBLOCK"), (2, "GRND_RANDOM"), (4, "GRND_INSECURE")]);
pub static SECCOMP_FILTER: Flags = bits(&[
    (1, "SECCOMP_FILTER_FLAG_TSYNC"),
    (2, "SECCOMP_FILTER_FLAG_LOG"),
    (4, "SECCOMP_FILTER_FLAG_SPEC_ALLOW"),
    (8, "SECCOMP_FILTER_FLAG_NEW_LISTENER"),
    (16, "SECCOMP_FILTER_FLAG_TSYNC_ESRCH"),
    (32, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
]);
pub static PIDFD: Flags = bits(&[(0o4000, "PIDFD_NONBLOCK"), (0o200, "PIDFD_THREAD")]);
