//! Diversions: a copy of the process runs what the debugger wants it to run.
//!
//! There are no events any more and no effects outside the process: memory calls work, output goes to the
//! user, the rest answers that the kernel lacks it.

use crate::replay::echo_written;
use crate::state::{Engine, Mode};
use crate::sys::{self, *};
use clew_abi::control::END_EXITED;
use clew_abi::debug::reason;
use clew_syscalls::{Answer, Call, Class};

const FUTEX_WAIT: u64 = 0;
const FUTEX_WAIT_BITSET: u64 = 9;
const FUTEX_COMMAND: u64 = 0x7f;

impl Engine {
    /// From here on nothing is taken from the trace. One task runs, in which the debugger calls a
    /// function: it has changed its registers. But it may ask for a step of another one first.
    pub(super) fn divert(&mut self, step_tid: u32) {
        self.mode = Mode::Diverted;
        let changed = self.debug.as_ref().map_or(0, |d| d.changed);
        if let Some(task) = self.tasks.find(if step_tid == 0 { changed } else { step_tid }) {
            self.switch_to(task);
        }
        self.ticks.aim(None);
    }

    pub fn diverted(&self) -> bool {
        matches!(self.mode, Mode::Diverted)
    }

    /// The guest has faulted in a diversion. It can only be left, or be made to go on elsewhere.
    pub fn stop_in_diversion(&mut self, signo: u32) {
        self.stop(reason::SIGNAL, [signo.into(), 0]);
    }

    /// Is this memory of the guest's own, which is not at a certain place and not for code?
    fn may_map_diverted(&self, args: &[u64; 6]) -> bool {
        let (prot, flags) = (args[2] as u32, args[3] as u32);
        let own = flags & (MAP_ANONYMOUS | 3) == MAP_ANONYMOUS | MAP_PRIVATE;
        own && flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) == 0 && prot & PROT_EXEC == 0
    }

    fn map_diverted(&mut self, len: u64, prot: u32) -> i64 {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        // SAFETY: a new mapping at an address the kernel chooses.
        let got = unsafe { sys::mmap(0, len, prot, flags, -1, 0) };
        if !sys::is_error(got) {
            self.mapped(got as u64, crate::vma::page_up(len), prot, false);
        }
        got
    }

    /// A system call in a diversion.
    pub fn diverted_call(&mut self, call: &Call) {
        let pc = crate::state::ctx().pc;
        let [a, b, ..] = call.args;
        if matches!(call.nr, __NR_exit_group | __NR_exit) {
            self.stop_at_end(END_EXITED, a as u32);
        }
        let result = match call.nr {
            __NR_write | __NR_writev if matches!(a, 1 | 2) => echo_written(call, a, 1 << 20) as i64,
            __NR_getpid => self.task.process().pid as i64,
            __NR_gettid => self.task.tid as i64,
            __NR_clock_gettime => {
                let mut time = [0u64; 2];
                // SAFETY: writes the array.
                let result = unsafe { syscall!(__NR_clock_gettime, a, time.as_mut_ptr()) };
                let bytes = [time[0].to_le_bytes(), time[1].to_le_bytes()].concat();
                if result == 0 && !sys::write_guest(b, &bytes) { -(EFAULT as i64) } else { result }
            }
            // Nobody else runs, so nothing is worth waiting for.
            __NR_futex if matches!(b & FUTEX_COMMAND, FUTEX_WAIT | FUTEX_WAIT_BITSET) => {
                -(EAGAIN as i64)
            }
            __NR_futex | __NR_sched_yield => 0,
            __NR_mmap if self.may_map_diverted(&call.args) => {
                self.map_diverted(b, call.args[2] as u32)
            }
            // No files, and no memory of others.
            __NR_mmap => -(EACCES as i64),
            _ => match clew_syscalls::class(call) {
                Class::Emulated(answer) if works_diverted(answer) => {
                    let outcome = self.emulate(call, answer, None);
                    if outcome.context_replaced {
                        return;
                    }
                    outcome.result
                }
                _ => -(ENOSYS as i64),
            },
        };
        crate::calls::finish(result, pc);
    }
}

/// What a function that a debugger calls needs: the rest would change what the engine knows of the task.
fn works_diverted(answer: Answer) -> bool {
    use Answer::*;
    matches!(answer, Munmap | Mprotect | Brk | Madvise | Sigprocmask | Sigreturn)
}
