//! A test of the probes: a replay that hits them all over its code, at no purpose, must match all the
//! same (`clew replay --stress-probes`).
//!
//! One instruction in eight has a breakpoint; behind it the guest goes on by some single steps. The
//! positions of breakpoints, with the registers and flags there, are hashed: that must not depend on
//! the number of steps. Accesses to memory are looked at by tables that say
//! "perhaps" at random, at first of all accesses, later of writes. Where one of them goes is watched in
//! earnest for a while: its bytes must not change but by an access that was looked at.

use super::watch::{self, Kind, Watchpoint, map_tables, mark, present, take_overwritten};
use crate::crash::{self, Report};
use crate::shadow;
use crate::state::{Engine, ctx};
use crate::supervisor;
use alloc_crate::collections::BTreeMap;
use alloc_crate::vec::Vec;
use clew_abi::layout::WATCH;
use clew_translate::liveness::CodeSource;
use clew_translate::{SiteKind, Watching};
use core::fmt::Write;

/// A breakpoint goes once it was hit so often: the guest has to get on.
const HITS: u32 = 2000;
/// The tables are filled anew after so many hits, each time with half as many marks.
const SHUFFLE: u64 = 30_000;
const SHUFFLES: u32 = 16;
/// Watched at once.
const POINTS: usize = 4;

/// What the test remembers.
#[derive(Default)]
pub struct Stress {
    pub on: bool,
    /// Single steps behind a breakpoint, and those still to make.
    steps: u64,
    pub(crate) left: u64,
    /// Tick and pc of the breakpoint hit last, and a hash over all.
    last: (u64, u64),
    hash: u64,
    hits: BTreeMap<u64, u32>,
    looks: u64,
    shuffles: u32,
    noise: u64,
    watched: Vec<Watched>,
    touches: u64,
}

/// Memory that is watched in earnest.
struct Watched {
    point: Watchpoint,
    bytes: Vec<u8>,
    /// It may be otherwise by now.
    touched: bool,
}

impl Stress {
    fn noise(&mut self) -> u64 {
        self.noise = self.noise.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        self.noise >> 33
    }

    /// Is the guest walking by single steps?
    pub fn steps(&self) -> bool {
        self.left > 0
    }

    fn touch(&mut self, index: usize) {
        self.touches += 1;
        if let Some(watched) = self.watched.get_mut(index) {
            watched.touched = true;
        }
    }
}

impl Engine {
    /// Hits probes from now on. Nothing has been translated yet.
    pub fn stress_probes(&mut self, steps: u64) {
        self.stress.on = true;
        self.stress.steps = steps;
        self.cache.stress_probes();
        map_tables(true);
        self.sprinkle();
        self.watch_accesses(Watching::All);
    }

    /// Marks table entries at random.
    fn sprinkle(&mut self) {
        let marks = (WATCH.len() / 8) >> self.stress.shuffles;
        for _ in 0..marks {
            let at = WATCH.start + self.stress.noise() % WATCH.len();
            // SAFETY: within the tables, which are mapped.
            unsafe { *(at as *mut u8) = 1 }
        }
    }

    /// A probe was hit: the guest goes on behind it, or by a single instruction.
    pub(super) fn stress_hit(&mut self, number: u32) {
        if self.cache.sites[number as usize].kind == SiteKind::Watch {
            return self.stress_look(number);
        }
        self.note_breakpoint();
        self.stress.left = self.stress.steps;
        match self.stress.steps {
            0 => self.go_behind(number),
            _ => self.resume_alone(),
        }
    }

    /// Control is at a breakpoint.
    fn note_breakpoint(&mut self) {
        let (tick, pc) = (self.ticks.now(), ctx().pc);
        if core::mem::replace(&mut self.stress.last, (tick, pc)) == (tick, pc) {
            // The engine's own protection was in the way.
            return;
        }
        let words = [tick, pc, self.shown_flags()];
        let mix = |hash: u64, word: &u64| {
            (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
        };
        self.stress.hash = words.iter().chain(&ctx().gpr).fold(self.stress.hash, mix);
        let hits = self.stress.hits.entry(pc).or_default();
        *hits += 1;
        if *hits == HITS {
            self.cache.spare(pc, shadow::mapped);
        }
    }

    /// A single step is done.
    pub(crate) fn stress_step(&mut self) {
        self.stress.left -= 1;
        if self.stress.left == 0 || self.must_go_alone() {
            self.stress.left = 0;
            return self.resume();
        }
        self.stress_passes();
        self.resume_alone();
    }

    /// The instruction at `ctx().pc` is about to be executed alone, without probes.
    pub(crate) fn stress_passes(&mut self) {
        let pc = ctx().pc;
        // Where there is no code a running guest faults without having been there.
        if self.cache.is_breakpoint(pc) && !self.vmas.code(pc).is_empty() {
            self.note_breakpoint();
        }
    }

    fn stress_look(&mut self, number: u32) {
        self.stress.looks += 1;
        let looks = self.stress.looks;
        if looks % SHUFFLE == 0 && self.stress.shuffles < SHUFFLES {
            self.stress.shuffles += 1;
            self.watch_in_earnest(Vec::new());
        } else if looks % 97 == 0 && self.stress.shuffles < SHUFFLES {
            self.watch_this();
        }
        let mut touched = Vec::new();
        self.touched_at(number, |index| touched.push(index));
        touched.into_iter().for_each(|index| self.stress.touch(index));
        if looks % 5 == 0 {
            self.resume_alone();
        } else {
            self.go_behind(number);
        }
    }

    /// Watches what the instruction at `ctx().pc` accesses, among other things.
    fn watch_this(&mut self) {
        let kind = match self.cache.watching() {
            Watching::Writes => Kind::Write,
            _ => Kind::Access,
        };
        let mut found = None;
        watch::each_extent(|start, _| found = Some(start));
        let Some(start) = found else { return };
        let len = [1, 2, 3, 4, 8, 8, 16, 40][self.stress.noise() as usize % 8];
        let addr = (start + 2).saturating_sub(self.stress.noise() % 4);
        let mut points: Vec<Watchpoint> = self.stress.watched.iter().map(|w| w.point).collect();
        if points.len() == POINTS {
            points.remove(0);
        }
        points.push(Watchpoint { addr, len, kind });
        self.watch_in_earnest(points);
    }

    /// Fills the tables anew. In the second half of the test only writes are looked at.
    fn watch_in_earnest(&mut self, points: Vec<Watchpoint>) {
        let late = self.stress.shuffles >= SHUFFLES / 2;
        self.set_watchpoints(points.clone());
        map_tables(true);
        self.sprinkle();
        points.iter().for_each(|p| mark(p.addr, p.len));
        self.watch_accesses(if late { Watching::Writes } else { Watching::All });
        let watched = |point| Watched { point, bytes: present(&point), touched: false };
        self.stress.watched = points.into_iter().map(watched).collect();
    }

    /// The instruction at `ctx().pc` will be executed without its probes.
    pub(crate) fn stress_alone(&mut self) {
        let mut touched = Vec::new();
        self.touched(|index| touched.push(index));
        touched.into_iter().for_each(|index| self.stress.touch(index));
    }

    /// Looks at the watched memory: whatever changed must have been expected to.
    pub(crate) fn stress_check(&mut self) {
        take_overwritten().into_iter().for_each(|written| self.stress.touch(written.index));
        for watched in &mut self.stress.watched {
            let now = present(&watched.point);
            let there = now.len() == watched.bytes.len();
            if there && now != watched.bytes && !watched.touched {
                let mut report = Report::new();
                let Watchpoint { addr, len, .. } = watched.point;
                let _ =
                    writeln!(report, "engine failure: {len} bytes at {addr:#x} changed unnoticed");
                crash::finish(&mut report);
            }
            watched.bytes = now;
            watched.touched = false;
        }
    }

    /// Says what the test has tested.
    pub(crate) fn stress_report(&self) {
        let Stress { hits, looks, touches, .. } = &self.stress;
        let breaks: u64 = hits.values().map(|&n| u64::from(n)).sum();
        let mut report = Report::new();
        let _ = write!(
            report,
            "probes: {breaks} hits of {} breakpoints ({:016x}), {looks} looks at accesses, {touches} at \
             watched memory",
            hits.len(),
            self.stress.hash,
        );
        supervisor::warn(core::str::from_utf8(report.bytes()).unwrap_or(""));
    }
}
