//! The time of events: recorded now and then, told to a debugger.

use crate::signal::host::kernel_vdso;

/// The real time in steps of some milliseconds, which costs less to ask for.
const CLOCK_REALTIME_COARSE: u64 = 5;

/// Real time in nanoseconds since 1970.
#[derive(Default)]
pub struct Clock {
    /// Recorded last; while replaying, that of the last event that has one.
    pub last: u64,
}

impl Clock {
    /// The time, if it is to be recorded: once for each of the clock's steps.
    pub fn due(&mut self) -> Option<u64> {
        let mut ts = [0u64; 2];
        if kernel_vdso().clock_gettime?(CLOCK_REALTIME_COARSE, ts.as_mut_ptr()) != 0 {
            return None;
        }
        let now = ts[0] * 1_000_000_000 + ts[1];
        (core::mem::replace(&mut self.last, now) != now).then_some(now)
    }
}
