//! Whether a call may block, given its arguments too: many have a flag or a time-out against it.

use crate::model::{Blocking, Call};
use crate::shape::shape;

/// Argument and flag of the calls that have one against blocking.
const DONT_WAIT: &[(u32, usize, u64)] = &[
    (44, 3, 0x40),   // sendto, MSG_DONTWAIT
    (45, 3, 0x40),   // recvfrom
    (46, 2, 0x40),   // sendmsg
    (47, 2, 0x40),   // recvmsg
    (299, 3, 0x40),  // recvmmsg
    (307, 3, 0x40),  // sendmmsg
    (61, 2, 1),      // wait4, WNOHANG
    (247, 3, 1),     // waitid
    (69, 3, 0o4000), // msgsnd, IPC_NOWAIT
    (70, 4, 0o4000), // msgrcv
    (73, 1, 4),      // flock, LOCK_NB
    (318, 2, 1),     // getrandom, GRND_NONBLOCK
];

/// The argument that is a time-out in milliseconds.
const TIMEOUT: &[(u32, usize)] = &[(7, 2), (232, 3), (281, 3)];

/// Whether a call may block. One the table does not know may.
pub fn blocking(call: &Call) -> Blocking {
    let Some(shape) = shape(call) else { return Blocking::May };
    let flagged =
        |&(nr, arg, flag): &(u32, usize, u64)| nr == call.nr && call.args[arg] & flag != 0;
    let instant = |&(nr, arg): &(u32, usize)| nr == call.nr && call.args[arg] as u32 == 0;
    if DONT_WAIT.iter().any(flagged) || TIMEOUT.iter().any(instant) {
        return Blocking::Never;
    }
    shape.blocking
}
