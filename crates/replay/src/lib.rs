//! Replaying: `clew replay -a`.
//!
//! [`replay_autopilot`] starts the engine on a trace and serves it: [`feed`] decompresses the event
//! stream ahead of it, this module hands it stored files and prints what the guest printed. The
//! engine confines itself; nothing that a trace says reaches the supervisor's file system but the
//! names of stored files, which are checked.
#![deny(unsafe_code)]

mod feed;
mod output;
pub mod plan;
pub mod stitch;
mod verify;

use std::ffi::CString;
use std::os::fd::AsFd;
use std::sync::Arc;

use clew_abi::control::{
    CRASH, DIVERGED, END_EXITED, END_KILLED, END_TRUNCATED, ENDED, FILE, NEED_FILE, OUTPUT,
    WARNING, WRITABLE_COPY,
};
use clew_abi::orders::{FLAG_QUIET, FLAG_TRACE_EVENTS, MODE_REPLAY, Orders, fd};
use clew_launch::control::{Control, Message, Received};
use clew_launch::orders::Shared;
use clew_launch::signals::Saved;
use clew_launch::spawn::{Child, Spawn, Status, spawn};
use clew_launch::{memfd, orders, say};
use clew_trace::{Error, Result, ResultExt, Trace, files};
use rustix::event::{PollFd, PollFlags, poll};

use crate::feed::Feeder;
use crate::output::Output;
use crate::plan::Plan;
pub use crate::plan::Target;
use crate::verify::Verifier;

/// How to replay.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Do not print what the guest prints.
    pub quiet: bool,
    /// Begin each line of output with `[clew PID EVENT] `.
    pub mark: bool,
    /// Stop after this event; 0 for the end.
    pub stop_event: u64,
    /// Let the engine report each event as a warning.
    pub trace_events: bool,
    /// Probe the guest's code all over, to no effect, with so many single steps behind each hit.
    pub stress_probes: Option<u32>,
}

/// What came of a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// It matched the recording, up to this event.
    Matched { last_event: u64, end: End },
    /// It departed from the recording at this event.
    Diverged { event: u64, report: String },
}

/// How the recorded process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Exited(i32),
    Killed(i32),
    /// The recording stops before the process's end.
    Truncated,
}

/// Replays a process of the trace to its end and prints its output.
///
/// A damaged trace is replayed as far as it is sound; then this is an error.
pub fn replay_autopilot(trace: &Trace, target: &Target, options: &Options) -> Result<Replayed> {
    let tried = || format!("replay {}", trace.dir().display());
    let Some(plan) = Plan::new(trace, target)? else { return nothing_to_replay(trace, target) };
    let mut replay = Replay::start(trace, &plan, options)?;
    let result = replay.serve();
    let damage = replay.feeder.stop();
    let damage = damage.or(replay.verifier.finish());
    replay.output.flush();
    match (result, damage) {
        (Ok(result), None) => match events_missing(trace, &plan, &result, options) {
            Some(damage) => Err(Error::new(tried(), damage)),
            None => Ok(result),
        },
        // Damage explains a replay that went wrong.
        (_, Some(damage)) => Err(Error::new(tried(), damage)),
        (Err(e), None) => Err(e),
    }
}

/// The process was killed before its first event, unless the trace is damaged.
fn nothing_to_replay(trace: &Trace, target: &Target) -> Result<Replayed> {
    let number = match target {
        Target::Stream(number) => Some(*number),
        _ => trace.streams()?.first().copied(),
    };
    let mut damage = None;
    if let Some(number) = number {
        let stream = trace.stream(number)?;
        let mut cursor = stream.cursor();
        let mut events = 0;
        while let Some(record) = cursor.next_record() {
            events += u64::from(record.is_event());
        }
        let headless = (events > 0).then(|| "it does not begin with an exec or a fork".to_owned());
        damage = cursor.damage().map(str::to_owned).or(headless);
    }
    let outcome = trace.meta().outcome.as_ref().filter(|_| *target == Target::First);
    let recorded = outcome.is_some_and(|outcome| outcome.events > 0);
    match damage.or(recorded.then(|| "its events are missing".into())) {
        Some(damage) => Err(Error::new(format!("replay {}", trace.dir().display()), damage)),
        None => Ok(Replayed::Matched { last_event: 0, end: End::Truncated }),
    }
}

/// Whether a stream that ends well ends before what the recorder counted.
fn events_missing(
    trace: &Trace,
    plan: &Plan,
    result: &Replayed,
    options: &Options,
) -> Option<String> {
    let Replayed::Matched { last_event, end: End::Truncated } = result else { return None };
    let outcome = trace.meta().outcome.as_ref().filter(|_| options.stop_event == 0)?;
    let alone = outcome.processes == 1;
    (trace.meta().ended(plan.stream()) || (alone && *last_event < outcome.events))
        .then(|| format!("the trace is damaged: its events after {last_event} are missing"))
}

/// A replay that runs.
struct Replay<'t> {
    trace: &'t Trace,
    child: Child,
    control: Control,
    feeder: Feeder,
    output: Output,
    verifier: Verifier,
    outcome: Option<Replayed>,
    crashed: bool,
}

impl<'t> Replay<'t> {
    fn start(trace: &'t Trace, plan: &Plan, options: &Options) -> Result<Self> {
        let meta = trace.meta();
        clew_launch::signals::survive_file_size_limit();
        let (control, theirs) = Control::pair().map_err(failed)?;
        let orders = orders::write(
            Orders {
                mode: MODE_REPLAY,
                stream: plan.stream().into(),
                segment_bytes: meta.segment_bytes,
                slice_ticks: meta.options.slice_ticks,
                num_cores: meta.options.num_cores,
                cpuid_clear: meta.options.cpuid_clear,
                flags: flags(options),
                forks: plan.forks(),
                stop_event: options.stop_event,
                stress_probes: options.stress_probes.map_or(0, |steps| u64::from(steps) + 1),
                stack_limit: meta.stack_limit.unwrap_or(u64::MAX),
                ..Orders::default()
            },
            orders::Strings::default(),
        )
        .map_err(failed)?;
        let shared = Arc::new(Shared::map(orders.as_fd()).map_err(failed)?);
        let (engine, pattern) =
            (memfd::engine().map_err(failed)?, memfd::pattern().map_err(failed)?);
        let segments = memfd::empty("clew-stream").map_err(failed)?;
        let fds = [
            (orders.as_fd(), fd::ORDERS),
            (engine.as_fd(), fd::ENGINE),
            (theirs.as_fd(), fd::CONTROL),
            (pattern.as_fd(), fd::PATTERN),
            (segments.as_fd(), fd::STREAM),
        ];
        // The engine maps the stream before it asks for it, so the first segment must be there.
        let target = segments.try_clone().tried(|| "share the event stream")?;
        let dir = trace.dir().to_owned();
        let feeder = Feeder::start(dir, plan.parts.clone(), meta.segment_bytes, target, shared)?;
        let child = spawn(&Spawn {
            argv: &[CString::from(c"clew-replay")],
            envp: &[],
            fds: &fds,
            signals: &Saved::current(),
            die_with_parent: true,
        })
        .map_err(failed)?;
        let output = Output::new(options.quiet, options.mark.then_some(plan.pid));
        let verifier = Verifier::new(trace.dir());
        Ok(Self { trace, child, control, feeder, output, verifier, outcome: None, crashed: false })
    }

    /// Serves the engine until it has ended.
    fn serve(&mut self) -> Result<Replayed> {
        loop {
            let open = self.drain()?;
            if let Some(outcome) = self.outcome.take() {
                self.child.kill();
                return Ok(outcome);
            }
            self.output.flush();
            if self.wait(open)? {
                // What it said last may have arrived after we looked.
                self.drain()?;
                let status = self.child.wait().tried(|| "wait for the replay")?;
                return self.outcome.take().ok_or_else(|| self.died(status));
            }
        }
    }

    fn died(&self, status: Status) -> Error {
        let cause = match status {
            _ if self.crashed => "the engine failed (see above)".to_owned(),
            Status::Exited(code) => format!("the engine exited unexpectedly with code {code}"),
            Status::Signaled(SIGSYS) => {
                "the engine was stopped for a system call that a replay must not make".to_owned()
            }
            Status::Signaled(signal) => format!("the engine was killed by signal {signal}"),
        };
        Error::new(format!("replay {}", self.trace.dir().display()), cause)
    }

    /// Sleeps until there is something to do; true once the engine has ended.
    fn wait(&self, open: bool) -> Result<bool> {
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

    /// Takes all waiting messages, up to one that ends the replay; false if none can come any more.
    fn drain(&mut self) -> Result<bool> {
        while self.outcome.is_none() {
            let (key, writable) = match self.control.receive().tried(|| "hear from the engine")? {
                Received::Empty => return Ok(true),
                Received::Closed => return Ok(false),
                Received::Message(message) => match message.kind {
                    OUTPUT => {
                        let (target, event) = (message.arg & 0xff, message.arg >> 8);
                        self.output.print(target == 2, event, message.payload);
                        continue;
                    }
                    NEED_FILE => {
                        let key = String::from_utf8_lossy(message.payload).into_owned();
                        (key, message.arg == WRITABLE_COPY)
                    }
                    WARNING => {
                        say(String::from_utf8_lossy(message.payload));
                        continue;
                    }
                    CRASH => {
                        self.crashed = true;
                        say(String::from_utf8_lossy(message.payload).trim_end());
                        continue;
                    }
                    _ => {
                        self.outcome = outcome(&message)?;
                        continue;
                    }
                },
            };
            self.send_file(&key, writable)?;
        }
        Ok(true)
    }

    fn send_file(&mut self, key: &str, writable: bool) -> Result<()> {
        let file = files::open(self.trace.dir(), key)
            .and_then(|file| if writable { private_copy(file) } else { Ok(file) });
        self.verifier.check(self.trace.dir(), key);
        let sent = match file {
            Ok(file) => self.control.send(FILE, 0, Some(file.as_fd())),
            Err(e) => {
                say(format!("the trace's stored file {key:?} cannot be opened: {e}"));
                self.control.send(FILE, e.raw_os_error().unwrap_or(EINVAL) as u64, None)
            }
        };
        // An engine that is gone is noticed as such.
        match sent {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(e).tried(|| "hand a file to the engine")
            }
            _ => Ok(()),
        }
    }
}

/// A copy in memory, for mappings of files that change while they are mapped.
fn private_copy(mut file: std::fs::File) -> std::io::Result<std::fs::File> {
    let copy = clew_launch::memfd::empty("file").map_err(std::io::Error::other)?;
    let mut copy = std::fs::File::from(copy);
    std::io::copy(&mut file, &mut copy)?;
    Ok(copy)
}

const SIGSYS: i32 = 31;
const EINVAL: i32 = 22;

/// What a message says about the replay's end, if it does.
fn outcome(message: &Message<'_>) -> Result<Option<Replayed>> {
    Ok(match message.kind {
        DIVERGED => {
            let report = String::from_utf8_lossy(message.payload).trim_end().to_owned();
            Some(Replayed::Diverged { event: message.arg, report })
        }
        ENDED => {
            let end = parse_end(message.payload).ok_or("malformed end");
            let end = end.tried(|| "understand the engine")?;
            Some(Replayed::Matched { last_event: message.arg, end })
        }
        _ => None,
    })
}

fn parse_end(payload: &[u8]) -> Option<End> {
    let (&kind, rest) = payload.split_first()?;
    let value = i32::from_le_bytes(rest.get(..4)?.try_into().ok()?);
    match kind {
        END_EXITED => Some(End::Exited(value)),
        END_KILLED => Some(End::Killed(value)),
        END_TRUNCATED => Some(End::Truncated),
        _ => None,
    }
}

fn flags(options: &Options) -> u64 {
    let mut flags = 0;
    if options.quiet {
        flags |= FLAG_QUIET;
    }
    if options.trace_events {
        flags |= FLAG_TRACE_EVENTS;
    }
    flags
}

fn failed(e: clew_launch::Error) -> Error {
    Error::new(e.step, e.source).advise("`clew doctor` says what this machine lacks.")
}
