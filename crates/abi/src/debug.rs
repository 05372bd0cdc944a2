//! What a timeline and the replaying engines it moves say to each other, on the control socket.
//!
//! An engine started with [`crate::orders::FLAG_DEBUG`] stops before the guest's first instruction and
//! whenever a [`RunOrder`] says so. It then sends [`STOPPED`] and does what it is told until it is told
//! to run. While it runs it looks for [`FORK`] and [`INTERRUPT`] every [`POLL_TICKS`].

/// The engine looks for messages after this many ticks, some milliseconds.
pub const POLL_TICKS: u64 = 1 << 20;

/// Engine: it stopped; the payload is a [`Stopped`].
pub const STOPPED: u32 = 32;
/// Engine, to [`FORK`]: `arg` is the copy's pid, or 0 if there is none.
pub const FORKED: u32 = 33;
/// Engine: the answer to a question, in its payload.
pub const ANSWER: u32 = 34;
/// Engine, to [`FORK`]: please copy the memfd that comes along, for the copy of the process. Answered
/// with [`crate::control::FILE`].
pub const COPY_FILE: u32 = 35;

/// Timeline: run; the payload is a [`RunOrder`]. Answered with [`STOPPED`].
pub const RUN: u32 = 48;
/// Timeline: make a copy of the process, which has the descriptor that comes along as its control
/// socket. The copy begins with [`STOPPED`], the original says [`FORKED`] and goes on as it was.
pub const FORK: u32 = 49;
/// Timeline: stop as soon as possible. Without meaning to an engine that has stopped.
pub const INTERRUPT: u32 = 50;
/// Timeline: read `payload` (a `u64`: how many, at most [`crate::control::MAX_PAYLOAD`]) bytes of guest
/// memory at `arg`. The answer is as long as what can be read.
pub const READ: u32 = 51;
/// Timeline: write the payload to guest memory at `arg`. Answered with a `u64`: 1 if it was done.
pub const WRITE: u32 = 52;
/// Timeline: the registers of task `arg`. The answer is a [`Registers`] and an `xsave` image, or empty
/// if there is no such task.
pub const GET_REGISTERS: u32 = 53;
/// Timeline: these are the registers of task `arg`, as [`GET_REGISTERS`] answers. Answered with a `u64`: 1
/// if it was done.
pub const SET_REGISTERS: u32 = 54;
/// Timeline: the tasks. The answer is one [`TaskEntry`] after the other.
pub const TASKS: u32 = 55;
/// Timeline: breakpoints, as `u64`s: for each its address, the number of its conditions and for each of
/// them its length and its bytes, padded to 8. `arg` is 1 if they replace those that were there, 0 if
/// they are more of them. Not answered.
pub const BREAKPOINTS: u32 = 56;
/// Timeline: watchpoints, instead of those that were there: [`WatchEntry`]s. Not answered.
pub const WATCHPOINTS: u32 = 57;
/// Timeline: the auxiliary vector as the guest sees it.
pub const AUXV: u32 = 58;
/// Timeline: the absolute path of the program.
pub const PROGRAM: u32 = 59;

/// Timeline: hashes of guest memory, as the engine's `checksum` makes them.
pub const CHECKSUMS: u32 = 60;

/// Timeline: the real time of the last event that has one, in nanoseconds since 1970: a `u64`.
pub const TIME: u32 = 61;

/// Timeline: the `siginfo` of the signal that strikes here; nothing if none does.
pub const SIGINFO: u32 = 62;

/// A point of a process's execution. See the timeline's `Position`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C)]
pub struct Position {
    pub event: u64,
    pub tick: u64,
    pub pc: u64,
}

impl Position {
    /// Behind everything.
    pub const NEVER: Self = Self { event: u64::MAX, tick: u64::MAX, pc: u64::MAX };
}

/// How to run. The engine stops at the first of all that is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct RunOrder {
    /// Stop at the first position that is not before this one.
    pub limit: Position,
    /// Bits `RUN_*`.
    pub flags: u64,
    /// The task that is stepped, or 0.
    pub step_tid: u64,
    /// Steps end once its pc is outside this range.
    pub step_start: u64,
    pub step_end: u64,
    /// From this tick of this task (0: none) on the engine takes single instructions of it, and
    /// tells the last one's position.
    pub trace_tid: u64,
    pub trace_tick: u64,
    /// Stop once this task (0: none) has this tick.
    pub wait_tid: u64,
    pub wait_tick: u64,
    /// Signals that do not stop: bit 0 is signal 1.
    pub pass_signals: u64,
    /// System calls that stop, a bit for each number; those above 511 go with [`RUN_CATCH_REST`].
    pub catch: [u64; 8],
}

/// Stop at breakpoints, watchpoints, signals and caught calls.
pub const RUN_STOP: u64 = 1;
/// Do not stop there, but remember the last one before the limit.
pub const RUN_COLLECT: u64 = 2;
/// Send the guest's output.
pub const RUN_ECHO: u64 = 4;
/// Run what the debugger wants to run: no events, no effects outside the process.
pub const RUN_DIVERTED: u64 = 8;
/// Catch calls with numbers above 511, too.
pub const RUN_CATCH_REST: u64 = 16;

/// Why an engine stopped ([`Place::reason`]).
pub mod reason {
    /// Nothing happened (in [`super::Stopped::hit`]).
    pub const NONE: u64 = 0;
    /// At the limit, or the awaited tick.
    pub const LIMIT: u64 = 1;
    /// The step is done.
    pub const STEPPED: u64 = 2;
    pub const BREAKPOINT: u64 = 3;
    /// Detail: the number of the watchpoint.
    pub const WATCHPOINT: u64 = 4;
    /// Detail: the signal.
    pub const SIGNAL: u64 = 5;
    /// Detail: the call's number.
    pub const SYSCALL_ENTRY: u64 = 6;
    pub const SYSCALL_RETURN: u64 = 7;
    /// The process's recording ends here. Detail: `control::END_*`, and code or signal.
    pub const END: u64 = 8;
    pub const INTERRUPTED: u64 = 9;
    /// The process was just made, by the start or by a fork.
    pub const BEGUN: u64 = 10;
}

/// Where and why an engine stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Place {
    pub reason: u64,
    pub position: Position,
    /// The running task.
    pub tid: u64,
    pub detail: [u64; 2],
}

/// What [`STOPPED`] says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Stopped {
    pub place: Place,
    /// The last hit before the limit ([`RUN_COLLECT`]), and how many there were. For a watchpoint it is
    /// the place before the access.
    pub hit: Place,
    pub hits: u64,
    /// Where the traced task was before its last instruction, if `traced` is not 0.
    pub previous: Position,
    pub traced: u64,
}

/// A task's registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Registers {
    /// In hardware order.
    pub gpr: [u64; 16],
    pub rip: u64,
    pub rflags: u64,
    pub fs_base: u64,
    pub gs_base: u64,
}

/// A task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct TaskEntry {
    pub tid: u64,
    pub pid: u64,
    pub tick: u64,
    /// `comm`, ended by zeros.
    pub name: [u8; 16],
}

/// A watchpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct WatchEntry {
    pub addr: u64,
    pub len: u64,
    /// `WATCH_*`.
    pub access: u64,
}

pub const WATCH_WRITE: u64 = 0;
pub const WATCH_READ: u64 = 1;
pub const WATCH_ANY: u64 = 2;
