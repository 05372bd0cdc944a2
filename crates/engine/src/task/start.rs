//! Making tasks: threads and children that share the guest's memory.

use super::baton::baton;
use super::{Process, Registers, Task, TaskRef, me};
use crate::asm;
use crate::calls::Outcome;
use crate::log::Stamp;
use crate::signal::frame::AltStack;
use crate::signal::{TaskSignals, sync_mask};
use crate::state::{Engine, Mode, ctx, engine};
use crate::sys::{self, *};
use alloc_crate::boxed::Box;
use clew_abi::record::{ChildPayload, Kind};
use clew_syscalls::Call;
use clew_translate::context::reg::*;
use core::sync::atomic::Ordering;

pub const CLONE_VM: u64 = 0x100;
pub const CLONE_FILES: u64 = 0x400;
pub const CLONE_PIDFD: u64 = 0x1000;
pub const CLONE_VFORK: u64 = 0x4000;
pub const CLONE_THREAD: u64 = 0x1_0000;
pub const CLONE_SETTLS: u64 = 0x8_0000;
pub const CLONE_PARENT_SETTID: u64 = 0x10_0000;
pub const CLONE_CHILD_CLEARTID: u64 = 0x20_0000;
pub const CLONE_CHILD_SETTID: u64 = 0x100_0000;
const CLONE_SIGHAND: u64 = 0x800;
const CLONE_PARENT: u64 = 0x8000;
const CLONE_DETACHED: u64 = 0x40_0000;
/// `clone3` only: the child's handlers are set back.
pub const CLONE_CLEAR_SIGHAND: u64 = 1 << 32;

/// `struct clone_args` (linux/sched.h), and what its predecessors come to in its terms.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct CloneArgs {
    pub flags: u64,
    pub pidfd: u64,
    pub child_tid: u64,
    pub parent_tid: u64,
    pub exit_signal: u64,
    pub stack: u64,
    pub stack_size: u64,
    pub tls: u64,
    pub set_tid: u64,
    pub set_tid_size: u64,
    pub cgroup: u64,
}

impl CloneArgs {
    /// What a call asks for, or a negated errno.
    pub fn of(call: &Call) -> Result<Self, i64> {
        const SIGCHLD: u64 = 17;
        let a = &call.args;
        Ok(match call.nr {
            __NR_fork => Self { exit_signal: SIGCHLD, ..Self::default() },
            __NR_vfork => {
                Self { flags: CLONE_VM | CLONE_VFORK, exit_signal: SIGCHLD, ..Self::default() }
            }
            __NR_clone => Self {
                flags: a[0] & 0xffff_ff00,
                exit_signal: a[0] & 0xff,
                stack: a[1],
                pidfd: a[2],
                parent_tid: a[2],
                child_tid: a[3],
                tls: a[4],
                ..Self::default()
            },
            _ => Self::read(a[0], a[1])?,
        })
    }

    /// The argument of `clone3`, with the checks of what the engine changes before the kernel sees it.
    fn read(addr: u64, size: u64) -> Result<Self, i64> {
        const VER0: u64 = 64;
        const KNOWN: usize = size_of::<CloneArgs>();
        const PAGE: u64 = 4096;
        let error = |errno: u32| Err(-i64::from(errno));
        if size > PAGE {
            return error(E2BIG);
        }
        if size < VER0 {
            return error(EINVAL);
        }
        let mut bytes = [0u8; PAGE as usize];
        if !sys::read_guest(addr, &mut bytes[..size as usize]) {
            return error(EFAULT);
        }
        let (known, more) = bytes.split_at(KNOWN);
        if more.iter().any(|&b| b != 0) {
            return error(E2BIG);
        }
        let word = |i: usize| u64::from_le_bytes(core::array::from_fn(|k| known[8 * i + k]));
        let words: [u64; KNOWN / 8] = core::array::from_fn(word);
        // SAFETY: both are made of as many `u64`s.
        let args = unsafe { core::mem::transmute::<[u64; KNOWN / 8], Self>(words) };
        if args.valid() { Ok(args) } else { error(EINVAL) }
    }

    /// The kernel's checks (`copy_clone_args_from_user`, `clone3_args_valid`) of stack, exit signal and
    /// the flag that it never gets to see.
    fn valid(&self) -> bool {
        const MAX_SIGNAL: u64 = 64;
        let clears = CLONE_SIGHAND | CLONE_CLEAR_SIGHAND;
        let stack = (self.stack == 0) == (self.stack_size == 0);
        let signal = self.exit_signal <= MAX_SIGNAL
            && (self.exit_signal == 0 || self.flags & (CLONE_THREAD | CLONE_PARENT) == 0);
        let flags = self.flags & clears != clears && self.flags & (CLONE_DETACHED | 0x7f) == 0;
        stack && signal && flags
    }

    /// The child's first stack pointer; `None` for that of its maker.
    pub fn stack_pointer(&self) -> Option<u64> {
        (self.stack != 0).then(|| self.stack.wrapping_add(self.stack_size))
    }

    fn has(&self, flag: u64) -> bool {
        self.flags & flag != 0
    }
}

impl Engine {
    /// A task that shares memory with the running one, made by the call in its registers, ready to run
    /// behind it. On both sides; `tid` may be set later.
    fn child_task(&mut self, args: &CloneArgs, maker: TaskRef, tid: u32) -> Option<TaskRef> {
        let process = if args.has(CLONE_THREAD) {
            maker.process
        } else {
            // CLONE_SIGHAND without CLONE_THREAD shares the table of handlers; nobody does that.
            let theirs = maker.process();
            let table = match args.has(CLONE_FILES) || self.replaying() {
                true => theirs.table,
                false => self.files.tables.copy(),
            };
            let cleared = args.has(CLONE_CLEAR_SIGHAND);
            let actions = theirs.actions;
            let limits = theirs.limits;
            let mut process =
                Process { pid: tid, guest_of_another: true, actions, cleared, table, limits };
            if cleared {
                crate::signal::clear_handlers(&mut process.actions);
            }
            Box::into_raw(Box::new(process))
        };
        let recording = !self.replaying();
        // One that died without a trace had the number before.
        if let Some(dead) = self.tasks.find(tid).filter(|_| tid != 0) {
            dead.alive.store(0, Ordering::Relaxed);
            self.tasks.remove(dead);
        }
        let mut task = self.tasks.create(tid, process, recording)?;
        let now = if maker == self.task { Registers::take() } else { maker.registers };
        task.registers = now.behind_call(0);
        if let Some(sp) = args.stack_pointer() {
            task.registers.gpr[RSP] = sp;
        }
        let signals = &maker.signals;
        // The alternate stack goes with a new stack (kernel: sas_ss_reset for CLONE_VM).
        let altstack = match args.has(CLONE_VM) && !args.has(CLONE_VFORK) {
            true => AltStack::RESET,
            false => signals.altstack,
        };
        task.signals = TaskSignals { blocked: signals.blocked, altstack, ..TaskSignals::default() };
        task.affinity = maker.affinity;
        task.tsc_faults = maker.tsc_faults;
        task.cpuid_faults = maker.cpuid_faults;
        task.seccomp = maker.seccomp.inherited();
        if args.has(CLONE_CHILD_CLEARTID) {
            task.clear_child_tid = args.child_tid;
        }
        Some(task)
    }

    /// The kernel counts mappings, also those of tasks: may there be one task more, with something left for
    /// what the engine maps as it goes on? (By the usual limit, `vm.max_map_count`.)
    fn may_map_task(&self) -> bool {
        const MOST: u64 = 65530;
        const LEFT: u64 = 2048;
        const OF_TASK: u64 = 6;
        self.vmas.len() as u64 + OF_TASK * (self.tasks.areas + 1) + LEFT < MOST
    }

    /// Makes a task that shares the guest's memory, while recording.
    pub fn start_task(&mut self, call: &Call, args: &CloneArgs) -> Outcome {
        let maker = self.task;
        if !self.baton_in_use {
            self.baton_in_use = true;
            self.keep_to_one_core();
        }
        let child = if self.may_map_task() { self.child_task(args, maker, 0) } else { None };
        let Some(mut task) = child else {
            return Outcome::of(-i64::from(EAGAIN));
        };
        task.alive.store(1, Ordering::Relaxed);
        if let Some(schedule) = &mut baton().schedule {
            schedule.give_birth(&mut task.luck);
        }
        let (vfork, table) = (args.has(CLONE_VFORK), task.process().table);
        if task.process().guest_of_another {
            baton().expect_death(task);
        }
        self.aim_at_slice();
        sync_mask(u64::MAX);
        if vfork {
            task.made_by = Some(maker);
            // It begins at once: what it gets a copy of must not change before.
            baton().give(task);
        }
        let result = make(call, args, task);
        if vfork {
            if sys::is_error(result) {
                baton().give(maker);
            } else {
                self.take_baton(maker);
            }
            // It has ended or executed a program, and its area may be another's. If there was none,
            // the area is still its own.
            let gone =
                if sys::is_error(result) { Some(task) } else { self.tasks.find(result as u32) };
            if let Some(gone) = gone {
                self.tasks.remove(gone);
            }
            if table != maker.process().table {
                self.files.tables.forget(table);
            }
        }
        if maker.signals.pending.is_none() {
            sync_mask(maker.signals.blocked);
        }
        if sys::is_error(result) {
            task.alive.store(0, Ordering::Relaxed);
            if !vfork {
                self.tasks.remove(task);
            }
            self.aim_at_slice();
            return Outcome::of(result);
        }
        if !vfork {
            if baton().schedule.is_some() {
                // It has its place from here on, whenever its thread gets to run.
                baton().lock();
                baton().enqueue(task, true);
                baton().unlock();
            }
            task.tid = result as u32;
            if task.process != maker.process {
                task.process().pid = task.tid;
            }
        }
        Outcome { result, written: self.write_tids(args, result as u32), ..Outcome::default() }
    }

    /// Writes a new task's id where the call asked for it. Returns what was written, the descriptor
    /// that the kernel wrote included.
    fn write_tids(&mut self, args: &CloneArgs, tid: u32) -> alloc_crate::vec::Vec<(u64, u64)> {
        let mut written = alloc_crate::vec::Vec::new();
        if args.has(CLONE_PIDFD) {
            written.push((args.pidfd, 4));
        }
        let places = [(CLONE_PARENT_SETTID, args.parent_tid), (CLONE_CHILD_SETTID, args.child_tid)];
        for (flag, addr) in places {
            // A vfork child's own word was its business while it ran.
            let late = flag == CLONE_CHILD_SETTID && args.has(CLONE_VFORK);
            if args.has(flag) && !late && sys::write_guest(addr, &tid.to_le_bytes()) {
                written.push((addr, 4));
            }
        }
        written
    }

    /// The recorded call made a task, while replaying.
    pub fn replay_start_task(&mut self, args: &CloneArgs, tid: u32) -> bool {
        // A vfork child has begun, and ended or executed a program, before its maker's call is over.
        if args.has(CLONE_VFORK) {
            if let Some(gone) = self.tasks.find(tid) {
                gone.alive.store(0, Ordering::Relaxed);
                self.tasks.remove(gone);
            }
            return true;
        }
        let maker = self.task;
        self.add_replayed(args, maker, tid)
    }

    /// A `Child` record: the call that `maker` is in made a task, while replaying.
    pub fn replay_child(&mut self, maker: u32, tid: u32) -> bool {
        let Some(maker) = self.tasks.find(maker) else { return false };
        let registers = if maker == self.task { Registers::take() } else { maker.registers };
        match CloneArgs::of(&registers.call()) {
            Ok(args) => self.add_replayed(&args, maker, tid),
            Err(_) => false,
        }
    }

    fn add_replayed(&mut self, args: &CloneArgs, maker: TaskRef, tid: u32) -> bool {
        let Some(mut task) = self.child_task(args, maker, tid) else { return false };
        let mut processor = match &maker.processor {
            Some(processor) if maker != self.task => processor.clone(),
            _ => Box::new(super::Processor::take()),
        };
        if args.has(CLONE_SETTLS) {
            processor.fs = args.tls;
        }
        task.processor = Some(processor);
        task.alive.store(1, Ordering::Relaxed);
        true
    }

    /// Threads take turns, so they stay on one core: handing over within one is several times cheaper.
    fn keep_to_one_core(&mut self) {
        use crate::state::{shared, shared_word};
        if !self.recording() {
            return;
        }
        let mut now = [0u64; 16];
        let mut possible = [u64::MAX; 16];
        let len = size_of_val(&now);
        // SAFETY: the calls read and write the arrays.
        unsafe {
            let bytes = syscall!(__NR_sched_getaffinity, 0, len, now.as_mut_ptr());
            if bytes <= 0 {
                return;
            }
            syscall!(__NR_sched_setaffinity, 0, len, possible.as_ptr());
            possible = [0; 16];
            syscall!(__NR_sched_getaffinity, 0, len, possible.as_mut_ptr());
            self.affinity = Some(possible);
            if crate::state::orders().num_cores == 0 {
                self.task.affinity = (now != possible).then_some(now);
            }
            let cores = now.iter().map(|w| w.count_ones() as u64).sum::<u64>().max(1);
            let turn = shared_word(&shared().next_core).fetch_add(1, Ordering::Relaxed) % cores;
            let mut bits = (0..1024u64).filter(|b| now[*b as usize / 64] >> (b % 64) & 1 != 0);
            let Some(core) = bits.nth(turn as usize) else { return };
            let mut one = [0u64; 16];
            one[core as usize / 64] = 1 << (core % 64);
            syscall!(__NR_sched_setaffinity, 0, bytes, one.as_ptr());
        }
    }

    /// Records that the running task's maker is in a call that made it.
    pub(super) fn record_child(&mut self, task: TaskRef, maker: TaskRef) {
        let stamp = Stamp { tid: self.task.tid, ..self.stamp() };
        let payload = ChildPayload { pc: ctx().pc, tid: task.tid.into(), maker: maker.tid.into() };
        if let Mode::Record(log) = &mut self.mode {
            let event = log.event(Kind::Child, stamp, &payload, &[]);
            self.recent.push(event, Kind::Child as u16, payload.tid, stamp.tick);
        }
    }
}

/// The kernel's call. The task's own words take the place of the guest's.
fn make(call: &Call, args: &CloneArgs, task: TaskRef) -> i64 {
    let own = CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
    let flags = args.flags & !own | CLONE_CHILD_CLEARTID;
    let alive = task.alive.as_ptr() as u64;
    let top = task.stack_top();
    if call.nr != __NR_clone3 {
        // Both are the third argument.
        if args.flags & CLONE_PIDFD != 0 && args.flags & CLONE_PARENT_SETTID != 0 {
            return -i64::from(EINVAL);
        }
        let args = [flags | args.exit_signal, top, args.pidfd, alive, args.tls, 0];
        // SAFETY: the child runs `main` on the task's own stack.
        return unsafe { asm::clew_start_task(__NR_clone.into(), &args) };
    }
    let base = task.area() + clew_abi::layout::TASK_STACK.start;
    // The engine's own handlers stay: the task gives the kernel what goes with its table.
    let flags = flags & !CLONE_CLEAR_SIGHAND;
    let real = CloneArgs { flags, child_tid: alive, stack: base, stack_size: top - base, ..*args };
    let args = [&raw const real as u64, size_of::<CloneArgs>() as u64, 0, 0, 0, 0];
    // SAFETY: as above.
    unsafe { asm::clew_start_task(__NR_clone3.into(), &args) }
}

/// The life of a kernel thread that was made for a task, on its own stack, with all signals blocked.
pub extern "C" fn main() -> ! {
    let mut task = me();
    let (start, size) = task.signal_stack();
    let stack = [start, 0, size];
    // SAFETY: the stack is mapped and this task's alone.
    unsafe { syscall!(__NR_sigaltstack, stack.as_ptr(), 0) };
    let engine = engine();
    if task.made_by.is_some() {
        // SAFETY: no memory.
        task.tid = unsafe { syscall!(__NR_gettid) } as u32;
        task.process().pid = task.tid;
        engine.got_baton(task);
    } else if baton().schedule.is_some() {
        engine.await_baton(task);
        engine.got_baton(task);
    } else {
        engine.take_baton(task);
    }
    if core::mem::take(&mut task.process().cleared) {
        crate::signal::host::update_all(&task.process().actions);
    }
    sync_mask(task.signals.blocked);
    crate::dispatch::resume_guest();
    // SAFETY: `resume_guest` prepared the context.
    unsafe { asm::clew_enter() }
}

impl Registers {
    /// Where the task is once the call it is in has answered `result`.
    fn behind_call(mut self, result: u64) -> Self {
        self.gpr[RAX] = result;
        self.pc += 2;
        self.gpr[RCX] = self.pc;
        self.gpr[R11] = self.rflags;
        self
    }

    /// The call the task is in.
    fn call(&self) -> Call {
        let g = &self.gpr;
        Call { nr: g[RAX] as u32, args: [g[RDI], g[RSI], g[RDX], g[R10], g[R8], g[R9]] }
    }
}

impl Task {
    /// The task that `vfork` made this one for, until it has begun to run.
    pub fn take_maker(&mut self) -> Option<TaskRef> {
        self.made_by.take()
    }
}
