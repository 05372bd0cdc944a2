//! Waits in memory that other processes share, which the kernel does.

use super::{OWNER_DIED, PRIVATE_FLAG, TID_MASK, WAITERS, futex_deadline};
use crate::calls::Outcome;
use crate::state::Engine;
use crate::sys::{self, *};
use crate::task::baton::now;
use clew_syscalls::Call;

/// How often a waiter looks whether the owner is still there (nanoseconds).
pub(super) const NAP: u64 = 20_000_000;

impl Engine {
    /// A wait in shared memory for a lock that a process of the trace owns. Should the owner be killed,
    /// the kernel marks its locks, but only where the owner still has the page: then the waiter does
    /// it in its place. `None` if this is no such wait.
    pub(super) fn wait_for_mortal(&mut self, call: &Call) -> Option<Outcome> {
        let [addr, op, value, timeout, ..] = call.args;
        let (command, value) = ((op & 0x7f) as u32, value as u32);
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
}
