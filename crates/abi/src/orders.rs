//! What the supervisor tells an engine image that it starts.
//!
//! The orders are the first bytes of a memfd that the engine finds at [`fd::ORDERS`] (or, executed
//! by a guest that may not have so many descriptors, by its name [`ORDERS_NAME`]) and maps shared at [`crate::layout::ORDERS`]: an [`Orders`] of little-endian `u64`s, then the strings it
//! points into. The engine is started with `execveat(fd::ENGINE, "", argv, envp, AT_EMPTY_PATH)`
//! where `argv` and `envp` are exactly what the guest shall see (for a `#!` script: the
//! interpreter's), so that the kernel builds the guest's real stack.

use crate::chaos::Chaos;

/// Reserved descriptors. All have close-on-exec clear, except where said.
pub mod fd {
    /// Lowest reserved descriptor number.
    pub const BASE: i32 = 1000;
    /// The memfd with the [`super::Orders`].
    pub const ORDERS: i32 = 1000;
    /// The engine image (a memfd), for the guest's own `execve`.
    pub const ENGINE: i32 = 1001;
    /// The control socket (see [`crate::control`]).
    pub const CONTROL: i32 = 1002;
    /// The trace's directory of event segments (recording only).
    pub const EVENTS: i32 = 1003;
    /// The directory of stored files shared by all traces, or absent (recording only).
    pub const STORE: i32 = 1004;
    /// The memfd with the [`super::Shared`] page (recording only).
    pub const SHARED: i32 = 1007;
    /// The guest's program, which `/proc/self/exe` is for the guest (recording only). Opened by the
    /// engine itself; close-on-exec.
    pub const EXE: i32 = 1008;
    /// The trace's directory of stored files (recording only).
    pub const FILES: i32 = 1009;
    /// The directory of snapshots of translated code, or absent (recording only).
    pub const CODE: i32 = 1010;
    /// Highest reserved descriptor number in use.
    pub const LAST: i32 = CODE;
    /// How many there are.
    pub const COUNT: usize = (LAST - BASE + 1) as usize;
    /// One past the highest reserved descriptor number.
    pub const END: i32 = 1016;
}

/// The names of the memfds with the engine image and with the orders.
pub const ENGINE_NAME: &str = "clew-engine";
pub const ORDERS_NAME: &str = "clew-orders";

/// [`Orders::magic`].
pub const MAGIC: u64 = u64::from_le_bytes(*b"clew-ord");
/// Version of this interface; supervisor and engine come from one build, so any difference is a
/// broken installation.
pub const VERSION: u64 = 4;

pub const MODE_RECORD: u64 = 1;
pub const MODE_REPLAY: u64 = 2;

/// A string in the orders' memfd: `len` bytes at byte `offset`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Text {
    pub offset: u64,
    pub len: u64,
}

/// See the module's documentation. Only `u64`s, so that there is no padding.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Orders {
    pub magic: u64,
    pub version: u64,
    pub mode: u64,
    /// Number of this process's event stream, from 1. A recording process that is made by `fork`
    /// takes the next free one ([`Shared::next_stream`]).
    pub stream: u64,
    /// The program file to load (for a script, its interpreter), absolute or relative to the cwd.
    pub program: Text,
    /// The descriptor on which it is open already, which may be any, plus one; or 0. If there is one,
    /// `program` is only its name, and the engine makes it [`fd::EXE`].
    pub program_open: u64,
    /// The numbers of the reserved descriptors, indexed from [`fd::BASE`], where they are not the
    /// original ones; else 0. That of the orders does not count.
    pub descriptors: [u64; fd::COUNT],
    /// What `AT_EXECFN` shall say: the path as it was given to exec.
    pub execfn: Text,
    /// What `comm` shall be: the file name of the exec'ed path, at most 15 bytes.
    pub comm: Text,
    /// Size of one segment in bytes; at most the length of `layout::SEGMENT`.
    pub segment_bytes: u64,
    /// Ticks of one scheduling slice.
    pub slice_ticks: u64,
    /// Number of cores the guest shall see, 0 for the machine's.
    pub num_cores: u64,
    /// Bits cleared in CPUID: leaf 1 ecx, edx; leaf 7.0 ebx, ecx, edx; leaf 0xd.1 eax.
    pub cpuid_clear: [u64; 6],
    /// Chaos to be made by this process (recording only).
    pub chaos: Chaos,
    /// Bit set of `FLAG_*`.
    pub flags: u64,
    /// Number of the stream's first segment, and the task's tick, where this program begins: not 0
    /// for one that was executed by another.
    pub first_segment: u64,
    pub start_tick: u64,
    /// One byte for each low descriptor: the engine's notes on it (executed programs).
    pub marks: Text,
    /// The task's seccomp filters, as the engine writes them for itself (executed programs).
    pub filters: Text,
    /// What the program that executed this one forbade itself for its life and beyond: see
    /// [`crate::record::ATT_FORBIDDEN`].
    pub forbidden: u64,
    /// Limits of address space (soft, hard), and hard ones of file sizes and open files, that the engine
    /// keeps for the guest, each plus one; 0: none (executed programs).
    pub address_space: [u64; 2],
    pub hard_limits: [u64; 2],
    /// Where this process came from, if its stream begins with this program: see
    /// [`crate::record::ExecPayload`].
    pub parent_stream: u64,
    pub parent_event: u64,
    /// The signals that are not blocked, for a program that was executed by another: all are blocked
    /// until its engine can take them. 0: the kernel knows.
    pub unblocked: u64,
    /// Tells this build of the engine from others; 0 if there are no snapshots of translated code.
    pub build: u64,

    // Replay only.
    /// `Fork` records to come before the process that is asked for: it shows no output until then.
    pub forks: u64,
    /// Stop the replay after this event (0: run to the end).
    pub stop_event: u64,
    /// Hit probes all over the guest's code (see the engine's `debug::stress`): 0 for none, else one
    /// more than the single steps behind each breakpoint.
    pub stress_probes: u64,
    /// `RLIMIT_STACK` of the recorded process in bytes (`u64::MAX`: unlimited): the size its stack
    /// may grow to.
    pub stack_limit: u64,
}

/// A page that all recording engines of a trace share, at [`crate::layout::SHARED`]. All words are
/// updated atomically.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Shared {
    /// Next event number of the trace.
    pub next_event: u64,
    /// Next stream number of the trace.
    pub next_stream: u64,
    /// Counts processes with several threads: each keeps its threads on one core, the next process
    /// on the next one.
    pub next_core: u64,
    /// Processes that have taken part in sharing memory: see [`SHARING_OFFSET`].
    pub sharers: u64,
    /// Bytes of snapshots of translated code that the trace's engines have written.
    pub snapshot_bytes: u64,
    /// What engines know about snapshots, of this trace and of earlier ones: see [`verified_places`]
    /// and [`missed_place`].
    pub ledger: [u64; LEDGER],
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            next_event: 0,
            next_stream: 0,
            next_core: 0,
            sharers: 0,
            snapshot_bytes: 0,
            ledger: [0; LEDGER],
        }
    }
}

/// Length of [`Shared::ledger`]: first comes what is verified, then what was missed.
pub const LEDGER: usize = VERIFIED + MISSED;
const VERIFIED: usize = 128;
const MISSED: usize = 64;
/// Places where a file may be noted, from the one that its identity tells on.
const PROBES: usize = 8;

/// Where in [`Shared::ledger`] the identity (see [`crate::hash::identity`]) of a snapshot may be noted
/// whose checksum some engine has compared since the machine started.
pub fn verified_places(identity: u64) -> impl Iterator<Item = usize> {
    let first = (identity >> 32) as usize;
    (first..first + PROBES).map(|n| n % VERIFIED)
}

/// Where in [`Shared::ledger`] is noted what the snapshot of this name lacked: the name's upper bits,
/// and in the [`MISSED_BITS`] lower ones how many blocks processes that had it translated themselves.
pub fn missed_place(name: u64) -> usize {
    VERIFIED + name as usize % MISSED
}

/// See [`missed_place`].
pub const MISSED_BITS: u32 = 24;

/// Where in the shared memfd the table of shared memory begins: the memfd reaches to its end.
pub const SHARING_OFFSET: u64 = 64 << 20;

pub const SHARED_LEN: usize = size_of::<Shared>();

/// Do not send `control::OUTPUT` messages.
pub const FLAG_QUIET: u64 = 1;
/// Write one line per event to the control socket as a warning (engine debugging).
pub const FLAG_TRACE_EVENTS: u64 = 2;
/// Children run unrecorded.
pub const FLAG_NO_FOLLOW: u64 = 4;

/// The replay is a timeline's: see [`crate::debug`].
pub const FLAG_DEBUG: u64 = 64;

/// Record checksums of guest memory with some events (see the engine's `checksum`).
pub const FLAG_CHECK_MEMORY: u64 = 8;

pub const ORDERS_LEN: usize = size_of::<Orders>();
