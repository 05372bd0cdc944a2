//! Ending tasks and processes, while recording. (Replay: `crate::replay::tasks`.)

use super::TaskRef;
use crate::asm;
use crate::log::Att;
use crate::state::{Engine, Mode, ctx};
use crate::sys::{self, *};
use alloc_crate::vec::Vec;
use clew_abi::record::{ExitPayload, Kind, SyscallPayload};
use clew_syscalls::Call;

impl Engine {
    /// `exit` and `exit_group` of the running task.
    pub fn exit(&mut self, call: &Call) -> ! {
        let task = self.task;
        let group = call.nr == __NR_exit_group;
        let siblings = |t: &&TaskRef| **t != task && t.process == task.process;
        let last = self.tasks.list.iter().find(siblings).is_none();
        if task.process().guest_of_another || !group && !last {
            self.end_task(call, group || last)
        }
        self.end_process(call.args[0] as i32)
    }

    fn end_process(&mut self, code: i32) -> ! {
        let stamp = self.stamp();
        let checksums = self.memory_checksums(true);
        let mut atts = Vec::new();
        if let Some(checksums) = &checksums {
            checksums.attach(&mut atts);
        }
        if let Mode::Record(log) = &mut self.mode {
            let payload = ExitPayload { code: code as u32 & 0xff, signal: 0 };
            log.event(Kind::Exit, stamp, &payload, &atts);
            log.tell_full();
        }
        self.save_code();
        if self.sharing.takes_part() {
            // Other processes may wait for its locks. A replay of this one has ended.
            self.release_shared_locks();
        }
        self.stop_sharing();
        sys::exit_group(code)
    }

    /// The running task ends, others of this memory go on. `process`: with all of its process.
    fn end_task(&mut self, call: &Call, process: bool) -> ! {
        let (stamp, task) = (self.stamp(), self.task);
        let payload =
            SyscallPayload { nr: call.nr.into(), result: 0, args: call.args, pc: ctx().pc };
        let written = self.release_futexes(task);
        let atts: Vec<Att> = written.iter().map(|&addr| Att::Memory { addr, len: 4 }).collect();
        if let Mode::Record(log) = &mut self.mode {
            let event = log.event(Kind::Syscall, stamp, &payload, &atts);
            self.recent.push(event, Kind::Syscall as u16, payload.nr, stamp.tick);
        }
        drop((written, atts));
        self.forget_running_task();
        let code = call.args[0];
        self.leave_baton();
        if process {
            sys::exit_group(code as i32);
        }
        // SAFETY: the thread needs nothing any more.
        unsafe { asm::clew_end_thread(code) }
    }

    /// The running task has ended. Its registers stay in the context until another runs.
    pub fn forget_running_task(&mut self) {
        let mut task = self.task;
        task.exited = true;
        if self.replaying() {
            task.alive.store(0, core::sync::atomic::Ordering::Relaxed);
        }
        self.tasks.remove(task);
    }

    /// A task of another process that shares this memory is about to die of a signal: others go on.
    pub fn part_with_baton(&mut self) {
        let written = self.release_futexes(self.task);
        self.record_words(&written);
        drop(written);
        self.forget_running_task();
        self.leave_baton();
    }
}
