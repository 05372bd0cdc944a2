//! Tasks: the guest's threads, and children that share its memory (`vfork`, CLONE_VM).
//!
//! While recording each is a kernel thread of its own, with an engine stack, and runs guest or engine
//! code only while it holds the [`baton`]. While replaying all are contexts of one kernel thread.
//! The running task's registers are in the guest context; the others' are in their [`Task`].
//!
//! # Safety
//! A task's state lies at the start of its area (`layout::TASKS`) and stays there until the task has
//! ended for the kernel too. Whoever holds the baton may change all of them; what a task's own
//! signal handler changes meanwhile (`pending` and `signals.pending`) is said at those fields.

pub mod baton;
pub mod exit;
pub mod futex;
mod schedule;
pub mod start;
pub mod traced;

pub use start::main;

use crate::calls::rlimits::Limits;
use crate::calls::seccomp::Seccomp;
use crate::intrinsics::segment_base;
use crate::signal::xstate::{self, Image};
use crate::signal::{Action, TaskSignals};
use crate::state::{Engine, Mode, ctx};
use crate::sys::{self, MAP_ANONYMOUS, MAP_FIXED, MAP_NORESERVE, MAP_PRIVATE, syscall};
use alloc_crate::boxed::Box;
use alloc_crate::vec::Vec;
use clew_abi::debug;
use clew_abi::layout::{PAGE, TASK_AREA, TASK_SIGNAL_STACK, TASK_STACK, TASKS};
use clew_abi::record::{Kind, SwitchPayload};
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicU32, Ordering};

/// A guest task.
#[repr(C)]
pub struct Task {
    /// Not zero when `signals.pending` holds a signal. Set by the task's signal handler, read by the
    /// assembly that enters guest code or the kernel.
    pub pending: u64,
    /// Not zero until the kernel's thread has ended (CLONE_CHILD_CLEARTID): only then may the area be
    /// used again.
    pub alive: AtomicU32,
    /// The task may run: a futex word its thread sleeps on.
    pub go: AtomicU32,
    pub tid: u32,
    /// The guest's task has ended.
    pub exited: bool,
    process: *mut Process,
    /// Its maker waits in `vfork` until it has executed a program or ended.
    made_by: Option<TaskRef>,
    /// The next in the queue for the baton.
    next: Option<TaskRef>,
    /// Who has stopped it with `ptrace`.
    tracer: Option<traced::Tracer>,
    /// What the call that it sleeps in has come to, once it is woken (see `futex`).
    woken: Option<i64>,
    /// When a wait with a limit ends that is made again because what interrupted it was nothing.
    pub wait_limit: Option<baton::Deadline>,
    /// Whether it waits in vain.
    vain: futex::Vain,
    luck: schedule::Luck,
    pub signals: TaskSignals,
    /// Written and woken when the task ends, if not zero.
    pub clear_child_tid: u64,
    /// The head of the guest's list of robust futexes, or zero.
    pub robust_list: u64,
    /// The cores the guest has chosen for it.
    pub affinity: Option<crate::calls::affinity::Cores>,
    /// `PR_SET_TSC`: reading the time stamp counter is a fault. The kernel is not told, as the engine
    /// reads it for the guest.
    pub tsc_faults: bool,
    /// `ARCH_SET_CPUID`: so is the instruction.
    pub cpuid_faults: bool,
    /// Its filters of system calls, while recording.
    pub seccomp: Seccomp,
    /// `comm`, while replaying.
    pub name: [u8; 16],
    /// The task's clock while it does not run.
    tick: u64,
    registers: Registers,
    /// What the processor holds of a task that runs, while replaying.
    processor: Option<Box<Processor>>,
}

/// The part of the guest context that belongs to a task.
#[derive(Clone, Copy)]
pub struct Registers {
    gpr: [u64; 16],
    rflags: u64,
    pc: u64,
    xmm: [[u64; 2]; 16],
}

/// Extended state and segment bases.
#[derive(Clone)]
struct Processor {
    image: Image,
    fs: u64,
    gs: u64,
}

/// A process of the guest's: tasks with the same table of signal handlers and descriptors.
pub struct Process {
    pub pid: u32,
    /// Shares the memory of the process whose stream this is, and is not it.
    pub guest_of_another: bool,
    /// The guest's table of signal handlers, indexed by signal number.
    pub actions: [Action; 65],
    /// The kernel has to be told of `actions` (CLONE_CLEAR_SIGHAND).
    pub cleared: bool,
    /// The number of its table of descriptors (`calls::marks`).
    pub table: u32,
    /// The limits that the engine keeps for it, while recording.
    pub limits: Limits,
}

impl Process {
    /// A process at its start.
    pub fn new(pid: u32) -> Self {
        Self {
            pid,
            guest_of_another: false,
            actions: [Action::default(); 65],
            cleared: false,
            table: 0,
            limits: Limits::default(),
        }
    }
}

/// A task that is there. Copies name the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskRef(*mut Task);

impl Deref for TaskRef {
    type Target = Task;
    #[inline]
    fn deref(&self) -> &Task {
        // SAFETY: see the module's documentation.
        unsafe { &*self.0 }
    }
}

impl DerefMut for TaskRef {
    #[inline]
    fn deref_mut(&mut self) -> &mut Task {
        // SAFETY: see the module's documentation.
        unsafe { &mut *self.0 }
    }
}

impl TaskRef {
    fn area(self) -> u64 {
        self.0 as u64
    }

    /// Where its engine stack begins.
    pub fn stack_top(self) -> u64 {
        self.area() + TASK_STACK.end - 64
    }

    /// Address of its `pending` word.
    pub fn pending_at(self) -> u64 {
        self.area() + core::mem::offset_of!(Task, pending) as u64
    }

    /// Address and size of its signal stack.
    pub fn signal_stack(self) -> (u64, u64) {
        (self.area() + TASK_SIGNAL_STACK.start, TASK_SIGNAL_STACK.len())
    }
}

impl Task {
    pub fn process(&self) -> &'static mut Process {
        // SAFETY: processes are never freed; see the module's documentation.
        unsafe { &mut *self.process }
    }

    /// Is it another thread of a task's process?
    pub fn is_sibling(&self, of: TaskRef) -> bool {
        self.process == of.process && !core::ptr::eq(self, of.0)
    }

    /// Has the kernel's thread not ended?
    pub fn lives(&self) -> bool {
        self.alive.load(Ordering::Acquire) != 0
    }

    /// Its clock, while it does not run.
    pub fn stopped_at_tick(&self) -> u64 {
        self.tick
    }

    /// The guest's registers, while it does not run.
    pub fn stack_pointer(&self) -> u64 {
        self.registers.gpr[clew_translate::context::reg::RSP]
    }
}

/// The task whose stack this code runs on: while recording, the one this kernel thread is.
#[inline]
pub fn me() -> TaskRef {
    let sp: u64;
    // SAFETY: reads a register.
    unsafe { core::arch::asm!("mov {}, rsp", out(reg) sp, options(nomem, nostack)) };
    TaskRef((sp & !(TASK_AREA - 1)) as *mut Task)
}

/// All tasks of the process (and of those that share its memory).
#[derive(Default)]
pub struct Tasks {
    /// Those that have not ended.
    pub list: Vec<TaskRef>,
    /// Those that have, and whose areas may be used again once the kernel's threads are gone.
    ended: Vec<TaskRef>,
    /// Areas used so far.
    areas: u64,
}

impl Tasks {
    /// More than one task may want to run.
    pub fn several(&self) -> bool {
        self.list.len() > 1
    }

    pub fn find(&self, tid: u32) -> Option<TaskRef> {
        self.list.iter().copied().find(|t| t.tid == tid)
    }

    /// A new task's area with `tid` and `process`; `None` if there is no memory.
    pub fn create(&mut self, tid: u32, process: *mut Process, stacks: bool) -> Option<TaskRef> {
        let gone = |t: &TaskRef| !t.lives();
        let area = match self.ended.iter().position(gone) {
            Some(at) => self.ended.swap_remove(at).area(),
            None => self.map_area(stacks)?,
        };
        let task = area as *mut Task;
        let fresh = Task {
            pending: 0,
            alive: AtomicU32::new(0),
            go: AtomicU32::new(0),
            tid,
            exited: false,
            process,
            made_by: None,
            next: None,
            tracer: None,
            woken: None,
            wait_limit: None,
            vain: futex::Vain::default(),
            luck: schedule::Luck::default(),
            signals: TaskSignals::default(),
            clear_child_tid: 0,
            robust_list: 0,
            affinity: None,
            tsc_faults: false,
            cpuid_faults: false,
            seccomp: Seccomp::default(),
            name: [0; 16],
            tick: 0,
            registers: Registers::take(),
            processor: None,
        };
        // SAFETY: the area is mapped and nobody's. A used one holds no heap memory any more.
        unsafe { task.write(fresh) };
        let task = TaskRef(task);
        self.list.push(task);
        Some(task)
    }

    fn map_area(&mut self, stacks: bool) -> Option<u64> {
        let area = TASKS.start + self.areas * TASK_AREA;
        if area + TASK_AREA > TASKS.end {
            return None;
        }
        let map = |start: u64, len: u64, prot: u32| {
            let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
            // SAFETY: areas belong to tasks, and this one to none.
            unsafe { sys::mmap(area + start, len, prot, flags, -1, 0) == (area + start) as i64 }
        };
        let rw = sys::PROT_READ | sys::PROT_WRITE;
        let (signal, stack) = (TASK_SIGNAL_STACK, TASK_STACK);
        let mapped = map(0, PAGE, rw)
            && (!stacks
                || map(signal.start, signal.len(), rw) && map(stack.start, stack.len(), rw));
        if !mapped {
            return None;
        }
        self.areas += 1;
        Some(area)
    }

    /// Forgets a task that has ended.
    pub fn remove(&mut self, mut task: TaskRef) {
        self.list.retain(|t| *t != task);
        self.list.iter().for_each(|t| t.forget_tracer(task));
        baton::baton().forget_mortal(task);
        task.processor = None;
        task.seccomp = Seccomp::default();
        self.ended.push(task);
    }

    /// After `fork`: only `task` is left, the other areas are free.
    pub fn keep_only(&mut self, task: TaskRef) {
        for mut other in core::mem::take(&mut self.list) {
            if other != task {
                other.alive.store(0, Ordering::Relaxed);
                other.processor = None;
                other.seccomp = Seccomp::default();
                self.ended.push(other);
            }
        }
        for other in &mut self.ended {
            other.alive.store(0, Ordering::Relaxed);
        }
        self.list.push(task);
    }
}

impl Registers {
    /// The context's.
    pub fn take() -> Self {
        let c = ctx();
        Self { gpr: c.gpr, rflags: c.rflags, pc: c.pc, xmm: c.xmm }
    }

    fn put(&self) {
        let c = ctx();
        (c.gpr, c.rflags, c.pc, c.xmm) = (self.gpr, self.rflags, self.pc, self.xmm);
    }
}

impl Engine {
    /// Makes `task` the running one: the old one's registers go where they are kept. The caller
    /// records the switch or has found it recorded.
    pub fn switch_to(&mut self, task: TaskRef) {
        let mut old = self.task;
        if old == task {
            return;
        }
        let recording = self.recording();
        if !old.exited {
            old.registers = Registers::take();
            old.tick = self.ticks.now();
            if !recording {
                old.processor = Some(Box::new(Processor::take()));
            }
        }
        if old.process != task.process {
            self.files.tables.change_to(task.process().table);
            self.pid = task.process().pid;
        }
        self.task = task;
        task.registers.put();
        let c = ctx();
        c.pending_at = task.pending_at();
        if !recording {
            if let Some(processor) = &self.task.processor {
                processor.put();
            }
        } else {
            c.engine_sp = task.stack_top();
        }
        self.ticks.set(task.tick);
        if recording {
            self.aim_at_slice();
        }
    }

    /// Records that `task` runs from here on instead of the one whose registers are in the context.
    pub fn record_switch(&mut self, task: TaskRef) {
        let stamp = self.stamp();
        self.between = false;
        let payload = SwitchPayload { pc: ctx().pc, tid: task.tid.into() };
        if let Mode::Record(log) = &mut self.mode {
            let event = log.event(Kind::Switch, stamp, &payload, &[]);
            self.recent.push(event, Kind::Switch as u16, payload.tid, stamp.tick);
        }
    }
}

impl Engine {
    /// A task's registers, for the debugger.
    pub fn registers_of(&mut self, task: TaskRef) -> (debug::Registers, Image) {
        let running = task == self.task;
        let registers = if running { Registers::take() } else { task.registers };
        let processor = match &task.processor {
            Some(processor) if !running => (**processor).clone(),
            _ => Processor::take(),
        };
        let Registers { gpr, rflags, pc, .. } = registers;
        let rflags = self.shown_flags_at(pc, rflags);
        let (fs_base, gs_base) = (processor.fs, processor.gs);
        (debug::Registers { gpr, rip: pc, rflags, fs_base, gs_base }, processor.image)
    }

    /// Changes them. An image that is too short leaves the extended state alone.
    pub fn set_registers_of(&mut self, mut task: TaskRef, new: &debug::Registers, image: &[u8]) {
        let running = task == self.task;
        let (_, mut state) = self.registers_of(task);
        if let Some(image) = image.get(..xstate::MAX) {
            state.bytes_mut().copy_from_slice(image);
        }
        let xmm = core::array::from_fn(|n| state.xmm(n));
        let registers = Registers { gpr: new.gpr, rflags: new.rflags, pc: new.rip, xmm };
        let processor = Processor { image: state, fs: new.fs_base, gs: new.gs_base };
        if running {
            registers.put();
            processor.put();
        } else {
            task.registers = registers;
            task.processor = Some(Box::new(processor));
        }
    }
}

impl Processor {
    fn take() -> Self {
        let mut image = Image::zero();
        xstate::save(&mut image);
        Self { image, fs: segment_base(true), gs: segment_base(false) }
    }

    fn put(&self) {
        let mut image = self.image.clone();
        xstate::load(&mut image, xstate::enabled());
        set_segment_bases(self.fs, self.gs);
    }
}

/// Gives the processor a task's FS and GS bases.
pub fn set_segment_bases(fs: u64, gs: u64) {
    use crate::calls::emulate::{ARCH_SET_FS, ARCH_SET_GS};
    for (code, base) in [(ARCH_SET_FS, fs), (ARCH_SET_GS, gs)] {
        // SAFETY: the segment bases are the guest's alone.
        unsafe { syscall!(sys::__NR_arch_prctl, code, base) };
    }
}
