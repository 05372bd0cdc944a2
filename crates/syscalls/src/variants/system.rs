//! Smaller ones: `bpf(2)`, `seccomp(2)`, `syslog(2)`, `modify_ldt(2)`, `sysfs(2)`, `name_to_handle_at(2)`.

use super::by;
use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::{Fallback, Variants, variants};
use crate::model::{Nested::*, When};
use crate::names::*;

pub static BPF: Variants = by(0, BPF_ROWS, Fallback::Unknown);
pub static SECCOMP: Variants = by(0, SECCOMP_ROWS, Fallback::Unknown);
pub static SYSLOG: Variants = by(0, SYSLOG_ROWS, Fallback::Unknown);
pub static MODIFY_LDT: Variants = by(0, LDT_ROWS, Fallback::Unknown);
pub static SYSFS: Variants = by(0, SYSFS_ROWS, Fallback::Unknown);

/// `AT_HANDLE_MNT_ID_UNIQUE` makes the mount's id twice as long.
pub static NAME_TO_HANDLE: Variants = Variants {
    arg: 4,
    scope: None,
    mask: 1,
    shift: 0,
    rows: HANDLE_ROWS,
    fallback: Fallback::Row,
    extra: None,
};

// How long a map's keys and values are, only the kernel knows.
#[rustfmt::skip]
variants! {
    BPF_ROWS;
    0 BPF_MAP_CREATE Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint) -> Fd;
    1 BPF_MAP_LOOKUP_ELEM Plain Never (cmd: Command, attr: Opaque, size: Uint);
    2 BPF_MAP_UPDATE_ELEM Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint);
    3 BPF_MAP_DELETE_ELEM Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint);
    4 BPF_MAP_GET_NEXT_KEY Plain Never (cmd: Command, attr: Opaque, size: Uint);
    5 BPF_PROG_LOAD Plain May (cmd: Command, attr: Nested(BpfLog(32, 28)), size: Uint) -> Fd;
    6 BPF_OBJ_PIN Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint);
    7 BPF_OBJ_GET Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint) -> Fd;
    8 BPF_PROG_ATTACH Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint);
    9 BPF_PROG_DETACH Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint);
    10 BPF_PROG_TEST_RUN Plain May (cmd: Command, attr: Opaque, size: Uint);
    11 BPF_PROG_GET_NEXT_ID Plain Never (cmd: Command, attr: InOutBuf(Fixed(8)), size: Uint);
    12 BPF_MAP_GET_NEXT_ID Plain Never (cmd: Command, attr: InOutBuf(Fixed(8)), size: Uint);
    13 BPF_PROG_GET_FD_BY_ID Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint) -> Fd;
    14 BPF_MAP_GET_FD_BY_ID Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint) -> Fd;
    15 BPF_OBJ_GET_INFO_BY_FD Plain Never (cmd: Command, attr: Opaque, size: Uint);
    17 BPF_RAW_TRACEPOINT_OPEN Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint) -> Fd;
    18 BPF_BTF_LOAD Plain May (cmd: Command, attr: Nested(BpfLog(8, 20)), size: Uint) -> Fd;
    19 BPF_BTF_GET_FD_BY_ID Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint) -> Fd;
    22 BPF_MAP_FREEZE Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint);
    23 BPF_BTF_GET_NEXT_ID Plain Never (cmd: Command, attr: InOutBuf(Fixed(8)), size: Uint);
    28 BPF_LINK_CREATE Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint) -> Fd;
    29 BPF_LINK_UPDATE Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint);
    30 BPF_LINK_GET_FD_BY_ID Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint) -> Fd;
    31 BPF_LINK_GET_NEXT_ID Plain Never (cmd: Command, attr: InOutBuf(Fixed(8)), size: Uint);
    32 BPF_ENABLE_STATS Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint) -> Fd;
    33 BPF_ITER_CREATE Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint) -> Fd;
    34 BPF_LINK_DETACH Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint);
    35 BPF_PROG_BIND_MAP Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint);
    36 BPF_TOKEN_CREATE Plain Never (cmd: Command, attr: InBuf(Arg(2)), size: Uint) -> Fd;
}

#[rustfmt::skip]
variants! {
    SECCOMP_ROWS;
    0 SECCOMP_SET_MODE_STRICT Special(Seccomp) Never (operation: Command, flags: Hex, args: Ptr);
    1 SECCOMP_SET_MODE_FILTER Special(Seccomp) Never (operation: Command, flags: Flags(&SECCOMP_FILTER), args: Ptr);
    2 SECCOMP_GET_ACTION_AVAIL Plain Never (operation: Command, flags: Hex, args: InBuf(Fixed(4)));
    3 SECCOMP_GET_NOTIF_SIZES Plain Never (operation: Command, flags: Hex, args: OutBuf(Fixed(6)));
}

#[rustfmt::skip]
variants! {
    SYSLOG_ROWS;
    0 SYSLOG_ACTION_CLOSE Plain Never (type: Command);
    1 SYSLOG_ACTION_OPEN Plain Never (type: Command);
    2 SYSLOG_ACTION_READ Plain May (type: Command, buf: OutBuf(Result(2)), len: Int);
    3 SYSLOG_ACTION_READ_ALL Plain Never (type: Command, buf: OutBuf(Result(2)), len: Int);
    4 SYSLOG_ACTION_READ_CLEAR Plain Never (type: Command, buf: OutBuf(Result(2)), len: Int);
    5 SYSLOG_ACTION_CLEAR Plain Never (type: Command);
    6 SYSLOG_ACTION_CONSOLE_OFF Plain Never (type: Command);
    7 SYSLOG_ACTION_CONSOLE_ON Plain Never (type: Command);
    8 SYSLOG_ACTION_CONSOLE_LEVEL Plain Never (type: Command, buf: Ptr, len: Int);
    9 SYSLOG_ACTION_SIZE_UNREAD Plain Never (type: Command);
    10 SYSLOG_ACTION_SIZE_BUFFER Plain Never (type: Command);
}

// The names are ours: no header has any for these numbers.
#[rustfmt::skip]
variants! {
    LDT_ROWS;
    0 READ_LDT Plain Never (func: Command, ptr: OutBuf(Result(2)), bytecount: Size);
    1 WRITE_LDT_OLD Emulated(ModifyLdt) Never (func: Command, ptr: InBuf(Fixed(16)), bytecount: Size);
    2 READ_LDT_DEFAULT Plain Never (func: Command, ptr: OutBuf(Result(2)), bytecount: Size);
    17 WRITE_LDT Emulated(ModifyLdt) Never (func: Command, ptr: InBuf(Fixed(16)), bytecount: Size);
}

#[rustfmt::skip]
variants! {
    SYSFS_ROWS;
    1 FS_INDEX Plain Never (option: Command, fsname: Str);
    2 FS_NAME Plain Never (option: Command, index: Uint, buf: Opaque);
    3 FS_COUNT Plain Never (option: Command);
}

#[rustfmt::skip]
variants! {
    HANDLE_ROWS;
    1 AT_HANDLE_MNT_ID_UNIQUE Plain Never (dirfd: DirFd, pathname: Path, handle: Nested(FileHandle), mount_id: OutWhen(When::SuccessOr(75), Fixed(8)), flags: Flags(&AT_HANDLE));
}
