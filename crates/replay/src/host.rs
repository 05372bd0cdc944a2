//! What replaying engines need of the supervisor: events, stored files, somewhere to print.
//!
//! One [`Host`] serves all the processes of a replay: the one that was started, and the copies that a
//! timeline has it make of itself.

use std::ffi::CString;
use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;

use clew_abi::control::{
    CRASH, FILE, NEED_CODE, NEED_FILE, NEED_SEGMENT, OUTPUT, SEGMENT, WARNING, WRITABLE_COPY,
};
use clew_abi::debug::{COPY_FILE, FORKED};
use clew_abi::layout::{self, SEGMENT_PLACES};
use clew_abi::orders::{FLAG_DEBUG, LEDGER, MODE_REPLAY, Orders, fd};
use clew_launch::control::{Control, Received};
use clew_launch::image;
use clew_launch::signals::Saved;
use clew_launch::spawn::{Child, Group, Spawn, Status, spawn};
use clew_launch::{memfd, orders, say};
use clew_trace::{Error, Result, ResultExt, Root, Trace, code, files};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::output::Output;
use crate::plan::Plan;
use crate::segments::Segments;
use crate::slot::Slot;
use crate::verify::Verifier;

/// See the module's documentation.
pub struct Host {
    dir: PathBuf,
    segments: Segments,
    verifier: Verifier,
    pub output: Output,
    /// Where snapshots of translated code are kept.
    code: Option<PathBuf>,
    segment_bytes: u64,
    /// All copies that engines make of themselves are in the group of the first; even those that one makes which
    /// a hostile trace has taken over.
    groups: Vec<Group>,
}

/// A process with a replaying engine.
pub struct Process {
    pub child: Child,
    control: Control,
    crashed: bool,
    view: View,
    /// What it had when it made its last copy of itself.
    at_fork: View,
}

/// What an engine has of the segments.
#[derive(Clone, Default)]
struct View {
    /// The slots that are mapped in its window, by number.
    mapped: [Option<u64>; SEGMENT_PLACES as usize],
    /// The one that it reads, which must stay as it is.
    current: Option<Arc<Slot>>,
}

/// Something an engine said.
#[derive(Debug)]
pub enum Heard {
    /// A message that is not for the host.
    Message { kind: u32, arg: u64, payload: Vec<u8> },
    /// Nothing yet.
    Nothing,
    /// Nothing more will come.
    Closed,
}

impl Host {
    /// For replays of what `plan` names.
    pub fn new(trace: &Trace, plan: &Plan, quiet: bool, mark: bool) -> Result<Self> {
        let dir = trace.dir().to_owned();
        let segment_bytes = trace.meta().segment_bytes;
        Ok(Self {
            segments: Segments::start(dir.clone(), plan.parts.clone(), segment_bytes)?,
            verifier: Verifier::new(&dir),
            output: Output::new(quiet, mark.then_some(plan.pid)),
            code: Root::from_env().ok().as_ref().and_then(code::directory),
            dir,
            segment_bytes,
            groups: Vec::new(),
        })
    }

    /// Starts an engine that replays the plan from its beginning. Flags and the like are those of `wishes`.
    pub fn start(&mut self, trace: &Trace, plan: &Plan, wishes: Orders) -> Result<Process> {
        let meta = trace.meta();
        clew_launch::signals::survive_file_size_limit();
        let (control, theirs) = Control::pair().map_err(failed)?;
        let orders = orders::write(
            Orders {
                mode: MODE_REPLAY,
                stream: plan.stream().into(),
                segment_bytes: self.segment_bytes,
                slice_ticks: meta.options.slice_ticks,
                num_cores: meta.options.num_cores,
                cpuid_clear: meta.options.cpuid_clear,
                forks: plan.forks(),
                stack_limit: meta.stack_limit.unwrap_or(u64::MAX),
                build: self.code.as_ref().map_or(0, |_| clew_launch::ENGINE_BUILD),
                ..wishes
            },
            orders::Strings::default(),
        )
        .map_err(failed)?;
        let code = self.code.as_deref();
        let mut ledger = code.map_or([0; LEDGER], code::ledger);
        let engine = image::engine(code, &mut ledger).map_err(failed)?;
        let fds = [
            (orders.as_fd(), fd::ORDERS),
            (engine.as_fd(), fd::ENGINE),
            (theirs.as_fd(), fd::CONTROL),
        ];
        let makes_copies = wishes.flags & FLAG_DEBUG != 0;
        let mut child = spawn(&Spawn {
            argv: &[CString::from(c"clew-replay")],
            envp: &[],
            fds: &fds,
            signals: &Saved::current(),
            die_with_parent: true,
            own_group: makes_copies,
        })
        .map_err(failed)?;
        if makes_copies {
            self.groups.push(child.group().tried(|| "keep the replay's processes")?);
        }
        Ok(Process::new(child, control, View::default()))
    }

    /// Takes the next message of a process, having answered what it asked the host for.
    pub fn hear(&mut self, process: &mut Process) -> Result<Heard> {
        loop {
            let received = process.control.receive();
            let message = match received.tried(|| "hear from the engine")? {
                Received::Empty => return Ok(Heard::Nothing),
                Received::Closed => return Ok(Heard::Closed),
                Received::Message(message) => message,
            };
            let payload = message.payload;
            match message.kind {
                OUTPUT => {
                    let (target, event) = (message.arg & 0xff, message.arg >> 8);
                    self.output.print(target == 2, event, payload);
                }
                WARNING => say(String::from_utf8_lossy(payload)),
                CRASH => {
                    process.crashed = true;
                    say(String::from_utf8_lossy(payload).trim_end());
                }
                NEED_FILE => {
                    let (key, how) = (String::from_utf8_lossy(payload).into_owned(), message.arg);
                    process.answer(self.stored(&key, how == WRITABLE_COPY))?;
                }
                NEED_CODE => {
                    let name = String::from_utf8_lossy(payload).into_owned();
                    let found = self.code.as_deref().ok_or(ENOENT);
                    // There may well be none.
                    process.answer(
                        found.and_then(|dir| code::open_verified(dir, &name).map_err(errno)),
                    )?;
                }
                NEED_SEGMENT => {
                    let number = message.arg;
                    self.hand_out(number, process)?;
                }
                COPY_FILE => {
                    let original = message.file.ok_or(EINVAL);
                    process.answer(original.and_then(|file| copy(file).map_err(errno)))?;
                }
                kind => {
                    if kind == FORKED {
                        process.at_fork = process.view.clone();
                    }
                    return Ok(Heard::Message { kind, arg: message.arg, payload: payload.into() });
                }
            }
        }
    }

    fn hand_out(&self, number: u64, process: &mut Process) -> Result<()> {
        // It is through with the one before.
        process.view.current = None;
        match self.segments.get(number) {
            Some(slot) => process.show(slot, self.segment_bytes),
            None => process.answer(Err(ENOENT)),
        }
    }

    fn stored(&mut self, key: &str, writable: bool) -> std::result::Result<File, i32> {
        self.verifier.check(&self.dir, key);
        let file = files::open(&self.dir, key);
        file.and_then(|file| if writable { private_copy(file) } else { Ok(file) }).map_err(|e| {
            say(format!("the trace's stored file {key:?} cannot be opened: {e}"));
            errno(e)
        })
    }

    /// Ends reading the trace. Returns what is wrong with it, as far as it was read.
    pub fn damage(&mut self) -> Option<String> {
        let damage = self.segments.stop();
        damage.or(self.verifier.finish())
    }
}

impl Process {
    fn new(child: Child, control: Control, view: View) -> Self {
        Self { child, control, crashed: false, view, at_fork: View::default() }
    }

    /// The copy that this process has made of itself, as it said last.
    pub fn copied(&mut self, child: Child, control: Control) -> Self {
        Self::new(child, control, std::mem::take(&mut self.at_fork))
    }

    pub fn control(&self) -> &Control {
        &self.control
    }

    fn answer(&self, file: std::result::Result<File, i32>) -> Result<()> {
        let sent = match &file {
            Ok(file) => self.control.send(FILE, 0, &[], Some(file.as_fd())),
            Err(errno) => self.control.send(FILE, *errno as u64, &[], None),
        };
        handed(sent, "hand a file to the engine")
    }

    /// Lets it read a segment.
    fn show(&mut self, slot: Arc<Slot>, segment_bytes: u64) -> Result<()> {
        let places = (layout::SEGMENT.len() / segment_bytes).clamp(1, SEGMENT_PLACES);
        let place = slot.number() % places;
        let before = self.view.mapped[place as usize].replace(slot.number());
        let file = (before != Some(slot.number())).then(|| slot.file());
        let sent = self.control.send(SEGMENT, place, &[], file);
        self.view.current = Some(slot);
        handed(sent, "hand a segment to the engine")
    }

    /// Sleeps until there is something to hear; true once the engine has ended.
    pub fn wait(&self, open: bool) -> Result<bool> {
        let mut fds = vec![PollFd::from_borrowed_fd(self.child.pidfd(), PollFlags::IN)];
        if open {
            fds.push(PollFd::from_borrowed_fd(self.control.as_fd(), PollFlags::IN));
        }
        match poll(&mut fds, None) {
            Ok(_) => Ok(!fds[0].revents().is_empty()),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(e) => Err(e).tried(|| "wait for the replay"),
        }
    }

    /// Whether the engine has ended. There may be something to hear all the same.
    pub fn is_over(&self) -> bool {
        let mut ended = [PollFd::from_borrowed_fd(self.child.pidfd(), PollFlags::IN)];
        poll(&mut ended, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
    }

    /// Why an engine ended without having said so.
    pub fn died(&self, status: Status) -> String {
        match status {
            _ if self.crashed => "the engine failed (see above)".to_owned(),
            Status::Exited(code) => format!("the engine exited unexpectedly with code {code}"),
            Status::Signaled(SIGSYS) => {
                "the engine was stopped for a system call that a replay must not make".to_owned()
            }
            Status::Signaled(signal) => format!("the engine was killed by signal {signal}"),
        }
    }
}

/// An engine that is gone is noticed as such.
fn handed(sent: std::io::Result<()>, what: &'static str) -> Result<()> {
    match sent {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(e).tried(|| what),
        _ => Ok(()),
    }
}

/// A copy in memory, for mappings of files that change while they are mapped.
fn private_copy(mut file: File) -> std::io::Result<File> {
    let copy = memfd::empty("file").map_err(std::io::Error::other)?;
    let mut copy = File::from(copy);
    std::io::copy(&mut file, &mut copy)?;
    Ok(copy)
}

/// A copy of a memfd, holes included.
fn copy(original: OwnedFd) -> std::io::Result<File> {
    use rustix::fs::{SeekFrom, ftruncate, seek};
    use std::os::unix::fs::FileExt;
    let original = File::from(original);
    let copy = File::from(memfd::empty("file").map_err(std::io::Error::other)?);
    let len = original.metadata()?.len();
    ftruncate(&copy, len)?;
    let (mut at, mut buffer) = (0, vec![0; 1 << 20]);
    while at < len {
        let start = match seek(&original, SeekFrom::Data(at)) {
            Ok(start) => start,
            Err(rustix::io::Errno::NXIO) => break,
            Err(e) => return Err(e.into()),
        };
        let end = seek(&original, SeekFrom::Hole(start))?;
        at = start;
        while at < end {
            let room = buffer.len().min((end - at) as usize);
            let got = original.read_at(&mut buffer[..room], at)?;
            if got == 0 {
                return Ok(copy);
            }
            copy.write_all_at(&buffer[..got], at)?;
            at += got as u64;
        }
    }
    Ok(copy)
}

const SIGSYS: i32 = 31;
const EINVAL: i32 = 22;
const ENOENT: i32 = 2;

fn errno(e: std::io::Error) -> i32 {
    e.raw_os_error().unwrap_or(EINVAL)
}

pub(crate) fn failed(e: clew_launch::Error) -> Error {
    Error::new(e.step, e.source).advise("`clew doctor` says what this machine lacks.")
}
