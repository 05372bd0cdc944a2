//! Recording: `clew record`.
//!
//! [`program`] finds what is to run, as `execvp` and the kernel would; [`record`] makes the trace
//! directory, starts the engine in it and, while the guest runs, compresses what the engine logs.
//! The guest waits for none of this but a free segment, when it logs faster than the supervisor
//! compresses: two seconds at most.
#![deny(unsafe_code)]

pub mod captured;
pub mod chaos;
pub mod confined;
pub mod program;
mod remnants;
mod session;
mod supervise;

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use clew_trace::Error;

pub use session::record;

/// Ticks of a scheduling slice unless `--num-cpu-ticks` says otherwise: some 10 ms of work.
pub const DEFAULT_SLICE_TICKS: u64 = 5_000_000;

/// What to record and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The program and its arguments; the program is searched for in `PATH`.
    pub argv: Vec<OsString>,
    /// The trace directory to make; by default a new one in the trace root.
    pub dir: Option<PathBuf>,
    /// Wait for all processes of the guest rather than the first only.
    pub wait_all: bool,
    /// Variables to set in the guest's environment.
    pub env: Vec<(OsString, OsString)>,
    /// 0 for [`DEFAULT_SLICE_TICKS`].
    pub slice_ticks: u64,
    /// Cores the guest shall see; 0 for the machine's.
    pub num_cores: u64,
    /// As in the engine's orders.
    pub cpuid_clear: [u64; 6],
    pub no_follow: bool,
    pub chaos: bool,
    pub seed: Option<u64>,
    /// Let the engine report each event as a warning.
    pub trace_events: bool,
    /// Record checksums of guest memory, for the replay to compare.
    pub check_memory: bool,
}

/// A recording that was made.
#[derive(Clone, Debug)]
pub struct Recording {
    pub dir: PathBuf,
    /// What clew's own exit code shall be: the guest's, or 128 and its signal.
    pub exit_code: i32,
}

/// A recording that could not be made, with clew's exit code.
#[derive(Debug)]
pub struct Failure {
    /// 125, 126 or 127, see the command line's documentation.
    pub code: i32,
    pub error: Error,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Failure {}

/// clew itself failed.
pub const FAILED: i32 = 125;
/// The program cannot be executed.
pub const NOT_EXECUTABLE: i32 = 126;
/// The program was not found.
pub const NOT_FOUND: i32 = 127;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { code: FAILED, error }
    }
}
