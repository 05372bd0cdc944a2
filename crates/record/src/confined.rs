//! A recording among many: its guest is a process group of its own, its output is caught, it can be given
//! up, and no process of it is left behind. Several may be made at the same time.
//!
//! A run that passed is not completed: its trace is deleted as it is, nothing having been compressed that
//! did not have to be.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use clew_abi::record::SEGMENT_BYTES;
use clew_launch::control::Control;
use clew_launch::signals::Saved;
use clew_launch::spawn::{Child, Status};
use clew_trace::{Compressor, Engines, Result, ResultExt};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::captured::Captured;
use crate::program::Program;
use crate::session::{Running, Session, environment};
use crate::supervise::{Finished, Log};
use crate::{Failure, Options, remnants};

/// How long processes have to end by themselves once the first one has.
const GRACE: Duration = Duration::from_millis(100);
/// How long they have to die of `SIGABRT`, which some handle.
const ABORTING: Duration = Duration::from_secs(2);

/// What surrounds a run.
pub struct Surroundings<'a> {
    /// What clew was started with; the caller has [taken over](Saved::take_over) since.
    pub signals: &'a Saved,
    pub input: BorrowedFd<'a>,
    /// After so long it hangs.
    pub timeout: Option<Duration>,
    /// Readable once the run is to be given up.
    pub cancel: BorrowedFd<'a>,
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Ended(Status),
    /// It took too long and was stopped.
    Hung,
    /// It was given up.
    Cancelled,
    /// The engine failed.
    Crashed,
}

impl Fate {
    /// A failure of the guest's.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Hung)
            || matches!(self, Self::Ended(status) if status != Status::Exited(0))
    }
}

/// A run that is over. Its trace is complete if it [failed](Fate::is_failure) or the engine did, else it is deleted.
pub struct Run {
    pub fate: Fate,
    pub output: Captured,
    /// What clew has to say about it.
    pub notes: Vec<String>,
    pub elapsed: Duration,
}

/// Records a program in `options.dir`, which must be given.
pub fn run(
    options: &Options,
    program: &Program,
    around: &Surroundings<'_>,
) -> Result<Run, Failure> {
    let begun = Instant::now();
    let (output, write_end) = io::pipe().tried(|| "make a pipe for the program's output")?;
    rustix::io::ioctl_fionbio(&output, true).tried(|| "make a pipe for the program's output")?;
    let stdio = Some([around.input, write_end.as_fd()]);
    let (session, running) =
        Session::begin(options, program, environment(options), around.signals, stdio, begun)?;
    drop(write_end);
    let Running { child, control } = running;
    let watch = Watch {
        remnants: remnants::Mark::of(&session.place.dir)?,
        child,
        control,
        control_open: true,
        output,
        output_open: true,
        captured: Captured::default(),
        log: Log::silent(Compressor::new(&session.place.dir, SEGMENT_BYTES)),
        begun,
    };
    let over = watch.until_over(around)?;
    let elapsed = begun.elapsed();
    let Over { fate, status, output, log } = over;
    if !fate.is_failure() && fate != Fate::Crashed {
        session.keep_snapshots();
        let notes = log.abandon();
        session.place.abandon();
        return Ok(Run { fate, output, notes, elapsed });
    }
    let crashed = log.crashed;
    let (summary, notes) = log.finish(Engines::Gone)?;
    session.complete(&Finished { status, crashed, summary })?;
    Ok(Run { fate, output, notes, elapsed })
}

/// Ends the processes that record in `dir`, if any are left.
pub fn end_remnants(dir: &Path) {
    if let Ok(mark) = remnants::Mark::of(dir) {
        mark.end();
    }
}

/// A guest that is watched.
struct Watch {
    remnants: remnants::Mark,
    child: Child,
    control: Control,
    control_open: bool,
    output: io::PipeReader,
    output_open: bool,
    captured: Captured,
    log: Log,
    begun: Instant,
}

struct Over {
    fate: Fate,
    status: Status,
    output: Captured,
    log: Log,
}

/// What ended a wait.
#[derive(PartialEq, Eq)]
enum Woken {
    Ended,
    Cancelled,
    Late,
}

impl Watch {
    fn until_over(mut self, around: &Surroundings<'_>) -> Result<Over> {
        let deadline = around.timeout.map(|timeout| self.begun + timeout);
        let woken = self.wait(deadline, Some(around.cancel), true)?;
        match woken {
            // Others may be about to end, too.
            Woken::Ended => {
                drop(self.wait(Some(Instant::now() + GRACE), Some(around.cancel), false)?)
            }
            Woken::Cancelled => {}
            Woken::Late => {
                self.remnants.signal(libc::SIGABRT);
                let _ = self.wait(Some(Instant::now() + ABORTING), Some(around.cancel), false)?;
            }
        }
        let status = self.end_all()?;
        let fate = match woken {
            _ if self.log.crashed => Fate::Crashed,
            Woken::Ended => Fate::Ended(status),
            Woken::Late => Fate::Hung,
            Woken::Cancelled => Fate::Cancelled,
        };
        Ok(Over { fate, status, output: self.captured, log: self.log })
    }

    /// Sees to it that no process of the run is left, and takes what they still had to say.
    fn end_all(&mut self) -> Result<Status> {
        self.child.kill_group();
        if self.control_open || !self.ended() {
            let _ = self.child.signal(libc::SIGKILL);
            self.remnants.end();
        }
        let status = self.child.wait().tried(|| "wait for the program")?;
        self.drain()?;
        Ok(status)
    }

    fn ended(&self) -> bool {
        let mut fds = [PollFd::from_borrowed_fd(self.child.pidfd(), PollFlags::IN)];
        poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|ready| ready > 0)
    }

    /// Waits until the first process has ended (`first`) or until no engine is left.
    fn wait(
        &mut self,
        deadline: Option<Instant>,
        cancel: Option<BorrowedFd<'_>>,
        first: bool,
    ) -> Result<Woken> {
        loop {
            if !first && !self.control_open {
                return Ok(Woken::Ended);
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Ok(Woken::Late);
            }
            let [ended, cancelled] = self.sleep(left, cancel, first)?;
            self.drain()?;
            if ended {
                return Ok(Woken::Ended);
            }
            if cancelled {
                return Ok(Woken::Cancelled);
            }
        }
    }

    /// Sleeps until there is something to do. Says whether the first process has ended, if that matters, and
    /// whether the run is given up.
    fn sleep(
        &self,
        left: Option<Duration>,
        cancel: Option<BorrowedFd<'_>>,
        first: bool,
    ) -> Result<[bool; 2]> {
        let wanted = [
            first.then(|| self.child.pidfd()),
            cancel,
            self.control_open.then(|| self.control.as_fd()),
            self.output_open.then(|| self.output.as_fd()),
        ];
        let mut fds: Vec<PollFd<'_>> = wanted
            .into_iter()
            .flatten()
            .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN))
            .collect();
        let timeout =
            left.map(|t| Timespec { tv_sec: t.as_secs() as i64, tv_nsec: t.subsec_nanos().into() });
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(e) => Err(e).tried(|| "wait for the program")?,
        }
        let mut ready = fds.iter().map(|fd| !fd.revents().is_empty());
        let [ended, cancelled, ..] = wanted.map(|fd| fd.is_some() && ready.next().unwrap_or(false));
        Ok([ended, cancelled])
    }

    /// Takes what engines and guest have said.
    fn drain(&mut self) -> Result<()> {
        if self.control_open {
            self.control_open = self.log.drain(&mut self.control)?;
        }
        let mut buffer = [0; 16 << 10];
        while self.output_open {
            match self.output.read(&mut buffer) {
                Ok(0) => self.output_open = false,
                Ok(len) => self.captured.add(&buffer[..len]),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        Ok(())
    }
}
