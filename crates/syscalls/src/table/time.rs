//! Clocks, sleeps and timers. `linux/time.h`, `linux/timex.h`, `linux/times.h`.

use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::calls;
#[allow(unused_imports, reason = "not every family has all kinds of rows")]
use crate::model::{Nested::*, When};
#[allow(unused_imports, reason = "not every family has flags")]
use crate::names::*;

#[rustfmt::skip]
calls! {
    TIME;
    35 nanosleep Plain May (req: InBuf(Fixed(16)), rem: OutWhen(When::Interrupted, Fixed(16)));
    36 getitimer Plain Never (which: Enum(&ITIMER), curr_value: OutBuf(Fixed(32)));
    37 alarm Plain Never (seconds: Uint);
    38 setitimer Plain Never (which: Enum(&ITIMER), new_value: InBuf(Fixed(32)), old_value: OutBuf(Fixed(32)));
    96 gettimeofday Plain Never (tv: OutBuf(Fixed(16)), tz: OutBuf(Fixed(8)));
    100 times Plain Never (buf: OutBuf(Fixed(32)));
    159 adjtimex Plain Never (buf: InOutBuf(Fixed(208)));
    164 settimeofday Plain Never (tv: InBuf(Fixed(16)), tz: InBuf(Fixed(8)));
    201 time Plain Never (tloc: OutBuf(Fixed(8)));
    222 timer_create Plain Never (clockid: Enum(&CLOCK), sevp: InBuf(Fixed(64)), timerid: OutBuf(Fixed(4)));
    223 timer_settime Plain Never (timerid: Int, flags: Flags(&TIMER), new_value: InBuf(Fixed(32)), old_value: OutBuf(Fixed(32)));
    224 timer_gettime Plain Never (timerid: Int, curr_value: OutBuf(Fixed(32)));
    225 timer_getoverrun Plain Never (timerid: Int);
    226 timer_delete Plain Never (timerid: Int);
    227 clock_settime Plain Never (clockid: Enum(&CLOCK), tp: InBuf(Fixed(16)));
    228 clock_gettime Special(Clock) Never (clockid: Enum(&CLOCK), tp: OutBuf(Fixed(16)));
    229 clock_getres Plain Never (clockid: Enum(&CLOCK), res: OutBuf(Fixed(16)));
    230 clock_nanosleep Plain May (clockid: Enum(&CLOCK), flags: Flags(&TIMER), request: InBuf(Fixed(16)), remain: OutWhen(When::Interrupted, Fixed(16)));
    283 timerfd_create Plain Never (clockid: Enum(&CLOCK), flags: Flags(&TIMERFD)) -> Fd;
    286 timerfd_settime Plain Never (fd: Fd, flags: Flags(&TIMERFD_SET), new_value: InBuf(Fixed(32)), old_value: OutBuf(Fixed(32)));
    287 timerfd_gettime Plain Never (fd: Fd, curr_value: OutBuf(Fixed(32)));
    305 clock_adjtime Plain Never (clockid: Enum(&CLOCK), buf: InOutBuf(Fixed(208)));
}
