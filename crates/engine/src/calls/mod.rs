//! System calls: what recording does with them and what replay does with them.
//!
//! The table of calls (`clew_syscalls::class`) says which of these ways a call takes:
//! - *emulated* ([`emulate`]): the engine answers it, alike on both sides (memory, signal state,
//!   task identity). It is recorded for the check only.
//! - *special* ([`special`]): while recording the engine does something else than the guest asked
//!   for, to the same effect (`/proc/self/exe`, reserved descriptors).
//! - *plain*: the kernel does it while recording, and what it wrote is recorded.
//! - *refused*: answered with an error, not made.
//!
//! `quick` goes the plain way for the most frequent calls, where nothing complicates it.
//!
//! Replay takes results and written memory from the trace, but for the first.

pub mod affinity;
pub mod emulate;
pub mod exec;
pub mod files;
mod hidden;
mod lacking;
pub mod marks;
pub mod output;
pub mod plain;
pub mod poke;
pub mod process;
mod quick;
pub mod rlimits;
pub mod scratch;
pub mod seccomp;
pub mod shm;
pub mod special;

use crate::log::{self, Att, Stamp};
use crate::signal::{Fate, SA_RESTART};
use crate::state::{Engine, Mode, ctx};
use crate::sys;
use crate::task::baton::baton;
use alloc_crate::vec::Vec;
use clew_abi::record::{Kind, SyscallPayload};
use clew_syscalls::{Call, Class};
use clew_translate::context::reg::*;

/// A call was interrupted before it came to anything (kernel-internal errno, never shown to a guest).
pub const ERESTARTSYS: i64 = -512;
/// The same of a call that is always made again, or was not made at all: natively the signal would have
/// come before it.
pub const ERESTARTNOINTR: i64 = -513;
const EINTR: i64 = -(sys::EINTR as i64);

/// What recording learnt about a call: the result, and what goes into the trace with it.
#[derive(Default)]
pub struct Outcome {
    pub result: i64,
    pub flags: u16,
    /// Guest memory that the kernel (or the engine in its place) wrote: address, length.
    pub written: Vec<(u64, u64)>,
    /// A mapped file's new size and identity.
    pub resized: Option<(u64, Vec<u8>)>,
    /// Output that passed through no guest memory.
    pub output: Vec<u8>,
    /// A mapping that was made.
    pub mapped: Option<crate::memory::Mapped>,
    /// In-strings: argument index, text.
    pub strings: Vec<(u64, Vec<u8>)>,
    /// The event's number, if it was taken before the call was made.
    pub event: u64,
    /// The call is in the trace already (a child's `Fork` event).
    pub recorded: bool,
    /// The guest's context was replaced (`rt_sigreturn`): there is no result to store.
    pub context_replaced: bool,
}

impl Outcome {
    pub fn of(result: i64) -> Self {
        Self { result, ..Self::default() }
    }
}

/// The call in the guest's registers.
fn current_call() -> Call {
    let g = &ctx().gpr;
    Call { nr: g[RAX] as u32, args: [g[RDI], g[RSI], g[RDX], g[R10], g[R8], g[R9]] }
}

impl Engine {
    /// The `syscall` instruction at `ctx().pc`.
    pub fn system_call(&mut self) {
        let call = current_call();
        match self.mode {
            Mode::Record(_) => {
                let dealt_with = match self.task.seccomp.is_set() {
                    true => self.sifted(&call),
                    false => self.quick_call(&call),
                };
                if !dealt_with {
                    self.record_call(&call);
                }
            }
            Mode::Replay(_) => self.replay_call(&call),
            Mode::Unrecorded => self.unrecorded_call(&call),
            Mode::Diverted => self.diverted_call(&call),
        }
    }

    fn record_call(&mut self, call: &Call) {
        if self.stall() && self.task.pending != 0 {
            // A signal came before the call.
            return;
        }
        self.get_call_pages(call);
        let stamp = self.stamp();
        let pc = ctx().pc;
        self.task.wait_limit = None;
        loop {
            let outcome = self.perform(call);
            let interrupted = matches!(outcome.result, ERESTARTSYS | ERESTARTNOINTR | EINTR);
            if interrupted && self.task.pending != 0 {
                match self.interruption(call, outcome.result) {
                    Interruption::Retry => continue,
                    // The signal is delivered at the `syscall` instruction, which then runs again.
                    Interruption::Restart => return,
                    Interruption::Visible => {}
                }
            }
            if outcome.result == ERESTARTNOINTR {
                continue;
            }
            return self.record_outcome(call, stamp, pc, &outcome);
        }
    }

    /// Notes what a call at `pc` has come to, and shows it to the guest.
    fn record_outcome(&mut self, call: &Call, stamp: Stamp, pc: u64, outcome: &Outcome) {
        let result = if outcome.result == ERESTARTSYS { EINTR } else { outcome.result };
        if outcome.recorded {
            return finish(result, pc);
        }
        let payload = SyscallPayload { nr: call.nr as u64, result, args: call.args, pc };
        self.log_call(&payload, stamp, outcome);
        if !outcome.context_replaced {
            finish(result, pc);
        }
    }

    /// What a signal that interrupted a call makes of it.
    fn interruption(&mut self, call: &Call, result: i64) -> Interruption {
        let Some(taken) = self.task.signals.waiting() else { return Interruption::Visible };
        let action = self.task.process().actions[taken.signo as usize];
        match self.fate_of_pending() {
            Fate::Ignored => {
                self.deliver_pending();
                let again = result != EINTR || restartable(call);
                if again { Interruption::Retry } else { Interruption::Visible }
            }
            Fate::Fatal => Interruption::Restart,
            Fate::Handler if result == ERESTARTNOINTR => Interruption::Restart,
            Fate::Handler if action.flags & SA_RESTART != 0 && restartable(call) => {
                Interruption::Restart
            }
            Fate::Handler => Interruption::Visible,
        }
    }

    fn log_call(&mut self, payload: &SyscallPayload, stamp: Stamp, outcome: &Outcome) {
        let mut atts: Vec<Att> = Vec::new();
        if let Some(mapped) = &outcome.mapped {
            mapped.attach(&mut atts);
        }
        if let Some((size, identity)) = &outcome.resized {
            let kind = clew_abi::record::ATT_FILE_SIZE;
            atts.push(Att::Bytes { kind, addr: *size, bytes: identity });
        }
        atts.extend(outcome.written.iter().map(|&(addr, len)| Att::Memory { addr, len }));
        atts.extend(outcome.strings.iter().map(|(index, text)| Att::Bytes {
            kind: clew_abi::record::ATT_STRING,
            addr: *index,
            bytes: text,
        }));
        if !outcome.output.is_empty() {
            let kind = clew_abi::record::ATT_OUTPUT;
            atts.push(Att::Bytes { kind, addr: 0, bytes: &outcome.output });
        }
        let checksums = self.memory_checksums(false);
        if let Some(checksums) = &checksums {
            checksums.attach(&mut atts);
        }
        if let Some(time) = self.clock.due() {
            atts.push(Att::Bytes { kind: clew_abi::record::ATT_TIME, addr: time, bytes: &[] });
        }
        let stamp = Stamp { flags: outcome.flags, ..stamp };
        if let Mode::Record(log) = &mut self.mode {
            let event = if outcome.event == 0 { log::next_event() } else { outcome.event };
            log.event_numbered(event, Kind::Syscall, stamp, payload, &atts);
            self.recent.push(event, Kind::Syscall as u16, payload.nr, stamp.tick);
        }
    }

    /// Does the call, whichever way it takes, while recording.
    fn perform(&mut self, call: &Call) -> Outcome {
        let class = clew_syscalls::class(call);
        match class {
            Class::Refused(errno) => return Outcome::of(-i64::from(errno)),
            Class::Emulated(answer) => return self.emulate(call, answer, None),
            Class::Special(_) | Class::Plain => {}
        }
        if let Some(refused) = self.refuse_reserved(call) {
            return refused;
        }
        let changed = hidden::without_engine(call);
        let call = changed.as_ref().unwrap_or(call);
        let special = match class {
            Class::Special(way) => self.special(call, way),
            _ => None,
        };
        special.unwrap_or_else(|| self.plain(call))
    }

    fn unrecorded_call(&mut self, call: &Call) {
        let pc = ctx().pc;
        let outcome = self.perform(call);
        if matches!(outcome.result, ERESTARTSYS | ERESTARTNOINTR) {
            return;
        }
        if !outcome.context_replaced {
            finish(outcome.result, pc);
        }
    }
}

/// Puts a call's result where the guest finds it and steps over the instruction, which leaves the
/// return address in rcx and the flags in r11 (SDM volume 2, SYSCALL).
pub fn finish(result: i64, pc: u64) {
    ctx().gpr[RAX] = result as u64;
    step_over(pc);
}

/// The processor's part of a call at `pc`, all there is of one that is not made. Returns where the guest
/// is then.
pub fn step_over(pc: u64) -> u64 {
    let c = ctx();
    c.gpr[RCX] = pc + 2;
    c.gpr[R11] = c.rflags;
    c.pc = pc + 2;
    c.pc
}

enum Interruption {
    /// Nothing the guest can see happened.
    Retry,
    Restart,
    /// The guest sees EINTR.
    Visible,
}

/// Does the kernel restart this call after a handler with SA_RESTART? Source: signal(7).
fn restartable(call: &Call) -> bool {
    use crate::sys::*;
    // A wait with a time limit goes on with what is left of it, but not after a handler.
    let limited = call.nr == __NR_futex && call.args[3] != 0;
    !limited
        && !waits_for_time(call)
        && !matches!(
            call.nr,
            __NR_pause
                | __NR_rt_sigsuspend
                | __NR_rt_sigtimedwait
                | __NR_io_getevents
                | __NR_semop
                | __NR_semtimedop
                | __NR_msgrcv
                | __NR_msgsnd
        )
}

/// Is this a call that answers 0 when its time is over?
fn waits_for_time(call: &Call) -> bool {
    use crate::sys::*;
    matches!(
        call.nr,
        __NR_nanosleep
            | __NR_clock_nanosleep
            | __NR_poll
            | __NR_ppoll
            | __NR_select
            | __NR_pselect6
            | __NR_epoll_wait
            | __NR_epoll_pwait
            | __NR_epoll_pwait2
    )
}

/// Signal handling shared with `crate::signal`.
impl Engine {
    fn fate_of_pending(&self) -> Fate {
        self.task.signals.waiting().map_or(Fate::Ignored, |t| self.fate(t.signo, false))
    }
}

impl Engine {
    /// Makes a call for the guest, answering [`ERESTARTNOINTR`] if a signal came first. The baton stays
    /// here: the call must not block.
    pub fn kernel(&mut self, call: &Call) -> i64 {
        let pending = self.task.pending_at() as *const u64;
        let engine = (&raw mut *self).cast();
        // SAFETY: as safe as the guest's own call.
        unsafe { crate::asm::clew_blocking_call(call.nr.into(), &call.args, pending, engine) }
    }

    /// [`Self::kernel`] for a call that may block: other tasks may run meanwhile.
    pub fn kernel_blocking(&mut self, call: &Call) -> i64 {
        if !self.tasks.several() {
            self.sharing.park();
            let result = self.kernel(call);
            self.unpark();
            return result;
        }
        let task = self.task;
        self.lend_baton();
        let pending = task.pending_at() as *const u64;
        let engine = (&raw mut *self).cast();
        // SAFETY: as safe as the guest's own call.
        let result =
            unsafe { crate::asm::clew_blocking_call(call.nr.into(), &call.args, pending, engine) };
        if result == 0 && waits_for_time(call) {
            baton().late(task);
        }
        self.take_baton(task);
        result
    }
}
