//! Waiting in the line, and being woken out of it.

use super::vain::urges;
use super::{Place, Role};
use crate::calls::ERESTARTSYS;
use crate::state::Engine;
use crate::sys::ETIMEDOUT;
use crate::task::TaskRef;
use crate::task::baton::{Awake, Baton, Deadline, baton, wake};
use core::sync::atomic::Ordering;

/// How a wait ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slept {
    /// Somebody woke the task, with this result.
    Woken(i64),
    TimedOut,
    /// A signal came. The role is the one the task had then: it may have been moved to a lock.
    Interrupted(Role),
}

impl Slept {
    /// The result of a call that a signal interrupts as usual.
    pub fn result(self) -> i64 {
        match self {
            Self::Woken(result) => result,
            Self::TimedOut => -i64::from(ETIMEDOUT),
            Self::Interrupted(_) => ERESTARTSYS,
        }
    }
}

impl Engine {
    /// Lets others run while the running task waits in these places.
    pub(super) fn wait_in_line(&mut self, places: &[Place], deadline: Option<Deadline>) -> Slept {
        let mut task = self.task;
        let baton = baton();
        baton.lock();
        task.woken = None;
        baton.line.extend_from_slice(places);
        self.chaotic_wait(deadline.is_none());
        self.notes_holds(task, true);
        self.leave_sleeping(task);
        loop {
            let patience = baton.look_again().filter(|p| deadline.is_none_or(|d| p.before(&d)));
            let awake = self.sleep(task, patience.or(deadline), true);
            task.waits_for_tasks(false);
            if awake == Awake::Go {
                self.got_baton(task);
                break;
            }
            baton.lock();
            let only_looks = awake == Awake::Timeout && patience.is_some();
            if only_looks && task.woken.is_none() && !baton.has_dead() {
                baton.unlock();
                continue;
            }
            let mut gone = None;
            if awake == Awake::Timeout && !only_looks {
                baton.delay(task);
            }
            if task.woken.is_none() {
                if !only_looks {
                    gone = leave_line(baton, task);
                }
                self.return_from_sleep(task);
            } else {
                // In the queue already.
                baton.unlock();
                self.await_baton(task);
                self.got_baton(task);
            }
            if let (Some(place), None) = (gone, task.woken) {
                return match awake {
                    Awake::Timeout => Slept::TimedOut,
                    _ => Slept::Interrupted(place.role),
                };
            }
            if task.woken.is_some() {
                break;
            }
            // It was for a dead task's sake.
            baton.lock();
            self.leave_sleeping(task);
        }
        Slept::Woken(task.woken.take().unwrap_or(0))
    }

    /// The running task sleeps from now on, the next one may run. Unlocks the baton.
    pub(super) fn leave_sleeping(&mut self, task: TaskRef) {
        let baton = baton();
        task.go.store(0, Ordering::Relaxed);
        let next = baton.pass_on();
        if next.is_none() {
            baton.holder = None;
            self.sharing.park();
        }
        baton.unlock();
        wake(next);
    }

    /// Gets the baton, which is locked, and unlocks it.
    pub(super) fn return_from_sleep(&mut self, task: TaskRef) {
        let baton = baton();
        if baton.seize(task) {
            baton.unlock();
        } else {
            baton.enqueue(task, true);
            baton.unlock();
            self.await_baton(task);
        }
        self.got_baton(task);
    }

    /// Takes a task out of the line and lets it run, with this result. The baton is locked.
    pub(super) fn awaken(&mut self, mut task: TaskRef, result: i64) {
        let baton = baton();
        leave_line(baton, task);
        task.woken = Some(result);
        task.waits_for_tasks(false);
        if task != self.task {
            baton.enqueue(task, true);
            if urges(baton, task) {
                baton.end_quantum();
            }
        }
    }
}

/// Takes all of a task's places out of the line. Returns the first.
pub(super) fn leave_line(baton: &mut Baton, task: TaskRef) -> Option<Place> {
    let first = baton.line.iter().copied().find(|place| place.task == task);
    baton.line.retain(|place| place.task != task);
    first
}
