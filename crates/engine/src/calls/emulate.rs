//! Calls the engine answers itself, alike while recording and replaying.

use super::Outcome;
use super::hidden::without_engine;
use crate::signal::{calls, frame};
use crate::state::{Engine, ctx};
use crate::sys::{self, *};
use crate::task::futex::ROBUST_HEAD;
use alloc_crate::vec::Vec;
use clew_syscalls::{Answer, Call};

pub const ARCH_SET_GS: u64 = 0x1001;
pub const ARCH_SET_FS: u64 = 0x1002;
const ARCH_GET_FS: u64 = 0x1003;
const ARCH_SET_CPUID: u64 = 0x1012;
const PR_SET_TSC: u64 = 26;
const PR_SET_MDWE: u64 = 65;
const PR_TSC_ENABLE: u32 = 1;
const PR_TSC_SIGSEGV: u32 = 2;

impl Engine {
    /// Answers the call in the way that the table says. `recorded` is the recorded result while
    /// replaying.
    pub fn emulate(&mut self, call: &Call, answer: Answer, recorded: Option<i64>) -> Outcome {
        let changed = if reads_memory(answer) { without_engine(call) } else { None };
        let a = &changed.as_ref().unwrap_or(call).args;
        Outcome::of(match answer {
            Answer::Mmap => return self.emulate_mmap(a, recorded),
            Answer::Mremap => return self.emulate_mremap(a, recorded),
            Answer::Sigreturn => return self.sigreturn(),
            Answer::ProcessMadvise => return self.process_madvise(a, recorded),
            Answer::Munmap => failed(recorded).unwrap_or_else(|| self.munmap(a[0], a[1])),
            // There are no keys.
            Answer::PkeyMprotect if a[3] as i32 != -1 => -(EINVAL as i64),
            Answer::Mprotect | Answer::PkeyMprotect => {
                let result = self.mprotect(a[0], a[1], a[2] as u32);
                // A failure may have changed part of the range, in the same way.
                failed(recorded).unwrap_or(result)
            }
            Answer::Brk => self.emulate_brk(a[0], recorded),
            // What did not make sense, or was about locked memory, which a replay has none of.
            Answer::Madvise if recorded == Some(-(EINVAL as i64)) => -(EINVAL as i64),
            Answer::Madvise => {
                let result = self.madvise(a[0], a[1], a[2]);
                // Advice is not given again where replay has nothing to gain by it.
                recorded.unwrap_or(result)
            }
            Answer::Mseal => failed(recorded).unwrap_or_else(|| self.mseal(a[0], a[1], a[2])),
            Answer::Mdwe if a[0] == PR_SET_MDWE => self.set_mdwe(a),
            Answer::Mdwe => self.get_mdwe(a),
            // SAFETY: only segments that are loaded use its entries.
            Answer::ModifyLdt => failed(recorded)
                .unwrap_or_else(|| unsafe { syscall!(__NR_modify_ldt, a[0], a[1], a[2]) }),
            Answer::CpuidFaults if a[0] == ARCH_SET_CPUID => {
                failed(recorded).unwrap_or_else(|| self.set_cpuid(a[1]))
            }
            Answer::CpuidFaults => i64::from(!self.task.cpuid_faults),
            Answer::Shmdt => {
                failed(recorded).unwrap_or_else(|| self.shmdt(a[0], recorded.is_some()))
            }
            Answer::Sigaction => calls::sigaction(self, a),
            Answer::Sigprocmask => calls::sigprocmask(self, a),
            Answer::Sigaltstack => calls::sigaltstack(self, a),
            Answer::SegmentBase => segment_base(a[0], a[1]),
            Answer::Tsc if a[0] == PR_SET_TSC => self.set_tsc(a[1] as u32),
            Answer::Tsc => {
                let state = if self.task.tsc_faults { PR_TSC_SIGSEGV } else { PR_TSC_ENABLE };
                give(a[1], &state.to_le_bytes())
            }
            // The kernel must not write to guest memory at a moment of its own: the engine does, when
            // the task ends.
            Answer::SetTidAddress => {
                self.task.clear_child_tid = a[0];
                self.task.tid as i64
            }
            Answer::SetRobustList if a[1] != ROBUST_HEAD => -(EINVAL as i64),
            Answer::SetRobustList => {
                // The kernel is not told: it would mark locks in pages that other processes own by now.
                // Who waits for a lock of a killed process marks it (`task::futex::shared`).
                self.task.robust_list = a[0];
                0
            }
        })
    }

    fn emulate_brk(&mut self, wanted: u64, recorded: Option<i64>) -> i64 {
        // A break that did not move is a request that failed.
        match recorded {
            Some(result) if result == self.brk.current as i64 => result,
            _ => self.set_brk(wanted) as i64,
        }
    }

    fn emulate_mmap(&mut self, a: &[u64; 6], recorded: Option<i64>) -> Outcome {
        if let Some(result) = recorded {
            // The mapping itself is an attachment of the record.
            return Outcome::of(result);
        }
        if a[3] as u32 & MAP_ANONYMOUS == 0 && crate::descriptors::reserved(a[4] as i32) {
            return Outcome::of(-(EBADF as i64));
        }
        match self.mmap_record(a) {
            Ok(mapped) => {
                Outcome { result: mapped.addr as i64, mapped: Some(mapped), ..Outcome::default() }
            }
            Err(errno) => Outcome::of(errno),
        }
    }

    fn emulate_mremap(&mut self, a: &[u64; 6], recorded: Option<i64>) -> Outcome {
        let mut written = Vec::new();
        let made_at = recorded.map(|result| result as u64);
        let result = failed(recorded).unwrap_or_else(|| self.mremap(a, made_at, &mut written));
        Outcome { result, written, ..Outcome::default() }
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

    /// The kernel would keep the instruction from the engine too, which executes it for the guest.
    fn set_cpuid(&mut self, allowed: u64) -> i64 {
        if !self.replaying() {
            // SAFETY: allows what is allowed; fails if it could not be forbidden.
            let possible = unsafe { syscall!(__NR_arch_prctl, ARCH_SET_CPUID, 1) };
            if possible != 0 {
                return possible;
            }
        }
        self.task.cpuid_faults = allowed == 0;
        0
    }

    fn set_tsc(&mut self, state: u32) -> i64 {
        if !matches!(state, PR_TSC_ENABLE | PR_TSC_SIGSEGV) {
            return -(EINVAL as i64);
        }
        self.task.tsc_faults = state == PR_TSC_SIGSEGV;
        0
    }
}

/// Is the engine given pointers to what it is to read?
fn reads_memory(answer: Answer) -> bool {
    use Answer::*;
    matches!(answer, Sigaction | Sigprocmask | Sigaltstack | ProcessMadvise)
}

/// The result of a call that failed while recording: it changed nothing, for want of memory, of mappings
/// or of sense.
fn failed(recorded: Option<i64>) -> Option<i64> {
    recorded.filter(|&result| sys::is_error(result))
}

/// `arch_prctl` on FS and GS.
fn segment_base(command: u64, at: u64) -> i64 {
    match command {
        // SAFETY: FS and GS are the guest's alone.
        ARCH_SET_FS | ARCH_SET_GS => unsafe { syscall!(__NR_arch_prctl, command, at) },
        get => give(at, &crate::intrinsics::segment_base(get == ARCH_GET_FS).to_le_bytes()),
    }
}

/// Writes a call's answer to guest memory.
fn give(addr: u64, bytes: &[u8]) -> i64 {
    if sys::write_guest(addr, bytes) { 0 } else { -(EFAULT as i64) }
}
