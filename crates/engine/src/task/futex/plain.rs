//! Waiting and waking without locks.

use super::wait::Slept;
use super::{Access, Key, MATCH_ANY, Place, Role, answer, error};
use crate::calls::Outcome;
use crate::state::Engine;
use crate::sys::*;
use crate::task::baton::{Deadline, baton};

impl Engine {
    pub(super) fn futex_wait(
        &mut self,
        key: Key,
        value: u32,
        bitset: u32,
        deadline: Option<Deadline>,
    ) -> Result<i64, u32> {
        if bitset == 0 {
            return Err(EINVAL);
        }
        self.check(key, Access::Read)?;
        if self.read_word(key.addr).ok_or(EFAULT)? != value {
            return Err(EAGAIN);
        }
        let place = Place { task: self.task, key, bitset, index: 0, role: Role::Plain };
        self.note_wait(key);
        let slept = self.wait_in_line(&[place], deadline);
        if let Slept::Woken(_) = slept {
            self.note_woken(key);
        }
        Ok(slept.result())
    }

    /// Wakes up to `count` tasks (at least one, as the kernel does). Returns how many.
    pub(super) fn futex_wake(&mut self, key: Key, count: i32, bitset: u32) -> Result<i64, u32> {
        if bitset == 0 {
            return Err(EINVAL);
        }
        self.check(key, Access::Read)?;
        self.wake_waiters(key, count, bitset)
    }

    /// [`Self::futex_wake`] without checks. Those that wait for a lock are not woken like this.
    pub(super) fn wake_waiters(&mut self, key: Key, count: i32, bitset: u32) -> Result<i64, u32> {
        let baton = baton();
        baton.lock();
        let mut woken = 0;
        let result = loop {
            let concerned = |p: &&Place| {
                let locks = p.role != Role::Plain;
                p.key == key && p.task.lives() && (locks || p.bitset & bitset != 0)
            };
            match baton.line.iter().find(concerned).copied() {
                None => break Ok(woken),
                Some(place) if place.role != Role::Plain => break Err(EINVAL),
                Some(place) => self.awaken(place.task, place.index.into()),
            }
            woken += 1;
            if woken >= i64::from(count) {
                break Ok(woken);
            }
        };
        baton.unlock();
        result
    }

    pub(super) fn futex_requeue(
        &mut self,
        key: Key,
        wakes: i32,
        moves: i32,
        target: Key,
        wanted: Option<u32>,
    ) -> Result<i64, u32> {
        if wakes < 0 || moves < 0 {
            return Err(EINVAL);
        }
        self.check(key, Access::Read)?;
        self.check(target, Access::Read)?;
        if let Some(wanted) = wanted
            && self.read_word(key.addr).ok_or(EFAULT)? != wanted
        {
            return Err(EAGAIN);
        }
        let woken = if wakes > 0 { self.wake_waiters(key, wakes, MATCH_ANY)? } else { 0 };
        let baton = baton();
        baton.lock();
        let mut moved = 0;
        let mut result = Ok(());
        if key == target {
            // They go where they are.
            let waiting = baton.line.iter().filter(|p| p.key == key).count();
            moved = (waiting as i64).min(moves.into());
        }
        while moved < i64::from(moves) && key != target {
            let Some(at) = baton.line.iter().position(|p| p.key == key) else { break };
            if baton.line[at].role != Role::Plain {
                result = Err(EINVAL);
                break;
            }
            let place = baton.line.remove(at);
            baton.line.push(Place { key: target, ..place });
            moved += 1;
        }
        baton.unlock();
        result.map(|()| woken + moved)
    }

    pub(super) fn futex_wake_op(
        &mut self,
        key: Key,
        wakes: i32,
        wakes2: i32,
        target: Key,
        encoded: u32,
    ) -> Outcome {
        let checked =
            self.check(key, Access::Read).and_then(|()| self.check(target, Access::Write));
        if let Err(errno) = checked {
            return error(errno);
        }
        let old = match self.operate(target.addr, encoded) {
            Ok(old) => old,
            Err(errno) => return error(errno),
        };
        let woken = compare(old as i32, encoded).and_then(|also| {
            let woken = self.wake_waiters(key, wakes, MATCH_ANY)?;
            let more = if also { self.wake_waiters(target, wakes2, MATCH_ANY)? } else { 0 };
            Ok(woken + more)
        });
        Outcome { written: alloc_crate::vec![(target.addr, 4)], ..answer(woken) }
    }

    /// Does a `FUTEX_WAKE_OP`'s operation. Returns the word as it was.
    fn operate(&mut self, addr: u64, encoded: u32) -> Result<u32, u32> {
        let operand = signed(encoded >> 12);
        let operand = match encoded >> 31 {
            0 => operand as u32,
            _ => 1u32.wrapping_shl(operand as u32),
        };
        let old = self.read_word(addr).ok_or(EFAULT)?;
        let new = match encoded >> 28 & 7 {
            0 => operand,
            1 => old.wrapping_add(operand),
            2 => old | operand,
            3 => old & !operand,
            4 => old ^ operand,
            _ => return Err(ENOSYS),
        };
        if self.write_word(addr, new) { Ok(old) } else { Err(EFAULT) }
    }
}

/// A `FUTEX_WAKE_OP`'s comparison, which comes after the operation.
fn compare(old: i32, encoded: u32) -> Result<bool, u32> {
    let compared = signed(encoded);
    Ok(match encoded >> 24 & 15 {
        0 => old == compared,
        1 => old != compared,
        2 => old < compared,
        3 => old <= compared,
        4 => old > compared,
        5 => old >= compared,
        _ => return Err(ENOSYS),
    })
}

/// A signed number of twelve bits.
fn signed(bits: u32) -> i32 {
    (bits as i32) << 20 >> 20
}
