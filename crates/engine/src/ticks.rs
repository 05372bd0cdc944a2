//! The task's tick: how many control transfers it has executed that can close a cycle.
//!
//! Translated code counts down [`COUNTERS`] memory words by [`TICK`]; the one that reaches zero
//! leaves the cache. A budget of R ticks is dealt as `(R - 1) / n + 1` to each: the first counter to reach zero
//! does so after at most `n * ((R - 1) / n) + 1 <= R` ticks, so a target is never overshot, and with
//! R = 1 every counter is 1 and the very next tick leaves.

use crate::state::ctx;
use clew_translate::context::{COUNTERS, TICK};

/// The clock of one task.
#[derive(Default)]
pub struct Ticks {
    /// `now()` plus the sum of the counters in ticks.
    total: u64,
    /// Leave the cache when this tick is reached.
    pub target: u64,
}

/// Ticks dealt when nothing is awaited.
const FOREVER: u64 = 1 << 52;

impl Ticks {
    /// Ticks executed so far.
    #[inline]
    pub fn now(&self) -> u64 {
        self.total - counted()
    }

    /// Counts a tick that translated code did not count itself.
    pub fn count_one(&mut self) {
        self.total += 1;
    }

    /// Sets the clock (start of a process).
    pub fn set(&mut self, now: u64) {
        self.total = now + counted();
    }

    /// Deals the counters so that the cache is left at `target` at the latest (and, some times,
    /// before).
    pub fn aim(&mut self, target: Option<u64>) {
        let now = self.now();
        self.target = target.unwrap_or(now + FOREVER);
        let budget = self.target.saturating_sub(now).max(1);
        self.deal(now, (budget - 1) / COUNTERS as u64 + 1);
    }

    fn deal(&mut self, now: u64, each: u64) {
        ctx().counters = [each * TICK; COUNTERS];
        self.total = now + each * COUNTERS as u64;
    }

    /// From the signal handler: leave the cache at the very next tick. Where translated code is
    /// counting that tick through a register, the handler corrects the register.
    pub fn expire(&mut self) {
        let now = self.now();
        self.deal(now, 1);
    }
}

/// Ticks left in the counters.
fn counted() -> u64 {
    ctx().counters.iter().sum::<u64>() / TICK
}
