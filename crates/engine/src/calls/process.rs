//! Making tasks and processes.

use super::Outcome;
use crate::log::{self, Att, Log, Stamp};
use crate::state::{Engine, Mode, ctx};
use crate::sys::{self, *};
use crate::task::baton::baton;
use crate::task::start::{
    CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID, CLONE_CLEAR_SIGHAND, CLONE_FILES, CLONE_VM, CloneArgs,
};
use alloc_crate::vec::Vec;
use clew_abi::orders::FLAG_NO_FOLLOW;
use clew_abi::record::{ForkPayload, Kind};
use clew_syscalls::Call;
use clew_translate::context::reg::RSP;

impl Engine {
    /// `clone` and its kin.
    pub fn make_task(&mut self, call: &Call) -> Outcome {
        match CloneArgs::of(call) {
            Err(errno) => Outcome::of(errno),
            Ok(args) if args.flags & CLONE_VM != 0 => self.start_task(call, &args),
            Ok(args) => self.fork(call, &args),
        }
    }

    /// A child with memory of its own.
    fn fork(&mut self, call: &Call, args: &CloneArgs) -> Outcome {
        if self.task.pending != 0 {
            // The kernel does not copy a process that has a signal to deal with (copy_process).
            return Outcome::of(super::ERESTARTNOINTR);
        }
        let stamp = self.stamp();
        let event = if self.recording() { log::next_event() } else { 0 };
        let plan = clew_syscalls::plan(call, &Memory);
        let maker = self.task;
        crate::signal::sync_mask(u64::MAX);
        let waiting = maker.signals.waiting_now();
        // The baton stays here: the copy must not be of a state that another task is changing.
        let late = args.flags & CLONE_CHILD_SETTID != 0 && self.in_shared_memory(args.child_tid);
        if args.flags & CLONE_FILES != 0 && self.recording() {
            self.files.tables.share();
        }
        let chaos = self.chaos_of_next();
        let result = fork_now(call, args, late);
        if result == 0 {
            if args.flags & CLONE_FILES == 0 {
                self.files.tables.stop_sharing();
            }
            // A signal on its way was the parent's, one that has come since is the child's.
            self.task.signals.forget(waiting);
            self.task.pending = 0;
            self.look_for_signals();
            self.become_child(call, args, stamp, event, &plan);
            self.begin_childs_chaos(chaos);
            self.begin_late();
            if late {
                // Behind the call, as far as a replay can tell.
                super::finish(0, ctx().pc);
                self.write_word(args.child_tid, self.task.tid);
                self.record_words(&[args.child_tid]);
            }
            return Outcome { recorded: true, ..Outcome::default() };
        }
        self.begin_late();
        if maker.signals.pending.is_none() {
            crate::signal::sync_mask(maker.signals.blocked);
        }
        let mut written = Vec::new();
        // The kernel does not mind if it cannot write a tid.
        clew_syscalls::outputs(&plan, result, &Memory, &mut |addr, len| {
            if sys::read_guest(addr, &mut [0]) {
                written.push((addr, len));
            }
        });
        Outcome { result, written, event, ..Outcome::default() }
    }

    /// What a new process does first, on its maker's copied stack.
    fn become_child(
        &mut self,
        call: &Call,
        args: &CloneArgs,
        stamp: Stamp,
        event: u64,
        plan: &clew_syscalls::Plan,
    ) {
        let pid = sys::getpid() as u32;
        let payload = ForkPayload {
            pid,
            // SAFETY: no memory.
            ppid: unsafe { syscall!(__NR_getppid) } as u32,
            parent_stream: if let Mode::Record(log) = &self.mode { log.stream } else { 0 },
            parent_event: event,
            nr: call.nr.into(),
            args: call.args,
            pc: ctx().pc,
        };
        self.be_child(pid, args);
        let task = self.task;
        baton().reset(task);
        let possible = self.affinity.take();
        if let Some(allowed) = self.task.affinity.or(possible) {
            if crate::state::orders().num_cores == 0 {
                self.task.affinity = None;
            }
            // SAFETY: reads the array.
            unsafe { syscall!(__NR_sched_setaffinity, 0, size_of_val(&allowed), allowed.as_ptr()) };
        }
        self.baton_in_use = false;
        // SAFETY: the word is cleared when this thread ends, as for any task.
        unsafe { syscall!(__NR_set_tid_address, task.alive.as_ptr()) };
        if args.flags & CLONE_CLEAR_SIGHAND != 0 {
            crate::signal::host::update_all(&task.process().actions);
        }
        crate::signal::sync_mask(task.signals.blocked);
        if orders_say_no_follow() {
            self.mode = Mode::Unrecorded;
        }
        if let Mode::Record(log) = &mut self.mode {
            *log = Log::fork();
            let mut atts = Vec::new();
            clew_syscalls::outputs(plan, 0, &Memory, &mut |addr, len| {
                if sys::read_guest(addr, &mut [0]) {
                    atts.push(Att::Memory { addr, len });
                }
            });
            let event = log.event(Kind::Fork, stamp, &payload, &atts);
            self.recent.push(event, Kind::Fork as u16, pid.into(), stamp.tick);
        }
        self.share_as_child();
    }

    /// The part of becoming a child that is the same while replaying.
    pub fn be_child(&mut self, pid: u32, args: &CloneArgs) {
        let mut task = self.task;
        self.tasks.keep_only(task);
        self.drop_not_inherited();
        self.forbidden.in_child();
        task.tid = pid;
        task.process().pid = pid;
        task.process().guest_of_another = false;
        self.pid = pid;
        task.robust_list = 0;
        task.seccomp = task.seccomp.inherited();
        if args.flags & CLONE_CLEAR_SIGHAND != 0 {
            crate::signal::clear_handlers(&mut task.process().actions);
        }
        task.clear_child_tid =
            if args.flags & CLONE_CHILD_CLEARTID != 0 { args.child_tid } else { 0 };
        if let Some(sp) = args.stack_pointer() {
            // Where the call's result is set, the rest of the registers is the maker's.
            ctx().gpr[RSP] = sp;
        }
        self.aim_at_slice();
    }
}

/// Has the task this capability (one of the first 32)?
pub fn has_capability(number: u32) -> bool {
    // _LINUX_CAPABILITY_VERSION_3, this process.
    let header = [0x2008_0522u32, 0];
    let mut sets = [0u32; 6];
    // SAFETY: reads and writes the arrays.
    let result = unsafe { syscall!(__NR_capget, header.as_ptr(), sets.as_mut_ptr()) };
    result == 0 && sets[0] >> number & 1 != 0
}

fn orders_say_no_follow() -> bool {
    crate::state::orders().flags & FLAG_NO_FOLLOW != 0
}

/// The kernel's fork, on this very stack in both processes. `late_tid`: the child itself writes its id.
fn fork_now(call: &Call, args: &CloneArgs, late_tid: bool) -> i64 {
    let mut flags = args.flags & !CLONE_CHILD_CLEARTID;
    if late_tid {
        flags &= !CLONE_CHILD_SETTID;
    }
    if call.nr != __NR_clone3 {
        let third = args.parent_tid | args.pidfd;
        let args = [flags | args.exit_signal, 0, third, args.child_tid, args.tls, 0];
        return kernel_now(__NR_clone, &args);
    }
    // The engine's own handlers stay: the child gives the kernel what goes with its table.
    let flags = flags & !CLONE_CLEAR_SIGHAND;
    let real = CloneArgs { flags, stack: 0, stack_size: 0, ..*args };
    let args = [&raw const real as u64, size_of::<CloneArgs>() as u64, 0, 0, 0, 0];
    kernel_now(__NR_clone3, &args)
}

fn kernel_now(nr: u32, args: &[u64; 6]) -> i64 {
    // SAFETY: the child has a copy of all memory and goes on with this very function.
    unsafe { sys::syscall6(nr, *args) }
}
