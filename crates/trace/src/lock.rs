//! Whether a trace is still being recorded.
//!
//! The recorder locks the directory of events. The lock belongs to the open directory, which the
//! engines inherit, so it lasts as long as anything may be written there, whoever was killed, and no
//! longer.

use std::fs::File;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// Marks a trace as being recorded, by its directory of events. Not every file system can.
pub fn mark(events: impl AsFd) {
    let _ = flock(events, FlockOperation::NonBlockingLockExclusive);
}

/// Whether anything may still write to the trace in `dir`.
pub fn is_recording(dir: &Path) -> bool {
    let Ok(events) = File::open(dir.join("events")) else { return false };
    // The lock that this takes goes with `events`; others that ask meanwhile share it.
    matches!(flock(&events, FlockOperation::NonBlockingLockShared), Err(Errno::WOULDBLOCK))
}
