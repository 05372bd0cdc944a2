//! What the server needs of a timeline, so that it can be tested without one.

use clew_timeline::{
    Attention, Breakpoint, CatchSyscalls, Destination, Direction, Motion, Registers, Stopped, Task,
    Timeline, Watchpoint,
};
use clew_trace::Result;

/// A process's execution that can be moved in both ways. [`Timeline`] says what each method means.
pub trait Session {
    fn here(&self) -> Stopped;
    fn pid(&self) -> u32;
    fn set_breakpoints(&mut self, breakpoints: Vec<Breakpoint>);
    fn set_watchpoints(&mut self, watchpoints: Vec<Watchpoint>);
    fn catch_syscalls(&mut self, which: CatchSyscalls);
    fn pass_signals(&mut self, set: u64);
    fn run(
        &mut self,
        direction: Direction,
        motion: Motion,
        attention: Attention<'_>,
    ) -> Result<Stopped>;
    fn seek(&mut self, to: Destination, attention: Attention<'_>) -> Result<Stopped>;
    fn last_write(&mut self, addr: u64, len: u64, attention: Attention<'_>) -> Result<Stopped>;
    fn tasks(&mut self) -> Result<Vec<Task>>;
    fn registers(&mut self, tid: u32) -> Result<Registers>;
    fn write_registers(&mut self, tid: u32, registers: &Registers) -> Result<()>;
    fn read_memory(&mut self, addr: u64, buf: &mut [u8]) -> Result<usize>;
    fn write_memory(&mut self, addr: u64, bytes: &[u8]) -> Result<bool>;
    fn auxv(&mut self) -> Result<Vec<u8>>;
    fn program(&mut self) -> Result<String>;
    fn siginfo(&mut self) -> Result<Vec<u8>>;
    fn diverted(&self) -> bool;
    fn elapsed(&mut self) -> Result<f64>;
}

impl Session for Timeline {
    fn here(&self) -> Stopped {
        self.here().clone()
    }
    fn pid(&self) -> u32 {
        self.pid()
    }
    fn set_breakpoints(&mut self, breakpoints: Vec<Breakpoint>) {
        self.set_breakpoints(breakpoints);
    }
    fn set_watchpoints(&mut self, watchpoints: Vec<Watchpoint>) {
        self.set_watchpoints(watchpoints);
    }
    fn catch_syscalls(&mut self, which: CatchSyscalls) {
        self.catch_syscalls(which);
    }
    fn pass_signals(&mut self, set: u64) {
        self.pass_signals(set);
    }
    fn run(
        &mut self,
        direction: Direction,
        motion: Motion,
        attention: Attention<'_>,
    ) -> Result<Stopped> {
        self.run(direction, motion, attention)
    }
    fn seek(&mut self, to: Destination, attention: Attention<'_>) -> Result<Stopped> {
        self.seek(to, attention)
    }
    fn last_write(&mut self, addr: u64, len: u64, attention: Attention<'_>) -> Result<Stopped> {
        self.last_write(addr, len, attention)
    }
    fn tasks(&mut self) -> Result<Vec<Task>> {
        self.tasks()
    }
    fn registers(&mut self, tid: u32) -> Result<Registers> {
        self.registers(tid)
    }
    fn write_registers(&mut self, tid: u32, registers: &Registers) -> Result<()> {
        self.write_registers(tid, registers)
    }
    fn read_memory(&mut self, addr: u64, buf: &mut [u8]) -> Result<usize> {
        self.read_memory(addr, buf)
    }
    fn write_memory(&mut self, addr: u64, bytes: &[u8]) -> Result<bool> {
        self.write_memory(addr, bytes)
    }
    fn auxv(&mut self) -> Result<Vec<u8>> {
        self.auxv()
    }
    fn program(&mut self) -> Result<String> {
        self.program()
    }
    fn siginfo(&mut self) -> Result<Vec<u8>> {
        self.siginfo()
    }
    fn diverted(&self) -> bool {
        self.diverted()
    }
    fn elapsed(&mut self) -> Result<f64> {
        self.elapsed()
    }
}
