//! Descriptors and what is read and written through them: `read(2)` and its relatives, polling, pipes,
//! events. Structures from `asm/stat.h`, `linux/eventpoll.h`, `linux/uio.h`.

use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::calls;
#[allow(unused_imports, reason = "not every family has all kinds of rows")]
use crate::model::{Nested::*, When};
#[allow(unused_imports, reason = "not every family has flags")]
use crate::names::*;

#[rustfmt::skip]
calls! {
    IO;
    0 read Special(Transfer) May (fd: Fd, buf: OutBuf(Result(2)), count: Size);
    1 write Special(Transfer) May (fd: Fd, buf: InBuf(Arg(2)), count: Size);
    3 close Plain May (fd: Fd);
    7 poll Special(Poll) May (fds: OutWhen(When::Finished, ArgTimes(1, 8)), nfds: Uint, timeout: Int);
    8 lseek Plain Never (fd: Fd, offset: Long, whence: Enum(&WHENCE));
    16 ioctl Plain May (fd: Fd, request: Command, arg: Opaque) by IOCTL;
    17 pread64 Special(Transfer) May (fd: Fd, buf: OutBuf(Result(2)), count: Size, offset: Long);
    18 pwrite64 Special(Transfer) May (fd: Fd, buf: InBuf(Arg(2)), count: Size, offset: Long);
    19 readv Special(Transfer) May (fd: Fd, iov: IovecOut(2), iovcnt: Int);
    20 writev Special(Transfer) May (fd: Fd, iov: IovecIn(2), iovcnt: Int);
    22 pipe Plain Never (fds: OutBuf(Fixed(8)));
    23 select Special(Select) May (nfds: Int, readfds: InOutBuf(FdSet(0)), writefds: InOutBuf(FdSet(0)), exceptfds: InOutBuf(FdSet(0)), timeout: OutWhen(When::Always, Fixed(16)));
    32 dup Plain Never (fd: Fd) -> Fd;
    33 dup2 Plain Never (oldfd: Fd, newfd: Fd) -> Fd;
    40 sendfile Special(MoveBytes) May (out_fd: Fd, in_fd: Fd, offset: InOutBuf(Fixed(8)), count: Size);
    72 fcntl Plain May (fd: Fd, cmd: Command, arg: Opaque) by FCNTL;
    73 flock Plain May (fd: Fd, operation: Flags(&FLOCK));
    74 fsync Plain May (fd: Fd);
    75 fdatasync Plain May (fd: Fd);
    187 readahead Plain May (fd: Fd, offset: Long, count: Size);
    206 io_setup Refused(38) Never (nr_events: Uint, ctx: OutBuf(Fixed(8)));
    207 io_destroy Refused(38) Never (ctx: Hex);
    208 io_getevents Refused(38) May (ctx: Hex, min_nr: Long, nr: Long, events: OutBuf(ResultTimes(2, 32)), timeout: InBuf(Fixed(16)));
    209 io_submit Refused(38) May (ctx: Hex, nr: Long, iocbs: Ptr);
    210 io_cancel Refused(38) Never (ctx: Hex, iocb: Ptr, result: OutBuf(Fixed(32)));
    213 epoll_create Plain Never (size: Int) -> Fd;
    214 epoll_ctl_old Refused(38) Never ();
    215 epoll_wait_old Refused(38) Never ();
    232 epoll_wait Plain May (epfd: Fd, events: OutBuf(ResultTimes(2, 12)), maxevents: Int, timeout: Int);
    233 epoll_ctl Plain Never (epfd: Fd, op: Enum(&EPOLL_OP), fd: Fd, event: InBuf(Fixed(12)));
    253 inotify_init Plain Never () -> Fd;
    254 inotify_add_watch Plain Never (fd: Fd, pathname: Path, mask: Flags(&INOTIFY_MASK));
    255 inotify_rm_watch Plain Never (fd: Fd, wd: Int);
    270 pselect6 Special(Select) May (nfds: Int, readfds: InOutBuf(FdSet(0)), writefds: InOutBuf(FdSet(0)), exceptfds: InOutBuf(FdSet(0)), timeout: OutWhen(When::Always, Fixed(16)), sigmask: Ptr);
    271 ppoll Special(Poll) May (fds: OutWhen(When::Finished, ArgTimes(1, 8)), nfds: Uint, timeout: OutWhen(When::Always, Fixed(16)), sigmask: InBuf(Arg(4)), sigsetsize: Size);
    275 splice Special(MoveBytes) May (fd_in: Fd, off_in: InOutBuf(Fixed(8)), fd_out: Fd, off_out: InOutBuf(Fixed(8)), len: Size, flags: Flags(&SPLICE));
    276 tee Plain May (fd_in: Fd, fd_out: Fd, len: Size, flags: Flags(&SPLICE));
    277 sync_file_range Plain May (fd: Fd, offset: Long, nbytes: Long, flags: Flags(&SYNC_RANGE));
    278 vmsplice Plain May (fd: Fd, iov: IovecOut(2), nr_segs: Size, flags: Flags(&SPLICE));
    281 epoll_pwait Plain May (epfd: Fd, events: OutBuf(ResultTimes(2, 12)), maxevents: Int, timeout: Int, sigmask: InBuf(Arg(5)), sigsetsize: Size);
    284 eventfd Plain Never (initval: Uint) -> Fd;
    285 fallocate Plain May (fd: Fd, mode: Flags(&FALLOCATE), offset: Long, len: Long);
    290 eventfd2 Plain Never (initval: Uint, flags: Flags(&EVENTFD)) -> Fd;
    291 epoll_create1 Plain Never (flags: Flags(&EPOLL)) -> Fd;
    292 dup3 Plain Never (oldfd: Fd, newfd: Fd, flags: Flags(&CLOEXEC)) -> Fd;
    293 pipe2 Plain Never (fds: OutBuf(Fixed(8)), flags: Flags(&PIPE));
    294 inotify_init1 Plain Never (flags: Flags(&INOTIFY)) -> Fd;
    295 preadv Special(Transfer) May (fd: Fd, iov: IovecOut(2), iovcnt: Size, pos_l: Long, pos_h: Long);
    296 pwritev Special(Transfer) May (fd: Fd, iov: IovecIn(2), iovcnt: Size, pos_l: Long, pos_h: Long);
    300 fanotify_init Plain Never (flags: Hex, event_f_flags: Flags(&OPEN)) -> Fd;
    301 fanotify_mark Plain May (fanotify_fd: Fd, flags: Hex, mask: Hex, dirfd: DirFd, pathname: Path);
    326 copy_file_range Special(MoveBytes) May (fd_in: Fd, off_in: InOutBuf(Fixed(8)), fd_out: Fd, off_out: InOutBuf(Fixed(8)), len: Size, flags: Hex);
    327 preadv2 Special(Transfer) May (fd: Fd, iov: IovecOut(2), iovcnt: Size, pos_l: Long, pos_h: Long, flags: Flags(&RWF));
    328 pwritev2 Special(Transfer) May (fd: Fd, iov: IovecIn(2), iovcnt: Size, pos_l: Long, pos_h: Long, flags: Flags(&RWF));
    333 io_pgetevents Refused(38) May (ctx: Hex, min_nr: Long, nr: Long, events: OutBuf(ResultTimes(2, 32)), timeout: InBuf(Fixed(16)), sig: Ptr);
    425 io_uring_setup Refused(38) Never (entries: Uint, params: InOutBuf(Fixed(120))) -> Fd;
    426 io_uring_enter Refused(38) May (fd: Fd, to_submit: Uint, min_complete: Uint, flags: Hex, arg: Ptr, argsz: Size);
    427 io_uring_register Refused(38) May (fd: Fd, opcode: Uint, arg: Opaque, nr_args: Uint);
    436 close_range Special(CloseRange) May (first: Uint, last: Uint, flags: Flags(&CLOSE_RANGE));
    441 epoll_pwait2 Plain May (epfd: Fd, events: OutBuf(ResultTimes(2, 12)), maxevents: Int, timeout: InBuf(Fixed(16)), sigmask: InBuf(Arg(5)), sigsetsize: Size);
    451 cachestat Plain Never (fd: Fd, range: InBuf(Fixed(16)), cstat: OutBuf(Fixed(40)), flags: Hex);
}
