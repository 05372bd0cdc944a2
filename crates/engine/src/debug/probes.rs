//! Breakpoints and watchpoints, as the timeline sends them.

use super::expression;
use super::stop::LOOKS;
use super::watch::{self, Kind, Overwritten, Watchpoint};
use crate::shadow;
use crate::state::{Engine, ctx};
use alloc_crate::collections::BTreeMap;
use alloc_crate::vec::Vec;
use clew_abi::debug::{Position, WATCH_READ, WATCH_WRITE, reason};
use clew_translate::SiteKind;

/// What stops at one address: conditions, of which one must hold if there are any.
pub type Breakpoints = BTreeMap<u64, Vec<Vec<u8>>>;

/// Takes `u64`s and padded bytes off a message.
struct Words<'a>(&'a [u8]);

impl<'a> Words<'a> {
    fn word(&mut self) -> Option<u64> {
        let (word, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*word))
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = self.word()? as usize;
        let bytes = self.0.get(..len)?;
        self.0 = self.0.get(len.next_multiple_of(8)..)?;
        Some(bytes)
    }
}

impl Engine {
    pub(super) fn breakpoints_command(&mut self, replace: bool, payload: &[u8]) {
        let Some(d) = &mut self.debug else { return };
        let mut wanted = if replace { Breakpoints::new() } else { d.breakpoints.clone() };
        let mut words = Words(payload);
        while let (Some(addr), Some(count)) = (words.word(), words.word()) {
            let conditions = (0..count).map_while(|_| words.bytes().map(Vec::from)).collect();
            // Where no code can be, nothing stops.
            if addr < u64::MAX {
                wanted.insert(addr, conditions);
            }
        }
        d.breakpoints = wanted;
        let addresses: Vec<u64> = d.breakpoints.keys().copied().collect();
        // Translations that wait for their code to be mapped have no probes.
        addresses.iter().for_each(|&addr| self.displace_awaited(addr, addr + 1));
        self.cache.set_breakpoints(addresses, shadow::mapped);
    }

    pub(super) fn watchpoints_command(&mut self, payload: &[u8]) {
        let mut words = Words(payload);
        let mut points = Vec::new();
        while let (Some(addr), Some(len), Some(access)) = (words.word(), words.word(), words.word())
        {
            let kind = match access {
                WATCH_WRITE => Kind::Write,
                WATCH_READ => Kind::Read,
                _ => Kind::Access,
            };
            points.push(Watchpoint { addr, len, kind });
        }
        self.set_watchpoints(points);
    }

    /// Control left through the probe of this number, before the instruction at `ctx().pc`.
    pub fn probed(&mut self, number: u32) {
        if self.stress.on {
            return self.stress_hit(number);
        }
        let here = self.position();
        let Some(d) = &mut self.debug else { return self.go_behind(number) };
        d.looks += 1;
        let busy = d.looks >= LOOKS;
        if self.cache.sites[number as usize].kind == SiteKind::Watch {
            return self.may_touch(number);
        }
        if d.passed != here
            && self.stops_at_breakpoint(here.pc)
            && let Some((why, detail)) = self.hit(reason::BREAKPOINT, [0; 2])
        {
            self.stop_here(why, detail);
            return self.resume();
        }
        match busy {
            true => self.resume(),
            false => self.go_behind(number),
        }
    }

    /// The instruction at `ctx().pc` may touch watched memory: if it does, it is executed alone, and
    /// looked at afterwards.
    fn may_touch(&mut self, number: u32) {
        let mut touched = Vec::new();
        self.touched_at(number, |index| touched.push(index));
        if touched.is_empty() {
            return self.go_behind(number);
        }
        self.await_access(&touched);
        self.resume_alone();
    }

    /// The instruction at `ctx().pc` is about to be executed alone: does it touch watched memory?
    pub(super) fn look_at_single(&mut self) {
        let mut touched = Vec::new();
        self.touched(|index| touched.push(index));
        if !touched.is_empty() {
            self.await_access(&touched);
        }
    }

    fn await_access(&mut self, touched: &[usize]) {
        let points = self.watchpoints();
        self.note_before();
        let Some(d) = &mut self.debug else { return };
        let old = |&index: &usize| Overwritten { index, old: watch::present(&points[index]) };
        d.awaited = touched.iter().map(old).collect();
    }

    /// Remembers that what happens next began here.
    pub fn note_before(&mut self) {
        let (position, tid) = (self.position(), self.task.tid.into());
        if let Some(d) = &mut self.debug {
            d.before.get_or_insert((position, tid));
        }
    }

    /// The watchpoint that what has happened since the last look was a hit of, and where that began.
    pub(super) fn accessed(&mut self) -> Option<(usize, (Position, u64))> {
        let d = self.debug.as_mut()?;
        let before = d.before.take();
        let mut all = core::mem::take(&mut d.awaited);
        all.extend(watch::take_overwritten());
        let points = self.watchpoints();
        let hit = all.iter().find(|o| {
            let point = &points[o.index];
            point.kind != Kind::Write || watch::present(point) != o.old
        });
        Some((hit?.index, before?))
    }

    /// Goes on with the instruction before which control left through the probe of this number (in
    /// this generation of the cache), past its probes of the same kind.
    pub fn go_behind(&mut self, number: u32) {
        match self.cache.behind(number) {
            Some(host) => {
                ctx().resume = host;
            }
            None => self.resume_alone(),
        }
    }

    /// Is there a breakpoint at `pc`, and does it stop now?
    pub(super) fn stops_at_breakpoint(&self, pc: u64) -> bool {
        let Some(conditions) = self.debug.as_ref().and_then(|d| d.breakpoints.get(&pc)) else {
            return false;
        };
        conditions.is_empty() || conditions.iter().any(|code| expression::holds(code))
    }
}
