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

use super::baton::{Baton, MONOTONIC, baton, now};
use super::futex::Key;
use super::{Task, TaskRef};
use crate::dispatch::TF;
use crate::state::{Engine, ctx, engine};
use alloc_crate::boxed::Box;
use alloc_crate::vec::Vec;
use clew_abi::chaos::{
    BURSTS, BY_CALLS, Chaos, DELAYS, GATHERING, INVERSION, LATE_STARTS, LATE_TIMEOUTS, PRIORITIES,
    Rng, SPURIOUS, STARVATION,
};

/// Nanoseconds of a tick, roughly.
const TICK_NS: u64 = 2;
/// What a system call counts for, in ticks.
const CALL_TICKS: u64 = 400;
/// A task of high priority sinks after so many ticks if others wait: it may wait for one of them.
const PATIENCE: u64 = 16_000_000;
/// Slices become twice as long with each so many switches, so that even very short ones do not take all
/// the time there is.
const MANY_SWITCHES: u64 = 1_000;
/// After so many vain yields in turn nobody is kept from running any more.
const VAIN: u32 = 16;
/// A hold takes no longer than this, in nanoseconds, and twice what the process has taken so far.
const SHORT: u64 = 60_000_000;
/// A process's tasks are kept from running for so many nanoseconds in all; then only for moments.
const HOLDS: u64 = 3_000_000_000;
const MOMENT: [u64; 2] = [10_000, 200_000];
/// [`STARVATION`]: so many of 256 times that a task is chosen, or comes back from waiting for some time, is
/// one kept from running.
const STARVES: u64 = 20;
/// [`GATHERING`]: so long, in nanoseconds, do threads wait for their maker to wait.
const GATHERED: u64 = 20_000_000;
/// [`BURSTS`]: slices of a burst, instructions of each, and of all bursts of a process.
const BURST: [u64; 2] = [64, 4096];
const BURST_SLICE: [u64; 2] = [1, 24];
const BURST_INSTRUCTIONS: u64 = 60_000;
/// A task whose slice ends in a library may go on for so many ticks.
const WAY_HOME: u64 = 2000;
/// A task that is looked at closely after a call goes on for so many ticks, less one.
const BEHIND_CALL: [u64; 2] = [1, 64];
/// [`DELAYS`]: so many of 256 calls are followed by one, and of those that make a task: what its maker does
/// next that one may rely on.
const HELD: u64 = 48;
const MAKERS_HELD: u64 = 144;
/// [`DELAYS`]: so long, in nanoseconds, is a task kept from running after a call.
const DELAYED: [u64; 2] = [20_000, 20_000_000];
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
    /// It waits for its maker to wait ([`GATHERING`]).
    gathers: bool,
    rng: Rng,
}

/// What is done at the end of a slice that was cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Soon {
    /// The task becomes the last.
    Sinks,
    /// The task is kept from running.
    Held,
}

/// What a process decides by.
pub struct Schedule {
    chaos: Chaos,
    rng: Rng,
    /// How much all tasks have done so far, in ticks, and with what calls count for. The running one's
    /// tick when that was counted.
    ticks: u64,
    steps: u64,
    counted: u64,
    /// When the running task sinks ([`PRIORITIES`]), in order: after so many ticks in all, or calls
    /// ([`BY_CALLS`]). When it began to run.
    changes: Vec<u64>,
    turn: u64,
    calls: u64,
    /// The slice ends soon, whatever it was, for this.
    soon: Option<Soon>,
    /// Ticks that the task may go on, after its slice, to be back from a library.
    way_home: u64,
    /// So many slices from now on are of some instructions each ([`BURSTS`]), and that many instructions
    /// are left for all bursts.
    burst: u64,
    burst_instructions: u64,
    /// The lowest priority so far.
    lowest: u64,
    switches: u64,
    vain: u32,
    /// When the process began, in nanoseconds.
    begun: u64,
    /// What is left of [`HOLDS`].
    holds: u64,
    born: u64,
    /// The running task's call makes one.
    made: bool,
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
            ticks: 0,
            steps: 0,
            counted: 0,
            changes,
            turn: 0,
            calls: 0,
            soon: None,
            way_home: 0,
            burst: 0,
            burst_instructions: BURST_INSTRUCTIONS,
            lowest: BORN,
            switches: 0,
            vain: 0,
            begun: now(MONOTONIC),
            holds: HOLDS,
            born: 0,
            made: false,
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
        self.made = true;
        let rng = Rng::derived(self.chaos.seed, 1 << 32 | self.born);
        let priority = BORN | self.rng.next() >> 1;
        *task = Luck { priority, rng, looks: true, ..Luck::default() };
        self.begin_burst(256);
        if self.has(GATHERING) {
            task.gathers = true;
            self.hold(task, GATHERED);
        } else if self.has(LATE_STARTS) && self.rng.chance(128) {
            let ns = self.hold_time(self.chaos.hold);
            self.hold(task, ns);
        }
    }

    fn hold_time(&mut self, bounds: [u64; 2]) -> u64 {
        let ns = self.rng.scaled(bounds);
        self.afford(ns).unwrap_or_else(|| self.rng.scaled(MOMENT))
    }

    /// How long a task can be kept from running that is to be kept for `ns`. `None` if that was done often
    /// enough.
    fn afford(&mut self, ns: u64) -> Option<u64> {
        // Short runs are not made much longer.
        let most = SHORT + 2 * (now(MONOTONIC) - self.begun);
        let ns = ns.min(most);
        self.holds = self.holds.checked_sub(ns)?;
        Some(ns)
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
        let executed = tick.saturating_sub(self.counted);
        self.ticks += executed;
        self.steps += executed;
        self.counted = tick;
    }

    fn sink(&mut self, mut task: TaskRef) {
        self.lowest -= 1;
        task.luck.priority = self.lowest;
    }

    /// Deals a slice to the task that runs from this tick on.
    fn slice(&mut self, tick: u64) -> u64 {
        self.counted = tick;
        self.soon = None;
        self.way_home = 0;
        self.slice = if self.has(PRIORITIES) {
            let change = self.changes.last().filter(|_| !self.has(BY_CALLS));
            let change = change.map_or(u64::MAX, |at| at.saturating_sub(self.ticks));
            change.clamp(1, PATIENCE)
        } else {
            let [least, most] = self.chaos.slice;
            let longer = 1 << (self.switches / MANY_SWITCHES).min(20);
            self.rng.scaled([least.saturating_mul(longer), most.saturating_mul(longer)])
        };
        self.slice
    }

    /// `part` times of 256, the next slices are of some instructions each.
    fn begin_burst(&mut self, part: u64) {
        if self.has(BURSTS)
            && self.burst == 0
            && self.burst_instructions > 0
            && self.rng.chance(part)
        {
            self.burst = self.rng.scaled(BURST);
        }
    }

    /// How many instructions a slice of a burst has. `None` if there is no burst.
    fn burst_slice(&mut self) -> Option<u32> {
        if self.burst == 0 {
            self.begin_burst(2);
            return None;
        }
        let instructions = self.rng.scaled(BURST_SLICE);
        self.burst_instructions = self.burst_instructions.saturating_sub(instructions);
        self.burst = if self.burst_instructions == 0 { 0 } else { self.burst - 1 };
        Some(instructions as u32)
    }

    /// The slice is over: does the task go on until it is back from a library? What programs do wrong they
    /// mostly do in code of their own, of which little is executed.
    fn goes_home(&mut self, is_away: impl Fn() -> bool) -> bool {
        if self.way_home == 0 && self.rng.chance(160) {
            self.way_home = WAY_HOME;
        }
        self.way_home = self.way_home.saturating_sub(1);
        if self.way_home > 0 && !is_away() {
            self.way_home = 0;
        }
        self.way_home > 0
    }

    /// The running task has made a call: is what comes next to be looked at closely? Then the slice
    /// ends after so many ticks.
    fn call_made(&mut self) -> Option<u64> {
        self.calls += 1;
        let made = core::mem::take(&mut self.made);
        if self.soon.is_some() {
            return None;
        }
        if self.has(BY_CALLS) && self.changes.last().is_some_and(|at| *at <= self.calls) {
            self.changes.pop();
            self.soon = Some(Soon::Sinks);
        } else if self.has(DELAYS) && self.rng.chance(if made { MAKERS_HELD } else { HELD }) {
            self.soon = Some(Soon::Held);
        }
        self.soon.map(|_| self.rng.scaled(BEHIND_CALL) - 1)
    }

    /// The running task has come to the end of its slice.
    fn slice_over(&mut self, mut task: TaskRef) {
        match self.soon.take() {
            Some(Soon::Sinks) => return self.sink(task),
            Some(Soon::Held) => {
                let ns = self.hold_time(DELAYED);
                return self.hold(&mut task.luck, ns);
            }
            None => {}
        }
        if !self.has(PRIORITIES) {
            return;
        }
        let now = if self.has(BY_CALLS) { self.calls } else { self.ticks };
        if self.changes.last().is_some_and(|at| *at <= now) {
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
        let priorities = self.has(PRIORITIES);
        match self.is_held(&task.luck) {
            true => waiting.next().is_some(),
            false => {
                waiting.any(|t| free(&t) && (!priorities || t.luck.priority > task.luck.priority))
            }
        }
    }

    /// Keeps some task from running for a while, now and then.
    fn starve(&mut self) {
        if !self.has(STARVATION) || !self.rng.chance(STARVES) {
            return;
        }
        let tasks = &engine().tasks.list;
        if tasks.iter().any(|t| self.is_held(&t.luck)) {
            return;
        }
        let at = self.rng.below(tasks.len() as u64) as usize;
        if let Some(mut task) = tasks.get(at).copied() {
            let ns = self.hold_time(self.chaos.hold);
            self.hold(&mut task.luck, ns);
        }
    }

    /// Which of `waiting` runs next; `None` if it is better that nobody does for now.
    fn choose(&mut self, waiting: &[TaskRef]) -> Option<TaskRef> {
        self.switches += 1;
        let mut free = waiting.iter().filter(|t| !self.is_held(&t.luck)).count() as u64;
        if free == 0 {
            free = release_gathered(waiting);
        }
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
        waiting.iter().copied().min_by_key(|t| t.luck.steps)
    }
}

/// Those that wait for their maker to wait begin; how many they are.
fn release_gathered(waiting: &[TaskRef]) -> u64 {
    let mut released = 0;
    for mut task in waiting.iter().copied().filter(|t| t.luck.gathers) {
        task.luck.gathers = false;
        task.luck.steps = 0;
        released += 1;
    }
    released
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
        task.luck.gathers = false;
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
    /// without the baton, so that random numbers are the task's own.
    pub(super) fn delay(&mut self, mut task: TaskRef) {
        let Some(schedule) = &mut self.schedule else { return };
        let mut luck = task.luck;
        let [least, most] = schedule.chaos.hold;
        let ns = if schedule.has(LATE_TIMEOUTS) && luck.rng.chance(64) {
            Some(luck.rng.scaled([least, most / 16]))
        } else if schedule.has(STARVATION) && luck.rng.chance(STARVES) {
            // Where tasks mostly wait for time nobody ever has to choose one.
            schedule.afford(luck.rng.scaled([least, most]))
        } else {
            None
        };
        if let Some(ns) = ns {
            schedule.hold(&mut luck, ns);
        }
        task.luck = luck;
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
        let (tick, baton) = (self.ticks.now(), baton());
        let awaited = baton.awaited();
        let schedule = baton.schedule.as_mut()?;
        let slice = schedule.slice(tick);
        if awaited && ctx().rflags & TF == 0 {
            self.exact = schedule.burst_slice().unwrap_or(0);
        }
        Some(slice)
    }

    /// The ticks dealt have run out.
    pub(super) fn chaotic_tick(&mut self) {
        let (now, baton) = (self.ticks.now(), baton());
        if self.exact > 0 {
            self.exact -= 1;
            match self.exact {
                0 => self.let_another_run(),
                _ => self.aim_past_slice(),
            }
            return;
        }
        if now < baton.slice_end {
            return self.aim_at_quantum();
        }
        let (task, awaited) = (self.task, baton.awaited());
        let Some(schedule) = &mut baton.schedule else { return };
        schedule.count(now);
        if schedule.goes_home(|| engine().is_away(ctx().pc)) {
            return self.ticks.aim(Some(now + 1));
        }
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
            self.between = true;
            self.deliver_pending();
            self.between = false;
        }
    }

    /// Is a signal that waits to strike some instructions behind this tick?
    pub fn puts_signal_off(&mut self) -> bool {
        let Some(schedule) = &mut baton().schedule else { return false };
        if self.exact == 0 && ctx().rflags & TF == 0 && schedule.rng.chance(192) {
            let most = schedule.chaos.instructions.max(1);
            self.exact = 1 + schedule.rng.below(most) as u32;
            // A jump to itself is one instruction for ever.
            self.aim_past_slice();
        }
        self.exact != 0
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
        if let Some(ticks) = schedule.call_made().filter(|_| self.exact == 0) {
            baton.slice_end = now + ticks;
            return self.aim_at_quantum();
        }
        let switches = schedule.rng.chance(schedule.chaos.calls);
        if self.exact == 0 && now >= baton.slice_end {
            return self.quantum_over();
        }
        if !baton.awaited() {
            return;
        }
        baton.lock();
        let queued = baton.queued();
        let preferred = baton
            .schedule
            .as_ref()
            .is_some_and(|s| (switches || s.has(PRIORITIES)) && s.prefers_another(task, queued));
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
