//! Tasks: ending them and, one day, starting them.

use super::{Outcome, kernel};
use crate::log::Att;
use crate::state::{Engine, Mode};
use crate::sys::{self, *};
use clew_abi::record::{ATT_CHECKSUMS, ExitPayload, Kind};
use clew_syscalls::Call;

const CLONE_VM: u64 = 0x100;
const CLONE_VFORK: u64 = 0x4000;
const CLONE_THREAD: u64 = 0x10000;

impl Engine {
    /// `exit` and `exit_group`.
    pub fn exit(&mut self, code: i32) -> ! {
        let stamp = self.stamp();
        let checksums = self.memory_checksums(true);
        let checksums =
            checksums.as_ref().map(|bytes| Att::Bytes { kind: ATT_CHECKSUMS, addr: 0, bytes });
        if let Mode::Record(log) = &mut self.mode {
            let payload = ExitPayload { code: code as u32 & 0xff, signal: 0 };
            log.event(Kind::Exit, stamp, &payload, checksums.as_slice());
        }
        sys::exit_group(code)
    }

    /// `clone` and its kin. Children run under the engine but unrecorded; they never share memory
    /// with their parent, whose recording would miss what they do to it.
    pub fn start_task(&mut self, call: &Call) -> Outcome {
        let flags = match call.nr {
            __NR_clone => call.args[0],
            __NR_clone3 => sys::read_u64(call.args[0]).unwrap_or(0),
            _ => 0,
        };
        if flags & CLONE_THREAD != 0 {
            self.warn_once(call.nr, "threads cannot be recorded yet; the guest is told EAGAIN");
            return Outcome::of(-(EAGAIN as i64));
        }
        if call.nr == __NR_clone3 {
            return Outcome::of(-(ENOSYS as i64));
        }
        self.warn_once(__NR_fork, "child processes run unrecorded");
        let mut args = call.args;
        let forked = match call.nr {
            __NR_clone => {
                args[0] = flags & !(CLONE_VM | CLONE_VFORK);
                // A new stack is the child's business: it is set below, in the guest's context.
                args[1] = 0;
                kernel(&Call { nr: __NR_clone, args })
            }
            _ => kernel(&Call { nr: __NR_fork, args }),
        };
        if forked == 0 {
            self.become_unrecorded(call);
        }
        Outcome::of(forked)
    }

    fn become_unrecorded(&mut self, call: &Call) {
        self.mode = Mode::Unrecorded;
        self.pid = sys::getpid() as u32;
        self.tid = self.pid;
        if call.nr == __NR_clone && call.args[1] != 0 {
            crate::state::ctx().gpr[clew_translate::context::reg::RSP] = call.args[1];
        }
    }
}
