//! The baton: whoever holds it runs guest and engine code; the other tasks sleep, or are in the
//! kernel for a call that may block.
//!
//! # Invariants
//! - The holder is the one task that may touch the engine's state, the heap and the guest context.
//! - A holder that makes a blocking call *lends* the baton: another task that wants it takes it
//!   without asking, and if none does, nothing is to be done on return.
//! - The guest context holds the registers of `Engine::task`, the last task that ran. Whoever gets
//!   the baton after another task records the switch, saves that one's registers and loads its own.
//! - Waiters are first come, first served, those that come back from blocking calls before those
//!   whose slice was over (but not for ever); those that a tracer holds (see `traced`) not at all.
//!
//! # Safety
//! The baton's own fields are only touched under its lock, which is never held across a system call
//! that may block, nor in signal handlers.

use super::TaskRef;
use super::futex::Place;
use super::schedule::Schedule;
use crate::asm;
use crate::state::Engine;
use crate::sys::{self, syscall};
use alloc_crate::boxed::Box;
use alloc_crate::vec::Vec;
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicU32, Ordering};

/// Ticks after which the holder looks whether a task waits that came back from a blocking call.
const QUANTUM: u64 = 100_000;
/// What a system call counts for in a slice, in ticks.
const CALL_TICKS: u64 = 400;
/// So many `pause` instructions use up a slice.
const PAUSES: u64 = 8;
/// So many tasks that come back from blocking calls go before one that has had its slice.
const FAVOURED: u32 = 8;
/// A waiter looks this often whether the holder is still there, where it may be killed alone
/// (nanoseconds).
const PATIENCE_NS: u64 = 20_000_000;
/// The same under chaos, which may keep a task waiting though nobody runs.
const CHAOS_NS: u64 = 2_000_000;
const FUTEX_PRIVATE: u32 = 128;
const FUTEX_REALTIME: u32 = 256;
pub(super) const MONOTONIC: u32 = 1;
const SECOND: u64 = 1_000_000_000;

/// See the module's documentation.
pub struct Baton {
    lock: AtomicU32,
    /// Tasks of other processes that share this memory: they may be killed alone.
    mortals: Vec<TaskRef>,
    pub(super) holder: Option<TaskRef>,
    /// The holder is in a blocking call: the baton is free for others.
    pub(super) lent: bool,
    /// Tasks that came back from a blocking call, and tasks whose slice was over.
    woken: Queue,
    preempted: Queue,
    /// How many of the former have gone first since one of the latter did.
    favoured: u32,
    /// Those that wait for a futex (see `futex`), in order.
    pub(super) line: Vec<Place>,
    /// The ticks at which the holder's slice is over, and at which it looks who waits. System calls
    /// bring both nearer.
    pub(super) slice_end: u64,
    quantum_end: u64,
    /// Who runs next under chaos.
    pub(super) schedule: Option<Box<Schedule>>,
}

/// Tasks that wait for the baton, in order.
#[derive(Default)]
struct Queue {
    first: Option<TaskRef>,
    last: Option<TaskRef>,
}

/// How a sleep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awake {
    /// The baton was handed over.
    Go,
    /// The time was over.
    Timeout,
    /// A signal came.
    Signal,
}

/// When a wait ends at the latest: clock and its reading in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    pub clock: u32,
    pub at: u64,
}

impl Deadline {
    fn left(&self) -> u64 {
        self.at.saturating_sub(now(self.clock))
    }

    /// Does this one come first?
    pub(super) fn before(&self, other: &Self) -> bool {
        self.left() < other.left()
    }
}

/// What a clock says, in nanoseconds.
pub(super) fn now(clock: u32) -> u64 {
    let mut ts = [0u64; 2];
    // SAFETY: writes the array.
    unsafe { syscall!(sys::__NR_clock_gettime, clock, ts.as_mut_ptr()) };
    ts[0] * SECOND + ts[1]
}

struct Slot(UnsafeCell<Baton>);

// SAFETY: see the module's documentation.
unsafe impl Sync for Slot {}

static BATON: Slot = Slot(UnsafeCell::new(Baton {
    lock: AtomicU32::new(0),
    mortals: Vec::new(),
    holder: None,
    lent: false,
    woken: Queue { first: None, last: None },
    preempted: Queue { first: None, last: None },
    favoured: 0,
    line: Vec::new(),
    slice_end: 0,
    quantum_end: 0,
    schedule: None,
}));

/// The process's baton.
pub fn baton() -> &'static mut Baton {
    // SAFETY: see the module's documentation.
    unsafe { &mut *BATON.0.get() }
}

impl Baton {
    /// The process has one task, which holds the baton: at start, and after `fork`.
    pub fn reset(&mut self, holder: TaskRef) {
        self.lock.store(0, Ordering::Relaxed);
        self.mortals.clear();
        self.holder = Some(holder);
        self.lent = false;
        self.woken = Queue::default();
        self.preempted = Queue::default();
        self.line.clear();
    }

    /// A task of another process takes part from now on.
    pub fn expect_death(&mut self, task: TaskRef) {
        self.lock();
        self.mortals.push(task);
        self.unlock();
    }

    /// A task is none of those any more.
    pub(super) fn forget_mortal(&mut self, task: TaskRef) {
        if !self.mortals.is_empty() {
            self.lock();
            self.mortals.retain(|t| *t != task);
            self.unlock();
        }
    }

    /// When a task that waits is to look whether somebody has died.
    pub(super) fn patience(&self) -> Option<Deadline> {
        let at = || now(MONOTONIC) + PATIENCE_NS;
        (!self.mortals.is_empty()).then(|| Deadline { clock: MONOTONIC, at: at() })
    }

    /// When a task that waits for the baton is to look whether nobody has it.
    pub(super) fn look_again(&self) -> Option<Deadline> {
        match self.schedule {
            Some(_) => Some(Deadline { clock: MONOTONIC, at: now(MONOTONIC) + CHAOS_NS }),
            None => self.patience(),
        }
    }

    /// Has a task died without the engine's noticing? Asked with the lock.
    pub(super) fn has_dead(&self) -> bool {
        self.mortals.iter().any(|t| !t.lives())
    }

    /// Such a task, which is forgotten.
    pub(super) fn take_dead(&mut self) -> Option<TaskRef> {
        if self.mortals.is_empty() {
            return None;
        }
        self.lock();
        let dead = self.mortals.iter().position(|t| !t.lives());
        let dead = dead.map(|at| self.mortals.swap_remove(at));
        if let Some(dead) = dead {
            self.forget(dead);
        }
        self.unlock();
        dead
    }

    pub(super) fn lock(&self) {
        let word = &self.lock;
        if word.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_ok() {
            return;
        }
        while word.swap(2, Ordering::Acquire) != 0 {
            futex_wait(word, 2);
        }
    }

    pub(super) fn unlock(&self) {
        if self.lock.swap(0, Ordering::Release) == 2 {
            futex_wake(&self.lock);
        }
    }

    /// The holder makes another task the holder.
    pub(super) fn give(&mut self, task: TaskRef) {
        self.lock();
        self.holder = Some(task);
        self.unlock();
    }

    /// Lets a task wait for the baton. `woken`: it comes back from a call that blocked, and so goes
    /// before those that have had their slice.
    pub(super) fn enqueue(&mut self, task: TaskRef, woken: bool) {
        task.go.store(0, Ordering::Relaxed);
        if woken { self.woken.push(task) } else { self.preempted.push(task) }
    }

    fn dequeue(&mut self) -> Option<TaskRef> {
        if self.schedule.is_some() {
            return self.choose();
        }
        let patient = self.favoured >= FAVOURED && self.preempted.first.is_some();
        if !patient && let Some(task) = self.woken.pop() {
            self.favoured += 1;
            return Some(task);
        }
        self.favoured = 0;
        self.preempted.pop().or_else(|| self.woken.pop())
    }

    /// Gives the baton to the first in the queue, if there is one, and returns it: it is to be woken
    /// once the lock is free.
    pub(super) fn pass_on(&mut self) -> Option<TaskRef> {
        let next = self.dequeue()?;
        self.holder = Some(next);
        self.lent = false;
        Some(next)
    }

    /// Takes the baton for `task` if nobody runs.
    pub(super) fn seize(&mut self, task: TaskRef) -> bool {
        let dead = self.holder.is_some_and(|h| h != task && !h.lives());
        let free =
            (self.lent || self.holder.is_none() || dead) && !task.is_held() && !self.keeps(task);
        if free {
            self.holder = Some(task);
            self.lent = false;
        }
        free
    }

    /// The holder looks who waits after the call that it makes.
    pub(super) fn end_quantum(&mut self) {
        self.quantum_end = 0;
    }

    /// Does a task wait for the baton? Only a hint without the lock.
    pub fn awaited(&self) -> bool {
        self.woken.first.is_some() || self.preempted.first.is_some()
    }
}

impl Engine {
    /// Before a call that may block: others may run.
    pub fn lend_baton(&mut self) {
        let baton = baton();
        baton.lock();
        let next = baton.pass_on();
        if next.is_none() {
            baton.lent = true;
            self.sharing.park();
        }
        baton.unlock();
        wake(next);
    }

    /// After it: waits until this task may run again.
    pub fn take_baton(&mut self, task: TaskRef) {
        let baton = baton();
        baton.lock();
        if baton.lent && baton.holder == Some(task) && !baton.keeps(task) {
            baton.lent = false;
            baton.unlock();
            return self.unpark();
        }
        if !baton.seize(task) {
            baton.enqueue(task, true);
            baton.unlock();
            self.await_baton(task);
        } else {
            baton.unlock();
        }
        self.got_baton(task);
    }

    /// Sleeps until the baton is handed over.
    pub(super) fn await_baton(&mut self, task: TaskRef) {
        self.notes_holds(task, true);
        while self.sleep(task, baton().look_again(), false) != Awake::Go {
            let baton = baton();
            baton.lock();
            let handed = task.go.load(Ordering::Acquire) != 0;
            if !handed && baton.seize(task) {
                baton.forget(task);
                task.go.store(1, Ordering::Relaxed);
            }
            baton.unlock();
        }
    }

    /// This task holds the baton now: the context becomes its own.
    pub(super) fn got_baton(&mut self, task: TaskRef) {
        self.unpark();
        if self.task != task {
            let mut begins = task;
            if let Some(maker) = begins.take_maker() {
                self.record_child(task, maker);
            }
            self.record_switch(task);
            self.switch_to(task);
        }
        self.bury_dead();
    }

    /// Lets the tasks that wait run first. False if there are none.
    pub fn yield_baton(&mut self) -> bool {
        let task = self.task;
        let baton = baton();
        baton.lock();
        let next = baton.pass_on();
        if next.is_some() {
            baton.enqueue(task, false);
        }
        baton.unlock();
        if next.is_some() {
            wake(next);
            self.await_baton(task);
            self.got_baton(task);
        }
        next.is_some()
    }

    /// The running task ends: the next one may run. Nothing of the engine's state may be touched
    /// afterwards by this thread.
    pub(super) fn leave_baton(&mut self) {
        let baton = baton();
        baton.lock();
        let next = baton.pass_on();
        if next.is_none() {
            baton.holder = None;
            self.sharing.park();
        }
        baton.unlock();
        wake(next);
    }

    /// Deals ticks to a task that begins to run.
    pub fn aim_at_slice(&mut self) {
        if self.tasks.several() {
            let slice = self.chaotic_slice().unwrap_or(self.slice_ticks);
            baton().slice_end = self.ticks.now() + slice;
            self.aim_at_quantum();
        } else if self.sharing.takes_part() {
            self.aim_at_quantum();
        } else {
            self.ticks.aim(None);
        }
    }

    pub(super) fn aim_at_quantum(&mut self) {
        let (now, baton) = (self.ticks.now(), baton());
        let end = match baton.schedule {
            Some(_) => baton.slice_end.clamp(now + 1, now + QUANTUM),
            None => now + QUANTUM.min(self.slice_ticks),
        };
        baton.quantum_end = end;
        self.ticks.aim(Some(end));
    }

    /// The slice is over, and goes on for a few instructions.
    pub(super) fn aim_past_slice(&mut self) {
        self.ticks.aim(Some(self.ticks.now() + QUANTUM));
    }

    /// The running task has made a system call, while recording: time has passed without ticks.
    pub fn charge_call(&mut self) {
        if !self.tasks.several() || !self.recording() {
            return;
        }
        let baton = baton();
        if baton.schedule.is_some() {
            return self.chaotic_call();
        }
        baton.slice_end = baton.slice_end.saturating_sub(CALL_TICKS);
        baton.quantum_end = baton.quantum_end.saturating_sub(CALL_TICKS);
        if self.ticks.now() >= baton.quantum_end {
            self.quantum_over();
        }
    }

    /// The running task has executed a `pause`, which it does while it waits for another one. A replay
    /// stops at each, so a switch may happen here.
    pub fn paused(&mut self) {
        if self.replaying() {
            self.signal_first();
        } else if self.tasks.several() && self.recording() {
            let baton = baton();
            if baton.schedule.is_some() {
                return self.chaotic_pause(PAUSES);
            }
            baton.slice_end = baton.slice_end.saturating_sub(self.slice_ticks / PAUSES);
            if self.ticks.now() >= baton.slice_end {
                self.quantum_over();
            }
        }
    }

    /// The ticks dealt have run out, while recording.
    pub fn quantum_over(&mut self) {
        self.serve_requests();
        if !self.tasks.several() {
            // Instructions before a signal that was put off: this was one.
            self.exact = self.exact.saturating_sub(1);
            return self.aim_at_slice();
        }
        let baton = baton();
        if baton.schedule.is_some() {
            return self.chaotic_tick();
        }
        let over = self.ticks.now() >= baton.slice_end;
        if baton.woken.first.is_some() || over && baton.awaited() {
            // Dealt a new slice when it is its turn again.
            if !self.yield_baton() {
                self.aim_at_slice();
            }
        } else if over {
            self.aim_at_slice();
        } else {
            self.aim_at_quantum();
        }
    }

    /// Sleeps until the task may go. `interruptible`: a signal that waits ends the sleep.
    pub(super) fn sleep(
        &mut self,
        task: TaskRef,
        deadline: Option<Deadline>,
        interruptible: bool,
    ) -> Awake {
        let time = deadline.map(|d| [d.at / SECOND, d.at % SECOND]);
        let time_at = time.as_ref().map_or(0, |t| t.as_ptr() as u64);
        let realtime = deadline.is_some_and(|d| d.clock != MONOTONIC);
        let clock = if realtime { FUTEX_REALTIME } else { 0 };
        let op = u64::from(sys::FUTEX_WAIT_BITSET | FUTEX_PRIVATE | clock);
        let any = u64::from(u32::MAX);
        let args = [task.go.as_ptr() as u64, op, 0, time_at, 0, any];
        loop {
            if task.go.load(Ordering::Acquire) != 0 {
                return Awake::Go;
            }
            let result = if interruptible {
                let engine = (&raw mut *self).cast();
                // SAFETY: waits on a word that stays; the state may change meanwhile.
                unsafe {
                    let pending = task.pending_at() as *const u64;
                    asm::clew_blocking_call(sys::__NR_futex.into(), &args, pending, engine)
                }
            } else {
                // SAFETY: waits on a word that stays.
                unsafe { sys::syscall6(sys::__NR_futex, args) }
            };
            if task.go.load(Ordering::Acquire) != 0 {
                return Awake::Go;
            }
            if result == -(sys::ETIMEDOUT as i64) {
                return Awake::Timeout;
            }
            if interruptible && task.pending != 0 {
                return Awake::Signal;
            }
        }
    }
}

impl Baton {
    /// Those that may have the baton.
    pub(super) fn queued(&self) -> impl Iterator<Item = TaskRef> {
        self.woken.iter().chain(self.preempted.iter()).filter(|t| !t.is_held())
    }

    /// Takes a task out of the queue.
    pub(super) fn forget(&mut self, task: TaskRef) {
        self.woken.remove(task);
        self.preempted.remove(task);
    }
}

impl Queue {
    fn push(&mut self, mut task: TaskRef) {
        task.next = None;
        match &mut self.last {
            Some(last) => last.next = Some(task),
            None => self.first = Some(task),
        }
        self.last = Some(task);
    }

    fn iter(&self) -> impl Iterator<Item = TaskRef> + use<> {
        core::iter::successors(self.first, |task| task.next)
    }

    /// Takes out the first that no tracer holds.
    fn pop(&mut self) -> Option<TaskRef> {
        let mut task = self.first?;
        while task.is_held() {
            task = task.next?;
        }
        self.remove(task);
        Some(task)
    }

    fn remove(&mut self, task: TaskRef) {
        let mut before: Option<TaskRef> = None;
        let mut at = self.first;
        while let Some(t) = at {
            if t != task {
                (before, at) = (at, t.next);
                continue;
            }
            match &mut before {
                Some(before) => before.next = t.next,
                None => self.first = t.next,
            }
            if self.last == Some(task) {
                self.last = before;
            }
            return;
        }
    }
}

pub(super) fn wake(task: Option<TaskRef>) {
    if let Some(task) = task {
        let word = task.go.as_ptr();
        // SAFETY: the task cannot end before it has run, and its area stays mapped.
        unsafe {
            AtomicU32::from_ptr(word).store(1, Ordering::Release);
            syscall!(sys::__NR_futex, word, sys::FUTEX_WAKE | FUTEX_PRIVATE, 1);
        }
    }
}

fn futex_wait(word: &AtomicU32, value: u32) {
    // SAFETY: waits on a word that stays.
    unsafe { syscall!(sys::__NR_futex, word.as_ptr(), sys::FUTEX_WAIT | FUTEX_PRIVATE, value, 0) };
}

fn futex_wake(word: &AtomicU32) {
    // SAFETY: wakes waiters of a word that stays.
    unsafe { syscall!(sys::__NR_futex, word.as_ptr(), sys::FUTEX_WAKE | FUTEX_PRIVATE, 1) };
}
