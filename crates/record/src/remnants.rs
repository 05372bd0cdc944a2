//! Finding all processes of a recording, wherever they went.
//!
//! Whatever a process does with its group, session, parent or environment, its engine holds the trace's
//! directory of events at a descriptor the guest cannot reach.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

use clew_abi::orders::fd;
use clew_trace::{Result, ResultExt};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// Processes that make processes are killed in the end.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the processes of a recording have in common.
pub struct Mark {
    device: u64,
    inode: u64,
}

impl Mark {
    /// Of the recording in `dir`.
    pub fn of(dir: &Path) -> Result<Self> {
        let meta =
            fs::metadata(dir.join("events")).tried(|| format!("look at {}", dir.display()))?;
        Ok(Self { device: meta.dev(), inode: meta.ino() })
    }

    /// Sends all of them a signal; says whether there were any.
    pub fn signal(&self, signal: i32) -> bool {
        let Some(signal) = Signal::from_named_raw(signal) else { return false };
        let mut any = false;
        for pid in processes().filter(|pid| self.is_on(*pid)) {
            any |= self.send(pid, signal).is_ok();
        }
        any
    }

    fn send(&self, pid: Pid, signal: Signal) -> io::Result<()> {
        let process = pidfd_open(pid, PidfdFlags::empty())?;
        // The number may be another's by now.
        match self.is_on(pid) {
            true => Ok(pidfd_send_signal(process, signal)?),
            false => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Kills all of them.
    pub fn end(&self) {
        let begun = Instant::now();
        while self.signal(libc::SIGKILL) && begun.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn is_on(&self, pid: Pid) -> bool {
        let path = format!("/proc/{}/fd/{}", pid.as_raw_pid(), fd::EVENTS);
        fs::metadata(path).is_ok_and(|m| m.dev() == self.device && m.ino() == self.inode)
    }
}

fn processes() -> impl Iterator<Item = Pid> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
}
