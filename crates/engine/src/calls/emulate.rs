//! Calls the engine answers itself, alike while recording and replaying.

use super::Outcome;
use crate::signal::{calls, frame};
use crate::state::{Engine, ctx};
use crate::sys::{self, *};
use crate::task::futex::ROBUST_HEAD;
use clew_syscalls::Call;

pub const ARCH_SET_GS: u64 = 0x1001;
pub const ARCH_SET_FS: u64 = 0x1002;
const ARCH_GET_FS: u64 = 0x1003;
const ARCH_GET_GS: u64 = 0x1004;
const PR_GET_TSC: u64 = 25;
const PR_SET_TSC: u64 = 26;
const PR_TSC_ENABLE: u32 = 1;
const PR_TSC_SIGSEGV: u32 = 2;

impl Engine {
    /// Answers the call, or returns `None` if it is none of the engine's. `recorded` is the
    /// recorded result while replaying.
    pub fn emulate(&mut self, call: &Call, recorded: Option<i64>) -> Option<Outcome> {
        let a = &call.args;
        let result = match call.nr {
            __NR_mmap => return self.emulate_mmap(a, recorded),
            // What failed for want of memory or of mappings changed nothing.
            __NR_munmap | __NR_mremap | __NR_brk if recorded.is_some_and(|r| sys::is_error(r)) => {
                recorded.unwrap_or(0)
            }
            __NR_munmap => self.munmap(a[0], a[1]),
            __NR_mprotect => {
                let result = self.mprotect(a[0], a[1], a[2] as u32);
                // A failure may have changed part of the range, in the same way.
                recorded.filter(|&r| sys::is_error(r)).unwrap_or(result)
            }
            __NR_pkey_mprotect if a[3] as i32 == -1 => self.mprotect(a[0], a[1], a[2] as u32),
            __NR_shmdt if recorded.is_none_or(|r| r == 0) => self.shmdt(a[0], recorded.is_some()),
            __NR_pkey_alloc => -(ENOSPC as i64),
            __NR_mremap => self.emulate_mremap(a, recorded),
            // A break that did not move is a request that failed.
            __NR_brk if recorded == Some(self.brk.current as i64) => self.brk.current as i64,
            __NR_brk => self.set_brk(a[0]) as i64,
            // What did not make sense, or was about locked memory, which a replay has none of.
            __NR_madvise if recorded == Some(-(EINVAL as i64)) => -(EINVAL as i64),
            __NR_madvise => {
                let result = self.madvise(a[0], a[1], a[2]);
                // Advice is not given again where replay has nothing to gain by it.
                recorded.unwrap_or(result)
            }
            __NR_rt_sigaction => calls::sigaction(self, a),
            __NR_rt_sigprocmask => calls::sigprocmask(self, a),
            __NR_sigaltstack => calls::sigaltstack(self, a),
            __NR_rt_sigreturn => return Some(self.sigreturn()),
            __NR_arch_prctl => return self.arch_prctl(a),
            __NR_prctl if a[0] == PR_SET_TSC => self.set_tsc(a[1] as u32),
            __NR_prctl if a[0] == PR_GET_TSC => {
                let state = if self.task.tsc_faults { PR_TSC_SIGSEGV } else { PR_TSC_ENABLE };
                give(a[1], &state.to_le_bytes())
            }
            // The kernel must not write to guest memory at a moment of its own: the engine does, when
            // the task ends.
            __NR_set_tid_address => {
                self.task.clear_child_tid = a[0];
                self.task.tid as i64
            }
            __NR_set_robust_list if a[1] != ROBUST_HEAD => -(EINVAL as i64),
            __NR_set_robust_list => {
                // The kernel is not told: it would mark locks in pages that other processes own by now.
                // Who waits for a lock of a killed process marks it (`task::futex::shared`).
                self.task.robust_list = a[0];
                0
            }
            __NR_rseq => -(ENOSYS as i64),
            _ => return None,
        };
        Some(Outcome::of(result))
    }

    fn emulate_mmap(&mut self, a: &[u64; 6], recorded: Option<i64>) -> Option<Outcome> {
        if let Some(result) = recorded {
            // The mapping itself is an attachment of the record.
            return Some(Outcome::of(result));
        }
        Some(match self.mmap_record(a) {
            Ok(mapped) => {
                Outcome { result: mapped.addr as i64, mapped: Some(mapped), ..Outcome::default() }
            }
            Err(errno) => Outcome::of(errno),
        })
    }

    fn emulate_mremap(&mut self, a: &[u64; 6], recorded: Option<i64>) -> i64 {
        match recorded {
            Some(result) if sys::is_error(result) => result,
            made => self.mremap(a, made.map(|r| r as u64)),
        }
    }

    fn sigreturn(&mut self) -> Outcome {
        let popped = frame::pop(self);
        self.ticks.count_one();
        if !popped {
            let pc = ctx().pc;
            self.protection_fault();
            if ctx().pc == pc {
                ctx().pc = pc + 2;
            }
        }
        Outcome { context_replaced: true, ..Outcome::default() }
    }

    fn arch_prctl(&mut self, a: &[u64; 6]) -> Option<Outcome> {
        match a[0] {
            // SAFETY: FS and GS are the guest's alone; ARCH_GET writes where the guest says.
            ARCH_SET_FS | ARCH_SET_GS => {
                Some(Outcome::of(unsafe { syscall!(__NR_arch_prctl, a[0], a[1]) }))
            }
            ARCH_GET_FS | ARCH_GET_GS => {
                let base = crate::intrinsics::segment_base(a[0] == ARCH_GET_FS);
                Some(Outcome::of(give(a[1], &base.to_le_bytes())))
            }
            _ => None,
        }
    }

    fn set_tsc(&mut self, state: u32) -> i64 {
        if !matches!(state, PR_TSC_ENABLE | PR_TSC_SIGSEGV) {
            return -(EINVAL as i64);
        }
        self.task.tsc_faults = state == PR_TSC_SIGSEGV;
        0
    }
}

/// Writes a call's answer to guest memory.
fn give(addr: u64, bytes: &[u8]) -> i64 {
    if sys::write_guest(addr, bytes) { 0 } else { -(EFAULT as i64) }
}
