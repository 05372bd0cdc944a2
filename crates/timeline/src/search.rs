//! Going back: the last place before the present where something stops, or where a task was.

use std::collections::VecDeque;
use std::time::Duration;

use clew_abi::debug::{Place, RUN_COLLECT, RunOrder, Stopped as RawStopped, TASKS, reason};
use clew_trace::Result;

use crate::checkpoints::Checkpoint;
use crate::engine::{Engine, sleep};
use crate::progress::Pulse;
use crate::{
    Access, Attention, Position, Stop, Stopped, Timeline, Watchpoint, order, place, position, wire,
};

/// How many ticks before the present a checkpoint is made, from which single steps go back.
const NEAR_TICKS: u64 = 4096;

impl Timeline {
    /// Goes back to the last place that stops.
    pub(crate) fn search_back(&mut self, attention: Attention<'_>) -> Result<()> {
        let run = self.filtered(order(Position::default(), RUN_COLLECT));
        let found = self.last_hit(&run, attention)?;
        self.arrive_at_hit(found, attention)
    }

    /// Goes back to just before the last instruction that changed this memory before the present
    /// position. `Stop::Beginning`, without having moved, if nothing did.
    pub fn last_write(&mut self, addr: u64, len: u64, attention: Attention<'_>) -> Result<Stopped> {
        self.diversion = None;
        let watch = Watchpoint { addr, len, access: Access::Write };
        let others = self.probes.replace(vec![watch]);
        let run = RunOrder { pass_signals: u64::MAX, ..order(Position::default(), RUN_COLLECT) };
        let origin = self.here.clone();
        let found = self.last_hit(&run, attention);
        let arrived = match found {
            Ok(Found::Nothing) => {
                self.here = Stopped { stop: Stop::Beginning, ..origin };
                Ok(())
            }
            Ok(found) => self.arrive_at_hit(found, attention),
            Err(e) => Err(e),
        };
        self.probes.restore(others);
        arrived.map(|()| self.here.clone())
    }

    /// The last hit of `run` before the present. The present stays.
    fn last_hit(&mut self, run: &RunOrder, attention: Attention<'_>) -> Result<Found> {
        let until = self.here.position;
        let width = std::thread::available_parallelism().map_or(1, usize::from);
        let found = self.search(run, until, width, attention, |raw| raw.hits > 0)?;
        Ok(match found {
            None => Found::Nothing,
            Some(raw) if raw.place.reason == reason::INTERRUPTED => Found::Interrupted,
            Some(raw) => Found::Hit(raw.hit),
        })
    }

    /// Runs copies of checkpoints up to the next one, or to `until`, as `run` says: the latest part first,
    /// `width` at a time. Returns how the latest part stopped that was
    /// `successful` or interrupted. Long parts get checkpoints.
    fn search(
        &mut self,
        run: &RunOrder,
        until: Position,
        width: usize,
        attention: Attention<'_>,
        successful: impl Fn(&RawStopped) -> bool,
    ) -> Result<Option<RawStopped>> {
        let mut progress = self.progress.take();
        let mut pulse = Pulse::new(progress.as_mut());
        let found = self.search_with(run, until, width, attention, successful, &mut pulse);
        drop(pulse);
        self.progress = progress;
        found
    }

    fn search_with(
        &mut self,
        run: &RunOrder,
        until: Position,
        width: usize,
        attention: Attention<'_>,
        successful: impl Fn(&RawStopped) -> bool,
        pulse: &mut Pulse<'_>,
    ) -> Result<Option<RawStopped>> {
        let mut parts: VecDeque<Part> = VecDeque::new();
        let mut until = Some(until);
        let mut interrupted = false;
        loop {
            while parts.len() < width
                && let Some(end) = until
            {
                until = match self.begin_part(end, run)? {
                    None => None,
                    Some(part) => {
                        parts.push_back(part);
                        parts.back().map(|part| part.from)
                    }
                };
            }
            if parts.is_empty() {
                return Ok(None);
            }
            for part in &mut parts {
                part.done = part.done || part.engine.advance(&mut self.host)?;
            }
            while parts.front().is_some_and(|part| part.done) {
                let Some(mut part) = parts.pop_front() else { break };
                self.keep_copies(part.engine.finish(), part.time);
                let raw = part.engine.stopped;
                if raw.place.reason == reason::INTERRUPTED || successful(&raw) {
                    return Ok(Some(raw));
                }
            }
            if let Some(latest) = parts.front() {
                let (from, all) = (latest.time.as_secs(), self.time.as_secs());
                pulse.beat(|| format!("searching back, at {from} s of {all} s"));
            }
            let running: Vec<&Engine> =
                parts.iter().filter(|part| !part.done).map(|part| &part.engine).collect();
            let attention = (!interrupted).then_some(attention);
            if !running.is_empty() && sleep(&running, attention)? {
                interrupted = true;
                for part in parts.iter_mut().filter(|part| !part.done) {
                    part.engine.interrupt()?;
                }
            }
        }
    }

    /// Begins to search what lies before `until`, back to the checkpoint before it. `None` if that is
    /// the beginning.
    fn begin_part(&mut self, until: Position, run: &RunOrder) -> Result<Option<Part>> {
        let number = self.checkpoints.last_before(until);
        let Some(checkpoint) = number.and_then(|n| self.checkpoints.get(n)) else {
            return Ok(None);
        };
        let (from, time) = (checkpoint.position, checkpoint.time);
        let mut engine = checkpoint.engine.copy(&mut self.host)?;
        engine.arm(&self.probes)?;
        let run = RunOrder { limit: order(until, 0).limit, ..*run };
        engine.begin(&run, Some(crate::SPACING))?;
        Ok(Some(Part { engine, from, time, done: false }))
    }

    fn arrive_at_hit(&mut self, found: Found, attention: Attention<'_>) -> Result<()> {
        match found {
            Found::Interrupted => self.here.stop = Stop::Interrupted,
            Found::Nothing => {
                self.go_to(self.beginning, None)?;
                self.here.stop = Stop::Beginning;
            }
            Found::Hit(hit) => {
                self.go_to(place(hit.position), Some(attention))?;
                if self.here.stop != Stop::Interrupted {
                    let raw = RawStopped { place: hit, ..RawStopped::default() };
                    self.here = self.translate(&raw);
                }
            }
        }
        Ok(())
    }

    /// Goes back by one instruction of a task.
    pub(crate) fn step_back(&mut self, tid: u32, attention: Attention<'_>) -> Result<()> {
        let tick = self.tick_of(tid)?.saturating_sub(1);
        self.be_near(tid, tick)?;
        let trace =
            RunOrder { trace_tid: tid.into(), trace_tick: tick, ..order(Position::default(), 0) };
        let until = self.here.position;
        match self.search(&trace, until, 1, attention, |raw| raw.traced != 0)? {
            Some(raw) if raw.traced != 0 => return self.go_to(place(raw.previous), None),
            Some(_) => {
                self.here.stop = Stop::Interrupted;
                return Ok(());
            }
            None => {}
        }
        self.go_to(self.beginning, None)?;
        self.here.stop = Stop::Beginning;
        Ok(())
    }

    /// The clock of a task at the present position.
    fn tick_of(&mut self, tid: u32) -> Result<u64> {
        if self.here.tid == tid {
            return Ok(self.here.position.tick);
        }
        let tasks = self.engine.ask_all(&mut self.host, TASKS, 0)?;
        for entry in tasks.chunks(size_of::<clew_abi::debug::TaskEntry>()) {
            let entry: clew_abi::debug::TaskEntry = wire::from_bytes(entry)?;
            if entry.tid == u64::from(tid) {
                return Ok(entry.tick);
            }
        }
        Ok(0)
    }

    /// Makes sure that there is a checkpoint shortly before the present, where `tid` has not come to
    /// `tick` yet.
    fn be_near(&mut self, tid: u32, tick: u64) -> Result<()> {
        let until = self.here.position;
        let Some(number) = self.checkpoints.last_before(until) else { return Ok(()) };
        let time = self.time;
        let Some(nearest) = self.checkpoints.get(number) else { return Ok(()) };
        if nearest.near.is_some_and(|(near_tid, near_tick)| near_tid == tid && near_tick <= tick) {
            return Ok(());
        }
        let wanted = tick.saturating_sub(NEAR_TICKS);
        let from = nearest.position;
        let mut engine = nearest.engine.copy(&mut self.host)?;
        let begun = nearest.time;
        let run = RunOrder { wait_tid: tid.into(), wait_tick: wanted, ..order(until, 0) };
        let started = std::time::Instant::now();
        engine.run(&mut self.host, &run, None, None, || ())?;
        let position = position(&engine.stopped);
        if position >= until || position <= from {
            return Ok(());
        }
        let time_there = (begun + started.elapsed()).min(time);
        let near = Some((tid, wanted));
        let checkpoint = Checkpoint { position, time: time_there, engine, pinned: false, near };
        self.checkpoints.add(checkpoint, time);
        Ok(())
    }
}

/// A part of the recording that is searched.
struct Part {
    engine: Engine,
    from: Position,
    /// Of the checkpoint it began at.
    time: Duration,
    done: bool,
}

enum Found {
    Hit(Place),
    Nothing,
    Interrupted,
}
