//! `ptrace` of a task by a task of another process that shares the memory: how LeakSanitizer stops the
//! threads of its process to look at their registers and stacks.
//!
//! The kernel is not asked, as its tracer would see the engine, and stop a task that may hold the baton
//! next. Instead a traced task does not get the baton until its tracer lets go of it or ends. Replay
//! needs nothing of this: the calls' results are recorded, and so is who ran when.

use super::TaskRef;
use crate::calls::Outcome;
use crate::state::Engine;
use crate::sys::{self, *};
use alloc_crate::vec::Vec;
use clew_syscalls::Call;
use clew_translate::context::reg::*;

const PTRACE_GETREGS: u64 = 12;
const PTRACE_ATTACH: u64 = 16;
const PTRACE_DETACH: u64 = 17;
const PTRACE_GETREGSET: u64 = 0x4204;
const NT_PRSTATUS: u64 = 1;
const NT_FPREGSET: u64 = 2;
/// The status `wait4` tells of a task stopped by SIGSTOP.
const STOPPED: u32 = 19 << 8 | 0x7f;

/// What a task's tracer is to it.
#[derive(Clone, Copy)]
pub struct Tracer {
    task: TaskRef,
    /// It has been told that the task has stopped.
    told: bool,
}

impl Engine {
    /// Answers a `ptrace` call as above; `None` for any other use.
    pub fn ptrace(&mut self, call: &Call) -> Option<Outcome> {
        let [request, tid, addr, data, ..] = call.args;
        // LeakSanitizer tries whether the call is let through.
        if request == PTRACE_ATTACH && tid == 0 {
            return Some(Outcome::of(-i64::from(ESRCH)));
        }
        let mut tracee = self.tasks.find(tid as u32).filter(|t| t.process != self.task.process)?;
        if request == PTRACE_ATTACH {
            let free = !tracee.is_held();
            if free {
                tracee.tracer = Some(Tracer { task: self.task, told: false });
            }
            return Some(Outcome::of(if free { 0 } else { -i64::from(EPERM) }));
        }
        self.tracee(tid)?;
        match request {
            PTRACE_DETACH => {
                tracee.tracer = None;
                Some(Outcome::default())
            }
            PTRACE_GETREGS => Some(give(&tracee.user_registers(), data, None)),
            PTRACE_GETREGSET => {
                let set = match addr {
                    NT_PRSTATUS => tracee.user_registers(),
                    NT_FPREGSET => tracee.user_vectors(),
                    _ => return Some(Outcome::of(-i64::from(EINVAL))),
                };
                let base = sys::read_u64(data);
                let room = sys::read_u64(data + 8);
                Some(match (base, room) {
                    (Some(base), Some(room)) => {
                        give(&set[..set.len().min(room as usize)], base, Some(data + 8))
                    }
                    _ => Outcome::of(-i64::from(EFAULT)),
                })
            }
            _ => None,
        }
    }

    /// Answers a `wait4` for a task that has just been stopped.
    pub fn wait_for_traced(&mut self, call: &Call) -> Option<Outcome> {
        let [tid, status, ..] = call.args;
        let mut tracee = self.tracee(tid)?;
        let tracer = tracee.tracer.as_mut().filter(|tracer| !tracer.told)?;
        tracer.told = true;
        let outcome = match status {
            0 => Outcome::default(),
            _ => give(&STOPPED.to_le_bytes(), status, None),
        };
        Some(Outcome {
            result: if outcome.result == 0 { tid as i64 } else { outcome.result },
            ..outcome
        })
    }

    /// The task of this id, if the running one traces it.
    fn tracee(&self, tid: u64) -> Option<TaskRef> {
        let traced = |t: &TaskRef| t.tracer.is_some_and(|tracer| tracer.task == self.task);
        self.tasks.find(tid as u32).filter(traced)
    }
}

/// Writes what the kernel would, and its length to `len_at`.
fn give(bytes: &[u8], addr: u64, len_at: Option<u64>) -> Outcome {
    let len = bytes.len() as u64;
    let mut written = Vec::new();
    let mut put = |addr: u64, bytes: &[u8]| {
        written.push((addr, bytes.len() as u64));
        sys::write_guest(addr, bytes)
    };
    let done = put(addr, bytes) && len_at.is_none_or(|at| put(at, &len.to_le_bytes()));
    Outcome { result: if done { 0 } else { -i64::from(EFAULT) }, written, ..Outcome::default() }
}

impl TaskRef {
    /// Is it stopped by a tracer, which is still there?
    pub(super) fn is_held(self) -> bool {
        self.tracer.is_some_and(|tracer| tracer.task.lives())
    }

    /// Lets go of it if `tracer`, which has ended, traced it.
    pub(super) fn forget_tracer(mut self, tracer: TaskRef) {
        self.tracer = self.tracer.filter(|t| t.task != tracer);
    }

    /// `struct user_regs_struct` (arch/x86 uapi headers). The segment bases are left out.
    fn user_registers(self) -> Vec<u8> {
        const CODE_SEGMENT: u64 = 0x33;
        const DATA_SEGMENT: u64 = 0x2b;
        let r = &self.registers;
        let g = &r.gpr;
        let words = [
            g[15],
            g[14],
            g[13],
            g[12],
            g[RBP],
            g[RBX],
            g[R11],
            g[R10],
            g[R9],
            g[R8],
            g[RAX],
            g[RCX],
            g[RDX],
            g[RSI],
            g[RDI],
            u64::MAX,
            r.pc,
            CODE_SEGMENT,
            r.rflags,
            g[RSP],
            DATA_SEGMENT,
            0,
            0,
            0,
            0,
            0,
            0,
        ];
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// `struct user_fpregs_struct`, of which only xmm registers are filled in.
    fn user_vectors(self) -> Vec<u8> {
        const XMM: usize = 160;
        let mut bytes = alloc_crate::vec![0u8; 512];
        let words = self.registers.xmm.iter().flatten();
        for (to, word) in bytes[XMM..].chunks_exact_mut(8).zip(words) {
            to.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }
}
