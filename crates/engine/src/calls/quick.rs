//! A short way through recording for the calls that programs make most, where nothing complicates them.
//!
//! What it does is what [`Engine::perform`](super) would do in the end: let the kernel do the call, and
//! record the result and the one piece of memory that the kernel wrote. It leaves out what cannot matter
//! to a process with one task whose memory is its own. Where something may matter after all, the call
//! goes the long way, nothing having happened yet.

use super::hidden::is_engines;
use super::special::time_by_vdso;
use super::{EINTR, ERESTARTNOINTR, ERESTARTSYS, Interruption, finish};
use crate::descriptors;
use crate::log::{self, Att};
use crate::state::{Engine, Mode, ctx, orders};
use crate::sys::*;
use clew_abi::orders::FLAG_CHECK_MEMORY;
use clew_abi::record::{ATT_TIME, Kind, SyscallPayload};
use clew_syscalls::table::{END, row};
use clew_syscalls::{Arg, Call, Class, Kind as Takes, Len, Syscall, Way};

/// `struct epoll_event`, packed.
const EPOLL_EVENT: u64 = 12;
const STAT: u64 = 144;

/// What the kernel writes when a call succeeds.
#[derive(Clone, Copy)]
enum Writes {
    Nothing,
    /// So many bytes times the result, at this address, but no more than there is room for.
    Counted(u64, u64, u64),
    Fixed(u64, u64),
}

impl Writes {
    /// Where it may write, and how many bytes.
    fn most(self) -> Option<(u64, u64)> {
        match self {
            Self::Nothing => None,
            Self::Counted(addr, _, room) | Self::Fixed(addr, room) => Some((addr, room)),
        }
    }
}

impl Engine {
    /// Makes and records the call, if that can be done in short. While recording.
    pub(super) fn quick_call(&mut self, call: &Call) -> bool {
        if !self.is_undisturbed() {
            return false;
        }
        if call.nr == __NR_clock_gettime {
            let made = time_by_vdso(&call.args) == Some(0);
            if made {
                self.log_quick(call, 0, Some((call.args[1], 16)));
            }
            return made;
        }
        let Some((writes, on_file)) = shape(call) else { return false };
        // The second argument is the buffer, if there is one.
        if on_file && (!self.is_plain_file(call.args[0] as i32) || is_engines(call.args[1])) {
            return false;
        }
        if let Some((addr, len)) = writes.most() {
            if is_engines(addr) {
                return false;
            }
            if self.files.protected_pages {
                self.unprotect_range(addr, addr.saturating_add(len));
            }
        }
        let result = self.kernel(call);
        if matches!(result, EINTR | ERESTARTSYS) && self.task.pending != 0 {
            // It has waited: the long way would find the signal before the call.
            return match self.interruption(call, result) {
                Interruption::Retry => false,
                Interruption::Restart => true,
                Interruption::Visible => {
                    self.log_quick(call, EINTR, None);
                    true
                }
            };
        }
        if matches!(result, ERESTARTSYS | ERESTARTNOINTR) {
            // Not made: the long way makes it, and finds the signal.
            return false;
        }
        let written = match writes {
            _ if result < 0 => None,
            Writes::Nothing => None,
            Writes::Counted(addr, unit, room) => Some((addr, (result as u64 * unit).min(room))),
            Writes::Fixed(addr, len) => Some((addr, len)),
        };
        self.log_quick(call, result, written.filter(|(_, len)| *len > 0));
        true
    }

    /// One task, memory of its own, nothing to be checked or made difficult, and no signal waiting.
    fn is_undisturbed(&self) -> bool {
        !self.tasks.several()
            && self.task.pending == 0
            && !self.chaos.orders.is_on()
            && !self.sharing.concerns_calls()
            && orders().flags & FLAG_CHECK_MEMORY == 0
    }

    /// Not the engine's, not this process's memory, and no file that is mapped and written.
    fn is_plain_file(&self, file: i32) -> bool {
        !descriptors::reserved(file)
            && self.files.tables.is_plain(file)
            && self.files.mapped.watched.is_empty()
    }

    fn log_quick(&mut self, call: &Call, result: i64, written: Option<(u64, u64)>) {
        let pc = ctx().pc;
        let stamp = log::Stamp { flags: self.echo_flags(call, result), ..self.stamp() };
        let payload = SyscallPayload { nr: call.nr.into(), result, args: call.args, pc };
        let memory = written.map(|(addr, len)| Att::Memory { addr, len });
        let time = self.clock.due().map(|addr| Att::Bytes { kind: ATT_TIME, addr, bytes: &[] });
        let both;
        let atts: &[Att] = match (&memory, &time) {
            (Some(memory), Some(time)) => {
                both = [*memory, *time];
                &both
            }
            (one, None) | (None, one) => one.as_slice(),
        };
        if let Mode::Record(log) = &mut self.mode {
            let event = log.event(Kind::Syscall, stamp, &payload, atts);
            self.recent.push(event, Kind::Syscall as u16, payload.nr, stamp.tick);
        }
        finish(result, pc);
    }
}

/// What a call that can be made in short writes, and whether its first argument is a descriptor.
const fn shape(call: &Call) -> Option<(Writes, bool)> {
    let [_, a1, a2, _, a4, _] = call.args;
    Some(match call.nr {
        __NR_read | __NR_pread64 => (Writes::Counted(a1, 1, a2), true),
        __NR_recvfrom if a4 == 0 => (Writes::Counted(a1, 1, a2), true),
        __NR_epoll_wait => (Writes::Counted(a1, EPOLL_EVENT, a2.saturating_mul(EPOLL_EVENT)), true),
        __NR_fstat => (Writes::Fixed(a1, STAT), true),
        __NR_write | __NR_pwrite64 | __NR_lseek => (Writes::Nothing, true),
        __NR_sendto if a4 == 0 => (Writes::Nothing, true),
        __NR_getpid | __NR_getppid | __NR_gettid | __NR_getuid | __NR_geteuid | __NR_getgid
        | __NR_getegid | __NR_getpgrp => (Writes::Nothing, false),
        _ => return None,
    })
}

/// What is made in short is what the table says of it: this does not compile otherwise.
const _: () = {
    let mut nr = 0;
    while nr < END as u32 {
        // Argument N is `PROBE + N`; those that are not given are zero.
        let args = [PROBE, PROBE + 1, PROBE + 2, PROBE + 3, 0, 0];
        if let (Some(short), Some(row)) = (shape(&Call { nr, args }), row(nr)) {
            assert!(agree(&short, &row), "a call that is made in short is another in the table");
        }
        nr += 1;
    }
};

const PROBE: u64 = 0x100;

const fn agree((writes, on_file): &(Writes, bool), row: &Syscall) -> bool {
    let kernels = matches!(row.class, Class::Plain | Class::Special(Way::Transfer));
    let first_is_file = matches!(row.args.first(), Some(Arg { kind: Takes::Fd, .. }));
    let (mut index, mut found) = (0, matches!(writes, Writes::Nothing));
    while index < row.args.len() && index < 4 {
        let at = PROBE + index as u64;
        if let Takes::OutBuf(len) = row.args[index].kind {
            found = match (*writes, len) {
                (Writes::Fixed(addr, fixed), Len::Fixed(n)) => addr == at && fixed == n as u64,
                (Writes::Counted(addr, 1, room), Len::Result(of)) => {
                    addr == at && room == PROBE + of as u64
                }
                (Writes::Counted(addr, unit, room), Len::ResultTimes(of, n)) => {
                    addr == at && unit == n as u64 && room == unit * (PROBE + of as u64)
                }
                _ => false,
            };
        }
        index += 1;
    }
    kernels && *on_file == first_is_file && found
}
