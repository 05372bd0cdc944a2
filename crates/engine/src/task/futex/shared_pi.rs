//! Priority-inheriting locks in memory that other processes share.
//!
//! The kernel takes and releases them, but it is only let *try*: were it let wait for one, it would
//! write the word (the waiters' bit, a new owner) while other tasks of this memory run, at a moment
//! that no event tells. So the word changes only while this task holds the baton and the page, and
//! the wait is for a word of the engines' that counts the changes. There are no priorities here, and
//! circles of owners are not noticed.

use super::shared::NAP;
use super::{
    CLOCK_REALTIME_FLAG, Key, OWNER_DIED, PRIVATE_FLAG, TID_MASK, WAITERS, error, futex_deadline,
};
use crate::calls::{ERESTARTNOINTR, ERESTARTSYS, Outcome};
use crate::state::Engine;
use crate::sys::{self, *};
use crate::task::baton::now;
use clew_syscalls::Call;
use core::sync::atomic::Ordering;

impl Engine {
    /// An operation on such a lock while recording; `None` if it is none.
    pub(super) fn shared_lock(&mut self, command: u32, call: &Call) -> Option<Outcome> {
        if !self.sharing.takes_part() {
            return None;
        }
        match command {
            FUTEX_TRYLOCK_PI => Some(self.try_lock_shared(call)),
            FUTEX_LOCK_PI | FUTEX_LOCK_PI2 => Some(self.lock_shared(command, call)),
            FUTEX_UNLOCK_PI => {
                let outcome = self.plain(call);
                if outcome.result == 0 {
                    self.sharing.lock_has_changed(call.args[0]);
                }
                Some(outcome)
            }
            _ => None,
        }
    }

    fn lock_shared(&mut self, command: u32, call: &Call) -> Outcome {
        let [addr, op, _, timeout, ..] = call.args;
        if command == FUTEX_LOCK_PI && op & CLOCK_REALTIME_FLAG != 0 {
            return error(ENOSYS);
        }
        let deadline = match futex_deadline(command, op, timeout) {
            Ok(deadline) => deadline,
            Err(errno) => return error(errno),
        };
        let only_try = u64::from(FUTEX_TRYLOCK_PI) | op & PRIVATE_FLAG;
        let only_try = Call { nr: call.nr, args: [addr, only_try, 0, 0, 0, 0] };
        loop {
            let changes = self.sharing.lock_changes(addr);
            let seen = changes.load(Ordering::Acquire);
            self.get_range(addr, 4);
            let before = sys::read_u32(addr);
            let mut outcome = self.try_lock_shared(&only_try);
            if outcome.result != -i64::from(EAGAIN) {
                return outcome;
            }
            if sys::read_u32(addr) != before {
                // It is waited for: others see that before this call has ended.
                self.record_words(&[addr]);
            }
            let left = deadline.map_or(NAP, |d| d.at.saturating_sub(now(d.clock)));
            let nap = [0, left.min(NAP)];
            let args = [
                changes.as_ptr() as u64,
                FUTEX_WAIT.into(),
                seen.into(),
                nap.as_ptr() as u64,
                0,
                0,
            ];
            let slept = if left == 0 {
                -i64::from(ETIMEDOUT)
            } else {
                self.kernel_blocking(&Call { nr: call.nr, args })
            };
            self.get_range(addr, 4);
            if matches!(slept, ERESTARTSYS | ERESTARTNOINTR) || slept == -i64::from(EINTR) {
                outcome.result = ERESTARTNOINTR;
                return outcome;
            }
            if left == 0 {
                outcome.result = slept;
                return outcome;
            }
        }
    }

    /// `FUTEX_TRYLOCK_PI`. The kernel refuses a lock whose owner is gone and that nobody has marked.
    fn try_lock_shared(&mut self, call: &Call) -> Outcome {
        let addr = call.args[0];
        let mut refused = None;
        loop {
            let outcome = self.plain(call);
            if outcome.result != -i64::from(ESRCH) {
                return outcome;
            }
            let word = sys::read_u32(addr).unwrap_or(0);
            let owner = word & TID_MASK;
            if owner == 0 || self.sharing.is_alive(owner) {
                // Somebody else has marked it, or owns it, since the kernel looked.
                if refused.replace(word) == Some(word) {
                    return outcome;
                }
            } else if self.write_word(addr, word & WAITERS | OWNER_DIED) {
                self.sharing.lock_has_changed(addr);
            } else {
                return outcome;
            }
        }
    }

    /// A task has ended and its lock was marked: those that wait for it are to look.
    pub(super) fn tell_of_lock(&self, addr: u64) {
        if self.is_kernels(Key { addr, private: false }) && self.sharing.takes_part() {
            self.sharing.lock_has_changed(addr);
        }
    }
}
