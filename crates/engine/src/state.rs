//! The engine's one state and the guest context.
//!
//! # Safety
//! [`engine`] hands out the only instance by mutable reference. Engine code runs in one task at a
//! time, and the signal handler touches only the fields it documents while the engine runs.

use crate::calls::files::Files;
use crate::chaos::Outside;
use crate::clock::Clock;
use crate::code::Code;
use crate::debug::{Debug, Stress};
use crate::forbidden::Forbidden;
use crate::log::Log;
use crate::memory::Brk;
use crate::sharing::Sharing;
use crate::stream::Stream;
use crate::task::{TaskRef, Tasks};
use crate::ticks::Ticks;
use crate::vma::Vmas;
use alloc_crate::boxed::Box;
use alloc_crate::string::String;
use alloc_crate::vec::Vec;
use clew_abi::layout::{CONTEXT, ORDERS, SHARED};
use clew_abi::orders::{Orders, Shared, Text};
use clew_translate::{Cache, GuestContext};
use core::cell::UnsafeCell;

/// Whether events are written or read.
pub enum Mode {
    Record(Log),
    Replay(Stream),
    /// A child that is not followed: translated, but neither logged nor replayed.
    Unrecorded,
    /// What a debugger makes the guest do in a copy of a replay (`debug::diversion`).
    Diverted,
}

/// Everything the engine knows about its process.
pub struct Engine {
    pub mode: Mode,
    pub cache: &'static mut Cache,
    pub code: Code,
    pub vmas: Vmas,
    pub ticks: Ticks,
    /// The task whose registers are in the guest context: the one that runs, or ran last.
    pub task: TaskRef,
    pub tasks: Tasks,
    /// Ticks of a scheduling slice.
    pub slice_ticks: u64,
    /// Threads were started: they keep to one core, and these are the cores the guest may use.
    pub baton_in_use: bool,
    pub affinity: Option<[u64; 16]>,
    pub files: Files,
    pub forbidden: Forbidden,
    pub sharing: Sharing,
    /// Chaos while recording: what it does outside, the instructions that the running task is to execute
    /// alone before another one runs, and whether it stops at a place between two ticks.
    pub chaos: Outside,
    pub exact: u32,
    pub between: bool,
    /// The replay looks for an event's exact place, one instruction at a time.
    pub seeking: bool,
    pub stress: Stress,
    pub brk: Brk,
    /// Of the running task's process.
    pub pid: u32,
    /// The program's absolute path as the guest sees it (`/proc/self/exe`).
    pub exe: String,
    /// The auxiliary vector as the guest sees it.
    pub auxv: Vec<[u64; 2]>,
    /// Where the guest's vDSO lies.
    pub vdso: u64,
    /// `Fork` records still to come before the process that a replay is of.
    pub forks_left: u64,
    /// System calls recorded, and at which of them memory checksums are due (see `checksum`).
    pub calls_made: u64,
    pub next_checksum: u64,
    pub clock: Clock,
    /// A timeline commands this replay.
    pub debug: Option<Box<Debug>>,
    /// The last few events, for crash reports.
    pub recent: Recent,
}

/// A ring of the last events: (event, kind, detail, tick).
#[derive(Default)]
pub struct Recent {
    ring: [(u64, u16, u64, u64); 16],
    next: usize,
}

impl Recent {
    pub fn push(&mut self, event: u64, kind: u16, detail: u64, tick: u64) {
        if orders().flags & clew_abi::orders::FLAG_TRACE_EVENTS != 0 {
            trace_event(event, kind, detail, tick);
        }
        self.ring[self.next % 16] = (event, kind, detail, tick);
        self.next += 1;
    }

    /// Oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &(u64, u16, u64, u64)> {
        let start = self.next.saturating_sub(16);
        (start..self.next).map(|i| &self.ring[i % 16])
    }
}

/// Tells the user about one event (`FLAG_TRACE_EVENTS`).
#[cold]
fn trace_event(event: u64, kind: u16, detail: u64, tick: u64) {
    use core::fmt::Write;
    let mut line = crate::crash::Report::new();
    let kind = clew_abi::record::Kind::from_u16(kind);
    let pc = ctx().pc;
    let _ = write!(line, "event {event} {kind:?} {detail} tick {tick} pc {pc:#x}");
    crate::supervisor::warn(core::str::from_utf8(line.bytes()).unwrap_or(""));
}

struct Slot(UnsafeCell<Option<Engine>>);

// SAFETY: see the module's documentation.
unsafe impl Sync for Slot {}

static ENGINE: Slot = Slot(UnsafeCell::new(None));

/// Installs the state. Called once, at start.
pub fn install(engine: Engine) {
    // SAFETY: nobody holds a reference before the first call.
    unsafe { *ENGINE.0.get() = Some(engine) }
}

/// The state, once installed.
#[inline]
pub fn engine() -> &'static mut Engine {
    // SAFETY: see the module's documentation.
    match unsafe { &mut *ENGINE.0.get() } {
        Some(engine) => engine,
        None => crate::crash::fail("engine state used before it exists"),
    }
}

/// The state, for a crash report that may come at any time.
pub fn try_engine() -> Option<&'static mut Engine> {
    // SAFETY: as above; a crash report never returns to other users.
    unsafe { (*ENGINE.0.get()).as_mut() }
}

/// The guest's registers and what translated code keeps in memory.
#[inline]
pub fn ctx() -> &'static mut GuestContext {
    // SAFETY: mapped at start and never unmapped; one task at a time.
    unsafe { &mut *(CONTEXT as *mut GuestContext) }
}

/// The orders, in memory shared with the supervisor.
pub fn orders() -> &'static Orders {
    // SAFETY: mapped at start; the supervisor only changes the words that are read atomically.
    unsafe { &*(ORDERS.start as *const Orders) }
}

/// The page that all engines of a trace share. Recording only.
pub fn shared() -> &'static Shared {
    // SAFETY: mapped at start; its words are only used atomically.
    unsafe { &*(SHARED as *const Shared) }
}

/// A string of the orders.
pub fn orders_text(text: Text) -> &'static [u8] {
    let (start, len) = (ORDERS.start + text.offset, text.len as usize);
    assert!(text.offset < ORDERS.len() && text.len < ORDERS.len() - text.offset);
    if len == 0 {
        return &[];
    }
    // SAFETY: within the mapped orders, which nobody changes.
    unsafe { core::slice::from_raw_parts(start as *const u8, len) }
}

/// An atomic view of a word that is shared with other processes.
pub fn shared_word(word: &'static u64) -> &'static core::sync::atomic::AtomicU64 {
    // SAFETY: aligned, shared, mapped for ever.
    unsafe { core::sync::atomic::AtomicU64::from_ptr(word as *const u64 as *mut u64) }
}

impl Engine {
    pub fn recording(&self) -> bool {
        matches!(self.mode, Mode::Record(_))
    }

    pub fn replaying(&self) -> bool {
        matches!(self.mode, Mode::Replay(_))
    }
}
