//! Waits in memory that other processes share, which the kernel does.

use super::{OWNER_DIED, PRIVATE_FLAG, TID_MASK, WAITERS, futex_deadline};
use crate::calls::Outcome;
use crate::state::Engine;
use crate::sys::{self, *};
use crate::task::baton::now;
use clew_syscalls::Call;

impl Engine {
    /// A wait in shared memory for a lock that a process of the trace owns. Should the owner be killed,
    /// the kernel marks its locks, but only where the owner still has the page: then the waiter does
    /// it in its place. `None` if this is no such wait.
    pub(super) fn wait_for_mortal(&mut self, call: &Call) -> Option<Outcome> {
        const NAP: u64 = 20_000_000;
        let [addr, op, value, timeout, ..] = call.args;
        let (command, value) = ((op & 0x7f) as u32, value as u32);
        if matches!(command, FUTEX_LOCK_PI | FUTEX_LOCK_PI2 | FUTEX_TRYLOCK_PI) {
            return Some(self.lock_of_mortal(call));
        }
        let owner = value & TID_MASK;
        let waits = matches!(command, FUTEX_WAIT | FUTEX_WAIT_BITSET) && value & WAITERS != 0;
        if !waits || !self.sharing.is_sharer(owner) {
            return None;
        }
        let Ok(deadline) = futex_deadline(command, op, timeout) else { return None };
        loop {
            let left = deadline.map_or(NAP, |d| d.at.saturating_sub(now(d.clock)));
            let nap = [0, left.min(NAP)];
            let op = u64::from(FUTEX_WAIT) | op & PRIVATE_FLAG;
            let args = [addr, op, value.into(), nap.as_ptr() as u64, 0, 0];
            let result = self.kernel_blocking(&Call { nr: call.nr, args });
            self.get_range(addr, 4);
            let word = sys::read_u32(addr);
            let mut outcome =
                Outcome { written: alloc_crate::vec![(addr, 4)], ..Outcome::of(result) };
            if result == -i64::from(EFAULT) && word.is_some() {
                // Another thread had given the page up.
                continue;
            }
            if result != -i64::from(ETIMEDOUT) || left <= NAP && deadline.is_some() {
                return Some(outcome);
            }
            if word == Some(value) && !self.sharing.is_alive(owner) {
                self.write_word(addr, WAITERS | OWNER_DIED);
                outcome.result = 0;
                return Some(outcome);
            }
            if word != Some(value) {
                outcome.result = 0;
                return Some(outcome);
            }
        }
    }

    /// A priority-inheriting lock, which the kernel refuses if its owner is gone and nobody has marked it.
    fn lock_of_mortal(&mut self, call: &Call) -> Outcome {
        let addr = call.args[0];
        let outcome = self.plain(call);
        let word = sys::read_u32(addr).unwrap_or(0);
        let orphan = outcome.result == -i64::from(ESRCH)
            && word & OWNER_DIED == 0
            && self.sharing.takes_part()
            && !self.sharing.is_alive(word & TID_MASK);
        if !orphan || !self.write_word(addr, word & WAITERS | OWNER_DIED) {
            return outcome;
        }
        self.plain(call)
    }
}
