//! `fcntl(2)`. `linux/fcntl.h`, `asm-generic/fcntl.h`.

use super::by;
use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::{Fallback, Variants, variants};
use crate::names::*;

pub static FCNTL: Variants = by(1, ROWS, Fallback::Unknown);

#[rustfmt::skip]
variants! {
    ROWS;
    0 F_DUPFD Plain Never (fd: Fd, cmd: Command, arg: Fd) -> Fd;
    1 F_GETFD Plain Never (fd: Fd, cmd: Command);
    2 F_SETFD Plain Never (fd: Fd, cmd: Command, arg: Flags(&FD_FLAGS));
    3 F_GETFL Plain Never (fd: Fd, cmd: Command) -> Hex;
    4 F_SETFL Plain Never (fd: Fd, cmd: Command, arg: Flags(&OPEN));
    5 F_GETLK Plain Never (fd: Fd, cmd: Command, lock: InOutBuf(Fixed(32)));
    6 F_SETLK Plain Never (fd: Fd, cmd: Command, lock: InBuf(Fixed(32)));
    7 F_SETLKW Plain May (fd: Fd, cmd: Command, lock: InBuf(Fixed(32)));
    8 F_SETOWN Plain Never (fd: Fd, cmd: Command, arg: Pid);
    9 F_GETOWN Plain Never (fd: Fd, cmd: Command);
    10 F_SETSIG Plain Never (fd: Fd, cmd: Command, arg: Signo);
    11 F_GETSIG Plain Never (fd: Fd, cmd: Command);
    15 F_SETOWN_EX Plain Never (fd: Fd, cmd: Command, owner: InBuf(Fixed(8)));
    16 F_GETOWN_EX Plain Never (fd: Fd, cmd: Command, owner: OutBuf(Fixed(8)));
    17 F_GETOWNER_UIDS Plain Never (fd: Fd, cmd: Command, uids: OutBuf(Fixed(8)));
    36 F_OFD_GETLK Plain Never (fd: Fd, cmd: Command, lock: InOutBuf(Fixed(32)));
    37 F_OFD_SETLK Plain Never (fd: Fd, cmd: Command, lock: InBuf(Fixed(32)));
    38 F_OFD_SETLKW Plain May (fd: Fd, cmd: Command, lock: InBuf(Fixed(32)));
    1024 F_SETLEASE Plain Never (fd: Fd, cmd: Command, arg: Enum(&LEASE));
    1025 F_GETLEASE Plain Never (fd: Fd, cmd: Command);
    1026 F_NOTIFY Plain Never (fd: Fd, cmd: Command, arg: Hex);
    1027 F_DUPFD_QUERY Plain Never (fd: Fd, cmd: Command, arg: Fd);
    1028 F_CREATED_QUERY Plain Never (fd: Fd, cmd: Command);
    1029 F_CANCELLK Plain Never (fd: Fd, cmd: Command, lock: InBuf(Fixed(32)));
    1030 F_DUPFD_CLOEXEC Plain Never (fd: Fd, cmd: Command, arg: Fd) -> Fd;
    1031 F_SETPIPE_SZ Plain Never (fd: Fd, cmd: Command, arg: Int);
    1032 F_GETPIPE_SZ Plain Never (fd: Fd, cmd: Command);
    1033 F_ADD_SEALS Plain Never (fd: Fd, cmd: Command, arg: Flags(&SEALS));
    1034 F_GET_SEALS Plain Never (fd: Fd, cmd: Command) -> Hex;
    1035 F_GET_RW_HINT Plain Never (fd: Fd, cmd: Command, hint: OutBuf(Fixed(8)));
    1036 F_SET_RW_HINT Plain Never (fd: Fd, cmd: Command, hint: InBuf(Fixed(8)));
    1037 F_GET_FILE_RW_HINT Plain Never (fd: Fd, cmd: Command, hint: OutBuf(Fixed(8)));
    1038 F_SET_FILE_RW_HINT Plain Never (fd: Fd, cmd: Command, hint: InBuf(Fixed(8)));
    1039 F_GETDELEG Plain Never (fd: Fd, cmd: Command, deleg: InOutBuf(Fixed(8)));
    1040 F_SETDELEG Plain Never (fd: Fd, cmd: Command, deleg: InBuf(Fixed(8)));
}
