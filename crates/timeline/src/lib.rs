//! A replay that moves both ways.
#![deny(unsafe_code)]

pub mod model;
pub use model::*;

use clew_replay::plan::Plan;
use clew_trace::{Result, Trace};

/// How to open a timeline.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Do not print what the guest prints.
    pub quiet: bool,
    /// Begin each line of output with `[clew PID EVENT] `.
    pub mark: bool,
}

/// See the crate's documentation.
pub struct Timeline;

#[allow(unused_variables, clippy::unimplemented, reason = "interface under construction")]
impl Timeline {
    /// Starts at the beginning.
    pub fn open(trace: &Trace, plan: &Plan, options: &Options) -> Result<Self> { unimplemented!() }

    /// Where and why the timeline stopped last.
    pub fn here(&self) -> &Stopped { unimplemented!() }
    /// Recorded pid of the process.
    pub fn pid(&self) -> u32 { unimplemented!() }

    // What stops. Takes effect with the next motion; cheap.
    pub fn set_breakpoints(&mut self, breakpoints: Vec<Breakpoint>) { unimplemented!() }
    pub fn set_watchpoints(&mut self, watchpoints: Vec<Watchpoint>) { unimplemented!() }
    pub fn catch_syscalls(&mut self, which: CatchSyscalls) { unimplemented!() }
    /// Signals that do not stop (a bit for each signal number: bit 0 is signal 1).
    pub fn pass_signals(&mut self, set: u64) { unimplemented!() }

    /// Moves. Forward motion prints the guest's output.
    pub fn run(&mut self, direction: Direction, motion: Motion, attention: Attention<'_>) -> Result<Stopped> { unimplemented!() }
    /// Goes somewhere; nothing stops on the way but `attention`. An event, tick or position that is not
    /// part of the recording is an error that leaves the timeline where it is.
    pub fn seek(&mut self, to: Destination, attention: Attention<'_>) -> Result<Stopped> { unimplemented!() }
    /// Goes back to just before the last instruction that changed this memory before the present
    /// position. `Stop::Beginning`, without having moved, if nothing did.
    pub fn last_write(&mut self, addr: u64, len: u64, attention: Attention<'_>) -> Result<Stopped> { unimplemented!() }

    // The state at the present position. Writes make a diversion: a copy of the process that later reads
    // see, and that `run` runs instead if registers (of any task) are not what they were. Otherwise, and
    // with `seek`, the next motion drops it.
    pub fn tasks(&mut self) -> Result<Vec<Task>> { unimplemented!() }
    /// An error if there is no such task.
    pub fn registers(&mut self, tid: u32) -> Result<Registers> { unimplemented!() }
    pub fn write_registers(&mut self, tid: u32, registers: &Registers) -> Result<()> { unimplemented!() }
    /// Returns how many bytes could be read, from the start.
    pub fn read_memory(&mut self, addr: u64, buf: &mut [u8]) -> Result<usize> { unimplemented!() }
    /// False if there is no memory.
    pub fn write_memory(&mut self, addr: u64, bytes: &[u8]) -> Result<bool> { unimplemented!() }
    /// The auxiliary vector as the guest sees it.
    pub fn auxv(&mut self) -> Result<Vec<u8>> { unimplemented!() }
    /// Absolute path of the program that runs.
    pub fn program(&mut self) -> Result<String> { unimplemented!() }
    /// Is there a diversion?
    pub fn diverted(&self) -> bool { unimplemented!() }
    /// Seconds since the recording began, at the present position (by the last event with a time).
    pub fn elapsed(&mut self) -> Result<f64> { unimplemented!() }
}
