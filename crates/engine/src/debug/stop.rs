//! Where a debugged guest stops.

use super::Debug;
use crate::state::{Engine, ctx};
use crate::stream::Record;
use crate::supervisor;
use crate::sys;
use clew_abi::debug::{
    FORK, INTERRUPT, POLL_TICKS, Place, Position, RUN_COLLECT, RUN_ECHO, RUN_STOP, STOPPED,
    Stopped, reason,
};
use clew_abi::record::{Kind, SignalPayload};

/// Looks around between two looks for messages, at most.
pub(super) const LOOKS: u32 = 4096;

/// A plain structure of `u64`s as bytes.
pub(super) fn bytes_of<T>(value: &T) -> &[u8] {
    // SAFETY: the abi's structures are made of u64s and byte arrays, without padding.
    unsafe { core::slice::from_raw_parts((value as *const T).cast(), size_of::<T>()) }
}

impl Engine {
    /// Before the guest goes on at the context's pc: stops if it is time to, and stays until it is told
    /// to go on.
    pub fn look_around(&mut self) {
        while let Some((why, detail)) = self.reason_to_stop() {
            self.stop_here(why, detail);
        }
        if self.goes_alone() {
            self.look_at_single();
        }
        let (here, tid) = (self.position(), self.task.tid as u64);
        if let Some(d) = &mut self.debug
            && d.run.trace_tid == tid
            && here.tick >= d.run.trace_tick
        {
            d.previous = Some(here);
        }
    }

    /// Stops at a place where events may be due when the guest goes on.
    pub(super) fn stop_here(&mut self, why: u64, detail: [u64; 2]) {
        self.stop(why, detail);
        if !self.diverted() {
            self.events_here();
            self.aim_at_next();
        }
    }

    fn reason_to_stop(&mut self) -> Option<(u64, [u64; 2])> {
        let here = self.position();
        let tid = self.task.tid as u64;
        let alone = self.goes_alone();
        let d = self.debug.as_mut()?;
        if !d.running {
            return Some((reason::BEGUN, [0; 2]));
        }
        let run = d.run;
        if let Some(stop) = self.watch_hit() {
            return Some(stop);
        }
        if here >= run.limit || run.wait_tid == tid && here.tick >= run.wait_tick {
            return Some((reason::LIMIT, [0; 2]));
        }
        let d = self.debug.as_mut()?;
        let returned = d.returned.take();
        if let Some(nr) = returned.filter(|&nr| d.catches(nr))
            && let Some(stop) = self.hit(reason::SYSCALL_RETURN, [nr, 0])
        {
            return Some(stop);
        }
        let outside = !(run.step_start..run.step_end).contains(&here.pc);
        let passed = self.passed(here);
        if run.step_tid == tid && !passed && outside {
            return Some((reason::STEPPED, [0; 2]));
        }
        let hits = self.hits();
        if let Some(stop) = self.signal_to_come() {
            return Some(stop);
        }
        if self.hits() != hits {
            // It was noted, and strikes now.
            self.events_here();
            self.aim_at_next();
            return self.reason_to_stop();
        }
        if alone
            && !passed
            && self.stops_at_breakpoint(here.pc)
            && let Some(stop) = self.hit(reason::BREAKPOINT, [0; 2])
        {
            return Some(stop);
        }
        self.poll().map(|why| (why, [0; 2]))
    }

    /// Watched memory was accessed since the last look around.
    fn watch_hit(&mut self) -> Option<(u64, [u64; 2])> {
        let (index, (position, tid)) = self.accessed()?;
        let detail = [index as u64, 0];
        let d = self.debug.as_mut()?;
        if d.run.flags & RUN_STOP != 0 {
            return Some((reason::WATCHPOINT, detail));
        }
        if d.run.flags & RUN_COLLECT != 0 {
            d.hit = Place { reason: reason::WATCHPOINT, position, tid, detail };
            d.hits += 1;
        }
        None
    }

    fn hits(&self) -> u64 {
        self.debug.as_ref().map_or(0, |d| d.hits)
    }

    fn passed(&self, here: clew_abi::debug::Position) -> bool {
        self.debug.as_ref().is_some_and(|d| d.passed == here)
    }

    /// Something worth stopping for is here: notes it. Returns the stop if the run is to stop.
    pub(super) fn hit(&mut self, why: u64, detail: [u64; 2]) -> Option<(u64, [u64; 2])> {
        let place = self.here_for(why, detail);
        let d = self.debug.as_mut()?;
        if d.run.flags & RUN_STOP != 0 {
            return Some((why, detail));
        }
        // A fault comes out of the cache behind the last look at the limit.
        if place.position >= d.run.limit {
            return Some((reason::LIMIT, [0; 2]));
        }
        if d.run.flags & RUN_COLLECT != 0 {
            d.hit = place;
            d.hits += 1;
            d.passed = place.position;
        }
        None
    }

    fn here_for(&self, why: u64, detail: [u64; 2]) -> Place {
        Place { reason: why, position: self.position(), tid: self.task.tid as u64, detail }
    }

    /// The signal that is the next event, if it strikes here.
    pub(super) fn signal_here(&mut self) -> Option<SignalPayload> {
        let next = self.next_event()?;
        if next.kind != Kind::Signal || next.header.tick != self.ticks.now() {
            return None;
        }
        let payload: SignalPayload = next.payload();
        (payload.pc == ctx().pc && self.matches(&next.header)).then_some(payload)
    }

    /// The next event is a signal that strikes here, and it stops.
    fn signal_to_come(&mut self) -> Option<(u64, [u64; 2])> {
        let payload = self.signal_here()?;
        if self.passed(self.position()) || !self.stops_at(payload.signo) {
            return None;
        }
        self.hit(reason::SIGNAL, [payload.signo as u64, 0])
    }

    fn stops_at(&self, signo: u32) -> bool {
        self.debug.as_ref().is_some_and(|d| d.stops_at_signal(signo))
    }

    /// Before the guest does something at which a signal may strike first: stops for it.
    pub fn stop_for_signal_here(&mut self) {
        if self.debug.is_some()
            && let Some((why, detail)) = self.signal_to_come()
        {
            self.stop(why, detail);
        }
    }

    /// The guest has faulted at its pc: stops before the signal is delivered.
    pub fn stop_for_fault(&mut self, signo: u32) {
        if self.debug.is_none() || self.passed(self.position()) || !self.stops_at(signo) {
            return;
        }
        if let Some((why, detail)) = self.hit(reason::SIGNAL, [signo as u64, 0]) {
            self.stop(why, detail);
        }
    }

    /// The guest is about to make a system call.
    pub fn stop_for_call(&mut self, nr: u64) {
        let Some(d) = &self.debug else { return };
        if d.catches(nr)
            && !self.passed(self.position())
            && let Some((why, detail)) = self.hit(reason::SYSCALL_ENTRY, [nr, 0])
        {
            self.stop(why, detail);
        }
        if let Some(d) = &mut self.debug {
            d.returned = Some(nr);
        }
    }

    /// Must this event wait, although the guest is where it happened?
    pub fn holds_back(&self, next: &Record) -> bool {
        let Some(d) = &self.debug else { return false };
        if self.task.exited {
            return false;
        }
        let here = self.position();
        let signal = next.kind == Kind::Signal && {
            here != d.passed && d.stops_at_signal(next.payload::<SignalPayload>().signo)
        };
        !d.running || here >= d.run.limit || signal
    }

    /// Is the next instruction executed alone, past all probes?
    fn goes_alone(&mut self) -> bool {
        self.single_steps() || self.must_go_alone()
    }

    /// Shall the guest take a single instruction?
    pub fn single_steps(&self) -> bool {
        let Some(d) = &self.debug else { return false };
        d.takes_single_steps(self.task.tid as u64, self.last_event(), self.ticks.now())
    }

    /// The tick at which the guest shall leave the cache, which else would be `target`.
    pub fn debug_target(&self, target: Option<u64>) -> Option<u64> {
        let Some(d) = &self.debug else { return target };
        let (now, run) = (self.ticks.now(), &d.run);
        let tid = self.task.tid as u64;
        let mut nearest = target?.min(now + POLL_TICKS);
        let mut upto = |tick: u64| {
            if tick > now {
                nearest = nearest.min(tick);
            }
        };
        if self.last_event() == run.limit.event {
            upto(run.limit.tick);
        }
        if run.trace_tid == tid {
            upto(run.trace_tick);
        }
        if run.wait_tid == tid {
            upto(run.wait_tick);
        }
        Some(nearest)
    }

    /// Is the guest's output wanted?
    pub fn echoes(&self) -> bool {
        self.debug.as_ref().is_none_or(|d| d.running && d.run.flags & RUN_ECHO != 0)
    }

    /// The process's recording ends here, for good. Only a diversion goes on, if the debugger has put it
    /// elsewhere: it calls a function.
    pub fn stop_at_end(&mut self, how: u8, value: u32) -> ! {
        let end = ctx().pc;
        loop {
            self.stop(reason::END, [how.into(), value.into()]);
            if self.diverted() && ctx().pc != end {
                crate::start::enter();
            }
        }
    }

    /// Says that the guest has stopped, and does what it is told until it is told to run.
    pub(super) fn stop(&mut self, why: u64, detail: [u64; 2]) {
        self.say_stopped(why, detail);
        self.obey();
        super::watch::take_overwritten();
        let here = self.position();
        let now = self.ticks.now();
        if let Some(d) = &mut self.debug {
            // What a search finds may lie at its very beginning.
            let searches = d.run.flags & RUN_COLLECT != 0;
            d.passed = if searches { Position::default() } else { here };
            d.before = None;
            d.awaited.clear();
            d.running = true;
            d.returned = None;
            (d.hit, d.hits, d.previous) = (Place::default(), 0, None);
            (d.poll_at, d.looks) = (now + POLL_TICKS, 0);
        }
    }

    pub(super) fn say_stopped(&mut self, why: u64, detail: [u64; 2]) {
        let place = self.here_for(why, detail);
        let Some(d) = &mut self.debug else { return };
        d.running = false;
        let stopped = Stopped {
            place,
            hit: d.hit,
            hits: d.hits,
            previous: d.previous.unwrap_or_default(),
            traced: d.previous.is_some().into(),
        };
        supervisor::send(STOPPED, 0, bytes_of(&stopped));
    }

    /// Looks whether the timeline wants something. Returns why the guest stops, if it does.
    fn poll(&mut self) -> Option<u64> {
        let now = self.ticks.now();
        let d = self.debug.as_mut()?;
        d.looks += 1;
        if d.looks < LOOKS && now < d.poll_at {
            return None;
        }
        (d.poll_at, d.looks) = (now + POLL_TICKS, 0);
        loop {
            match supervisor::receive(false) {
                Err(supervisor::Gone) => sys::exit_group(0),
                Ok(None) => return None,
                Ok(Some(message)) => match (message.kind, message.file) {
                    (FORK, Some(file)) => {
                        if self.make_copy(file) {
                            return Some(reason::BEGUN);
                        }
                    }
                    (INTERRUPT, _) => return Some(reason::INTERRUPTED),
                    _ => {}
                },
            }
        }
    }
}

impl Debug {
    pub(super) fn set_run(&mut self, run: clew_abi::debug::RunOrder) {
        self.run = run;
    }
}
