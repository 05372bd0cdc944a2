//! What stops, as the timeline's user has said it last.

use crate::{Breakpoint, CatchSyscalls, Watchpoint};

/// Breakpoints and watchpoints with a version that changes when they do.
#[derive(Default)]
pub struct Probes {
    breakpoints: Vec<Breakpoint>,
    watchpoints: Vec<Watchpoint>,
    version: u64,
    /// The highest version there was.
    last: u64,
}

/// What stops without being a place: signals and system calls.
#[derive(Default)]
pub struct Filters {
    pub catch: CatchSyscalls,
    /// Signals that do not stop.
    pub pass: u64,
}

impl Probes {
    pub fn breakpoints(&self) -> &[Breakpoint] {
        &self.breakpoints
    }

    pub fn watchpoints(&self) -> &[Watchpoint] {
        &self.watchpoints
    }

    /// 0 as long as there are none.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn set_breakpoints(&mut self, breakpoints: Vec<Breakpoint>) {
        if self.breakpoints != breakpoints {
            self.breakpoints = breakpoints;
            self.changed();
        }
    }

    pub fn set_watchpoints(&mut self, watchpoints: Vec<Watchpoint>) {
        if self.watchpoints != watchpoints {
            self.watchpoints = watchpoints;
            self.changed();
        }
    }

    /// Replaces everything for a while; see [`Self::restore`].
    pub fn replace(&mut self, watchpoints: Vec<Watchpoint>) -> (Vec<Breakpoint>, Vec<Watchpoint>) {
        let old = (std::mem::take(&mut self.breakpoints), std::mem::take(&mut self.watchpoints));
        self.watchpoints = watchpoints;
        self.changed();
        old
    }

    pub fn restore(&mut self, old: (Vec<Breakpoint>, Vec<Watchpoint>)) {
        (self.breakpoints, self.watchpoints) = old;
        self.changed();
    }

    fn changed(&mut self) {
        self.last += 1;
        let none = self.breakpoints.is_empty() && self.watchpoints.is_empty();
        self.version = if none { 0 } else { self.last };
    }
}
