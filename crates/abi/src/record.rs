//! The event records a trace consists of.
//!
//! A process's events are one stream, cut into segments of at most `segment_bytes`. A segment is a
//! [`SegmentHeader`] followed by records, one after the other, each a multiple of 8 bytes long:
//! a [`Header`], a fixed payload that depends on the [`Kind`], and attachments. The engine writes a
//! zero word behind a record before it writes the record's first word, so a segment of a killed
//! process ends with a zero word; what lies behind that may be left from an earlier segment. No record crosses a segment's end; a
//! segment that is followed by another one ends with a [`Kind::SegmentEnd`] record.
//!
//! All integers are little-endian.

/// First word of a segment.
pub const SEGMENT_MAGIC: u64 = u64::from_le_bytes(*b"clewseg1");

/// Format version of events, segments and `meta.json`; readers refuse a greater one.
pub const FORMAT_VERSION: u32 = 2;

/// Default size of a segment in bytes.
pub const SEGMENT_BYTES: u64 = 4 << 20;

/// The first bytes of each segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct SegmentHeader {
    pub magic: u64,
    /// 0, 1, 2, ... within the stream.
    pub sequence: u64,
    pub version: u32,
    pub reserved: u32,
}
pub const SEGMENT_HEADER_LEN: usize = 24;

/// What kind of event a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u16)]
pub enum Kind {
    /// Nothing was written here: the stream ends.
    None = 0,
    /// The stream goes on in the next segment. No payload. Not an event (event number 0).
    SegmentEnd = 1,
    /// The process begins (exec): [`ExecPayload`], then attachments that build its memory, in order.
    Exec = 2,
    /// [`SyscallPayload`], then attachments.
    Syscall = 3,
    /// A nondeterministic instruction: [`InstrPayload`].
    Instr = 4,
    /// [`SignalPayload`], then possibly attachments.
    Signal = 5,
    /// Another task of the domain runs from here on: [`SwitchPayload`]. Header: the task that stops
    /// running, and where it stands (at a system call it is in, or between two instructions).
    Switch = 6,
    /// The process ended: [`ExitPayload`].
    Exit = 7,
    /// Attachments that belong to the next `Syscall` record of the same task, because they would
    /// not fit into one record. Not an event (event number 0).
    Data = 8,
    /// The process begins (fork): [`ForkPayload`]. Header: the state of the forking task at its call.
    /// The memory is the parent's at that event, so a replay begins with the parent's events up to it.
    Fork = 9,
    /// Memory changed at this position though the guest's own instructions did not change it:
    /// [`MemoryPayload`], then attachments.
    Memory = 10,
    /// A task began that shares the memory of the one that made it and waits for it (`vfork`):
    /// [`ChildPayload`]. Header: as for a [`Kind::Switch`], which follows.
    Child = 11,
}

impl Kind {
    pub const fn from_u16(value: u16) -> Option<Self> {
        Some(match value {
            0 => Self::None,
            1 => Self::SegmentEnd,
            2 => Self::Exec,
            3 => Self::Syscall,
            4 => Self::Instr,
            5 => Self::Signal,
            6 => Self::Switch,
            7 => Self::Exit,
            8 => Self::Data,
            9 => Self::Fork,
            10 => Self::Memory,
            11 => Self::Child,
            _ => return None,
        })
    }

    /// Bytes of fixed payload between the header and the attachments.
    pub const fn payload_len(self) -> usize {
        match self {
            Self::None | Self::SegmentEnd | Self::Data => 0,
            Self::Exec => size_of::<ExecPayload>(),
            Self::Syscall => size_of::<SyscallPayload>(),
            Self::Instr => size_of::<InstrPayload>(),
            Self::Signal => size_of::<SignalPayload>(),
            Self::Switch => size_of::<SwitchPayload>(),
            Self::Fork => size_of::<ForkPayload>(),
            Self::Memory => size_of::<MemoryPayload>(),
            Self::Child => size_of::<ChildPayload>(),
            Self::Exit => size_of::<ExitPayload>(),
        }
    }
}

/// Precedes every record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Header {
    /// Length of the whole record in bytes (a multiple of 8, header included). Together with
    /// `kind` and `flags` this is the word that is written last.
    pub len: u32,
    pub kind: u16,
    /// `REC_*`.
    pub flags: u16,
    /// Event number, unique and increasing in the whole trace; 0 for records that are no events.
    pub event: u64,
    /// Ticks of the task when the event happened.
    pub tick: u64,
    /// Hash of the general registers when the event happened, before its effects.
    pub check: u32,
    /// The task, by the tid the guest knows.
    pub tid: u32,
}
pub const HEADER_LEN: usize = 32;

/// Syscall: the guest wrote to what was descriptor 1 when it started.
pub const REC_STDOUT: u16 = 1;
/// Syscall: the guest wrote to what was descriptor 2 when it started.
pub const REC_STDERR: u16 = 2;
/// Syscall: interrupted; a `Signal` record follows and the result is not yet visible.
pub const REC_INTERRUPTED: u16 = 4;
/// A switch, signal or new task at an instruction that a replay finds only by looking at each since the
/// tick.
pub const REC_BETWEEN: u16 = 8;

/// Syscall: a seccomp filter of the guest's answered it. It was not made.
pub const REC_DENIED: u16 = 16;

/// Payload of [`Kind::Exec`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct ExecPayload {
    pub pid: u32,
    pub ppid: u32,
    /// First instruction (of the interpreter, if there is one) and initial stack pointer.
    pub pc: u64,
    pub sp: u64,
    /// The stack's mapping at start, and the lowest address it may grow down to.
    pub stack_start: u64,
    pub stack_end: u64,
    pub stack_limit: u64,
    /// Start of the heap (`brk`).
    pub brk: u64,
    /// The guest's vDSO: address and length in bytes.
    pub vdso: u64,
    pub vdso_len: u64,
    /// Signals ignored and blocked at start, bit `n - 1` for signal `n`.
    pub sig_ignored: u64,
    pub sig_blocked: u64,
    /// `CLOCK_MONOTONIC` and `CLOCK_REALTIME` in nanoseconds.
    pub monotonic_ns: u64,
    pub realtime_ns: u64,
    /// The stream in which this process lived until it executed this program, sharing its parent's
    /// memory (`vfork`, `posix_spawn`), and the event of its making there. 0 if this stream has
    /// been its own before, or is the trace's first.
    pub parent_stream: u64,
    pub parent_event: u64,
}

/// Payload of [`Kind::Fork`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct ForkPayload {
    pub pid: u32,
    pub ppid: u32,
    /// The parent's stream, and the number of the event there that made this process. It is missing
    /// if the parent was killed at that moment: then its stream ends there.
    pub parent_stream: u64,
    pub parent_event: u64,
    /// The call that made it.
    pub nr: u64,
    pub args: [u64; 6],
    /// Address of the `syscall` instruction.
    pub pc: u64,
}

/// Payload of [`Kind::Switch`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct SwitchPayload {
    /// Where the task of the header stands.
    pub pc: u64,
    /// The task that runs from here on.
    pub tid: u64,
}

/// Payload of [`Kind::Child`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct ChildPayload {
    /// Where the task of the header stands.
    pub pc: u64,
    pub tid: u64,
    /// The task whose call made it, and has not ended.
    pub maker: u64,
}

/// Payload of [`Kind::Memory`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct MemoryPayload {
    /// The guest's pc.
    pub pc: u64,
}

/// Payload of [`Kind::Syscall`]. A call that was replaced by the engine's own answer is recorded
/// as the guest made it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct SyscallPayload {
    pub nr: u64,
    pub result: i64,
    pub args: [u64; 6],
    /// Address of the `syscall` instruction.
    pub pc: u64,
}

/// Payload of [`Kind::Instr`]: the registers an instruction set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct InstrPayload {
    /// Address of the instruction.
    pub pc: u64,
    /// `INSTR_*`.
    pub op: u64,
    pub rax: u64,
    pub rbx: u64,
    pub rcx: u64,
    pub rdx: u64,
    pub rflags: u64,
}
pub const INSTR_RDTSC: u64 = 1;
pub const INSTR_RDTSCP: u64 = 2;
pub const INSTR_RDPID: u64 = 3;
pub const INSTR_CPUID: u64 = 4;
pub const INSTR_RDRAND: u64 = 5;
pub const INSTR_RDSEED: u64 = 6;
pub const INSTR_XGETBV: u64 = 7;

/// Payload of [`Kind::Signal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct SignalPayload {
    /// The guest's pc when the signal struck.
    pub pc: u64,
    pub signo: u32,
    /// `SIG_ACT_*`.
    pub action: u32,
    /// The kernel's `siginfo_t`.
    pub siginfo: [u64; 16],
}
/// The signal kills the process.
pub const SIG_ACT_FATAL: u32 = 1;
/// A handler runs.
pub const SIG_ACT_HANDLER: u32 = 2;
/// Taken and ignored.
pub const SIG_ACT_IGNORED: u32 = 3;

/// Payload of [`Kind::Exit`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct ExitPayload {
    /// Exit status (0 to 255) if the process exited.
    pub code: u32,
    /// Signal number if one killed it, else 0.
    pub signal: u32,
}

/// An attachment: this header, `len` bytes, padding with zeros to a multiple of 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Attachment {
    /// `ATT_*`.
    pub kind: u32,
    /// Bytes that follow, without padding.
    pub len: u32,
    /// A guest address or another number, depending on the kind.
    pub addr: u64,
}
pub const ATTACHMENT_LEN: usize = 16;

/// The bytes were written to guest memory at `addr`.
pub const ATT_WRITE: u32 = 1;
/// An in-string of the call (a path), without the NUL: `addr` is the argument's index. Only for
/// people who read the trace.
pub const ATT_STRING: u32 = 2;
/// Memory was mapped at `addr`: a [`MapPayload`], then the key of the stored file (empty for
/// anonymous memory).
pub const ATT_MAP: u32 = 3;
/// `addr` is 0; the NUL-separated, NUL-terminated argument vector (Exec only).
pub const ATT_ARGV: u32 = 4;
/// The environment (Exec only).
pub const ATT_ENVP: u32 = 5;
/// The program's path (Exec only).
pub const ATT_EXE: u32 = 6;
/// The file that a mapping comes from, as the guest knows it (its absolute path); belongs to the
/// `ATT_MAP` before it.
pub const ATT_MAP_PATH: u32 = 7;

/// Error code, trap number and fault address of a signal's frame: three `u64`s (Signal only).
pub const ATT_FAULT: u32 = 8;

/// First bytes of an [`ATT_MAP`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct MapPayload {
    /// Length in bytes, a multiple of the page size.
    pub len: u64,
    /// `PROT_*` as the guest sees them.
    pub prot: u32,
    /// `MAP_*` as the guest gave them.
    pub flags: u32,
    /// Offset in the file in bytes.
    pub offset: u64,
}

/// A mapped file's size changed: `addr` is its new size, the bytes are its identity (the key's first
/// two fields).
pub const ATT_FILE_SIZE: u32 = 9;

/// Checksums of guest memory after the event: `start`, `end`, hash for each mapping (`u64`s).
pub const ATT_CHECKSUMS: u32 = 10;

/// Bytes that the kernel moved to one of the guest's standard streams without passing through its
/// memory.
pub const ATT_OUTPUT: u32 = 11;

/// When the event took effect: `addr` is the real time in nanoseconds since 1970. With an event every few
/// milliseconds, if there are any; no bytes.
pub const ATT_TIME: u32 = 12;

/// Where guest code goes (Exec only, before all others): the start of the code window, a `u64`. Absent
/// for `layout::CodeWindow::LOW`.
pub const ATT_WINDOW: u32 = 13;

/// With [`ATT_CHECKSUMS`]: what the running task's stack holds from `addr` on, so that a replay can say
/// where it differs.
pub const ATT_STACK: u32 = 14;

/// What the program is forbidden from the beginning, as it was the one that executed it (Exec only; absent:
/// nothing). `addr` is made of [`FORBIDDEN_TSC`] and, from bit [`FORBIDDEN_MDWE`] on, `PR_MDWE_*`; no
/// bytes.
pub const ATT_FORBIDDEN: u32 = 15;
/// Reading the time stamp counter (`PR_SET_TSC`).
pub const FORBIDDEN_TSC: u64 = 1;
/// Making memory executable (`PR_SET_MDWE`).
pub const FORBIDDEN_MDWE: u32 = 8;

/// The file a key belongs to: device and inode, the key's first two fields.
pub fn key_identity(key: &[u8]) -> &[u8] {
    let second = key.iter().enumerate().filter(|(_, b)| **b == b'-').nth(1);
    &key[..second.map_or(key.len(), |(i, _)| i)]
}

/// The size of the file when its copy was made, in bytes: the key's third field.
pub fn key_size(key: &[u8]) -> u64 {
    let field = key.split(|&b| b == b'-').nth(2).unwrap_or(&[]);
    core::str::from_utf8(field).ok().and_then(|t| u64::from_str_radix(t, 16).ok()).unwrap_or(0)
}

/// Does the copy belong to one mapping alone, because the file was changing?
pub fn key_unsettled(key: &[u8]) -> bool {
    key.windows(2).any(|w| w == b"-u")
}

/// In [`MapPayload::flags`]: the process's stack, with all the room it may grow into. Not a flag of
/// the kernel's.
pub const MAP_MAIN_STACK: u32 = 1 << 31;

/// Rounds a length up to the records' granularity.
pub const fn padded(len: usize) -> usize {
    (len + 7) & !7
}
