//! Who runs next under chaos, and for how long (`clew_abi::chaos`).
//!
//! # Invariants
//! - What is decided is a function of the seed and of the order in which tasks ask, which is that of
//!   ticks and calls. Time decides only where nobody can run but who is kept from it.
//! - A task that is kept from running runs when no other can: at once if all others wait for tasks,
//!   after its time if some wait for the outside world.
//! - Nobody waits for ever: priorities sink with use, holds end, and spinning cuts them short.
//!
//! # Safety
//! As in [`super::baton`]: changed by the holder, or with the lock.

use super::{Task, TaskRef};
use super::futex::Key;
use super::baton::{Baton, baton, now};
use crate::state::{Engine, ctx, engine};
use alloc_crate::boxed::Box;
use alloc_crate::vec::Vec;
use clew_abi::chaos::{
    Chaos, GATHERING, INVERSION, LATE_STARTS, LATE_TIMEOUTS, PRIORITIES, Rng, SPURIOUS, STARVATION,
};
use clew_abi::record::REC_BETWEEN;

const MONOTONIC: u32 = 1;
/// Nanoseconds of a tick, roughly.
const TICK_NS: u64 = 2;
/// What a system call counts for, in ticks.
const CALL_TICKS: u64 = 400;
/// The trap flag in rflags.
const TF: u64 = 1 << 8;
/// A task of high priority sinks after so many ticks if others wait: it may wait for one of them.
const PATIENCE: u64 = 16_000_000;
/// Slices become longer with the number of switches, so that even very short ones do not take all the
/// time there is.
const MANY_SWITCHES: u64 = 20_000;
/// After so many vain yields in turn nobody is kept from running any more.
const VAIN: u32 = 16;
/// A process's tasks are kept from running for so many nanoseconds in all; then only for moments.
const HOLDS: u64 = 3_000_000_000;
const MOMENT: [u64; 2] = [10_000, 200_000];
/// [`GATHERING`]: so long, in nanoseconds, do threads wait for their maker to wait.
const GATHERED: u64 = 200_000;
/// [`INVERSION`]: so long, in nanoseconds, is a task kept from running that another may wait for.
const INVERTED: [u64; 2] = [20_000, 50_000_000];
/// Priorities that were not given at birth are below.
const BORN: u64 = 1 << 63;

/// The part of chaos that a task has of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Luck {
    priority: u64,
    /// It is kept from running until so many ticks have passed in all, or until that time.
    steps: u64,
    until: u64,
    /// It waits for other tasks, and for nothing else.
    pub sleeps: bool,
    /// It looks now and then whether it may run again.
    looks: bool,
    rng: Rng,
}

impl Luck {
    /// It is not kept from running any more.
    fn release(mut task: TaskRef) {
        task.luck.steps = 0;
    }
}

/// What a process decides by.
pub struct Schedule {
    chaos: Chaos,
    rng: Rng,
    /// Ticks of all tasks so far, and the running one's tick when they were counted.
    steps: u64,
    counted: u64,
    /// When the running task sinks ([`PRIORITIES`]), in order; when it began to run.
    changes: Vec<u64>,
    turn: u64,
    /// The lowest priority so far.
    lowest: u64,
    switches: u64,
    vain: u32,
    /// What is left of [`HOLDS`].
    holds: u64,
    born: u64,
    /// Length of the present slice.
    slice: u64,
    waiting: Vec<TaskRef>,
}

impl Schedule {
    pub fn new(chaos: &Chaos) -> Box<Self> {
        let mut rng = Rng::derived(chaos.seed, 1);
        let mut changes: Vec<u64> =
            chaos.changes.iter().filter(|n| **n != 0).map(|n| rng.below(*n)).collect();
        changes.sort_unstable_by(|a, b| b.cmp(a));
        Box::new(Self {
            chaos: *chaos,
            rng,
            steps: 0,
            counted: 0,
            changes,
            turn: 0,
            lowest: BORN,
            switches: 0,
            vain: 0,
            holds: HOLDS,
            born: 0,
            slice: 0,
            waiting: Vec::new(),
        })
    }

    fn has(&self, policy: u64) -> bool {
        self.chaos.has(policy)
    }

    /// What a new task begins with.
    pub fn give_birth(&mut self, task: &mut Luck) {
        self.born += 1;
        let rng = Rng::derived(self.chaos.seed, 1 << 32 | self.born);
        let priority = BORN | self.rng.next() >> 1;
        *task = Luck { priority, rng, looks: true, ..Luck::default() };
        if self.has(GATHERING) {
            self.hold(task, GATHERED);
        } else if self.has(LATE_STARTS) && self.rng.chance(128) {
            let ns = self.hold_time();
            self.hold(task, ns);
        }
    }

    fn hold_time(&mut self) -> u64 {
        let ns = self.rng.scaled(self.chaos.hold);
        if ns > self.holds {
            return self.rng.scaled(MOMENT);
        }
        self.holds -= ns;
        ns
    }

    /// Keeps a task from running.
    fn hold(&self, task: &mut Luck, ns: u64) {
        task.steps = self.steps + ns / TICK_NS;
        task.until = now(MONOTONIC) + ns;
    }

    fn is_held(&self, task: &Luck) -> bool {
        task.steps > self.steps
    }

    /// The time of a held task is over, whatever has been executed since.
    fn is_due(task: &Luck) -> bool {
        now(MONOTONIC) >= task.until
    }

    /// Counts what the running task has executed.
    fn count(&mut self, tick: u64) {
        self.steps += tick.saturating_sub(self.counted);
        self.counted = tick;
    }

    fn sink(&mut self, mut task: TaskRef) {
        self.lowest -= 1;
        task.luck.priority = self.lowest;
    }

    /// Deals a slice to the task that runs from this tick on.
    fn slice(&mut self, tick: u64) -> u64 {
        self.counted = tick;
        self.slice = if self.has(PRIORITIES) {
            let change = self.changes.last().map_or(u64::MAX, |at| at.saturating_sub(self.steps));
            change.clamp(1, PATIENCE)
        } else {
            let [least, most] = self.chaos.slice;
            let longer = (self.switches / MANY_SWITCHES + 1).min(1000);
            self.rng.scaled([least, most.saturating_mul(longer)])
        };
        self.slice
    }

    /// The running task has come to the end of its slice.
    fn slice_over(&mut self, task: TaskRef) {
        if !self.has(PRIORITIES) {
            return;
        }
        if self.changes.last().is_some_and(|at| *at <= self.steps) {
            self.changes.pop();
            self.sink(task);
        } else if self.steps - self.turn >= PATIENCE {
            self.sink(task);
            self.turn = self.steps;
        }
    }

    /// Shall one of these run rather than the running task?
    fn prefers_another(&self, task: TaskRef, mut waiting: impl Iterator<Item = TaskRef>) -> bool {
        let free = |t: &TaskRef| !self.is_held(&t.luck);
        if self.is_held(&task.luck) || !self.has(PRIORITIES) {
            return waiting.next().is_some();
        }
        waiting.any(|t| free(&t) && t.luck.priority > task.luck.priority)
    }

    /// Keeps some task from running for a while, now and then.
    fn starve(&mut self) {
        if !self.has(STARVATION) || !self.rng.chance(20) {
            return;
        }
        let tasks = &engine().tasks.list;
        if tasks.iter().any(|t| self.is_held(&t.luck)) {
            return;
        }
        let at = self.rng.below(tasks.len() as u64) as usize;
        if let Some(mut task) = tasks.get(at).copied() {
            let ns = self.hold_time();
            self.hold(&mut task.luck, ns);
        }
    }

    /// Which of `waiting` runs next; `None` if it is better that nobody does for now.
    fn choose(&mut self, waiting: &[TaskRef]) -> Option<TaskRef> {
        self.switches += 1;
        let free = waiting.iter().filter(|t| !self.is_held(&t.luck)).count() as u64;
        if free > 0 {
            self.vain = 0;
            let nth = self.rng.below(free) as usize;
            let mut free = waiting.iter().copied().filter(|t| !self.is_held(&t.luck));
            return match self.has(PRIORITIES) {
                true => free.max_by_key(|t| t.luck.priority),
                false => free.nth(nth),
            };
        }
        let due = waiting.iter().copied().find(|t| Self::is_due(&t.luck) || !t.luck.looks);
        if due.is_some() {
            return due;
        }
        self.vain += 1;
        if others_may_come(waiting) && self.vain % VAIN != 0 {
            return None;
        }
        if self.has(GATHERING) {
            waiting.iter().for_each(|t| Luck::release(*t));
        }
        let nth = self.rng.below(waiting.len() as u64) as usize;
        match self.has(GATHERING) {
            true => waiting.get(nth).copied(),
            false => waiting.iter().copied().min_by_key(|t| t.luck.steps),
        }
    }
}

/// May a task that is none of these come to want the baton without their doing?
fn others_may_come(waiting: &[TaskRef]) -> bool {
    engine().tasks.list.iter().any(|t| !waiting.contains(t) && !t.luck.sleeps)
}

impl Task {
    /// Does it wait for other tasks, and for nothing else?
    pub(super) fn waits_for_tasks(&mut self, does: bool) {
        self.luck.sleeps = does;
    }
}

impl Baton {
    /// Takes the task that runs next out of the queue.
    pub(super) fn choose(&mut self) -> Option<TaskRef> {
        let mut waiting = core::mem::take(&mut self.schedule.as_mut()?.waiting);
        waiting.clear();
        waiting.extend(self.queued());
        let schedule = self.schedule.as_mut()?;
        schedule.count(engine().ticks.now());
        schedule.starve();
        let task = if waiting.is_empty() { None } else { schedule.choose(&waiting) };
        schedule.waiting = waiting;
        let mut task = task?;
        task.luck.steps = 0;
        schedule.turn = schedule.steps;
        self.forget(task);
        Some(task)
    }

    /// Is this task kept from running, though nobody runs? Asked with the lock.
    pub(super) fn keeps(&self, task: TaskRef) -> bool {
        let Some(schedule) = &self.schedule else { return false };
        schedule.is_held(&task.luck)
            && !Schedule::is_due(&task.luck)
            && engine().tasks.list.iter().any(|t| *t != task && !t.luck.sleeps)
    }

    /// [`Self::delay`] without the lock.
    pub fn late(&mut self, task: TaskRef) {
        if self.schedule.is_some() {
            self.lock();
            self.delay(task);
            self.unlock();
        }
    }

    /// A task has waited for some time and is back: it may have to wait longer. Called with the lock, but
    /// without the baton.
    pub(super) fn delay(&mut self, mut task: TaskRef) {
        let Some(schedule) = self.schedule.as_ref().filter(|s| s.has(LATE_TIMEOUTS)) else { return };
        if task.luck.rng.chance(64) {
            let [least, most] = schedule.chaos.hold;
            let ns = task.luck.rng.scaled([least, most / 16]);
            let mut luck = task.luck;
            schedule.hold(&mut luck, ns);
            task.luck = luck;
        }
    }
}

impl Engine {
    /// Begins to make chaos among tasks.
    pub fn begin_schedule(&mut self, chaos: &Chaos) {
        let mut schedule = chaos.is_on().then(|| Schedule::new(chaos));
        if let Some(schedule) = &mut schedule {
            schedule.give_birth(&mut self.task.luck);
            self.task.luck.steps = 0;
        }
        baton().schedule = schedule;
        self.exact = 0;
    }

    /// The length of a slice that begins now.
    pub(super) fn chaotic_slice(&mut self) -> Option<u64> {
        self.exact = 0;
        let tick = self.ticks.now();
        baton().schedule.as_mut().map(|schedule| schedule.slice(tick))
    }

    /// The ticks dealt have run out.
    pub(super) fn chaotic_tick(&mut self) {
        let (now, baton) = (self.ticks.now(), baton());
        if self.exact > 0 {
            return self.aim_past_slice();
        }
        if now < baton.slice_end {
            return self.aim_at_quantum();
        }
        let (task, awaited) = (self.task, baton.awaited());
        let Some(schedule) = &mut baton.schedule else { return };
        schedule.count(now);
        schedule.slice_over(task);
        let further = schedule.rng.chance(schedule.chaos.exact) && ctx().rflags & TF == 0;
        if further && awaited {
            let most = schedule.chaos.instructions.max(1);
            self.exact = match schedule.rng.chance(128) {
                true => 1 + schedule.rng.below(most.min(4)),
                false => 1 + schedule.rng.below(most),
            } as u32;
            return self.aim_past_slice();
        }
        self.let_another_run();
    }

    /// An instruction was executed alone, behind the end of a slice.
    pub fn chaotic_instruction(&mut self) {
        self.exact = self.exact.saturating_sub(1);
        if self.exact == 0 {
            self.between = true;
            self.let_another_run();
            self.between = false;
        }
    }

    /// Where a replay finds the present place of the running task.
    pub(super) fn switch_flags(&mut self) -> u16 {
        if core::mem::take(&mut self.between) { REC_BETWEEN } else { 0 }
    }

    /// The running task goes on only if the schedule has no better idea.
    fn let_another_run(&mut self) {
        let (task, baton) = (self.task, baton());
        baton.lock();
        let yields = match &baton.schedule {
            Some(schedule) => schedule.prefers_another(task, baton.queued()),
            None => true,
        };
        baton.unlock();
        if !yields || !self.yield_baton() {
            self.aim_at_slice();
        }
    }

    /// The running task has made a system call.
    pub(super) fn chaotic_call(&mut self) {
        let (task, now, baton) = (self.task, self.ticks.now(), baton());
        let Some(schedule) = &mut baton.schedule else { return };
        schedule.steps += CALL_TICKS;
        let cost = CALL_TICKS.min(schedule.slice / 4);
        baton.slice_end = baton.slice_end.saturating_sub(cost);
        let switches = schedule.rng.chance(schedule.chaos.calls);
        if self.exact == 0 && now >= baton.slice_end {
            return self.quantum_over();
        }
        if !baton.awaited() {
            return;
        }
        baton.lock();
        let queued = baton.queued();
        let preferred = baton.schedule.as_ref().is_some_and(|s| {
            (switches || s.has(PRIORITIES)) && s.prefers_another(task, queued)
        });
        baton.unlock();
        if preferred {
            self.let_another_run();
        }
    }

    /// The running task waits by spinning. `parts`: so much of a slice this takes.
    pub(super) fn chaotic_pause(&mut self, parts: u64) {
        let (task, now, baton) = (self.task, self.ticks.now(), baton());
        let Some(schedule) = &mut baton.schedule else { return };
        schedule.steps += CALL_TICKS;
        baton.slice_end = baton.slice_end.saturating_sub((schedule.slice / parts).max(1));
        if now >= baton.slice_end && self.exact == 0 {
            schedule.count(now);
            schedule.sink(task);
            self.let_another_run();
        }
    }

    /// Does a task that sleeps look whether it is to run though nobody says so?
    pub(super) fn notes_holds(&self, mut task: TaskRef, does: bool) {
        task.luck.looks = does;
    }

    /// The running task lets others run of its own will: it goes behind them.
    pub fn chaotic_yield(&mut self) {
        let task = self.task;
        if let Some(schedule) = &mut baton().schedule {
            schedule.sink(task);
        }
    }

    /// The running task begins to wait for others. With the lock.
    pub(super) fn chaotic_wait(&mut self, for_ever: bool) {
        let (mut task, baton) = (self.task, baton());
        if baton.schedule.is_none() {
            return;
        }
        task.luck.sleeps = for_ever;
        let waiting: Vec<TaskRef> = baton.queued().collect();
        let Some(schedule) = &mut baton.schedule else { return };
        if !schedule.has(INVERSION) || waiting.is_empty() || !schedule.rng.chance(64) {
            return;
        }
        let mut task = waiting[schedule.rng.below(waiting.len() as u64) as usize];
        schedule.sink(task);
        let ns = schedule.rng.scaled(INVERTED);
        schedule.hold(&mut task.luck, ns);
    }

    /// Shall a futex wait end at once? Others run first.
    pub(super) fn wakes_spuriously(&mut self, key: Key, value: u32) -> bool {
        let Some(schedule) = &mut baton().schedule else { return false };
        let spurious = schedule.has(SPURIOUS) && schedule.rng.chance(32);
        let spurious = spurious && self.read_word(key.address()) == Some(value);
        if spurious {
            self.yield_baton();
        }
        spurious
    }

    /// The seed of a process or program that the running one makes.
    pub fn chaos_of_next(&mut self) -> Chaos {
        self.chaos.children += 1;
        self.chaos.orders.derived(self.chaos.children)
    }

    /// After `fork`: the child's chaos is its own.
    pub fn begin_childs_chaos(&mut self, chaos: Chaos) {
        let chaos = if self.recording() { chaos } else { Chaos::default() };
        self.chaos.begin(chaos);
        self.begin_schedule(&chaos);
    }
}
