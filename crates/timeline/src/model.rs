//! What a timeline is asked and what it answers.

use std::os::fd::BorrowedFd;

use clew_replay::End;

/// A point of one process's execution: the last event that took effect, the running task's tick, its
/// pc. The derived order is the order of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    pub event: u64,
    pub tick: u64,
    pub pc: u64,
}

/// A breakpoint: control at `addr` stops, if there are no conditions or one of them holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakpoint {
    pub addr: u64,
    /// Agent expressions in gdb's bytecode ("The Agent Expression Mechanism" in gdb's manual). One
    /// that cannot be evaluated holds.
    pub conditions: Vec<Vec<u8>>,
}

/// Which accesses to memory stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Those that change what is there.
    Write,
    Read,
    /// Reads, and writes whether they change anything or not.
    Any,
}

/// A watchpoint on `len` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watchpoint {
    pub addr: u64,
    pub len: u64,
    pub access: Access,
}

/// Which system calls stop, before and after they are made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CatchSyscalls {
    #[default]
    None,
    All,
    /// By number.
    Some(Vec<u64>),
}

/// Why a timeline stands where it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A step or a seek is done.
    Arrived,
    /// Control is at a breakpoint.
    Breakpoint,
    /// A watched access: going forward it has just happened, going backward it is about to.
    Watchpoint(Watchpoint),
    /// A signal strikes here and will take effect if time goes on.
    Signal(u8),
    /// The system call at the pc is about to be made.
    SyscallEntry(u64),
    /// It has just returned.
    SyscallReturn(u64),
    /// The first instruction of the process's recording (or of the part that is replayed).
    Beginning,
    /// The end of the process's recording.
    End(End),
    /// `attention` asked for it.
    Interrupted,
}

/// Where and why a timeline stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    pub stop: Stop,
    pub position: Position,
    /// The task that runs there.
    pub tid: u32,
}

/// Where to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    Beginning,
    End,
    /// Behind this event; between two events of the process, behind the earlier one.
    Event(u64),
    /// Where the first task of the process has this tick.
    Tick(u64),
    Position(Position),
}

/// How to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// Until something stops.
    Continue,
    /// One instruction of this task (others run as recorded and may stop).
    Step { tid: u32 },
    /// Instructions of this task, as long as its pc is in `start..end`.
    StepRange { tid: u32, start: u64, end: u64 },
}

/// Forward or backward in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Forward,
    Backward,
}

/// A task of the process at the present position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub tid: u32,
    /// The guest's pid: another than the process's for `vfork` children, which share its memory.
    pub pid: u32,
    /// `comm`.
    pub name: String,
}

/// A task's registers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registers {
    /// In hardware order: rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8 to r15.
    pub gpr: [u64; 16],
    pub rip: u64,
    pub rflags: u64,
    pub fs_base: u64,
    pub gs_base: u64,
    /// x87, SSE, AVX, AVX-512 state as `xsave` stores it (standard format, 64-byte header at 512).
    /// Components lie where this processor's CPUID leaf 0xd says.
    pub xsave: Vec<u8>,
}

/// Becomes readable when a long motion shall stop early (the debugger's connection).
pub type Attention<'a> = BorrowedFd<'a>;
