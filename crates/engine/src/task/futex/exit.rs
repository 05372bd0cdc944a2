//! What the end of a task does to futexes, in the order of the kernel: robust locks that it holds are
//! marked and their waiters woken, locks that others wait for are handed on, then the word of
//! `set_tid_address` is cleared.
//!
//! The kernel is never told of the list of robust locks, since it would write at a moment of its own:
//! for ends that the engine does not see, see `shared`.

use super::{Key, MATCH_ANY, OWNER_DIED, Place, Role, TID_MASK, WAITERS};
use crate::calls::Outcome;
use crate::state::Engine;
use crate::sys::{self, *};
use crate::task::TaskRef;
use crate::task::baton::baton;
use crate::vma::VmaKind;
use alloc_crate::vec::Vec;
use clew_syscalls::Call;

/// `ROBUST_LIST_LIMIT`.
const LIMIT: usize = 2048;
/// `sizeof(struct robust_list_head)`.
pub const ROBUST_HEAD: u64 = 24;

/// An entry of a list of robust locks.
#[derive(Clone, Copy)]
struct Lock {
    addr: u64,
    inherits: bool,
    /// Its owner was taking or releasing it.
    pending: bool,
}

impl Engine {
    /// `get_robust_list` of one of the guest's tasks, while recording.
    pub fn robust_list(&self, call: &Call) -> Option<Outcome> {
        let [tid, head_at, len_at, ..] = call.args;
        let task = if tid == 0 { self.task } else { self.tasks.find(tid as u32)? };
        let words = [(len_at, ROBUST_HEAD), (head_at, task.robust_list)];
        let write = |&(at, word): &(u64, u64)| sys::write_guest(at, &word.to_le_bytes());
        let done = words.iter().take_while(|word| write(word)).count();
        let result = if done < words.len() { -i64::from(EFAULT) } else { 0 };
        let written = words[..done].iter().map(|word| (word.0, 8)).collect();
        Some(Outcome { result, written, ..Outcome::default() })
    }

    /// Does all of it for a task. Returns the words written.
    pub fn release_futexes(&mut self, mut task: TaskRef) -> Vec<u64> {
        let mut written = Vec::new();
        for lock in robust_locks(core::mem::take(&mut task.robust_list)) {
            match self.release_robust(lock, task.tid) {
                Some(true) => written.push(lock.addr),
                Some(false) => {}
                None => break,
            }
        }
        self.release_owned(task.tid, &mut written);
        let addr = core::mem::take(&mut task.clear_child_tid);
        if addr != 0 {
            if self.write_word(addr, 0) {
                written.push(addr);
            }
            self.wake_anywhere(addr);
        }
        written
    }

    /// A process ends: its locks in memory that others see.
    pub fn release_shared_locks(&mut self) {
        let own: Vec<TaskRef> =
            self.tasks.list.iter().copied().filter(|t| t.process == self.task.process).collect();
        for mut task in own {
            for lock in robust_locks(core::mem::take(&mut task.robust_list)) {
                let vma = self.vmas.find(lock.addr);
                if vma.is_some_and(|v| v.kind == VmaKind::Shared) {
                    self.release_robust(lock, task.tid);
                }
            }
        }
    }

    /// `handle_futex_death`: whether the word was written; `None` if the list is broken.
    fn release_robust(&mut self, lock: Lock, tid: u32) -> Option<bool> {
        let Lock { addr, inherits, pending } = lock;
        if !addr.is_multiple_of(4) {
            return None;
        }
        let word = self.read_word(addr)?;
        if pending && !inherits && word & TID_MASK == 0 {
            // It was released, but perhaps nobody woken.
            self.wake_anywhere(addr);
            return Some(false);
        }
        if word & TID_MASK != tid {
            return Some(false);
        }
        if !self.write_word(addr, word & WAITERS | OWNER_DIED) {
            return None;
        }
        // Inherited ones are handed on (`release_owned`).
        if !inherits && word & WAITERS != 0 {
            self.wake_anywhere(addr);
        }
        if inherits {
            self.tell_of_lock(addr);
        }
        Some(true)
    }

    /// `exit_pi_state_list`: locks of a task that others wait for.
    fn release_owned(&mut self, tid: u32, written: &mut Vec<u64>) {
        let owned = |place: &&Place| place.role == (Role::Lock { owner: tid });
        while let Some(key) = baton().line.iter().find(owned).map(|place| place.key) {
            if !self.hand_over(key, OWNER_DIED) {
                break;
            }
            written.push(key.addr);
        }
    }

    /// Wakes one waiter of a futex of whatever kind.
    fn wake_anywhere(&mut self, addr: u64) {
        let key = Key { addr, private: false };
        if self.is_kernels(key) {
            // SAFETY: wakes only.
            unsafe { syscall!(__NR_futex, addr, FUTEX_WAKE, 1) };
        } else {
            let _ = self.wake_waiters(key, 1, MATCH_ANY);
        }
    }

    /// The end of tasks of other processes that were killed alone: what the kernel and they
    /// themselves would have done. Called by the running task as it gets the baton.
    pub fn bury_dead(&mut self) {
        let baton = baton();
        while let Some(dead) = baton.take_dead() {
            if self.tasks.list.contains(&dead) {
                baton.lock();
                super::wait::leave_line(baton, dead);
                baton.unlock();
                let written = self.release_futexes(dead);
                self.record_words(&written);
                self.tasks.remove(dead);
            }
        }
    }
}

/// The locks of a list (`exit_robust_list`): its members, then the one in doubt.
fn robust_locks(head: u64) -> Vec<Lock> {
    let mut locks = Vec::new();
    let word = |at: u64| sys::read_u64(at);
    if head == 0 {
        return locks;
    }
    let (Some(mut entry), Some(offset), Some(doubtful)) =
        (word(head), word(head.wrapping_add(8)), word(head.wrapping_add(16)))
    else {
        return locks;
    };
    let lock = |entry: u64, pending| Lock {
        addr: (entry & !1).wrapping_add(offset),
        inherits: entry & 1 != 0,
        pending,
    };
    for _ in 0..LIMIT {
        if entry & !1 == head {
            break;
        }
        let next = word(entry & !1);
        if entry & !1 != doubtful & !1 {
            locks.push(lock(entry, false));
        }
        match next {
            Some(next) => entry = next,
            // The one in doubt is not looked at either.
            None => return locks,
        }
    }
    if doubtful & !1 != 0 {
        locks.push(lock(doubtful, true));
    }
    locks
}
