//! Going back: the last place before the present where something stops, or where a task was.

use clew_abi::debug::{Place, RUN_COLLECT, RunOrder, Stopped as RawStopped, TASKS, reason};
use clew_trace::Result;

use crate::checkpoints::Checkpoint;
use crate::engine::Company;
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
        let mut until = self.here.position;
        while let Some(number) = self.checkpoints.last_before(until) {
            let raw = self.search_part(number, until, run, attention)?;
            if raw.place.reason == reason::INTERRUPTED {
                return Ok(Found::Interrupted);
            }
            if raw.hits > 0 {
                return Ok(Found::Hit(raw.hit));
            }
            until = self.checkpoints.get(number).map_or(self.beginning, |c| c.position);
        }
        Ok(Found::Nothing)
    }

    /// Runs a copy of a checkpoint up to `until`, as `run` says. Long parts get checkpoints.
    fn search_part(
        &mut self,
        number: usize,
        until: Position,
        run: &RunOrder,
        attention: Attention<'_>,
    ) -> Result<RawStopped> {
        let run = RunOrder { limit: order(until, 0).limit, ..*run };
        let Some(checkpoint) = self.checkpoints.get(number) else {
            return Ok(RawStopped::default());
        };
        let start = checkpoint.time;
        let mut engine = checkpoint.engine.copy(&mut self.host)?;
        engine.arm(&self.probes)?;
        let company = Company { attention: Some(attention), every: Some(crate::SPACING) };
        let copies = engine.run(&mut self.host, &run, &company)?;
        for copied in copies {
            let (position, time) = (position(&copied.engine.stopped), start + copied.after);
            let checkpoint = Checkpoint { position, time, engine: copied.engine, pinned: false, near: None };
            self.checkpoints.add(checkpoint, self.time);
        }
        Ok(engine.stopped)
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
        let trace = RunOrder {
            trace_tid: tid.into(),
            trace_tick: tick,
            ..order(Position::default(), 0)
        };
        let mut until = self.here.position;
        while let Some(number) = self.checkpoints.last_before(until) {
            let raw = self.search_part(number, until, &trace, attention)?;
            if raw.place.reason == reason::INTERRUPTED {
                self.here.stop = Stop::Interrupted;
                return Ok(());
            }
            if raw.traced != 0 {
                return self.go_to(place(raw.previous), None);
            }
            until = self.checkpoints.get(number).map_or(self.beginning, |c| c.position);
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
        let company = Company { attention: None, every: None };
        engine.run(&mut self.host, &run, &company)?;
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

enum Found {
    Hit(Place),
    Nothing,
    Interrupted,
}
