//! Futexes that only this process's tasks can wait for, which the engine does itself: its tasks run
//! one at a time, so a wait is a place in a line, and a wake-up is one in the queue for the baton.
//! Futexes that other processes may wait for are the kernel's.
//!
//! Source: futex(2) and the kernel's documented behaviour of each operation, the order of its checks
//! included.

mod exit;
mod pi;
mod plain;
mod shared;
mod shared_pi;
mod vain;
mod wait;
mod waitv;

pub use exit::ROBUST_HEAD;
pub use vain::Vain;

use super::TaskRef;
use super::baton::{Deadline, MONOTONIC, baton, now};
use crate::calls::Outcome;
use crate::log::Stamp;
use crate::state::{Engine, Mode, ctx};
use crate::sys::{self, *};
use crate::vma::{PROT_WRITE, VmaKind};
use clew_abi::record::{Kind, MemoryPayload};
use clew_syscalls::Call;

const PRIVATE_FLAG: u64 = 128;
const CLOCK_REALTIME_FLAG: u64 = 256;
const MATCH_ANY: u32 = u32::MAX;
const WAITERS: u32 = 0x8000_0000;
const OWNER_DIED: u32 = 0x4000_0000;
const TID_MASK: u32 = 0x3fff_ffff;
const REALTIME: u32 = 0;
const SECOND: u64 = 1_000_000_000;

/// A futex as the kernel tells them apart: a word that is waited for as private is not found by those
/// that wake it as shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    addr: u64,
    private: bool,
}

impl Key {
    pub(super) fn address(self) -> u64 {
        self.addr
    }
}

/// A place in the line of those that wait, first come, first served. A task has several only while it
/// waits for several futexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    task: TaskRef,
    key: Key,
    bitset: u32,
    /// Which of several futexes this is.
    index: u8,
    role: Role,
}

/// What a task wants of the futex it waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// To be woken.
    Plain,
    /// To own the lock that the task `owner` holds.
    Lock { owner: u32 },
    /// To wait for a lock once somebody says so (`FUTEX_WAIT_REQUEUE_PI`).
    Condition { lock: Key },
}

/// Whether the kernel would have to write a futex word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

fn error(errno: u32) -> Outcome {
    Outcome::of(-i64::from(errno))
}

/// What a call answers that may refuse.
fn answer(result: Result<i64, u32>) -> Outcome {
    Outcome::of(result.unwrap_or_else(|errno| -i64::from(errno)))
}

impl Engine {
    /// `futex` while recording; `None` if the kernel is to do it.
    pub fn futex(&mut self, call: &Call) -> Option<Outcome> {
        let [addr, op, ..] = call.args;
        let op = op & 0xffff_ffff;
        let command = (op & !(PRIVATE_FLAG | CLOCK_REALTIME_FLAG)) as u32;
        let second = matches!(
            command,
            FUTEX_REQUEUE
                | FUTEX_CMP_REQUEUE
                | FUTEX_WAKE_OP
                | FUTEX_WAIT_REQUEUE_PI
                | FUTEX_CMP_REQUEUE_PI
        );
        let key = |addr| Key { addr, private: op & PRIVATE_FLAG != 0 };
        if self.is_kernels(key(addr)) || second && self.is_kernels(key(call.args[4])) {
            return self.shared_lock(command, call).or_else(|| self.wait_for_mortal(call));
        }
        let deadline = match futex_deadline(command, op, call.args[3]) {
            Ok(deadline) => deadline,
            Err(errno) => return Some(error(errno)),
        };
        let real_time =
            matches!(command, FUTEX_WAIT_BITSET | FUTEX_WAIT_REQUEUE_PI | FUTEX_LOCK_PI2);
        if op & CLOCK_REALTIME_FLAG != 0 && !real_time {
            return Some(error(ENOSYS));
        }
        Some(self.futex_command(command, key(addr), key(call.args[4]), call, deadline))
    }

    fn futex_command(
        &mut self,
        command: u32,
        key: Key,
        second: Key,
        call: &Call,
        deadline: Option<Deadline>,
    ) -> Outcome {
        let (value, value3) = (call.args[2] as u32, call.args[5] as u32);
        let (count, count2) = (value as i32, call.args[3] as i32);
        match command {
            FUTEX_WAIT => {
                // What is left of a wait that was interrupted without consequences.
                let deadline = self.task.wait_limit.take().or(deadline);
                let outcome = answer(self.futex_wait(key, value, MATCH_ANY, deadline));
                self.task.wait_limit = deadline;
                outcome
            }
            // Languages' runtimes wait like this, and know that such a wait may end for no reason.
            FUTEX_WAIT_BITSET
                if value3 == MATCH_ANY && key.private && self.wakes_spuriously(key, value) =>
            {
                Outcome::of(0)
            }
            FUTEX_WAIT_BITSET => answer(self.futex_wait(key, value, value3, deadline)),
            FUTEX_WAKE => answer(self.futex_wake(key, count, MATCH_ANY)),
            FUTEX_WAKE_BITSET => answer(self.futex_wake(key, count, value3)),
            FUTEX_REQUEUE => answer(self.futex_requeue(key, count, count2, second, None)),
            FUTEX_CMP_REQUEUE => {
                answer(self.futex_requeue(key, count, count2, second, Some(value3)))
            }
            FUTEX_WAKE_OP => self.futex_wake_op(key, count, count2, second, value3),
            FUTEX_LOCK_PI | FUTEX_LOCK_PI2 => {
                self.changing(key, |engine| engine.futex_lock(key, false, deadline))
            }
            FUTEX_TRYLOCK_PI => self.changing(key, |engine| engine.futex_lock(key, true, None)),
            FUTEX_UNLOCK_PI => self.changing(key, |engine| engine.futex_unlock(key)),
            FUTEX_WAIT_REQUEUE_PI => {
                self.changing(second, |engine| engine.wait_requeue_pi(key, value, second, deadline))
            }
            FUTEX_CMP_REQUEUE_PI => self.changing(second, |engine| {
                engine.cmp_requeue_pi(key, count, count2, second, value3)
            }),
            _ => error(ENOSYS),
        }
    }

    /// The outcome of an operation that may change a futex word, whatever its result.
    fn changing(
        &mut self,
        key: Key,
        operation: impl FnOnce(&mut Self) -> Result<i64, u32>,
    ) -> Outcome {
        let mut outcome = answer(operation(self));
        if self.read_word(key.addr).is_some() {
            outcome.written.push((key.addr, 4));
        }
        outcome
    }

    /// May other processes wait for this futex?
    fn is_kernels(&self, key: Key) -> bool {
        !key.private && self.in_shared_memory(key.addr)
    }

    pub fn in_shared_memory(&self, addr: u64) -> bool {
        self.vmas.find(addr).is_some_and(|v| v.kind == VmaKind::Shared)
    }

    /// The kernel's checks of a futex's address (`get_futex_key`). Shared ones are looked up by what
    /// is mapped there.
    fn check(&mut self, key: Key, access: Access) -> Result<(), u32> {
        if !key.addr.is_multiple_of(4) {
            return Err(EINVAL);
        }
        if key.addr > TASK_SIZE {
            return Err(EFAULT);
        }
        let writable = self.vmas.find(key.addr).is_some_and(|v| v.prot & PROT_WRITE != 0);
        if key.private || writable {
            return Ok(());
        }
        if access == Access::Write {
            return Err(EFAULT);
        }
        // Memory that cannot be written is looked at more closely. The kernel itself has no waiters.
        // SAFETY: only looks at the address.
        match unsafe { syscall!(__NR_futex, key.addr, FUTEX_WAKE, 1) } {
            result if sys::is_error(result) => Err(-result as u32),
            _ => Ok(()),
        }
    }

    pub(super) fn read_word(&mut self, addr: u64) -> Option<u32> {
        self.get_range(addr, 4);
        sys::read_u32(addr)
    }

    pub fn write_word(&mut self, addr: u64, value: u32) -> bool {
        self.get_range(addr, 4);
        let bytes = value.to_le_bytes();
        sys::write_guest(addr, &bytes)
            || self.unprotect_code(addr) && sys::write_guest(addr, &bytes)
    }

    /// Records that words have changed now, before the call that is being made has ended.
    pub fn record_words(&mut self, words: &[u64]) {
        if words.is_empty() {
            return;
        }
        let stamp: Stamp = self.stamp();
        let payload = MemoryPayload { pc: ctx().pc };
        let atts: alloc_crate::vec::Vec<_> =
            words.iter().map(|&addr| crate::log::Att::Memory { addr, len: 4 }).collect();
        if let Mode::Record(log) = &mut self.mode {
            let event = log.event(Kind::Memory, stamp, &payload, &atts);
            self.recent.push(event, Kind::Memory as u16, words[0], stamp.tick);
        }
    }
}

/// The first place in the line for a futex.
fn first(key: Key) -> Option<Place> {
    baton().line.iter().copied().find(|place| place.key == key)
}

/// When a `futex` call's wait ends at the latest.
fn futex_deadline(command: u32, op: u64, at: u64) -> Result<Option<Deadline>, u32> {
    let realtime = op & CLOCK_REALTIME_FLAG != 0;
    match command {
        FUTEX_WAIT => {
            let Some(left) = timespec(at)? else { return Ok(None) };
            let at = now(MONOTONIC).saturating_add(left);
            Ok(Some(Deadline { clock: MONOTONIC, at }))
        }
        FUTEX_LOCK_PI => absolute(REALTIME, at),
        FUTEX_WAIT_BITSET | FUTEX_WAIT_REQUEUE_PI | FUTEX_LOCK_PI2 => {
            absolute(if realtime { REALTIME } else { MONOTONIC }, at)
        }
        _ => Ok(None),
    }
}

fn absolute(clock: u32, at: u64) -> Result<Option<Deadline>, u32> {
    Ok(timespec(at)?.map(|at| Deadline { clock, at }))
}

/// The time at an address in nanoseconds, if there is one.
fn timespec(at: u64) -> Result<Option<u64>, u32> {
    if at == 0 {
        return Ok(None);
    }
    let (Some(seconds), Some(ns)) = (sys::read_u64(at), sys::read_u64(at.wrapping_add(8))) else {
        return Err(EFAULT);
    };
    if ns >= SECOND || (seconds as i64) < 0 {
        return Err(EINVAL);
    }
    Ok(Some(seconds.saturating_mul(SECOND).saturating_add(ns)))
}
