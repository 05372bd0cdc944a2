//! `futex(2)`. `linux/futex.h`. The operations on priority-inheriting locks write the futex word,
//! whatever their result: a waiter that gave up has still set `FUTEX_WAITERS`.

use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::{Fallback, Variants, When, variants};
use crate::names::FUTEX_FLAGS;

pub static FUTEX: Variants = Variants {
    arg: 1,
    scope: None,
    mask: 0x7f,
    shift: 0,
    rows: ROWS,
    fallback: Fallback::Unknown,
    extra: Some(&FUTEX_FLAGS),
};

#[rustfmt::skip]
variants! {
    ROWS;
    0 FUTEX_WAIT Special(Futex) May (uaddr: Ptr, op: Command, val: Int, timeout: InBuf(Fixed(16)));
    1 FUTEX_WAKE Special(Futex) Never (uaddr: Ptr, op: Command, val: Int);
    2 FUTEX_FD Special(Futex) Never (uaddr: Ptr, op: Command, val: Int);
    3 FUTEX_REQUEUE Special(Futex) Never (uaddr: Ptr, op: Command, val: Int, val2: Int, uaddr2: Ptr);
    4 FUTEX_CMP_REQUEUE Special(Futex) Never (uaddr: Ptr, op: Command, val: Int, val2: Int, uaddr2: Ptr, val3: Int);
    5 FUTEX_WAKE_OP Special(Futex) Never (uaddr: Ptr, op: Command, val: Int, val2: Int, uaddr2: InOutBuf(Fixed(4)), val3: Hex);
    6 FUTEX_LOCK_PI Special(Futex) May (uaddr: OutWhen(When::Always, Fixed(4)), op: Command, val: Int, timeout: InBuf(Fixed(16)));
    7 FUTEX_UNLOCK_PI Special(Futex) Never (uaddr: OutWhen(When::Always, Fixed(4)), op: Command);
    8 FUTEX_TRYLOCK_PI Special(Futex) Never (uaddr: OutWhen(When::Always, Fixed(4)), op: Command);
    9 FUTEX_WAIT_BITSET Special(Futex) May (uaddr: Ptr, op: Command, val: Int, timeout: InBuf(Fixed(16)), uaddr2: Ptr, val3: Hex);
    10 FUTEX_WAKE_BITSET Special(Futex) Never (uaddr: Ptr, op: Command, val: Int, timeout: Ptr, uaddr2: Ptr, val3: Hex);
    11 FUTEX_WAIT_REQUEUE_PI Special(Futex) May (uaddr: Ptr, op: Command, val: Int, timeout: InBuf(Fixed(16)), uaddr2: OutWhen(When::Always, Fixed(4)));
    12 FUTEX_CMP_REQUEUE_PI Special(Futex) Never (uaddr: Ptr, op: Command, val: Int, val2: Int, uaddr2: OutWhen(When::Always, Fixed(4)), val3: Int);
    13 FUTEX_LOCK_PI2 Special(Futex) May (uaddr: OutWhen(When::Always, Fixed(4)), op: Command, val: Int, timeout: InBuf(Fixed(16)));
}
