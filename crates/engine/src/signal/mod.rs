//! Signals. The engine owns every real handler and keeps the guest's table itself.
//!
//! Invariants:
//! - The real signal mask is the guest's, less the synchronous signals; from the moment an
//!   asynchronous signal is taken until the guest's handler has been set up, everything
//!   asynchronous is blocked, so that at most one signal waits in the engine and the kernel keeps
//!   the rest with its own semantics (coalescing, real-time queues).
//! - Asynchronous signals reach the guest at a tick or after a system call, at a recorded position.
//! - Synchronous ones (faults) are taken from the kernel's frame, mapped back to guest state, and
//!   delivered from the dispatcher like every other exit of the cache.

pub mod calls;
pub mod frame;
pub mod host;
pub mod xstate;

pub use host::{find_vdso, install_handlers};

use crate::log::{Stamp, registers_check};
use crate::state::{Engine, Mode, ctx};
use crate::sys::{self, syscall};
use clew_abi::record::{
    ExitPayload, Kind, REC_BETWEEN, SIG_ACT_FATAL, SIG_ACT_HANDLER, SIG_ACT_IGNORED, SignalPayload,
};

pub const SIGILL: u32 = 4;
pub const SIGTRAP: u32 = 5;
pub const SIGBUS: u32 = 7;
pub const SIGFPE: u32 = 8;
pub const SIGKILL: u32 = 9;
pub const SIGSEGV: u32 = 11;
pub const SIGCHLD: u32 = 17;
pub const SIGCONT: u32 = 18;
pub const SIGSTOP: u32 = 19;
pub const SIGTSTP: u32 = 20;
pub const SIGTTIN: u32 = 21;
pub const SIGTTOU: u32 = 22;
pub const SIGURG: u32 = 23;
pub const SIGWINCH: u32 = 28;
pub const SIGSYS: u32 = 31;

pub const SIG_DFL: u64 = 0;
pub const SIG_IGN: u64 = 1;

pub const SA_NODEFER: u64 = 0x4000_0000;
pub const SA_RESETHAND: u64 = 0x8000_0000;
pub const SA_RESTORER: u64 = 0x0400_0000;
pub const SA_ONSTACK: u64 = 0x0800_0000;
pub const SA_SIGINFO: u64 = 4;
pub const SA_RESTART: u64 = 0x1000_0000;

/// The bit of a signal in a mask.
pub const fn bit(signo: u32) -> u64 {
    1 << (signo - 1)
}

/// Signals that the processor raises.
pub const SYNCHRONOUS: u64 = bit(SIGSEGV) | bit(SIGBUS) | bit(SIGFPE) | bit(SIGILL) | bit(SIGTRAP);
const SYNCHRONOUS_ONES: [u32; 5] = [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP];
const UNBLOCKABLE: u64 = bit(SIGKILL) | bit(SIGSTOP);
const DEFAULT_IGNORED: u64 = bit(SIGCHLD) | bit(SIGCONT) | bit(SIGURG) | bit(SIGWINCH);
const DEFAULT_STOPS: u64 = bit(SIGSTOP) | bit(SIGTSTP) | bit(SIGTTIN) | bit(SIGTTOU);

/// `struct sigaction` of the kernel's ABI.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct Action {
    pub handler: u64,
    pub flags: u64,
    pub restorer: u64,
    pub mask: u64,
}

/// A signal on its way to the guest.
#[derive(Clone, Copy)]
pub struct Taken {
    pub signo: u32,
    pub info: [u64; 16],
    /// The processor's error code, trap number and fault address, for the guest's frame.
    pub fault: [u64; 3],
}

/// A task's signal state.
#[derive(Default)]
pub struct TaskSignals {
    /// The guest's mask.
    pub blocked: u64,
    /// The mask to put back when a call that replaced it (`sigsuspend`, `ppoll`) has ended.
    pub restore: Option<u64>,
    pub altstack: frame::AltStack,
    /// Taken by the handler, not yet delivered.
    pub pending: Option<Taken>,
    /// What waits came together with what was delivered last: the kernel delivers both at one place.
    pub together: bool,
    /// Signals of the kind that the processor raises, but sent by somebody: the kernel never blocks
    /// them here, so the guest's mask holds them back.
    pub sent: [Option<Taken>; SYNCHRONOUS_ONES.len()],
    /// The fault behind an `EXIT_FAULT`.
    pub fault: Option<Taken>,
    /// Host address of the shadow dispatch that found no table (an `EXIT_MISS` by fault), or 0.
    pub dispatch_fault: u64,
    /// Where in the cache the fault behind an `EXIT_FAULT` happened.
    pub fault_host: u64,
    /// One instruction is being executed with the guest's trap flag set. The processor's is never
    /// set, and neither is the context's while translated code runs.
    pub stepping: bool,
}

/// The ignored signals as exec left them in the kernel's table, and the mask.
pub fn inherited() -> ([Action; 65], u64) {
    let mut actions = [Action::default(); 65];
    for signo in 1..=64u32 {
        let mut action = Action::default();
        // SAFETY: writes the struct.
        unsafe {
            syscall!(sys::__NR_rt_sigaction, signo, 0, &raw mut action, 8);
        }
        if action.handler == SIG_IGN {
            actions[signo as usize].handler = SIG_IGN;
        }
    }
    let mut blocked = 0u64;
    // SAFETY: writes the mask.
    unsafe {
        syscall!(sys::__NR_rt_sigprocmask, 0, 0, &raw mut blocked, 8);
    }
    (actions, blocked)
}

/// What CLONE_CLEAR_SIGHAND makes of a table: handlers are gone, what is ignored stays so.
pub fn clear_handlers(actions: &mut [Action; 65]) {
    for action in actions.iter_mut() {
        let handler = if action.handler == SIG_IGN { SIG_IGN } else { SIG_DFL };
        *action = Action { handler, ..Action::default() };
    }
}

/// The ignored signals of a table as a mask.
pub fn ignored(actions: &[Action; 65]) -> u64 {
    (1..=64u32).filter(|&s| actions[s as usize].handler == SIG_IGN).map(bit).sum()
}

/// Does a signal without a handler end the process?
pub fn fatal_by_default(signo: u32) -> bool {
    bit(signo) & (DEFAULT_IGNORED | DEFAULT_STOPS) == 0
}

impl TaskSignals {
    /// Keeps a signal that was sent rather than raised. Like all standard signals it waits once at
    /// most.
    pub fn keep_sent(&mut self, taken: Taken) {
        let index = SYNCHRONOUS_ONES.iter().position(|&s| s == taken.signo);
        if let Some(slot) = index.and_then(|i| self.sent.get_mut(i))
            && slot.is_none()
        {
            *slot = Some(taken);
        }
    }

    /// Which of them may be delivered.
    fn deliverable(&self) -> Option<usize> {
        let free = |t: &Option<Taken>| t.is_some_and(|t| self.blocked & bit(t.signo) == 0);
        self.sent.iter().position(free)
    }

    /// Those that the mask holds back, as a mask.
    pub fn held_back(&self) -> u64 {
        self.sent.iter().flatten().map(|t| bit(t.signo)).sum::<u64>() & self.blocked
    }

    /// Takes one that the mask holds back and `set` names.
    pub fn take_held_back(&mut self, set: u64) -> Option<Taken> {
        let wanted = self.held_back() & set;
        let slot = |t: &&mut Option<Taken>| t.is_some_and(|t| wanted & bit(t.signo) != 0);
        self.sent.iter_mut().find(slot)?.take()
    }

    /// A signal that is ignored from now on does not wait any more.
    pub fn drop_ignored(&mut self, handler: u64, signo: u32) {
        for slot in &mut self.sent {
            if handler == SIG_IGN && slot.is_some_and(|t| t.signo == signo) {
                *slot = None;
            }
        }
    }

    /// The signal that would be delivered next.
    pub fn waiting(&self) -> Option<Taken> {
        self.pending.or_else(|| self.sent[self.deliverable()?])
    }

    fn take_waiting(&mut self) -> Option<Taken> {
        self.pending.take().or_else(|| self.sent[self.deliverable()?].take())
    }

    /// What waits now, to be forgotten in a child.
    pub fn waiting_now(&self) -> (bool, [bool; SYNCHRONOUS_ONES.len()]) {
        (self.pending.is_some(), self.sent.map(|t| t.is_some()))
    }

    /// Forgets what [`Self::waiting_now`] saw.
    pub fn forget(&mut self, (pending, sent): (bool, [bool; SYNCHRONOUS_ONES.len()])) {
        if pending {
            self.pending = None;
        }
        for (slot, _) in self.sent.iter_mut().zip(sent).filter(|(_, forget)| *forget) {
            *slot = None;
        }
    }
}

/// Gives the kernel the guest's mask.
pub fn sync_mask(blocked: u64) {
    let mask = blocked & !SYNCHRONOUS;
    // SAFETY: reads the mask.
    unsafe { syscall!(sys::__NR_rt_sigprocmask, 2, &raw const mask, 0, 8) };
}

/// What becomes of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Fatal,
    Handler,
    Ignored,
}

impl Engine {
    /// What becomes of a signal now.
    pub fn fate(&self, signo: u32, synchronous: bool) -> Fate {
        let action = &self.task.process().actions[signo as usize];
        // A fault whose signal is blocked or ignored kills (kernel: force_sig).
        let blocked = self.task.signals.blocked & bit(signo) != 0;
        match action.handler {
            _ if synchronous && (blocked || action.handler == SIG_IGN) => Fate::Fatal,
            SIG_IGN => Fate::Ignored,
            SIG_DFL if fatal_by_default(signo) => Fate::Fatal,
            SIG_DFL => Fate::Ignored,
            _ => Fate::Handler,
        }
    }

    /// Delivers the signal that waits, if any. Called with the guest's state in the context, at a
    /// tick or after a system call.
    pub fn deliver_pending(&mut self) {
        if self.task.pending == 0 {
            return;
        }
        self.task.pending = 0;
        self.task.signals.together = false;
        let Some(taken) = self.task.signals.take_waiting() else {
            // Another thread gave it back.
            return sync_mask(self.task.signals.blocked);
        };
        let fate = self.fate(taken.signo, false);
        if fate == Fate::Ignored {
            sync_mask(self.task.signals.blocked);
        } else {
            self.deliver(taken, fate);
        }
        if let Some(mask) = self.task.signals.restore.take() {
            self.task.signals.blocked = mask;
            sync_mask(mask);
        }
        self.look_for_signals();
        self.task.signals.together = self.task.pending != 0;
    }

    /// After a change of the mask: does a signal wait that may be delivered now?
    pub fn look_for_signals(&mut self) {
        if self.task.signals.waiting().is_some() {
            self.task.pending = 1;
        }
    }

    /// The same at a tick, where it may be put off for some instructions.
    pub fn deliver_at_tick(&mut self) {
        if self.task.pending != 0 && (self.task.signals.together || !self.puts_signal_off()) {
            self.deliver_pending();
        }
    }

    /// Before an exec, with all signals blocked: what was taken for the running task, or for its process
    /// by another, waits in the kernel again.
    pub fn give_back_signals(&mut self) {
        const SI_TKILL: u32 = -6i32 as u32;
        let mut own = self.task;
        let others = self.tasks.list.iter().copied().filter(|t| t.is_sibling(own));
        for mut task in others.chain([own]) {
            let goes_along = |taken: &Taken| task == own || taken.info[1] as u32 != SI_TKILL;
            if task.signals.pending.as_ref().is_some_and(goes_along)
                && let Some(taken) = task.signals.pending.take()
            {
                host::give_back(taken.signo, &taken.info);
            }
        }
        for taken in own.signals.sent.iter_mut().filter_map(Option::take) {
            host::give_back(taken.signo, &taken.info);
        }
        own.pending = 0;
    }

    /// A fault at the guest instruction in `ctx().pc`: recorded, or compared with the recording,
    /// and delivered.
    pub fn deliver_fault(&mut self, taken: Taken) {
        if self.diverted() {
            self.stop_in_diversion(taken.signo);
        } else if self.replaying() {
            self.replay_signal(Some(taken));
        } else {
            let fate = self.fate(taken.signo, true);
            self.deliver(taken, fate);
        }
    }

    /// Records (if recording) and performs a delivery.
    pub fn deliver(&mut self, taken: Taken, fate: Fate) {
        let action = match fate {
            Fate::Fatal => SIG_ACT_FATAL,
            Fate::Handler => SIG_ACT_HANDLER,
            Fate::Ignored => SIG_ACT_IGNORED,
        };
        if fate == Fate::Handler && self.recording() {
            let action = self.task.process().actions[taken.signo as usize];
            frame::get_pages(self, &action);
        }
        let stamp = self.stamp();
        if let Mode::Record(log) = &mut self.mode {
            let payload =
                SignalPayload { pc: ctx().pc, signo: taken.signo, action, siginfo: taken.info };
            let fault = taken.fault.map(u64::to_le_bytes).concat();
            let att = crate::log::Att::Bytes {
                kind: clew_abi::record::ATT_FAULT,
                addr: 0,
                bytes: &fault,
            };
            let event = log.event(Kind::Signal, stamp, &payload, &[att]);
            self.recent.push(event, Kind::Signal as u16, taken.signo as u64, stamp.tick);
        }
        match fate {
            Fate::Fatal => self.die_of(taken.signo),
            Fate::Handler => self.enter_handler(&taken),
            Fate::Ignored => {}
        }
    }

    /// What a record of an event says about this moment.
    pub fn stamp(&self) -> Stamp {
        let flags = if self.between { REC_BETWEEN } else { 0 };
        Stamp { flags, tick: self.ticks.now(), check: registers_check(), tid: self.task.tid }
    }

    /// Sets up the guest's handler for a signal. On both sides.
    pub fn enter_handler(&mut self, taken: &Taken) {
        let action = self.task.process().actions[taken.signo as usize];
        if !frame::push(self, taken, &action) {
            // The kernel forces a SIGSEGV when a frame cannot be written.
            let mut info = [0u64; 16];
            info[0] = SIGSEGV as u64;
            info[1] = 0x80; // SI_KERNEL
            self.task.process().actions[SIGSEGV as usize].handler = SIG_DFL;
            let forced = Taken { signo: SIGSEGV, info, fault: [0; 3] };
            return self.deliver_fault(forced);
        }
        if action.flags & SA_RESETHAND != 0 {
            self.task.process().actions[taken.signo as usize].handler = SIG_DFL;
        }
        let mut mask = self.task.signals.blocked | action.mask;
        if action.flags & SA_NODEFER == 0 {
            mask |= bit(taken.signo);
        }
        self.task.signals.blocked = mask & !UNBLOCKABLE;
        if self.recording() {
            sync_mask(self.task.signals.blocked);
        }
        self.ticks.count_one();
    }

    /// Ends the process as the signal would have.
    pub fn die_of(&mut self, signo: u32) -> ! {
        let stamp = self.stamp();
        if self.task.process().guest_of_another {
            self.part_with_baton();
        } else if let Mode::Record(log) = &mut self.mode {
            let payload = ExitPayload { code: 0, signal: signo };
            log.event(Kind::Exit, stamp, &payload, &[]);
            log.tell_full();
            self.save_code();
            self.stop_sharing();
        }
        let default = Action { handler: SIG_DFL, ..Action::default() };
        loop {
            // SAFETY: the process is over; reads the struct and an all-zero mask.
            unsafe {
                syscall!(sys::__NR_rt_sigaction, signo, &raw const default, 0, 8);
                let none = 0u64;
                syscall!(sys::__NR_rt_sigprocmask, 2, &raw const none, 0, 8);
                syscall!(sys::__NR_kill, sys::getpid(), signo);
            }
            if signo == SIGKILL || !fatal_by_default(signo) {
                sys::exit_group(128 + signo as i32);
            }
        }
    }
}
