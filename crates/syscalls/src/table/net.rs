//! Sockets. Messages received may carry descriptors (`SCM_RIGHTS`): receiving them changes the
//! descriptor table, though the result is not a descriptor. `linux/socket.h`.

use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::calls;
#[allow(unused_imports, reason = "not every family has all kinds of rows")]
use crate::model::{Nested::*, When};
#[allow(unused_imports, reason = "not every family has flags")]
use crate::names::*;

#[rustfmt::skip]
calls! {
    NET;
    41 socket Plain Never (domain: Enum(&FAMILY), type: Flags(&SOCK_TYPE), protocol: Int) -> Fd;
    42 connect Plain May (sockfd: Fd, addr: InBuf(Arg(2)), addrlen: Uint);
    43 accept Plain May (sockfd: Fd, addr: OutBuf(ValueResult(2)), addrlen: ValueResultLen) -> Fd;
    44 sendto Plain May (sockfd: Fd, buf: InBuf(Arg(2)), len: Size, flags: Flags(&MSG), dest_addr: InBuf(Arg(5)), addrlen: Uint);
    45 recvfrom Plain May (sockfd: Fd, buf: OutBuf(Result(2)), len: Size, flags: Flags(&MSG), src_addr: OutBuf(ValueResult(5)), addrlen: ValueResultLen);
    46 sendmsg Special(SendMessage) May (sockfd: Fd, msg: MsgHdrIn, flags: Flags(&MSG));
    47 recvmsg Plain May (sockfd: Fd, msg: MsgHdrOut, flags: Flags(&MSG));
    48 shutdown Plain Never (sockfd: Fd, how: Enum(&SHUTDOWN));
    49 bind Plain Never (sockfd: Fd, addr: InBuf(Arg(2)), addrlen: Uint);
    50 listen Plain Never (sockfd: Fd, backlog: Int);
    51 getsockname Plain Never (sockfd: Fd, addr: OutBuf(ValueResult(2)), addrlen: ValueResultLen);
    52 getpeername Plain Never (sockfd: Fd, addr: OutBuf(ValueResult(2)), addrlen: ValueResultLen);
    53 socketpair Plain Never (domain: Enum(&FAMILY), type: Flags(&SOCK_TYPE), protocol: Int, sv: OutWhen(When::Always, Fixed(8)));
    54 setsockopt Plain Never (sockfd: Fd, level: Enum(&SOCK_LEVEL), optname: Command, optval: InBuf(Arg(4)), optlen: Uint) by SETSOCKOPT;
    55 getsockopt Plain Never (sockfd: Fd, level: Enum(&SOCK_LEVEL), optname: Command, optval: OutBuf(ValueResult(4)), optlen: OutWhen(When::SuccessOr(34), Fixed(4))) by GETSOCKOPT;
    288 accept4 Plain May (sockfd: Fd, addr: OutBuf(ValueResult(2)), addrlen: ValueResultLen, flags: Flags(&SOCK_FLAGS)) -> Fd;
    299 recvmmsg Plain May (sockfd: Fd, msgvec: MmsgHdrOut(2), vlen: Uint, flags: Flags(&MSG), timeout: OutWhen(When::Finished, Fixed(16)));
    307 sendmmsg Special(SendMessage) May (sockfd: Fd, msgvec: MmsgHdrIn(2), vlen: Uint, flags: Flags(&MSG));
}
