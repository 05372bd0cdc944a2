//! A recording that is a list of moments: no-operation instructions in a circle, one of which counts.

use std::collections::BTreeMap;

use clew_gdbserver::session::Session;
use clew_replay::End;
use clew_timeline::{
    Access, Attention, Breakpoint, CatchSyscalls, Destination, Direction, Motion, Position,
    Registers, Stop, Stopped, Task, Watchpoint,
};
use clew_trace::{Error, Result};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

pub const CODE: u64 = 0x40_0000;
pub const CIRCLE: u64 = 64;
pub const COUNTER: u64 = 0x50_0000;
/// The instruction that counts, and the one that makes a system call.
pub const COUNTS: u64 = CODE + 10;
pub const CALLS: u64 = CODE + 20;
pub const PID: u32 = 100;
pub const OTHER: u32 = 101;
pub const MOMENTS: u64 = 6400;
/// In the whole recording, one signal strikes.
pub const STRUCK: u64 = 3300;
pub const SIGUSR1: u8 = 10;
const PAGE: u64 = 0x1000;
const GETPID: u64 = 39;

pub struct Fake {
    pub at: u64,
    pub here: Stopped,
    pub breakpoints: Vec<Breakpoint>,
    pub watchpoints: Vec<Watchpoint>,
    pub calls: CatchSyscalls,
    pub passed: u64,
    pub written: BTreeMap<u64, u8>,
    pub changed: BTreeMap<u32, Registers>,
    /// Each moment takes so long that only an interruption ends it.
    pub slow: bool,
    pub programs: Vec<(u64, String)>,
    pub xsave: Vec<u8>,
}

impl Default for Fake {
    fn default() -> Self {
        let mut fake = Self {
            at: 0,
            here: Stopped { stop: Stop::Beginning, position: position(0), tid: tid(0) },
            breakpoints: Vec::new(),
            watchpoints: Vec::new(),
            calls: CatchSyscalls::None,
            passed: 0,
            written: BTreeMap::new(),
            changed: BTreeMap::new(),
            slow: false,
            programs: vec![(0, "/guest/program".to_owned())],
            xsave: vec![0; 4096],
        };
        fake.xsave[512] = 0xff;
        fake
    }
}

pub fn position(at: u64) -> Position {
    Position { event: at / 32, tick: at / 16, pc: CODE + at % CIRCLE }
}

fn tid(at: u64) -> u32 {
    if (at / 640).is_multiple_of(2) { PID } else { OTHER }
}

/// How often it has been counted before this moment.
fn count(at: u64) -> u64 {
    (at + CIRCLE - (COUNTS - CODE) - 1) / CIRCLE
}

impl Fake {
    fn arrive(&mut self, at: u64, stop: Stop) -> Stopped {
        self.written.clear();
        self.changed.clear();
        self.at = at;
        self.here = Stopped { stop, position: position(at), tid: tid(at) };
        self.here.clone()
    }

    fn byte(&self, addr: u64) -> Option<u8> {
        if let Some(byte) = self.written.get(&addr) {
            return Some(*byte);
        }
        match addr {
            CODE..0x40_1000 => Some(0x90),
            COUNTER..0x50_1000 => Some(
                count(self.at).to_le_bytes().get((addr - COUNTER) as usize).copied().unwrap_or(0),
            ),
            _ => None,
        }
    }

    /// What stops before the instruction of this moment.
    fn before(&self, at: u64) -> Option<Stop> {
        let pc = position(at).pc;
        if self.breakpoints.iter().any(|b| b.addr == pc) {
            return Some(Stop::Breakpoint);
        }
        if at == STRUCK && self.passed >> (SIGUSR1 - 1) & 1 == 0 {
            return Some(Stop::Signal(SIGUSR1));
        }
        let caught = match &self.calls {
            CatchSyscalls::None => false,
            CatchSyscalls::All => true,
            CatchSyscalls::Some(numbers) => numbers.contains(&GETPID),
        };
        (caught && pc == CALLS).then_some(Stop::SyscallEntry(GETPID))
    }

    /// What stops because of the instruction of this moment.
    fn within(&self, at: u64) -> Option<Stop> {
        let counts = position(at).pc == COUNTS;
        let hit = self.watchpoints.iter().find(|w| {
            counts && w.addr < COUNTER + 8 && COUNTER < w.addr + w.len && w.access != Access::Read
        });
        hit.map(|w| Stop::Watchpoint(*w))
    }

    fn forward(&mut self, mut done: impl FnMut(u64) -> bool, attention: Attention<'_>) -> Stopped {
        loop {
            let at = self.at;
            if self.interrupted(attention) {
                return self.arrive(at, Stop::Interrupted);
            }
            if at + 1 >= MOMENTS {
                return self.arrive(at, Stop::End(End::Exited(3)));
            }
            self.at += 1;
            if let Some(stop) = self.within(at).or_else(|| self.before(at + 1)) {
                return self.arrive(at + 1, stop);
            }
            if done(at) {
                return self.arrive(at + 1, Stop::Arrived);
            }
        }
    }

    fn backward(&mut self, mut done: impl FnMut(u64) -> bool, attention: Attention<'_>) -> Stopped {
        loop {
            if self.interrupted(attention) {
                return self.arrive(self.at, Stop::Interrupted);
            }
            if self.at == 0 {
                return self.arrive(0, Stop::Beginning);
            }
            self.at -= 1;
            let at = self.at;
            if let Some(stop) = self.within(at).or_else(|| self.before(at)) {
                return self.arrive(at, stop);
            }
            if done(at) {
                return self.arrive(at, Stop::Arrived);
            }
        }
    }

    fn interrupted(&self, attention: Attention<'_>) -> bool {
        // Asking the kernel each time takes longer than all the rest.
        if !self.slow && !self.at.is_multiple_of(64) {
            return false;
        }
        let mut fds = [PollFd::from_borrowed_fd(attention, PollFlags::IN)];
        let wait = Timespec { tv_sec: if self.slow { 5 } else { 0 }, tv_nsec: 0 };
        poll(&mut fds, Some(&wait)).unwrap() > 0
    }
}

impl Session for Fake {
    fn here(&self) -> Stopped {
        self.here.clone()
    }
    fn pid(&self) -> u32 {
        PID
    }
    fn set_breakpoints(&mut self, breakpoints: Vec<Breakpoint>) {
        self.breakpoints = breakpoints;
    }
    fn set_watchpoints(&mut self, watchpoints: Vec<Watchpoint>) {
        self.watchpoints = watchpoints;
    }
    fn catch_syscalls(&mut self, which: CatchSyscalls) {
        self.calls = which;
    }
    fn pass_signals(&mut self, set: u64) {
        self.passed = set;
    }
    fn run(
        &mut self,
        direction: Direction,
        motion: Motion,
        attention: Attention<'_>,
    ) -> Result<Stopped> {
        let done: Box<dyn FnMut(u64) -> bool> = match motion {
            Motion::Continue => Box::new(|_| false),
            Motion::Step { tid: wanted } => Box::new(move |at| tid(at) == wanted),
            Motion::StepRange { tid: wanted, start, end } => Box::new(move |at| {
                tid(at) == wanted && !(start..end).contains(&position(at + 1).pc)
            }),
        };
        Ok(match direction {
            Direction::Forward => self.forward(done, attention),
            Direction::Backward => self.backward(done, attention),
        })
    }
    fn seek(&mut self, to: Destination, _: Attention<'_>) -> Result<Stopped> {
        let at = match to {
            Destination::Beginning => Some(0),
            Destination::End => Some(MOMENTS - 1),
            Destination::Event(n) => n.checked_mul(32),
            Destination::Tick(n) => n.checked_mul(16),
            Destination::Position(p) => (0..MOMENTS).find(|at| position(*at) == p),
        };
        match at {
            Some(at) if at < MOMENTS => Ok(self.arrive(at, Stop::Arrived)),
            _ => Err(Error::new("go there", format!("{to:?} is not in the recording"))),
        }
    }
    fn last_write(&mut self, addr: u64, _: u64, _: Attention<'_>) -> Result<Stopped> {
        let counted = |at: &u64| position(*at).pc == COUNTS && addr == COUNTER;
        match (0..self.at).rev().find(counted) {
            Some(at) => Ok(self.arrive(at, Stop::Arrived)),
            None => Ok(Stopped { stop: Stop::Beginning, ..self.here.clone() }),
        }
    }
    fn tasks(&mut self) -> Result<Vec<Task>> {
        Ok(vec![
            Task { tid: PID, pid: PID, name: "main".into() },
            Task { tid: OTHER, pid: PID, name: "worker <1>".into() },
        ])
    }
    fn registers(&mut self, tid: u32) -> Result<Registers> {
        if let Some(registers) = self.changed.get(&tid) {
            return Ok(registers.clone());
        }
        if tid != PID && tid != OTHER {
            return Err(Error::new("read registers", "there is no such thread"));
        }
        let mut gpr = [0; 16];
        gpr[0] = self.at;
        gpr[4] = 0x7fff_0000;
        let rip = if tid == self.here.tid { self.here.position.pc } else { CODE };
        let (rflags, xsave) = (0x202, self.xsave.clone());
        Ok(Registers { gpr, rip, rflags, fs_base: 0x1234, gs_base: 0, xsave })
    }
    fn write_registers(&mut self, tid: u32, registers: &Registers) -> Result<()> {
        self.registers(tid)?;
        self.changed.insert(tid, registers.clone());
        Ok(())
    }
    fn read_memory(&mut self, addr: u64, buf: &mut [u8]) -> Result<usize> {
        for (i, byte) in buf.iter_mut().enumerate() {
            match addr.checked_add(i as u64).and_then(|addr| self.byte(addr)) {
                Some(value) => *byte = value,
                None => return Ok(i),
            }
        }
        Ok(buf.len())
    }
    fn write_memory(&mut self, addr: u64, bytes: &[u8]) -> Result<bool> {
        if addr / PAGE != COUNTER / PAGE {
            return Ok(false);
        }
        self.written.extend((addr..).zip(bytes.iter().copied()));
        Ok(true)
    }
    fn auxv(&mut self) -> Result<Vec<u8>> {
        Ok([9u64, CODE, 0, 0].iter().flat_map(|word| word.to_le_bytes()).collect())
    }
    fn program(&mut self) -> Result<String> {
        let at = self.at;
        let last = self.programs.iter().rev().find(|(from, _)| *from <= at);
        Ok(last.map(|(_, name)| name.clone()).unwrap_or_default())
    }
    fn siginfo(&mut self) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }
    fn diverted(&self) -> bool {
        !self.written.is_empty() || !self.changed.is_empty()
    }
    fn elapsed(&mut self) -> Result<f64> {
        Ok(self.at as f64 / 1000.0)
    }
}
