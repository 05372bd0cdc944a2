//! Watched memory: which accesses touch it, and what the engine itself writes there.
//!
//! Translated code looks at its accesses by tables (`clew_translate::context::watch`), which this file
//! fills. They may say "perhaps" too often, never too seldom: [`Engine::touched`] decides.
//!
//! # Safety
//! The tables are the engine's own memory, mapped while anything is watched. The one state is touched
//! by engine code alone, which runs in one task at a time, and not by signal handlers.

use super::extents;
use crate::start;
use crate::state::{Engine, ctx};
use crate::sys::{self, MAP_ANONYMOUS, MAP_FIXED, MAP_NORESERVE, MAP_PRIVATE};
use crate::vma::{PROT_READ, PROT_WRITE};
use alloc_crate::vec::Vec;
use clew_abi::layout::{PAGE, WATCH};
use clew_translate::access::{Access, accesses};
use clew_translate::context::watch::{CLASSES, COARSE, TABLE, fine};
use clew_translate::{Features, Watching};
use core::arch::x86_64::__cpuid_count;
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, Ordering};
use iced_x86::{Decoder, DecoderOptions, Instruction, InstructionInfoFactory};

/// What a watchpoint looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Write,
    Read,
    /// Either.
    Access,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watchpoint {
    pub addr: u64,
    pub len: u64,
    pub kind: Kind,
}

impl Watchpoint {
    fn meets(&self, start: u64, end: u64) -> bool {
        start < self.addr.saturating_add(self.len) && self.addr < end
    }

    fn concerns(&self, access: &Access) -> bool {
        match self.kind {
            Kind::Write => access.writes,
            Kind::Read => access.reads,
            Kind::Access => true,
        }
    }
}

/// A watchpoint whose memory the engine has written, or was about to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overwritten {
    /// Which one, in the order they were given.
    pub index: usize,
    /// All of its bytes before; fewer if there was no memory.
    pub old: Vec<u8>,
}

#[derive(Default)]
struct Watch {
    points: Vec<Watchpoint>,
    overwritten: Vec<Overwritten>,
    /// Accesses of instructions that were looked at lately, by site and generation of the cache.
    known: Vec<Known>,
}

struct Known {
    site: u32,
    generation: u32,
    instr: Instruction,
    accesses: Vec<Access>,
}

/// Instructions that are remembered.
const KNOWN: usize = 64;

struct Slot(UnsafeCell<Option<Watch>>);

// SAFETY: see the module's documentation.
unsafe impl Sync for Slot {}

static WATCHED: Slot = Slot(UnsafeCell::new(None));
static ANY: AtomicBool = AtomicBool::new(false);

fn state() -> &'static mut Watch {
    // SAFETY: see the module's documentation.
    unsafe { &mut *WATCHED.0.get() }.get_or_insert_default()
}

/// The engine is about to write guest memory, or to map something else there.
#[inline]
pub fn note_write(addr: u64, len: u64) {
    if ANY.load(Ordering::Relaxed) {
        note(addr, addr.saturating_add(len));
    }
}

#[cold]
fn note(start: u64, end: u64) {
    let Watch { points, overwritten, .. } = state();
    for (index, point) in points.iter().enumerate() {
        let known = || overwritten.iter().any(|known| known.index == index);
        if point.kind != Kind::Read && point.meets(start, end) && !known() {
            overwritten.push(Overwritten { index, old: present(point) });
        }
    }
}

/// What a watchpoint's memory holds now; as much of it as there is.
pub fn present(point: &Watchpoint) -> Vec<u8> {
    let mut bytes = alloc_crate::vec![0; point.len as usize];
    let mut done = 0;
    while done < bytes.len() {
        let at = point.addr + done as u64;
        let n = ((PAGE - at % PAGE) as usize).min(bytes.len() - done);
        if !sys::read_guest(at, &mut bytes[done..done + n]) {
            break;
        }
        done += n;
    }
    bytes.truncate(done);
    bytes
}

/// The watchpoints whose memory the engine has written since this was asked last: results of system
/// calls, signal frames, what other processes wrote, new mappings.
pub fn take_overwritten() -> Vec<Overwritten> {
    if !ANY.load(Ordering::Relaxed) {
        return Vec::new();
    }
    core::mem::take(&mut state().overwritten)
}

impl Engine {
    /// This memory is watched, and no other, from now on.
    pub fn set_watchpoints(&mut self, points: Vec<Watchpoint>) {
        let points_at = |kind| points.iter().any(|p: &Watchpoint| p.kind != kind);
        let watching = match (points.is_empty(), points_at(Kind::Write)) {
            (true, _) => Watching::None,
            (_, false) => Watching::Writes,
            (_, true) => Watching::All,
        };
        map_tables(watching != Watching::None);
        points.iter().for_each(|p| mark(p.addr, p.len));
        self.watch_accesses(watching);
        ANY.store(!points.is_empty(), Ordering::Relaxed);
        *state() = Watch { points, ..Watch::default() };
    }

    /// The watchpoints, in the order they were given.
    pub fn watchpoints(&self) -> &'static [Watchpoint] {
        &state().points
    }

    /// Has translations look at these accesses.
    pub(super) fn watch_accesses(&mut self, watching: Watching) {
        if self.cache.watching() != watching {
            self.flush();
            self.cache.set_watching(watching, features());
        }
    }

    /// Calls `what` with the number of each watchpoint that the instruction at `ctx().pc`, before which
    /// control left through the probe `site`, touches if it is executed now. Accesses that depend on a
    /// comparison count as made.
    pub fn touched_at(&mut self, site: u32, mut what: impl FnMut(usize)) {
        let generation = self.cache.generation;
        let known = &mut state().known;
        let place = known.iter().position(|k| (k.site, k.generation) == (site, generation));
        let place = place.unwrap_or_else(|| {
            let new = look(ctx().pc, site, generation);
            if known.len() < KNOWN {
                known.push(new);
                return known.len() - 1;
            }
            let place = site as usize % KNOWN;
            known[place] = new;
            place
        });
        each_touched(&known[place], &mut what);
    }

    /// The same for an instruction that no probe stopped before.
    pub fn touched(&mut self, mut what: impl FnMut(usize)) {
        if ANY.load(Ordering::Relaxed) {
            each_touched(&look(ctx().pc, 0, 0), &mut what);
        }
    }
}

/// The instruction at `pc`.
fn look(pc: u64, site: u32, generation: u32) -> Known {
    let mut bytes = [0u8; 15];
    let first = ((PAGE - pc % PAGE) as usize).min(bytes.len());
    let (head, tail) = bytes.split_at_mut(first);
    let whole = sys::read_guest(pc, head) && sys::read_guest(pc + first as u64, tail);
    let len = if whole { bytes.len() } else { first };
    let instr = Decoder::with_ip(64, &bytes[..len], pc, DecoderOptions::NONE).decode();
    let accesses = accesses(&mut InstructionInfoFactory::new(), &instr).collect();
    Known { site, generation, instr, accesses }
}

/// Calls `what` with start and end of each range that the instruction at `ctx().pc` accesses.
pub(super) fn each_extent(mut what: impl FnMut(u64, u64)) {
    let known = look(ctx().pc, 0, 0);
    known.accesses.iter().for_each(|access| extents::each(&known.instr, access, &mut what));
}

fn each_touched(known: &Known, what: &mut impl FnMut(usize)) {
    let points = &state().points;
    let mut hit = [false; 64];
    for access in &known.accesses {
        let concerned = |p: &Watchpoint| p.concerns(access);
        if !points.iter().any(concerned) {
            continue;
        }
        extents::each(&known.instr, access, |start, end| {
            for (index, point) in points.iter().enumerate() {
                if concerned(point) && point.meets(start, end) {
                    match hit.get_mut(index) {
                        Some(hit) => *hit = true,
                        None => what(index),
                    }
                }
            }
        });
    }
    (0..hit.len()).filter(|&index| hit[index]).for_each(what);
}

/// Gives the tables zeros, or takes them away.
pub(super) fn map_tables(wanted: bool) {
    let prot = if wanted { PROT_READ | PROT_WRITE } else { 0 };
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
    // SAFETY: the tables' own place.
    let got = unsafe { sys::mmap(WATCH.start, WATCH.len(), prot, flags, -1, 0) };
    if got != WATCH.start as i64 {
        crate::crash::fail("the tables of watched memory cannot be mapped");
    }
}

/// Marks what may touch `addr..addr+len`.
pub(super) fn mark(addr: u64, len: u64) {
    if len == 0 {
        return;
    }
    let last = addr.saturating_add(len - 1);
    for (table, reach) in COARSE.into_iter().zip([7, 63]) {
        mark_entries(table, addr.saturating_sub(reach) >> 3, last >> 3);
    }
    for class in 0..CLASSES {
        mark_entries(fine(class), addr.saturating_sub((1 << class) - 1), last);
    }
}

/// Marks the entries of the numbers from `first` to `last`, modulo the table's length.
fn mark_entries(table: u64, first: u64, last: u64) {
    for n in first..=last.min(first.saturating_add(TABLE - 1)) {
        // SAFETY: within a table, which is mapped.
        unsafe { *((table + n % TABLE) as *mut u8) = 1 }
    }
}

/// What filters may use.
pub fn features() -> Features {
    let leaf = __cpuid_count(7, 0);
    Features { bmi2: leaf.ebx & 1 << 8 != 0, fsgsbase: start::hwcap2() & start::FSGSBASE != 0 }
}
