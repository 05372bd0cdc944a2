//! Signals. `asm/signal.h`: a kernel's `struct sigaction` is 32 bytes, a signal set 8.

use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::calls;
#[allow(unused_imports, reason = "not every family has all kinds of rows")]
use crate::model::{Nested::*, When};
#[allow(unused_imports, reason = "not every family has flags")]
use crate::names::*;

#[rustfmt::skip]
calls! {
    SIGNAL;
    13 rt_sigaction Signal Never (signum: Signo, act: InBuf(Fixed(32)), oldact: OutBuf(Fixed(32)), sigsetsize: Size);
    14 rt_sigprocmask Signal Never (how: Enum(&MASK_HOW), set: InBuf(Fixed(8)), oldset: OutBuf(Fixed(8)), sigsetsize: Size);
    15 rt_sigreturn Signal Never ();
    34 pause Signal May ();
    62 kill Signal Never (pid: Pid, sig: Signo);
    127 rt_sigpending Signal Never (set: OutBuf(Arg(1)), sigsetsize: Size);
    128 rt_sigtimedwait Signal May (set: InBuf(Fixed(8)), info: OutWhen(When::Positive, Fixed(128)), timeout: InBuf(Fixed(16)), sigsetsize: Size);
    129 rt_sigqueueinfo Signal Never (tgid: Pid, sig: Signo, info: InBuf(Fixed(128)));
    130 rt_sigsuspend Signal May (mask: InBuf(Fixed(8)), sigsetsize: Size);
    131 sigaltstack Signal Never (ss: InBuf(Fixed(24)), old_ss: OutBuf(Fixed(24)));
    200 tkill Signal Never (tid: Pid, sig: Signo);
    219 restart_syscall Signal May ();
    234 tgkill Signal Never (tgid: Pid, tid: Pid, sig: Signo);
    282 signalfd FdTable Never (fd: Fd, mask: InBuf(Arg(2)), sizemask: Size) -> Fd;
    289 signalfd4 FdTable Never (fd: Fd, mask: InBuf(Arg(2)), sizemask: Size, flags: Flags(&SIGNALFD)) -> Fd;
    297 rt_tgsigqueueinfo Signal Never (tgid: Pid, tid: Pid, sig: Signo, info: InBuf(Fixed(128)));
    424 pidfd_send_signal Signal Never (pidfd: Fd, sig: Signo, info: InBuf(Fixed(128)), flags: Hex);
}
