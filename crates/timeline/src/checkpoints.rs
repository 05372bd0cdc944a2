//! Copies of the process at positions of the past, from which a timeline goes forward again.
//!
//! How many there are is bounded; what is given up is what costs least to make again, seen from where the
//! timeline is.

use std::time::Duration;

use crate::Position;
use crate::engine::Engine;
use crate::memory;

/// Checkpoints that are kept, besides the one at the beginning.
const KEPT: usize = 48;
/// Those that are kept even if memory is low.
const FEW: usize = 6;

pub struct Checkpoint {
    pub position: Position,
    /// How long a replay runs from the beginning to here, about.
    pub time: Duration,
    pub engine: Engine,
    /// Never given up.
    pub pinned: bool,
    /// Made for steps back: this task has not come to this tick.
    pub near: Option<(u32, u64)>,
}

/// Sorted by position.
#[derive(Default)]
pub struct Checkpoints {
    all: Vec<Checkpoint>,
}

impl Checkpoints {
    /// Adds one, unless there is one at its position. `now` is where the timeline is.
    pub fn add(&mut self, checkpoint: Checkpoint, now: Duration) {
        let at = match self.all.binary_search_by_key(&checkpoint.position, |c| c.position) {
            Ok(at) => {
                self.all[at].pinned |= checkpoint.pinned;
                return;
            }
            Err(at) => at,
        };
        self.all.insert(at, checkpoint);
        let mut kept = self.all.iter().filter(|c| !c.pinned).count();
        while kept > KEPT || kept > FEW && memory::is_low() {
            self.thin(now);
            kept -= 1;
        }
    }

    /// The number of the last one that is not behind `position`.
    pub fn last_up_to(&self, position: Position) -> Option<usize> {
        self.all.partition_point(|c| c.position <= position).checked_sub(1)
    }

    /// The number of the last one before `position`.
    pub fn last_before(&self, position: Position) -> Option<usize> {
        self.all.partition_point(|c| c.position < position).checked_sub(1)
    }

    /// The task that runs at the beginning.
    pub fn first_tid(&self) -> u32 {
        self.all.first().map_or(0, |c| c.engine.stopped.place.tid as u32)
    }

    /// The number of the last one at which this task runs and has not come to that tick; the beginning's
    /// if there is none.
    pub fn last_at_tick(&self, tid: u32, tick: u64) -> usize {
        let before = |c: &Checkpoint| {
            c.engine.stopped.place.tid == u64::from(tid) && c.position.tick <= tick
        };
        self.all.iter().rposition(before).unwrap_or(0)
    }

    pub fn get(&mut self, number: usize) -> Option<&mut Checkpoint> {
        self.all.get_mut(number)
    }

    /// How long a replay runs to the last one there is.
    pub fn reach(&self) -> Duration {
        self.all.last().map_or(Duration::ZERO, |c| c.time)
    }

    /// Gives up the one whose loss costs least: a small gap, far away.
    fn thin(&mut self, now: Duration) {
        let cost = |n: usize| {
            let before = self.all[n - 1].time;
            let after = self.all.get(n + 1).map_or(self.all[n].time, |c| c.time);
            let gap = after.saturating_sub(before).as_secs_f64();
            let distance = self.all[n].time.abs_diff(now).as_secs_f64();
            gap / (distance + 0.05)
        };
        let victim = (1..self.all.len())
            .filter(|&n| !self.all[n].pinned)
            .min_by(|&a, &b| cost(a).total_cmp(&cost(b)));
        if let Some(n) = victim {
            self.all.remove(n);
        }
    }
}
