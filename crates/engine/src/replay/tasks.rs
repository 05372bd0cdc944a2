//! Replaying what tasks do to each other: switches, beginnings, ends.

use crate::calls;
use crate::calls::emulate::ARCH_SET_FS;
use crate::replay::Why;
use crate::signal::{SIGBUS, SYNCHRONOUS, bit};
use crate::state::{Engine, ctx, orders};
use crate::stream::Record;
use crate::sys::{self, *};
use crate::task::start::{CLONE_SETTLS, CLONE_VM, CloneArgs};
use clew_abi::record::*;
use clew_syscalls::Call;

impl Engine {
    /// Takes the events recorded at this very position that no instruction of the running task
    /// causes: signals from outside, changes of memory, switches to other tasks. True if there were
    /// any; then the context may be another task's.
    pub fn events_here(&mut self) -> bool {
        let mut any = false;
        while let Some(next) = self.next_event() {
            if next.header.tick != self.ticks.now() || !self.event_here(&next) {
                break;
            }
            any = true;
        }
        any
    }

    fn event_here(&mut self, next: &Record) -> bool {
        let pc = match next.kind {
            // The instruction is to do what it did before it faulted: it may have set flags in MXCSR.
            Kind::Signal if is_fault(&next.payload()) => return false,
            Kind::Signal => next.payload::<SignalPayload>().pc,
            Kind::Switch => next.payload::<SwitchPayload>().pc,
            Kind::Child => next.payload::<ChildPayload>().pc,
            Kind::Memory => next.payload::<MemoryPayload>().pc,
            _ => return false,
        };
        // A fault to come may be of an instruction at this very place that gets further first
        // (a repeated string instruction): then registers differ.
        if pc != ctx().pc || !self.matches(&next.header) || self.holds_back(next) {
            return false;
        }
        match next.kind {
            Kind::Signal => self.replay_signal(None),
            _ => {
                self.take_event();
                self.other_event(next);
            }
        }
        true
    }

    fn other_event(&mut self, record: &Record) {
        let done = match record.kind {
            Kind::Switch => {
                let to = record.payload::<SwitchPayload>().tid;
                let task = self.tasks.find(to as u32);
                task.map(|task| self.switch_to(task)).is_some()
            }
            Kind::Child => {
                let child = record.payload::<ChildPayload>();
                self.replay_child(child.maker as u32, child.tid as u32)
            }
            _ => {
                self.apply(record);
                true
            }
        };
        if !done {
            self.diverged(Why::Trace, "a task that is not there takes part", record);
        }
        self.stop_behind(record);
    }

    /// A call that makes tasks was recorded with this result: the task begins, if it shares memory.
    pub fn replay_made_task(&mut self, call: &Call, record: &Record, result: i64) {
        let makes = matches!(call.nr, __NR_clone | __NR_clone3 | __NR_vfork);
        if !makes || result <= 0 {
            return;
        }
        let made = match CloneArgs::of(call) {
            Ok(args) if args.flags & CLONE_VM != 0 => self.replay_start_task(&args, result as u32),
            Ok(_) => true,
            Err(_) => false,
        };
        if !made {
            self.diverged(Why::Trace, "a recorded task cannot be made", record);
        }
    }

    /// The `Fork` record of the process asked for stands where its maker's call would: becomes it.
    pub fn replay_fork(&mut self, call: &Call, record: &Record) {
        let fork: ForkPayload = record.payload();
        let same = fork.nr == call.nr.into() && fork.args == call.args && fork.pc == ctx().pc;
        let args = CloneArgs::of(call);
        let (Ok(args), true, true) = (args, same, self.matches(&record.header)) else {
            self.diverged_at_call(
                "the guest makes another system call than the fork recorded",
                record,
                call,
            );
        };
        let pc = ctx().pc;
        self.apply(record);
        self.be_child(fork.pid, &args);
        if args.flags & CLONE_SETTLS != 0 {
            // SAFETY: FS is the guest's alone.
            unsafe { sys::syscall!(sys::__NR_arch_prctl, ARCH_SET_FS, args.tls) };
        }
        calls::finish(0, pc);
        self.forks_left = self.forks_left.saturating_sub(1);
        self.after_event(record);
    }

    /// The running task's `exit` was recorded: others go on.
    pub fn replay_task_end(&mut self, record: &Record) {
        self.apply(record);
        self.forget_running_task();
        self.stop_behind(record);
        self.expect_switch(record);
    }

    /// After the running task has ended: the next event is a switch, or the recording stops here.
    pub fn expect_switch(&mut self, record: &Record) {
        if self.next_event().is_none() {
            self.truncated();
        }
        if !self.events_here() {
            self.diverged(Why::Trace, "a task goes on after its end", record);
        }
        self.aim_at_next();
    }

    /// Ends the replay if it was to end behind this event.
    pub fn stop_behind(&mut self, record: &Record) {
        let stop = orders().stop_event;
        if stop != 0 && self.forks_left == 0 && record.header.event >= stop {
            self.ended(clew_abi::control::END_TRUNCATED, 0);
        }
    }
}

/// Was the signal raised by the instruction at its place, which will do so again?
fn is_fault(signal: &SignalPayload) -> bool {
    let by_processor = signal.siginfo[1] as i32 > 0 && !is_past_file(signal);
    let raised = |signo| SYNCHRONOUS & bit(signo) != 0;
    by_processor && (1..=64).contains(&signal.signo) && raised(signal.signo)
}

/// Did an access go past the end of a mapped file? One that others made shorter is not so while replaying.
/// Other reasons for this signal, such as addresses that are none relative to the stack pointer, are there
/// again.
pub fn is_past_file(signal: &SignalPayload) -> bool {
    const BUS_ADRERR: i32 = 2;
    signal.signo == SIGBUS && signal.siginfo[1] as i32 == BUS_ADRERR
}
