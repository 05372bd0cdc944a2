//! Priority-inheriting locks: the word holds the owner's id, and the lock is handed from owner to
//! owner in the order of those that wait. There are no priorities here.
//!
//! A replay has no waiters. What an operation writes into the word is recorded with its call, or, if
//! the caller sleeps after it, in a `Memory` event at the call.

use super::wait::Slept;
use super::{Access, Key, MATCH_ANY, OWNER_DIED, Place, Role, TID_MASK, WAITERS, first};
use crate::calls::ERESTARTNOINTR;
use crate::state::Engine;
use crate::sys::*;
use crate::task::TaskRef;
use crate::task::baton::{Deadline, baton};
use core::sync::atomic::Ordering;

/// The kernel follows chains of owners no further.
const MOST_LOCKS: u32 = 1024;

impl Engine {
    /// `FUTEX_LOCK_PI` and `FUTEX_TRYLOCK_PI`.
    pub(super) fn futex_lock(
        &mut self,
        key: Key,
        only_try: bool,
        deadline: Option<Deadline>,
    ) -> Result<i64, u32> {
        self.check(key, Access::Write)?;
        let task = self.task;
        let Some(owner) = self.acquire(key, task, false)? else { return Ok(0) };
        if only_try {
            return Err(EAGAIN);
        }
        if closes_circle(task, owner) {
            return Err(EDEADLK);
        }
        self.record_words(&[key.addr]);
        let role = Role::Lock { owner };
        let place = Place { task, key, bitset: MATCH_ANY, index: 0, role };
        Ok(match self.wait_in_line(&[place], deadline) {
            Slept::Interrupted(_) => ERESTARTNOINTR,
            slept => slept.result(),
        })
    }

    /// Takes a lock for a task if it is free, else marks it as waited for and returns its owner
    /// (`futex_lock_pi_atomic`). `mark`: it is going to be waited for.
    fn acquire(&mut self, key: Key, taker: TaskRef, mark: bool) -> Result<Option<u32>, u32> {
        let word = self.read_word(key.addr).ok_or(EFAULT)?;
        let holder = word & TID_MASK;
        if holder == taker.tid {
            return Err(EDEADLK);
        }
        if let Some(place) = first(key) {
            let Role::Lock { owner } = place.role else { return Err(EINVAL) };
            let consistent = holder == owner || holder == 0 && word & OWNER_DIED != 0;
            return if consistent { Ok(Some(owner)) } else { Err(EINVAL) };
        }
        let new = match holder {
            0 => word & OWNER_DIED | taker.tid | if mark { WAITERS } else { 0 },
            _ => word | WAITERS,
        };
        if !self.write_word(key.addr, new) {
            return Err(EFAULT);
        }
        match holder {
            0 => Ok(None),
            _ if self.task_exists(holder) => Ok(Some(holder)),
            _ => Err(ESRCH),
        }
    }

    /// Is there such a task, in whatever process?
    fn task_exists(&self, tid: u32) -> bool {
        let ended = |t: &TaskRef| t.tid == tid && t.alive.load(Ordering::Acquire) != 0;
        if self.tasks.find(tid).is_some() {
            return true;
        }
        // SAFETY: no memory; signal 0 only asks.
        let asked = || unsafe { syscall!(__NR_kill, tid, 0) };
        !self.tasks.ended.iter().any(ended) && asked() != -i64::from(ESRCH)
    }

    pub(super) fn futex_unlock(&mut self, key: Key) -> Result<i64, u32> {
        let tid = self.task.tid;
        if self.read_word(key.addr).ok_or(EFAULT)? & TID_MASK != tid {
            return Err(EPERM);
        }
        self.check(key, Access::Write)?;
        let written = match first(key).map(|place| place.role) {
            None => self.write_word(key.addr, 0),
            Some(Role::Lock { owner }) if owner == tid => self.hand_over(key, 0),
            Some(_) => return Err(EINVAL),
        };
        if written { Ok(0) } else { Err(EFAULT) }
    }

    /// Gives a lock to the first task that waits for it, whose word then says so, with `also`. False
    /// if it cannot be written.
    pub(super) fn hand_over(&mut self, key: Key, also: u32) -> bool {
        let Some(next) = first(key).map(|place| place.task) else { return true };
        if !self.write_word(key.addr, next.tid | WAITERS | also) {
            return false;
        }
        let baton = baton();
        baton.lock();
        self.awaken(next, 0);
        for place in baton.line.iter_mut().filter(|place| place.key == key) {
            place.role = Role::Lock { owner: next.tid };
        }
        baton.unlock();
        true
    }

    /// `FUTEX_WAIT_REQUEUE_PI`.
    pub(super) fn wait_requeue_pi(
        &mut self,
        key: Key,
        value: u32,
        lock: Key,
        deadline: Option<Deadline>,
    ) -> Result<i64, u32> {
        if key == lock {
            return Err(EINVAL);
        }
        self.check(lock, Access::Write)?;
        self.check(key, Access::Read)?;
        if self.read_word(key.addr).ok_or(EFAULT)? != value {
            return Err(EAGAIN);
        }
        let role = Role::Condition { lock };
        let place = Place { task: self.task, key, bitset: MATCH_ANY, index: 0, role };
        Ok(match self.wait_in_line(&[place], deadline) {
            Slept::Interrupted(Role::Condition { .. }) => ERESTARTNOINTR,
            Slept::Interrupted(_) => -i64::from(EAGAIN),
            slept => slept.result(),
        })
    }

    /// `FUTEX_CMP_REQUEUE_PI`: the first waiter gets the lock if it is free, the others wait for it.
    pub(super) fn cmp_requeue_pi(
        &mut self,
        key: Key,
        wakes: i32,
        moves: i32,
        lock: Key,
        wanted: u32,
    ) -> Result<i64, u32> {
        if moves < 0 || key == lock || wakes != 1 {
            return Err(EINVAL);
        }
        self.check(key, Access::Read)?;
        self.check(lock, Access::Write)?;
        if self.read_word(key.addr).ok_or(EFAULT)? != wanted {
            return Err(EAGAIN);
        }
        self.read_word(lock.addr).ok_or(EFAULT)?;
        let Some(top) = first(key) else { return Ok(0) };
        if top.role != (Role::Condition { lock }) {
            return Err(EINVAL);
        }
        let (owner, mut done) = match self.acquire(lock, top.task, moves != 0)? {
            Some(owner) => (owner, 0),
            None => (top.task.tid, 1),
        };
        let baton = baton();
        baton.lock();
        if done == 1 {
            self.awaken(top.task, 0);
        }
        let mut result = Ok(());
        while done <= i64::from(moves) {
            let Some(at) = baton.line.iter().position(|p| p.key == key) else { break };
            let place = baton.line[at];
            result = match place.role {
                role if role != (Role::Condition { lock }) => Err(EINVAL),
                _ if closes_circle(place.task, owner) => Err(EDEADLK),
                _ => Ok(()),
            };
            if result.is_err() {
                break;
            }
            baton.line.remove(at);
            baton.line.push(Place { key: lock, role: Role::Lock { owner }, ..place });
            done += 1;
        }
        baton.unlock();
        result.map(|()| done)
    }
}

/// Would a task wait for itself if it waited for a lock of `owner`'s?
fn closes_circle(task: TaskRef, mut owner: u32) -> bool {
    for _ in 0..MOST_LOCKS {
        if owner == task.tid {
            return true;
        }
        let locks = baton().line.iter().find_map(|place| match place.role {
            Role::Lock { owner: next } if place.task.tid == owner => Some(next),
            _ => None,
        });
        match locks {
            Some(next) => owner = next,
            None => return false,
        }
    }
    true
}
