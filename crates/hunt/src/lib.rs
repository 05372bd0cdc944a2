//! The hunt: `clew until-fail`.
//!
//! Workers ([`hunt`]) take run after run, each with a seed of its own ([`seeds`]), and record it in a
//! directory of the hunt's ([`den`]) or let it dump core ([`core`]). What passed is deleted at once; what
//! failed moves to the user's traces.
#![forbid(unsafe_code)]

pub mod core;
mod den;
pub mod hunt;
pub mod seeds;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

pub use clew_launch::spawn::Status;
pub use hunt::run;

/// What to hunt and how.
#[derive(Clone, Debug)]
pub struct Options {
    pub argv: Vec<OsString>,
    /// Runs, at most.
    pub max: u64,
    /// Runs at the same time.
    pub jobs: usize,
    pub timeout: Option<Duration>,
    pub chaos: bool,
    pub seed: u64,
    /// Failures to catch.
    pub keep: u64,
    pub shard: Shard,
    pub engine: Engine,
}

/// How a failure is caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// As a trace.
    Clew,
    /// As a core dump.
    Core,
}

/// Which of all runs are made here: every `count`-th.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1 on; 0 is the last, for those who count from 0.
    pub index: u64,
    pub count: u64,
}

impl Shard {
    pub const WHOLE: Self = Self { index: 1, count: 1 };

    /// The first run from `number` on that is one of ours.
    pub fn next(self, number: u64) -> u64 {
        let ours = (self.index + self.count - 1) % self.count;
        let at = (number - 1) % self.count;
        number + (ours + self.count - at) % self.count
    }

    /// How many of the first `max` runs are ours.
    pub fn share(self, max: u64) -> u64 {
        let first = self.next(1);
        if first > max { 0 } else { (max - first) / self.count + 1 }
    }
}

/// How a run failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Exited(i32),
    Signaled(i32),
    Hung,
}

/// A failure that was caught.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The run's number, from 1 on.
    pub run: u64,
    pub how: How,
    /// The seed of this very run, and its options.
    pub schedule: seeds::Schedule,
    pub elapsed: Duration,
    pub output: Vec<u8>,
    /// What clew has to say about the run.
    pub notes: Vec<String>,
    pub catch: Catch,
}

/// What is left of a failing run.
#[derive(Clone, Debug)]
pub enum Catch {
    Trace(PathBuf),
    Core(core::Dump),
}

/// How far a hunt is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    pub total: u64,
    pub runs: u64,
    pub failed: u64,
    pub elapsed: Duration,
}

/// What came of a hunt.
#[derive(Debug)]
pub struct Summary {
    /// Runs that came to their end.
    pub progress: Progress,
    pub failures: Vec<Failure>,
    /// The signal that ended the hunt before its time.
    pub interrupted: Option<i32>,
}

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn shards_are_disjoint_and_leave_nothing_out() {
        for (count, indices) in [(1, 1..2), (4, 1..5), (4, 0..4), (7, 1..8)] {
            let mut seen = Vec::new();
            for index in indices {
                let shard = Shard { index, count };
                let mut all = Vec::new();
                let mut number = shard.next(1);
                while number <= 100 {
                    all.push(number);
                    number = shard.next(number + 1);
                }
                assert_eq!(all.len() as u64, shard.share(100));
                seen.extend(all);
            }
            seen.sort_unstable();
            assert_eq!(seen, (1..=100).collect::<Vec<_>>());
        }
        assert_eq!(Shard { index: 3, count: 4 }.share(2), 0);
    }
}
