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
    13 rt_sigaction Emulated(Sigaction) Never (signum: Signo, act: InBuf(Fixed(32)), oldact: OutBuf(Fixed(32)), sigsetsize: Size);
    14 rt_sigprocmask Emulated(Sigprocmask) Never (how: Enum(&MASK_HOW), set: InBuf(Fixed(8)), oldset: OutBuf(Fixed(8)), sigsetsize: Size);
    15 rt_sigreturn Emulated(Sigreturn) Never ();
    34 pause Plain May ();
    62 kill Special(Kill) Never (pid: Pid, sig: Signo);
    127 rt_sigpending Special(Sigpending) Never (set: OutBuf(Arg(1)), sigsetsize: Size);
    128 rt_sigtimedwait Special(Sigtimedwait) May (set: InBuf(Fixed(8)), info: OutWhen(When::Positive, Fixed(128)), timeout: InBuf(Fixed(16)), sigsetsize: Size);
    129 rt_sigqueueinfo Plain Never (tgid: Pid, sig: Signo, info: InBuf(Fixed(128)));
    130 rt_sigsuspend Plain May (mask: InBuf(Fixed(8)), sigsetsize: Size);
    131 sigaltstack Emulated(Sigaltstack) Never (ss: InBuf(Fixed(24)), old_ss: OutBuf(Fixed(24)));
    200 tkill Special(Kill) Never (tid: Pid, sig: Signo);
    219 restart_syscall Plain May ();
    234 tgkill Special(Kill) Never (tgid: Pid, tid: Pid, sig: Signo);
    282 signalfd Plain Never (fd: Fd, mask: InBuf(Arg(2)), sizemask: Size) -> Fd;
    289 signalfd4 Plain Never (fd: Fd, mask: InBuf(Arg(2)), sizemask: Size, flags: Flags(&SIGNALFD)) -> Fd;
    297 rt_tgsigqueueinfo Plain Never (tgid: Pid, tid: Pid, sig: Signo, info: InBuf(Fixed(128)));
    424 pidfd_send_signal Plain Never (pidfd: Fd, sig: Signo, info: InBuf(Fixed(128)), flags: Hex);
}
