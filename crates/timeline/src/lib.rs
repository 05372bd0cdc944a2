//! A replay that moves both ways.
//!
//! The process at the present position is an engine that waits there. Going forward it runs; going back,
//! a copy of an earlier one, a [`checkpoint`](checkpoints), is run forward to where it is wanted.
#![deny(unsafe_code)]

mod checkpoints;
mod engine;
mod memory;
pub mod model;
mod probes;
mod progress;
mod search;
mod state;
pub mod walk;
mod wire;

pub use model::*;
pub use progress::Progress;

use std::time::{Duration, Instant};

use clew_abi::debug::{
    RUN_CATCH_REST, RUN_DIVERTED, RUN_ECHO, RUN_STOP, RunOrder, Stopped as RawStopped, reason,
};
use clew_abi::orders::{FLAG_DEBUG, Orders};
use clew_replay::End;
use clew_replay::host::Host;
use clew_replay::plan::Plan;
use clew_trace::{Error, Result, Trace};

use checkpoints::{Checkpoint, Checkpoints};
use engine::{Copied, Engine};
use probes::{Filters, Probes};
use progress::Pulse;
use state::Diversion;

/// Time between checkpoints while the timeline runs through what it has not seen.
const SPACING: Duration = Duration::from_millis(150);

/// How to open a timeline.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Do not print what the guest prints.
    pub quiet: bool,
    /// Begin each line of output with `[clew PID EVENT] `.
    pub mark: bool,
}

/// See the crate's documentation.
pub struct Timeline {
    host: Host,
    pid: u32,
    /// The present.
    engine: Engine,
    here: Stopped,
    /// How long a replay runs from the beginning to the present, about.
    time: Duration,
    beginning: Position,
    /// When the trace's first process began: real time in nanoseconds since 1970.
    started: u64,
    checkpoints: Checkpoints,
    probes: Probes,
    filters: Filters,
    diversion: Option<Diversion>,
    progress: Option<Progress>,
}

impl Timeline {
    /// Starts at the beginning.
    pub fn open(trace: &Trace, plan: &Plan, options: &Options) -> Result<Self> {
        let mut host = Host::new(trace, plan, options.quiet, options.mark)?;
        let process = host.start(trace, plan, Orders { flags: FLAG_DEBUG, ..Orders::default() })?;
        let mut engine = Engine::new(&mut host, process, 0)?;
        let first = Position { event: plan.begin, tick: 0, pc: 0 };
        engine.run(&mut host, &order(first, 0), None, None, || ())?;
        let beginning = position(&engine.stopped);
        let here = Stopped { stop: Stop::Beginning, ..stopped(&engine.stopped) };
        let mut timeline = Self {
            host,
            pid: plan.pid,
            engine,
            here,
            time: Duration::ZERO,
            beginning,
            started: clew_trace::processes::started(trace)?.unwrap_or(0),
            checkpoints: Checkpoints::default(),
            probes: Probes::default(),
            filters: Filters::default(),
            diversion: None,
            progress: None,
        };
        timeline.keep_checkpoint(true)?;
        Ok(timeline)
    }

    /// Tells of motions that take long.
    pub fn on_progress(&mut self, progress: Progress) {
        self.progress = Some(progress);
    }

    /// Where and why the timeline stopped last.
    pub fn here(&self) -> &Stopped {
        &self.here
    }

    /// Recorded pid of the process.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// What control stops at from the next motion on. Setting what is set already costs nothing.
    pub fn set_breakpoints(&mut self, breakpoints: Vec<Breakpoint>) {
        self.probes.set_breakpoints(breakpoints);
    }

    pub fn set_watchpoints(&mut self, watchpoints: Vec<Watchpoint>) {
        self.probes.set_watchpoints(watchpoints);
    }

    pub fn catch_syscalls(&mut self, which: CatchSyscalls) {
        self.filters.catch = which;
    }

    /// Signals that do not stop (a bit for each signal number: bit 0 is signal 1).
    pub fn pass_signals(&mut self, set: u64) {
        self.filters.pass = set;
    }

    /// Moves. Forward motion prints the guest's output.
    pub fn run(
        &mut self,
        direction: Direction,
        motion: Motion,
        attention: Attention<'_>,
    ) -> Result<Stopped> {
        // Only history runs backward.
        if direction == Direction::Forward && self.wants_diversion()? {
            return self.run_diversion(motion, attention);
        }
        self.diversion = None;
        match (direction, motion) {
            (Direction::Forward, motion) => self.run_forward(motion, attention)?,
            (Direction::Backward, Motion::Continue) => self.search_back(attention)?,
            (Direction::Backward, Motion::Step { tid }) => self.step_back(tid, attention)?,
            (Direction::Backward, Motion::StepRange { tid, start, end }) => loop {
                self.step_back(tid, attention)?;
                let inside = (start..end).contains(&self.here.position.pc);
                if self.here.stop != Stop::Arrived || !inside {
                    break;
                }
            },
        }
        Ok(self.here.clone())
    }

    /// Goes somewhere; nothing stops on the way but `attention`. An event, tick or position that is not
    /// part of the recording is an error that leaves the timeline where it is.
    pub fn seek(&mut self, to: Destination, attention: Attention<'_>) -> Result<Stopped> {
        self.diversion = None;
        let target = match to {
            Destination::Beginning => self.beginning,
            Destination::End => Position { event: u64::MAX, tick: 0, pc: 0 },
            Destination::Event(event) => Position { event, tick: 0, pc: 0 },
            Destination::Position(position) => position,
            Destination::Tick(tick) => return self.seek_tick(tick, attention),
        };
        let origin = self.here.clone();
        self.go_to(target.max(self.beginning), Some(attention))?;
        let wrong = match to {
            Destination::Position(position) => self.here.position != position,
            Destination::Event(event) => self.here.position.event < event,
            _ => false,
        };
        if wrong && self.here.stop != Stop::Interrupted {
            let last = self.here.position.event;
            self.go_to(origin.position, None)?;
            self.here = origin;
            return Err(Error::new(
                "go there",
                format!("there is no such place in the recording; its last event is {last}"),
            ));
        }
        if self.here.position == self.beginning {
            self.here.stop = Stop::Beginning;
        }
        Ok(self.here.clone())
    }

    fn seek_tick(&mut self, tick: u64, attention: Attention<'_>) -> Result<Stopped> {
        let origin = self.here.clone();
        let first = self.checkpoints.first_tid();
        self.present_from(self.checkpoints.last_at_tick(first, tick))?;
        let wait = RunOrder {
            wait_tid: first.into(),
            wait_tick: tick,
            ..order(Position { event: u64::MAX, tick: 0, pc: 0 }, 0)
        };
        self.run_here(&wait, Some(attention))?;
        if let Stop::End(_) = self.here.stop {
            self.go_to(origin.position, None)?;
            self.here = origin;
            return Err(Error::new("go to that tick", "the recording ends before it"));
        }
        Ok(self.here.clone())
    }

    fn run_forward(&mut self, motion: Motion, attention: Attention<'_>) -> Result<()> {
        let (step_tid, range) = match motion {
            Motion::Continue => (0, 0..0),
            Motion::Step { tid } => (tid, 0..0),
            Motion::StepRange { tid, start, end } => (tid, start..end),
        };
        self.engine.arm(&self.probes)?;
        let run = RunOrder {
            step_tid: step_tid.into(),
            step_start: range.start,
            step_end: range.end,
            ..self
                .filtered(order(Position { event: u64::MAX, tick: 0, pc: 0 }, RUN_STOP | RUN_ECHO))
        };
        self.run_here(&run, Some(attention))
    }

    /// An order that minds what the user wants to stop.
    fn filtered(&self, mut run: RunOrder) -> RunOrder {
        run.pass_signals = self.filters.pass;
        match &self.filters.catch {
            CatchSyscalls::None => {}
            CatchSyscalls::All => {
                run.catch = [u64::MAX; 8];
                run.flags |= RUN_CATCH_REST;
            }
            CatchSyscalls::Some(numbers) => {
                for &nr in numbers {
                    match run.catch.get_mut(nr as usize / 64) {
                        Some(word) => *word |= 1 << (nr % 64),
                        None => run.flags |= RUN_CATCH_REST,
                    }
                }
            }
        }
        run
    }

    /// Runs the present engine, and makes checkpoints where there are none yet.
    fn run_here(&mut self, run: &RunOrder, attention: Option<Attention<'_>>) -> Result<()> {
        let begun = Instant::now();
        let every = Some(SPACING.max(self.checkpoints.reach() / 40));
        let mut pulse = Pulse::new(self.progress.as_mut());
        let time = self.time;
        let beat = || {
            let at = (time + begun.elapsed()).as_secs();
            pulse.beat(|| format!("replaying, at {at} s"));
        };
        let ran = self.engine.run(&mut self.host, run, every, attention, beat);
        drop(pulse);
        let copies = match ran {
            Ok(copies) => copies,
            Err(e) => {
                // Its process is gone. History up to here is still there.
                let number = self.checkpoints.last_up_to(self.here.position);
                self.present_from(number.unwrap_or(0))?;
                return Err(e);
            }
        };
        self.keep_copies(copies, self.time);
        self.time += begun.elapsed();
        self.here = self.translate(&self.engine.stopped);
        Ok(())
    }

    /// Makes checkpoints of copies that were made on a run that began at `time`.
    fn keep_copies(&mut self, copies: Vec<Copied>, time: Duration) {
        for Copied { engine, after } in copies {
            let (position, time) = (position(&engine.stopped), time + after);
            let checkpoint = Checkpoint { position, time, engine, pinned: false, near: None };
            self.checkpoints.add(checkpoint, self.time.max(time));
        }
    }

    fn translate(&self, raw: &RawStopped) -> Stopped {
        let mut all = stopped(raw);
        if raw.place.reason == reason::WATCHPOINT
            && let Some(watch) = self.probes.watchpoints().get(raw.place.detail[0] as usize)
        {
            all.stop = Stop::Watchpoint(*watch);
        }
        all
    }

    /// Goes to a position that may be anywhere: forward from the present or from a checkpoint.
    fn go_to(&mut self, target: Position, attention: Option<Attention<'_>>) -> Result<()> {
        let here = self.here.position;
        if here == target {
            self.here.stop = Stop::Arrived;
            return Ok(());
        }
        let from = self.checkpoints.last_up_to(target);
        let nearest = from.and_then(|n| self.checkpoints.get(n)).map(|c| c.position);
        if here > target || nearest.is_some_and(|nearest| nearest > here) {
            self.present_from(from.unwrap_or(0))?;
        }
        if self.here.position < target {
            self.run_here(&order(target, 0), attention)?;
        }
        Ok(())
    }

    /// Makes a copy of a checkpoint the present.
    fn present_from(&mut self, number: usize) -> Result<()> {
        let Some(checkpoint) = self.checkpoints.get(number) else {
            return Err(Error::new("go back in time", "the replay has no beginning"));
        };
        self.engine = checkpoint.engine.copy(&mut self.host)?;
        self.time = checkpoint.time;
        self.here = Stopped { stop: Stop::Arrived, ..stopped(&self.engine.stopped) };
        Ok(())
    }

    /// Makes a checkpoint of the present.
    fn keep_checkpoint(&mut self, pinned: bool) -> Result<()> {
        let engine = self.engine.copy(&mut self.host)?;
        let (position, time) = (self.here.position, self.time);
        self.checkpoints.add(Checkpoint { position, time, engine, pinned, near: None }, self.time);
        Ok(())
    }

    fn run_diversion(&mut self, motion: Motion, attention: Attention<'_>) -> Result<Stopped> {
        let step_tid = match motion {
            Motion::Continue => 0,
            Motion::Step { tid } | Motion::StepRange { tid, .. } => tid,
        };
        let run = RunOrder {
            step_tid: step_tid.into(),
            ..order(
                Position { event: u64::MAX, tick: 0, pc: 0 },
                RUN_STOP | RUN_ECHO | RUN_DIVERTED,
            )
        };
        let Some(diversion) = &mut self.diversion else { return Ok(self.here.clone()) };
        diversion.engine.arm(&self.probes)?;
        diversion.engine.run(&mut self.host, &run, None, Some(attention), || ())?;
        let raw = diversion.engine.stopped;
        Ok(self.translate(&raw))
    }
}

fn order(limit: Position, flags: u64) -> RunOrder {
    let Position { event, tick, pc } = limit;
    let limit = clew_abi::debug::Position { event, tick, pc };
    RunOrder { limit, flags, ..RunOrder::default() }
}

fn place(raw: clew_abi::debug::Position) -> Position {
    Position { event: raw.event, tick: raw.tick, pc: raw.pc }
}

fn position(raw: &RawStopped) -> Position {
    place(raw.place.position)
}

/// Everything but which watchpoint it was.
fn stopped(raw: &RawStopped) -> Stopped {
    let [detail, more] = raw.place.detail;
    let stop = match raw.place.reason {
        reason::BREAKPOINT => Stop::Breakpoint,
        reason::SIGNAL => Stop::Signal(detail as u8),
        reason::SYSCALL_ENTRY => Stop::SyscallEntry(detail),
        reason::SYSCALL_RETURN => Stop::SyscallReturn(detail),
        reason::END => {
            Stop::End(End::from_parts(detail as u8, more as i32).unwrap_or(End::Truncated))
        }
        reason::INTERRUPTED => Stop::Interrupted,
        _ => Stop::Arrived,
    };
    Stopped { stop, position: position(raw), tid: raw.place.tid as u32 }
}
