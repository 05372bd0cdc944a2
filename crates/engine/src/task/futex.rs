//! Futexes in the guest's own memory, which the engine does itself: its tasks run one at a time, so
//! a wait is a place in a list, and a wake-up is one in the queue for the baton. Futexes in shared
//! mappings are the kernel's.
//!
//! Source: futex(2) and the kernel's documented behaviour of each operation.

use super::TaskRef;
use super::baton::{Awake, baton, wake};
use crate::calls::{ERESTARTSYS, Outcome};
use crate::log::Stamp;
use crate::state::{Engine, Mode, ctx};
use crate::sys::{self, *};
use crate::vma::VmaKind;
use alloc_crate::vec::Vec;
use clew_abi::record::{Kind, MemoryPayload};
use clew_syscalls::Call;

const CLOCK_REALTIME_FLAG: u64 = 256;
const MATCH_ANY: u32 = u32::MAX;
const WAITERS: u32 = 0x8000_0000;
const OWNER_DIED: u32 = 0x4000_0000;
const TID_MASK: u32 = 0x3fff_ffff;
const MONOTONIC: u32 = 1;
const REALTIME: u32 = 0;
const SECOND: u64 = 1_000_000_000;
/// `ROBUST_LIST_LIMIT`.
const ROBUST_LIMIT: usize = 2048;

/// What a sleeping task waits for.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    addr: u64,
    bitset: u32,
    /// It wants to own the lock (`FUTEX_LOCK_PI`).
    locks: bool,
}

/// When a wait ends at the latest: clock and its reading in nanoseconds.
#[derive(Clone, Copy)]
struct Deadline {
    clock: u32,
    at: u64,
}

fn error(errno: u32) -> Outcome {
    Outcome::of(-i64::from(errno))
}

fn now(clock: u32) -> u64 {
    let mut ts = [0u64; 2];
    // SAFETY: writes the array.
    unsafe { syscall!(__NR_clock_gettime, clock, ts.as_mut_ptr()) };
    ts[0] * SECOND + ts[1]
}

impl Engine {
    /// `futex` while recording; `None` if the kernel is to do it.
    pub fn futex(&mut self, call: &Call) -> Option<Outcome> {
        let [addr, op, value, timeout, ..] = call.args;
        let (addr2, value3) = (call.args[4], call.args[5] as u32);
        let command = (op & 0x7f) as u32;
        let second = matches!(
            command,
            FUTEX_REQUEUE | FUTEX_CMP_REQUEUE | FUTEX_WAKE_OP
        );
        if self.in_shared_memory(addr) || second && self.in_shared_memory(addr2) {
            return self.wait_for_mortal(call);
        }
        if addr % 4 != 0 || second && addr2 % 4 != 0 {
            return Some(error(EINVAL));
        }
        let count = value as i32;
        Some(match command {
            FUTEX_WAIT | FUTEX_WAIT_BITSET => {
                let bitset = if command == FUTEX_WAIT { MATCH_ANY } else { value3 };
                match deadline(command == FUTEX_WAIT, op, timeout) {
                    _ if bitset == 0 => error(EINVAL),
                    Err(errno) => error(errno),
                    Ok(deadline) => self.futex_wait(addr, value as u32, bitset, deadline),
                }
            }
            FUTEX_WAKE => Outcome::of(self.futex_wake(addr, count, MATCH_ANY)),
            FUTEX_WAKE_BITSET if value3 == 0 => error(EINVAL),
            FUTEX_WAKE_BITSET => Outcome::of(self.futex_wake(addr, count, value3)),
            FUTEX_REQUEUE | FUTEX_CMP_REQUEUE => {
                let wanted = (command == FUTEX_CMP_REQUEUE).then_some(value3);
                self.futex_requeue(addr, count, timeout as i32, addr2, wanted)
            }
            FUTEX_WAKE_OP => self.futex_wake_op(addr, count, timeout as i32, addr2, value3),
            FUTEX_LOCK_PI | FUTEX_LOCK_PI2 | FUTEX_TRYLOCK_PI => {
                let clock = if command == FUTEX_LOCK_PI { op | CLOCK_REALTIME_FLAG } else { op };
                match deadline(false, clock, timeout) {
                    Ok(deadline) => self.futex_lock(addr, command == FUTEX_TRYLOCK_PI, deadline),
                    Err(errno) => error(errno),
                }
            }
            FUTEX_UNLOCK_PI => self.futex_unlock(addr),
            _ => error(ENOSYS),
        })
    }

    /// A wait in shared memory for a lock that a process of the trace owns. Should the owner be killed,
    /// the kernel marks its locks, but only where the owner still has the page: then the waiter does
    /// it in its place. `None` if this is no such wait.
    fn wait_for_mortal(&mut self, call: &Call) -> Option<Outcome> {
        const NAP: u64 = 20_000_000;
        let [addr, op, value, timeout, ..] = call.args;
        let (command, value) = ((op & 0x7f) as u32, value as u32);
        let owner = value & TID_MASK;
        let waits = matches!(command, FUTEX_WAIT | FUTEX_WAIT_BITSET) && value & WAITERS != 0;
        if !waits || !self.sharing.is_sharer(owner) {
            return None;
        }
        let Ok(deadline) = deadline(command == FUTEX_WAIT, op, timeout) else { return None };
        loop {
            let left = deadline.map_or(NAP, |d| d.at.saturating_sub(now(d.clock)));
            let nap = [0, left.min(NAP)];
            let op = u64::from(FUTEX_WAIT) | op & 128;
            let args = [addr, op, value.into(), nap.as_ptr() as u64, 0, 0];
            let result = self.kernel_blocking(&Call { nr: call.nr, args });
            self.get_range(addr, 4);
            let word = sys::read_u32(addr);
            let mut outcome =
                Outcome { written: alloc_crate::vec![(addr, 4)], ..Outcome::of(result) };
            if result == -i64::from(EFAULT) && word.is_some() {
                continue;
            }
            if result != -i64::from(ETIMEDOUT) || left <= NAP && deadline.is_some() {
                return Some(outcome);
            }
            if word == Some(value) && !self.sharing.is_alive(owner) {
                self.write_word(addr, WAITERS | OWNER_DIED);
                outcome.result = 0;
                return Some(outcome);
            }
            if word != Some(value) {
                outcome.result = 0;
                return Some(outcome);
            }
        }
    }

    pub fn in_shared_memory(&self, addr: u64) -> bool {
        self.vmas.find(addr).is_some_and(|v| v.kind == VmaKind::Shared)
    }

    fn futex_wait(
        &mut self,
        addr: u64,
        value: u32,
        bitset: u32,
        deadline: Option<Deadline>,
    ) -> Outcome {
        match sys::read_u32(addr) {
            None => error(EFAULT),
            Some(now) if now != value => error(EAGAIN),
            Some(_) => {
                Outcome::of(self.futex_sleep(Wait { addr, bitset, locks: false }, deadline))
            }
        }
    }

    /// Lets others run until the running task is woken (0), its time is over (`ETIMEDOUT`) or a signal
    /// came (`ERESTARTSYS`).
    fn futex_sleep(&mut self, wait: Wait, deadline: Option<Deadline>) -> i64 {
        use core::sync::atomic::Ordering;
        let mut task = self.task;
        let baton = baton();
        baton.lock();
        task.go.store(0, Ordering::Relaxed);
        task.wait = Some(wait);
        baton.sleepers.push(task);
        let next = baton.pass_on();
        if next.is_none() {
            baton.holder = None;
            self.sharing.park();
        }
        baton.unlock();
        wake(next);
        let left = deadline.map(|d| d.at.saturating_sub(now(d.clock)));
        let awake = self.sleep(task, left, true);
        let mut result = 0;
        if awake != Awake::Go {
            baton.lock();
            if task.wait.take().is_some() {
                result = if awake == Awake::Timeout { -i64::from(ETIMEDOUT) } else { ERESTARTSYS };
                baton.sleepers.retain(|t| *t != task);
                if baton.seize(task) {
                    task.go.store(1, Ordering::Relaxed);
                } else {
                    baton.enqueue(task, true);
                }
            }
            baton.unlock();
            self.await_baton(task);
        }
        self.got_baton(task);
        result
    }

    /// Wakes up to `count` tasks (at least one, as the kernel does). Returns how many.
    pub fn futex_wake(&mut self, addr: u64, count: i32, bitset: u32) -> i64 {
        let mut woken = 0;
        let baton = baton();
        baton.lock();
        while let Some(at) = baton.sleepers.iter().position(|t| waits(*t, addr, bitset)) {
            let mut task = baton.sleepers.remove(at);
            task.wait = None;
            baton.enqueue(task, true);
            woken += 1;
            if woken >= i64::from(count) {
                break;
            }
        }
        baton.unlock();
        woken
    }

    fn futex_requeue(
        &mut self,
        addr: u64,
        wakes: i32,
        moves: i32,
        addr2: u64,
        wanted: Option<u32>,
    ) -> Outcome {
        if wakes < 0 || moves < 0 {
            return error(EINVAL);
        }
        if let Some(wanted) = wanted {
            match sys::read_u32(addr) {
                None => return error(EFAULT),
                Some(value) if value != wanted => return error(EAGAIN),
                Some(_) => {}
            }
        }
        let woken = if wakes > 0 { self.futex_wake(addr, wakes, MATCH_ANY) } else { 0 };
        let mut moved = 0;
        let baton = baton();
        baton.lock();
        for task in &mut baton.sleepers {
            if moved < i64::from(moves) && waits(*task, addr, MATCH_ANY) {
                task.wait = task.wait.map(|wait| Wait { addr: addr2, ..wait });
                moved += 1;
            }
        }
        baton.unlock();
        Outcome::of(woken + moved)
    }

    fn futex_wake_op(
        &mut self,
        addr: u64,
        wakes: i32,
        wakes2: i32,
        addr2: u64,
        encoded: u32,
    ) -> Outcome {
        let signed = |bits: u32| (bits as i32) << 20 >> 20;
        let (op, cmp) = (encoded >> 28 & 7, encoded >> 24 & 15);
        let (mut operand, compared) = (signed(encoded >> 12 & 0xfff), signed(encoded & 0xfff));
        if encoded >> 31 != 0 {
            operand = 1i32.wrapping_shl(operand as u32);
        }
        let Some(old) = sys::read_u32(addr2) else { return error(EFAULT) };
        let operand = operand as u32;
        let new = match op {
            0 => operand,
            1 => old.wrapping_add(operand),
            2 => old | operand,
            3 => old & !operand,
            4 => old ^ operand,
            _ => return error(ENOSYS),
        };
        let signed_old = old as i32;
        let both = match cmp {
            0 => signed_old == compared,
            1 => signed_old != compared,
            2 => signed_old < compared,
            3 => signed_old <= compared,
            4 => signed_old > compared,
            5 => signed_old >= compared,
            _ => return error(ENOSYS),
        };
        if !self.write_word(addr2, new) {
            return error(EFAULT);
        }
        let mut woken = self.futex_wake(addr, wakes, MATCH_ANY);
        if both {
            woken += self.futex_wake(addr2, wakes2, MATCH_ANY);
        }
        Outcome { result: woken, written: alloc_crate::vec![(addr2, 4)], ..Outcome::default() }
    }

    pub fn write_word(&mut self, addr: u64, value: u32) -> bool {
        self.get_range(addr, 4);
        let bytes = value.to_le_bytes();
        sys::write_guest(addr, &bytes) || self.unprotect_all() && sys::write_guest(addr, &bytes)
    }

    /// `FUTEX_LOCK_PI` and `FUTEX_TRYLOCK_PI`.
    fn futex_lock(&mut self, addr: u64, only_try: bool, deadline: Option<Deadline>) -> Outcome {
        let tid = self.task.tid;
        let Some(word) = sys::read_u32(addr) else { return error(EFAULT) };
        let owner = word & TID_MASK;
        let written = alloc_crate::vec![(addr, 4)];
        if owner == tid {
            return error(EDEADLK);
        }
        if owner == 0 {
            let others = baton().sleepers.iter().any(|t| waits(*t, addr, MATCH_ANY));
            let new = tid | word & OWNER_DIED | if others { WAITERS } else { 0 };
            let result = if self.write_word(addr, new) { 0 } else { -i64::from(EFAULT) };
            return Outcome { result, written, ..Outcome::default() };
        }
        if only_try {
            return error(EAGAIN);
        }
        if self.tasks.find(owner).is_none() {
            return error(ESRCH);
        }
        if word & WAITERS == 0 {
            self.write_word(addr, word | WAITERS);
            self.record_memory(addr, 4);
        }
        let wait = Wait { addr, bitset: MATCH_ANY, locks: true };
        Outcome { result: self.futex_sleep(wait, deadline), written, ..Outcome::default() }
    }

    fn futex_unlock(&mut self, addr: u64) -> Outcome {
        let Some(word) = sys::read_u32(addr) else { return error(EFAULT) };
        if word & TID_MASK != self.task.tid {
            return error(EPERM);
        }
        self.pass_lock_on(addr, 0);
        Outcome { written: alloc_crate::vec![(addr, 4)], ..Outcome::default() }
    }

    /// Gives a lock to the first task that waits for it, or frees it. `died`: `OWNER_DIED` or 0.
    fn pass_lock_on(&mut self, addr: u64, died: u32) {
        let waiting = |t: &&TaskRef| t.wait.is_some_and(|w| w.locks && w.addr == addr);
        let sleepers = &baton().sleepers;
        let (next, more) = (sleepers.iter().find(waiting), sleepers.iter().filter(waiting).count());
        let word = next.map_or(died, |t| t.tid | died | if more > 1 { WAITERS } else { 0 });
        self.write_word(addr, word);
        if more > 0 {
            self.futex_wake(addr, 1, MATCH_ANY);
        }
    }

    /// Records that memory has changed now, before the call that is being made has ended.
    pub fn record_memory(&mut self, addr: u64, len: u64) {
        let stamp: Stamp = self.stamp();
        let payload = MemoryPayload { pc: ctx().pc };
        if let Mode::Record(log) = &mut self.mode {
            let att = crate::log::Att::Memory { addr, len };
            let event = log.event(Kind::Memory, stamp, &payload, &[att]);
            self.recent.push(event, Kind::Memory as u16, addr, stamp.tick);
        }
    }

    /// What the kernel does about futexes when a task ends: robust locks it holds are marked and their
    /// waiters woken, then the word of `set_tid_address` is cleared. Returns the words written.
    pub fn release_futexes(&mut self) -> Vec<(u64, u64)> {
        let mut written = self.release_robust_futexes();
        let addr = self.task.clear_child_tid;
        if addr != 0 && self.write_word(addr, 0) {
            written.push((addr, 4));
            self.wake_anywhere(addr);
        }
        written
    }

    /// The first part of it: all that is done if nobody else has this memory.
    pub fn release_robust_futexes(&mut self) -> Vec<(u64, u64)> {
        let task = self.task;
        let mut written = Vec::new();
        if task.robust_list != 0 {
            self.release_robust(task.robust_list, task.tid, &mut written);
        }
        written
    }

    fn wake_anywhere(&mut self, addr: u64) {
        if self.in_shared_memory(addr) {
            // SAFETY: wakes only.
            unsafe { syscall!(__NR_futex, addr, FUTEX_WAKE, 1) };
        } else {
            self.futex_wake(addr, 1, MATCH_ANY);
        }
    }

    /// `struct robust_list_head`: the list, the offset from an entry to its futex, an entry in doubt.
    fn release_robust(&mut self, head: u64, tid: u32, written: &mut Vec<(u64, u64)>) {
        let word = |at: u64| sys::read_u64(at);
        let (Some(offset), Some(doubtful)) = (word(head + 8), word(head + 16)) else { return };
        let mut entry = word(head);
        let mut locks = Vec::new();
        for _ in 0..ROBUST_LIMIT {
            let Some(at) = entry.filter(|e| e & !1 != head) else { break };
            entry = word(at & !1);
            if at & !1 != doubtful & !1 {
                locks.push(at);
            }
        }
        if doubtful & !1 != 0 {
            locks.push(doubtful);
        }
        for at in locks {
            let addr = (at & !1).wrapping_add(offset);
            if self.release_one(addr, tid, at & 1 != 0) {
                written.push((addr, 4));
            }
        }
    }

    fn release_one(&mut self, addr: u64, tid: u32, inherits: bool) -> bool {
        self.get_range(addr, 4);
        let Some(word) = sys::read_u32(addr).filter(|w| w & TID_MASK == tid) else { return false };
        if inherits {
            self.pass_lock_on(addr, OWNER_DIED);
            return true;
        }
        self.write_word(addr, word & WAITERS | OWNER_DIED);
        if word & WAITERS != 0 {
            self.wake_anywhere(addr);
        }
        true
    }
}

fn waits(task: TaskRef, addr: u64, bitset: u32) -> bool {
    task.wait.is_some_and(|w| w.addr == addr && w.bitset & bitset != 0)
}

/// The time-out at `timeout`, if there is one.
fn deadline(relative: bool, op: u64, timeout: u64) -> Result<Option<Deadline>, u32> {
    if timeout == 0 {
        return Ok(None);
    }
    let (Some(seconds), Some(ns)) = (sys::read_u64(timeout), sys::read_u64(timeout + 8)) else {
        return Err(EFAULT);
    };
    if ns >= SECOND || seconds as i64 <= -1 {
        return Err(EINVAL);
    }
    let time = seconds.saturating_mul(SECOND).saturating_add(ns);
    let clock = if op & CLOCK_REALTIME_FLAG != 0 { REALTIME } else { MONOTONIC };
    let at = if relative { now(clock).saturating_add(time) } else { time };
    Ok(Some(Deadline { clock, at }))
}
