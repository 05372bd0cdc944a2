//! The calls of the second kind: `futex_wake`, `futex_wait`, `futex_requeue`, `futex_waitv`.
//!
//! Futexes of other sizes than 32 bits and those of NUMA nodes are refused, as older kernels do.

use super::wait::leave_line;
use super::{Access, Key, MATCH_ANY, Place, REALTIME, Role, SECOND, absolute, answer};
use crate::asm;
use crate::calls::{ERESTARTSYS, Outcome};
use crate::state::Engine;
use crate::sys::{self, *};
use crate::task::baton::{Deadline, MONOTONIC, baton};
use alloc_crate::vec::Vec;
use clew_syscalls::Call;

const SIZE_U32: u64 = 2;
const PRIVATE: u64 = 128;
/// `FUTEX_WAITV_MAX`.
const MOST: u64 = 128;
/// `sizeof(struct futex_waitv)`.
const ENTRY: u64 = 24;

/// A `struct futex_waitv`.
#[derive(Clone, Copy)]
struct Wanted {
    key: Key,
    value: u32,
    flags: u64,
}

impl Engine {
    /// These calls while recording; `None` if the kernel is to do them.
    pub fn futex2(&mut self, call: &Call) -> Option<Outcome> {
        let a = &call.args;
        match call.nr {
            __NR_futex_waitv => {
                let wanted = waitv_arguments(a);
                if let Ok((wanted, deadline)) = &wanted
                    && self.are_mixed(wanted)
                {
                    return Some(answer(self.wait_for_mixed(wanted, *deadline)));
                }
                self.unless_kernels(wanted, |engine, (wanted, deadline)| {
                    engine.wait_for_several(&wanted, deadline)
                })
            }
            __NR_futex_requeue => {
                let wanted = requeue_arguments(a);
                let (wakes, moves) = (a[2] as i32, a[3] as i32);
                self.unless_kernels(wanted, |engine, (w, _)| {
                    engine.futex_requeue(w[0].key, wakes, moves, w[1].key, Some(w[0].value))
                })
            }
            __NR_futex_wait => {
                let wanted = wait_arguments(a);
                let mask = a[2] as u32;
                self.unless_kernels(wanted, |engine, (w, deadline)| {
                    engine.futex_wait(w[0].key, w[0].value, mask, deadline)
                })
            }
            _ => {
                let wanted = one(a[0], a[1], a[3]).map(|w| (alloc_crate::vec![w], None));
                let (mask, count) = (a[1] as u32, a[2] as i32);
                self.unless_kernels(wanted, |engine, (w, _)| match count {
                    0 => engine.check(w[0].key, Access::Read).map(|()| 0),
                    _ => engine.futex_wake(w[0].key, count, mask),
                })
            }
        }
    }

    fn unless_kernels(
        &mut self,
        wanted: Result<(Vec<Wanted>, Option<Deadline>), u32>,
        operation: impl FnOnce(&mut Self, (Vec<Wanted>, Option<Deadline>)) -> Result<i64, u32>,
    ) -> Option<Outcome> {
        match wanted {
            Ok((wanted, _)) if wanted.iter().any(|w| self.is_kernels(w.key)) => None,
            Ok(arguments) => Some(answer(operation(self, arguments))),
            Err(errno) => Some(answer(Err(errno))),
        }
    }

    fn wait_for_several(
        &mut self,
        wanted: &[Wanted],
        deadline: Option<Deadline>,
    ) -> Result<i64, u32> {
        let places = self.places(wanted)?;
        Ok(self.wait_in_line(&places, deadline).result())
    }

    /// Checks the engine's own futexes among these. Returns where the running task waits for them.
    fn places(&mut self, wanted: &[Wanted]) -> Result<Vec<Place>, u32> {
        let own: Vec<(usize, Wanted)> =
            wanted.iter().copied().enumerate().filter(|(_, w)| !self.is_kernels(w.key)).collect();
        for (_, w) in &own {
            self.check(w.key, Access::Read)?;
        }
        for (_, w) in &own {
            if self.read_word(w.key.addr).ok_or(EFAULT)? != w.value {
                return Err(EAGAIN);
            }
        }
        let task = self.task;
        let place = |(index, w): (usize, Wanted)| Place {
            task,
            key: w.key,
            bitset: MATCH_ANY,
            index: index as u8,
            role: Role::Plain,
        };
        Ok(own.into_iter().map(place).collect())
    }

    /// Are some of these the kernel's, and some not?
    fn are_mixed(&self, wanted: &[Wanted]) -> bool {
        let kernels = wanted.iter().filter(|w| self.is_kernels(w.key)).count();
        kernels != 0 && kernels != wanted.len()
    }

    /// Waits for the kernel's futexes together with the word that a wake-up by the engine changes.
    fn wait_for_mixed(
        &mut self,
        wanted: &[Wanted],
        deadline: Option<Deadline>,
    ) -> Result<i64, u32> {
        let mut task = self.task;
        let places = self.places(wanted)?;
        let kernels = |(_, w): &(usize, &Wanted)| self.is_kernels(w.key);
        let theirs: Vec<(usize, &Wanted)> = wanted.iter().enumerate().filter(kernels).collect();
        let entry = |w: &Wanted| [w.value.into(), w.key.addr, w.flags];
        let mut entries: Vec<[u64; 3]> = theirs.iter().map(|(_, w)| entry(w)).collect();
        entries.push([0, task.go.as_ptr() as u64, SIZE_U32 | PRIVATE]);
        for (_, w) in &theirs {
            self.get_range(w.key.addr, 4);
        }
        let time = deadline.map(|d| [d.at / SECOND, d.at % SECOND]);
        let time_at = time.as_ref().map_or(0, |t| t.as_ptr() as u64);
        let clock = deadline.map_or(MONOTONIC, |d| d.clock).into();
        let args = [entries.as_ptr() as u64, entries.len() as u64, 0, time_at, clock, 0];
        let baton = baton();
        baton.lock();
        task.woken = None;
        baton.line.extend_from_slice(&places);
        self.notes_holds(task, false);
        self.leave_sleeping(task);
        let engine = (&raw mut *self).cast();
        let pending = task.pending_at() as *const u64;
        // SAFETY: waits for words that stay; the state may change meanwhile.
        let result =
            unsafe { asm::clew_blocking_call(__NR_futex_waitv.into(), &args, pending, engine) };
        baton.lock();
        if task.woken.is_none() {
            leave_line(baton, task);
            self.return_from_sleep(task);
            return match theirs.get(result as usize) {
                Some((index, _)) => Ok(*index as i64),
                None if result == -i64::from(EINTR) => Ok(ERESTARTSYS),
                None => Ok(result),
            };
        }
        baton.unlock();
        self.await_baton(task);
        self.got_baton(task);
        Ok(task.woken.take().unwrap_or(0))
    }
}

fn waitv_arguments(a: &[u64; 6]) -> Result<(Vec<Wanted>, Option<Deadline>), u32> {
    let (count, flags) = (a[1] & 0xffff_ffff, a[2] as u32);
    if flags != 0 || count == 0 || count > MOST || a[0] == 0 {
        return Err(EINVAL);
    }
    let deadline = futex2_deadline(a[3], a[4] as u32)?;
    Ok((read_wanted(a[0], count)?, deadline))
}

fn requeue_arguments(a: &[u64; 6]) -> Result<(Vec<Wanted>, Option<Deadline>), u32> {
    if a[1] as u32 != 0 || a[0] == 0 {
        return Err(EINVAL);
    }
    let wanted = read_wanted(a[0], 2)?;
    if wanted[0].flags != wanted[1].flags {
        return Err(EINVAL);
    }
    Ok((wanted, None))
}

fn wait_arguments(a: &[u64; 6]) -> Result<(Vec<Wanted>, Option<Deadline>), u32> {
    let [addr, value, mask, flags, time, clock] = *a;
    let wanted = one(addr, value, flags)?;
    if mask > u32::MAX.into() {
        return Err(EINVAL);
    }
    Ok((alloc_crate::vec![wanted], futex2_deadline(time, clock as u32)?))
}

/// A futex, its value and its flags as these calls are given them.
fn one(addr: u64, value: u64, flags: u64) -> Result<Wanted, u32> {
    let flags = flags & 0xffff_ffff;
    if flags & !PRIVATE != SIZE_U32 || value > u32::MAX.into() {
        return Err(EINVAL);
    }
    let key = Key { addr, private: flags & PRIVATE != 0 };
    Ok(Wanted { key, value: value as u32, flags })
}

fn read_wanted(at: u64, count: u64) -> Result<Vec<Wanted>, u32> {
    let mut wanted = Vec::new();
    for i in 0..count {
        let word = |n: u64| sys::read_u64(at.wrapping_add(i * ENTRY + 8 * n)).ok_or(EFAULT);
        let (value, addr, rest) = (word(0)?, word(1)?, word(2)?);
        if rest >> 32 != 0 {
            return Err(EINVAL);
        }
        wanted.push(one(addr, value, rest)?);
    }
    Ok(wanted)
}

fn futex2_deadline(at: u64, clock: u32) -> Result<Option<Deadline>, u32> {
    match clock {
        _ if at == 0 => Ok(None),
        REALTIME | MONOTONIC => absolute(clock, at),
        _ => Err(EINVAL),
    }
}
