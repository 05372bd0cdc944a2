//! Stopping processes that own shared pages.
//!
//! A process that the kernel stops in the middle of guest code answers no requests, and whoever needs a
//! page of its would wait until it is continued, perhaps by that very process. So SIGSTOP for another
//! process that takes part is passed on by way of its engine, which gives its pages free (it parks)
//! before it stops itself; one that is parked is stopped at once. Stops that come from elsewhere (a
//! terminal, processes that are not recorded) are the kernel's alone.

use super::table::{self, ProcessEntry, RUNNING, is_stopped, process_of, table};
use crate::calls::Outcome;
use crate::signal::{SIGCONT, SIGSTOP};
use crate::state::Engine;
use crate::sys::{self, *};
use clew_syscalls::Call;
use core::sync::atomic::Ordering;

/// What [`ProcessEntry::stop`] says: another process has stopped this one, which does not know yet.
const ASKED: u32 = 1;
/// It has stopped itself, or is about to.
const STOPPING: u32 = 2;
/// How long to wait for that (nanoseconds), and how often.
const NAP: u64 = 200_000;
const PATIENCE: u32 = 5000;
/// The same, of a process that nothing keeps from stopping.
const SHORT_PATIENCE: u32 = 100;

impl Engine {
    /// A call that sends a signal: to the effect the guest expects, if that is a stop of a process
    /// that takes part, or its continuation. `None`: the call is like others.
    pub fn send_stop(&mut self, call: &Call) -> Option<Outcome> {
        if !self.sharing.active() {
            return None;
        }
        let a = &call.args;
        let (target, signo) = match call.nr {
            __NR_tgkill => (a[1] as i32, a[2]),
            _ => (a[0] as i32, a[1]),
        };
        let target = u32::try_from(target).ok().filter(|&pid| pid > 0)?;
        if signo != u64::from(SIGSTOP) && signo != u64::from(SIGCONT) {
            return None;
        }
        let entry = find(target)?;
        if signo == u64::from(SIGCONT) {
            let _ = entry.stop.compare_exchange(ASKED, 0, Ordering::Relaxed, Ordering::Relaxed);
            entry.await_stop();
            return None;
        }
        if entry.pid.load(Ordering::Relaxed) == sys::getpid() as u32 {
            entry.stop.store(ASKED, Ordering::Relaxed);
            self.stop_if_asked();
            return Some(Outcome::of(0));
        }
        let asks = Call { nr: __NR_kill, args: [target.into(), 0, 0, 0, 0, 0] };
        let allowed = self.kernel(&asks);
        if allowed != 0 {
            return Some(Outcome::of(allowed));
        }
        let result = table().locked(|_| {
            if entry.state.load(Ordering::Relaxed) == RUNNING {
                entry.stop.store(ASKED, Ordering::Release);
                return 0;
            }
            let result = self.kernel(call);
            // A parked process cannot go on while the lock is held. The kernel stops one thread after
            // the other.
            entry.await_stopped(SHORT_PATIENCE);
            result
        });
        Some(Outcome::of(result))
    }

    /// Stops, if another process has asked for that. Called at ticks and system calls.
    pub(super) fn stop_if_asked(&mut self) {
        let entry = table().process(self.sharing.number);
        if entry.stop.load(Ordering::Relaxed) != 0 {
            // Parking finds it as well.
            self.sharing.park();
            self.unpark();
        }
    }
}

impl ProcessEntry {
    /// The process is parked: if it has been asked to stop meanwhile, it does ([`stop_now`]). Under the
    /// lock, which it leaves before.
    pub(super) fn takes_stop(&self) -> bool {
        self.stop.compare_exchange(ASKED, STOPPING, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Stops this process, all of its tasks, until it is continued. The signal is this thread's own:
    /// one for the process might stop others first, and let this one run on meanwhile.
    pub(super) fn stop_now(&self) {
        // SAFETY: no memory; the caller's pages are free.
        unsafe { syscall!(__NR_tgkill, sys::getpid(), syscall!(__NR_gettid), SIGSTOP) };
        self.stop.store(0, Ordering::Release);
    }

    /// A process that is about to stop itself must not be continued before.
    fn await_stop(&self) {
        if self.stop.load(Ordering::Acquire) == STOPPING {
            self.await_stopped(PATIENCE);
        }
    }

    fn await_stopped(&self, patience: u32) {
        let pid = self.pid.load(Ordering::Relaxed);
        for _ in 0..patience {
            if is_stopped(pid) {
                return;
            }
            let word = self.stop.load(Ordering::Relaxed);
            table::wait(&self.stop, word, NAP);
        }
    }
}

/// The process that a task belongs to, if it takes part.
fn find(tid: u32) -> Option<&'static ProcessEntry> {
    let table = table();
    table.find_process(tid).or_else(|| table.find_process(process_of(tid)?))
}
