//! Why the process stopped, in gdb's terms.

use std::num::NonZeroUsize;

use clew_replay::End;
use clew_timeline::{Access, Stop, Stopped};
use gdbstub::common::Signal;
use gdbstub::stub::MultiThreadStopReason;
use gdbstub::target::ext::base::reverse_exec::ReplayLogPosition;
use gdbstub::target::ext::breakpoints::WatchKind;
use gdbstub::target::ext::catch_syscalls::CatchSyscallPosition;

use crate::points::{Kind, Points};
use crate::signals;

/// gdb takes no offence at thread 1 where a thread's number cannot be one.
pub fn thread(tid: u32) -> NonZeroUsize {
    NonZeroUsize::new(tid as usize).unwrap_or(NonZeroUsize::MIN)
}

/// The reason for gdb. A jump's arrival is a stop without a signal.
pub fn reason(stopped: &Stopped, points: &Points, jumped: bool) -> MultiThreadStopReason<u64> {
    let tid = thread(stopped.tid);
    let signal = |signal| MultiThreadStopReason::SignalWithThread { tid, signal };
    let edge = |pos| MultiThreadStopReason::ReplayLog { tid: Some(tid), pos };
    let call =
        |number, position| MultiThreadStopReason::CatchSyscall { tid: Some(tid), number, position };
    if jumped {
        return signal(Signal(0));
    }
    match stopped.stop {
        Stop::Arrived => signal(Signal::SIGTRAP),
        Stop::Breakpoint => match points.kind(stopped.position.pc) {
            Kind::Software => MultiThreadStopReason::SwBreak(tid),
            Kind::Hardware => MultiThreadStopReason::HwBreak(tid),
        },
        Stop::Watchpoint(watched) => MultiThreadStopReason::Watch {
            tid,
            kind: match watched.access {
                Access::Write => WatchKind::Write,
                Access::Read => WatchKind::Read,
                Access::Any => WatchKind::ReadWrite,
            },
            addr: watched.addr,
        },
        Stop::Signal(number) => signal(Signal(signals::to_gdb(number))),
        Stop::SyscallEntry(number) => call(number, CatchSyscallPosition::Entry),
        Stop::SyscallReturn(number) => call(number, CatchSyscallPosition::Return),
        Stop::Beginning => edge(ReplayLogPosition::Begin),
        Stop::End(_) => edge(ReplayLogPosition::End),
        Stop::Interrupted => signal(Signal::SIGINT),
    }
}

/// How the process ended, for a line on the console.
pub fn ending(end: End) -> String {
    match end {
        End::Exited(code) => format!("the process exits here, with code {code}"),
        End::Killed(signal) => format!("the process dies here, of {}", signals::name(signal)),
        End::Truncated => "the recording ends here; the process was still running".to_owned(),
    }
}
