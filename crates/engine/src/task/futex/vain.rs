//! Waits in vain: a task that is woken finds that the waker has taken the lock again, and goes back to
//! waiting. With a processor of its own it would be there in time, sooner or later. With the baton it may
//! always be given its turn within the same call of the other's, which holds the lock then. So after some
//! such waits the next wake-up lets the woken task run at once.

use super::Key;
use crate::state::Engine;
use crate::task::TaskRef;
use crate::task::baton::Baton;

/// So many waits in vain are enough.
const ENOUGH: u32 = 16;
/// A task that waits for the same futex again after fewer ticks has come to nothing in between.
const AT_ONCE: u64 = 100;

/// What a task's wake-ups came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Vain {
    /// The futex that it was woken from last, and its tick then.
    addr: u64,
    tick: u64,
    /// How often in turn it went back to waiting for that at once.
    times: u32,
}

impl Engine {
    /// The running task is about to wait.
    pub(super) fn note_wait(&mut self, key: Key) {
        let now = self.ticks.now();
        let vain = &mut self.task.vain;
        let again = vain.addr == key.addr && now.saturating_sub(vain.tick) < AT_ONCE;
        vain.times = if again { vain.times + 1 } else { 0 };
    }

    /// It has been woken, and runs.
    pub(super) fn note_woken(&mut self, key: Key) {
        let now = self.ticks.now();
        let vain = &mut self.task.vain;
        (vain.addr, vain.tick) = (key.addr, now);
    }
}

/// Has the running task to make way for one that it wakes?
pub(super) fn urges(baton: &Baton, woken: TaskRef) -> bool {
    woken.vain.times >= ENOUGH && baton.schedule.is_none()
}
