//! The debug agent: what a timeline's engine does beside replaying.
//!
//! It stops where it is told to ([`stop`]), answers questions about the guest, changes it in diversions
//! ([`commands`], [`diversion`]), and copies its process ([`copy`]). All of that happens between two guest
//! instructions, with the guest's state in the context: in `dispatch::resume`, before a system call or
//! before a signal is delivered.

mod commands;
mod copy;
mod diversion;
mod expression;
mod extents;
mod probes;
mod stop;
mod stress;
pub mod watch;

use crate::state::{Engine, ctx};
use alloc_crate::boxed::Box;
use alloc_crate::vec::Vec;
use clew_abi::debug::{Place, Position, RUN_STOP, RunOrder};
pub use copy::CLONE_FLAGS;
use probes::Breakpoints;
pub use stress::Stress;
use watch::Overwritten;

/// The agent's state.
#[derive(Default)]
pub struct Debug {
    run: RunOrder,
    running: bool,
    /// What lies here does not stop: the run began here, or it was noted.
    passed: Position,
    hit: Place,
    hits: u64,
    /// Where the traced task was before its last instruction.
    previous: Option<Position>,
    breakpoints: Breakpoints,
    /// What the instruction that is executed alone touches, as it was.
    awaited: Vec<Overwritten>,
    /// Where what has happened since the last look around began, and the task that ran there.
    before: Option<(Position, u64)>,
    /// A system call has just returned.
    returned: Option<u64>,
    /// Look for messages at this tick, or after so many looks around.
    poll_at: u64,
    looks: u32,
    /// The task whose registers were changed last, in a diversion.
    changed: u32,
}

impl Engine {
    /// Becomes an engine that a timeline commands.
    pub fn begin_debugging(&mut self) {
        self.debug = Some(Box::default());
    }

    /// Where the guest is.
    pub fn position(&self) -> Position {
        Position { event: self.last_event(), tick: self.ticks.now(), pc: ctx().pc }
    }
}

impl Debug {
    /// Is single-stepping `tid` at `tick`, behind event `event`, what the run asks for?
    fn takes_single_steps(&self, tid: u64, event: u64, tick: u64) -> bool {
        let run = &self.run;
        let near_limit = event == run.limit.event && tick >= run.limit.tick;
        let traced = run.trace_tid == tid && tick >= run.trace_tick;
        self.running && (near_limit || traced || run.step_tid == tid)
    }

    fn stops_at_signal(&self, signo: u32) -> bool {
        self.run.flags & (RUN_STOP | clew_abi::debug::RUN_COLLECT) != 0
            && (signo > 64 || self.run.pass_signals >> (signo.max(1) - 1) & 1 == 0)
    }

    fn catches(&self, nr: u64) -> bool {
        match self.run.catch.get(nr as usize / 64) {
            Some(word) => word >> (nr % 64) & 1 != 0,
            None => self.run.flags & clew_abi::debug::RUN_CATCH_REST != 0,
        }
    }
}
