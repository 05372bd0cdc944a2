//! The vocabulary the tables are written in.

use crate::names::{Flags, Names};

/// One system call as a task made it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Call {
    pub nr: u32,
    pub args: [u64; 6],
}

/// The memory of the task that made the call.
pub trait GuestMemory {
    /// Fills `buf` from `addr`; false if any of it cannot be read. Never faults.
    fn read(&self, addr: u64, buf: &mut [u8]) -> bool;
}

/// Which way a call takes. The engine goes by this alone: a call, a command or a handler that one side
/// lacks does not compile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// The kernel makes it while recording; a replay has result and written memory from the trace.
    Plain,
    /// The engine answers it, in the same way while recording and replaying.
    Emulated(Answer),
    /// While recording, the engine may have to do something else than it was asked for; what it does
    /// not have to, is plain. A replay finds it in the trace.
    Special(Way),
    /// Answered with this (positive) errno, never executed.
    Refused(i32),
}

/// How the engine answers an emulated call: its memory, its signals, and what the kernel knows about a
/// task and must not act on by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    Mmap,
    Munmap,
    Mprotect,
    PkeyMprotect,
    Mremap,
    Brk,
    Madvise,
    ProcessMadvise,
    Mseal,
    Mdwe,
    ModifyLdt,
    Shmdt,
    Sigaction,
    Sigprocmask,
    Sigaltstack,
    Sigreturn,
    SegmentBase,
    Tsc,
    CpuidFaults,
    SetTidAddress,
    SetRobustList,
}

/// What is special about a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// The kernel's vDSO reads most clocks.
    Clock,
    Exit,
    /// `clone` and its kin.
    MakeTask,
    Exec,
    Wait,
    Kill,
    Ptrace,
    /// Waiting is the engine's, where no other process can see the word.
    Futex,
    Futex2,
    GetRobustList,
    TidAddress,
    Sigpending,
    Sigtimedwait,
    /// Files under /proc that tell of the engine.
    ProcPath,
    /// The engine's descriptors are left out.
    Getdents,
    CloseRange,
    /// Memory, by `/proc/self/mem`.
    Transfer,
    WriteMemory,
    /// Output that goes through no memory of the guest's.
    MoveBytes,
    Shmat,
    Shmctl,
    Personality,
    /// Filters of system calls are the engine's.
    Seccomp,
    /// What the processor may have and the guest does not get.
    Keys,
    ShadowStack,
    Tags,
    /// The engine's descriptors are not there.
    Poll,
    Select,
    SendMessage,
    /// Ports cannot be recorded.
    Ports,
    /// What the kernel knows of is how the engine was started.
    Auxv,
    /// Some limits are the engine's.
    Limit,
    GetAffinity,
    SetAffinity,
    Yield,
}

/// Whether a call may block: other tasks run meanwhile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Blocking {
    Never,
    /// May block for long or for ever, depending on the descriptor and the flags.
    May,
}

/// What a result means, when it is not an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ret {
    /// A number: a count, zero, an id.
    Int,
    /// A new descriptor.
    Fd,
    /// An address, or something else best read in hexadecimal.
    Hex,
    /// Permission bits.
    Octal,
    /// The call does not come back.
    Never,
}

/// One argument of a call.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    pub name: &'static str,
    pub kind: Kind,
}

/// What an argument is, and what the kernel does through it.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `int`, `pid_t`-like and the like: the low 32 bits, signed.
    Int,
    /// `long`, `off_t`.
    Long,
    /// `unsigned int`.
    Uint,
    /// `size_t`, `unsigned long`.
    Size,
    /// 64 bits best read in hexadecimal.
    Hex,
    /// Permission bits.
    Mode,
    /// Permission bits that count only if argument `.0` has `O_CREAT` or `O_TMPFILE`.
    ModeIfCreated(u8),
    Fd,
    /// A descriptor or `AT_FDCWD`.
    DirFd,
    Pid,
    Signo,
    Flags(&'static Flags),
    Enum(&'static Names),
    /// The argument that selects a variant of the call (an `ioctl`'s request).
    Command,
    /// An address the kernel does not write through.
    Ptr,
    /// An address the kernel writes through in a way the table cannot tell.
    Opaque,
    /// NUL-terminated file name.
    Path,
    /// NUL-terminated string.
    Str,
    /// NULL-terminated vector of strings (`argv`, `envp`).
    StrVec,
    InBuf(Len),
    /// Written if the call succeeds.
    OutBuf(Len),
    /// Read, and written if the call succeeds.
    InOutBuf(Len),
    /// Written in the cases `.0` says.
    OutWhen(When, Len),
    /// `socklen_t *`: capacity in, length out. Written if the call succeeds.
    ValueResultLen,
    /// `struct iovec[]`, argument `.0` of them, read from by the kernel.
    IovecIn(u8),
    /// `struct iovec[]`, argument `.0` of them; `result` bytes are spread over them in order.
    IovecOut(u8),
    /// `struct msghdr *` of a send.
    MsgHdrIn,
    /// `struct msghdr *` of a receive.
    MsgHdrOut,
    /// `struct mmsghdr[]` of a send, argument `.0` of them: `msg_len` is written.
    MmsgHdrIn(u8),
    /// `struct mmsghdr[]` of a receive, argument `.0` of them.
    MmsgHdrOut(u8),
    /// A structure that points at further memory the kernel writes.
    Nested(Nested),
}

/// How many bytes a buffer has. Every length is bounded by what the caller offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Len {
    Fixed(u32),
    /// As many bytes as argument `.0` says.
    Arg(u8),
    /// `.1` bytes for each of argument `.0`.
    ArgTimes(u8, u32),
    /// As many bytes as the result says, at most argument `.0`.
    Result(u8),
    /// `.1` bytes for each that the result counts, of at most argument `.0`.
    ResultTimes(u8, u32),
    /// As [`Len::Result`], and `.1` more bytes (`msgrcv`'s `mtype`).
    ResultPlus(u8, u32),
    /// The `u32` argument `.0` points at, the smaller of before and after the call.
    ValueResult(u8),
    /// The `u32` this very buffer begins with after the call, at most argument `.0`.
    Header(u8),
    /// A bitmap of argument `.0` descriptors, in whole longs (`fd_set`).
    FdSet(u8),
    /// A bitmap of argument `.0` nodes, as `copy_nodes_to_user` counts them.
    NodeMask(u8),
    /// A byte for each page of argument `.0` bytes.
    Pages(u8),
}

/// When a buffer is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// On success.
    Success,
    /// If the result is above zero (`wait4` that found a child).
    Positive,
    /// If a signal interrupted the call (`nanosleep`'s remainder).
    Interrupted,
    /// On success or if interrupted (`poll`).
    Finished,
    /// On success or on this errno.
    SuccessOr(i32),
    /// On this errno only.
    Errno(i32),
    /// Whatever the result (`pselect6`'s time-out).
    Always,
}

/// Structures with pointers inside. [`crate::nested`] follows them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nested {
    /// `struct clone_args` of `clone3`.
    CloneArgs,
    /// `parent_tid` of `clone`: written if the flags say so.
    CloneParentTid,
    /// `child_tid` of `clone`.
    CloneChildTid,
    /// `struct file_handle` of `name_to_handle_at`.
    FileHandle,
    /// `struct xattr_args` of `getxattrat`.
    XattrArgs,
    /// `union bpf_attr` of `BPF_PROG_LOAD` and `BPF_BTF_LOAD`, whose log is at
    /// offset `.0`, of the size at `.1`.
    BpfLog(u8, u8),
    /// `struct ifconf` of `SIOCGIFCONF`.
    IfConf,
    /// A structure of `.head` bytes followed by elements of `.element` bytes, counted by the `u32`
    /// at `.count` once the call is done (at most the one at `.capacity` before).
    Array { head: u8, element: u8, count: u8, capacity: u8 },
    /// `sg_io_hdr_t` of `SG_IO`.
    ScsiGeneric,
    /// `struct uffdio_copy` and its like: the destination is written.
    UffdCopy,
    /// `struct iovec` of `PTRACE_GETREGSET`.
    RegSet,
    /// `struct keyctl_pkey_params`: its `out_len` says how long the result may be.
    KeyOut,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Syscall {
    pub nr: u32,
    pub name: &'static str,
    pub args: &'static [Arg],
    pub class: Class,
    pub blocking: Blocking,
    pub ret: Ret,
    /// What the call turns into, depending on one of its arguments.
    pub variants: Option<&'static Variants>,
}

impl Syscall {
    /// The arguments that are file names or other strings, for the log.
    pub fn in_strings(&self) -> impl Iterator<Item = usize> + use<> {
        strings_of(self.args)
    }
}

pub(crate) fn strings_of(args: &'static [Arg]) -> impl Iterator<Item = usize> + use<> {
    let is_string = |arg: &Arg| matches!(arg.kind, Kind::Path | Kind::Str | Kind::StrVec);
    args.iter().enumerate().filter(move |(_, arg)| is_string(arg)).map(|(i, _)| i)
}

/// The variants of a call that is many calls in one.
#[derive(Clone, Copy, Debug)]
pub struct Variants {
    /// The argument that selects.
    pub arg: u8,
    /// An argument that says within which space it does (a socket option's level): the upper 32
    /// bits of the values of `rows`.
    pub scope: Option<u8>,
    /// The bits of it that do, once shifted.
    pub mask: u64,
    pub shift: u8,
    /// In order of their values.
    pub rows: &'static [Variant],
    /// What a value without a row means.
    pub fallback: Fallback,
    /// Names for the bits outside of `mask`.
    pub extra: Option<&'static Flags>,
}

/// What to make of a value without a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fallback {
    /// The row of the call itself is right for it.
    Row,
    /// Nothing is known about it.
    Unknown,
    /// It tells what it writes, if it is an `_IOC` encoding.
    Ioc,
}

/// One variant: replaces the row of the call.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    pub value: u64,
    pub name: &'static str,
    pub args: &'static [Arg],
    pub class: Class,
    pub blocking: Blocking,
    pub ret: Ret,
}

/// How the rows of the tables are written: one line for each call,
/// `number name Class Blocking (argument: kind, ...) -> Ret by VARIANTS;`.
macro_rules! calls {
    ($(#[$meta:meta])* $table:ident; $($nr:literal $name:ident $class:ident $(($detail:tt))? $block:ident ($($arg:ident: $kind:expr),* $(,)?) $(-> $ret:ident)? $(by $variants:ident)?;)*) => {
        $(#[$meta])*
        pub const $table: &[$crate::model::Syscall] = &[$($crate::model::Syscall {
            nr: $nr,
            name: stringify!($name),
            args: &[$($crate::model::Arg { name: stringify!($arg), kind: $kind }),*],
            class: $crate::model::class!($class $($detail)?),
            blocking: $crate::model::Blocking::$block,
            ret: $crate::model::ret!($($ret)?),
            variants: $crate::model::some!($(&$crate::variants::$variants)?),
        }),*];
    };
}

/// Rows of variants: `value NAME Class Blocking (argument: kind, ...) -> Ret;`.
macro_rules! variants {
    ($(#[$meta:meta])* $table:ident; $($value:literal $name:ident $class:ident $(($detail:tt))? $block:ident ($($arg:ident: $kind:expr),* $(,)?) $(-> $ret:ident)?;)*) => {
        $(#[$meta])*
        pub const $table: &[$crate::model::Variant] = &[$($crate::model::Variant {
            value: $value,
            name: stringify!($name),
            args: &[$($crate::model::Arg { name: stringify!($arg), kind: $kind }),*],
            class: $crate::model::class!($class $($detail)?),
            blocking: $crate::model::Blocking::$block,
            ret: $crate::model::ret!($($ret)?),
        }),*];
    };
}

macro_rules! class {
    (Refused $errno:tt) => {
        $crate::model::Class::Refused($errno)
    };
    (Emulated $answer:tt) => {
        $crate::model::Class::Emulated($crate::model::Answer::$answer)
    };
    (Special $way:tt) => {
        $crate::model::Class::Special($crate::model::Way::$way)
    };
    (Plain) => {
        $crate::model::Class::Plain
    };
}

macro_rules! ret {
    () => {
        $crate::model::Ret::Int
    };
    ($ret:ident) => {
        $crate::model::Ret::$ret
    };
}

macro_rules! some {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}

pub(crate) use {calls, class, ret, some, variants};
