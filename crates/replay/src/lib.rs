//! Replaying: `clew replay -a`.
//!
//! [`replay_autopilot`] starts the engine on a trace and serves it: [`segments`] decompresses the event
//! stream ahead of it, [`host`] hands it stored files and prints what the guest printed. The
//! engine confines itself; nothing that a trace says reaches the supervisor's file system but the
//! names of stored files, which are checked.
#![deny(unsafe_code)]

pub mod host;
mod output;
pub mod plan;
pub mod segments;
mod slot;
pub mod stitch;
mod verify;

use clew_abi::control::{DIVERGED, END_EXITED, END_KILLED, END_TRUNCATED, ENDED};
use clew_abi::orders::{FLAG_QUIET, FLAG_TRACE_EVENTS, Orders};
use clew_trace::{Error, Result, ResultExt, Trace};

use crate::host::{Heard, Host, Process};
use crate::plan::Plan;
pub use crate::plan::Target;

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
    let mut host = Host::new(trace, &plan, options.quiet, options.mark)?;
    let wishes = Orders {
        flags: flags(options),
        stop_event: options.stop_event,
        stress_probes: options.stress_probes.map_or(0, |steps| u64::from(steps) + 1),
        ..Orders::default()
    };
    let mut process = host.start(trace, &plan, wishes)?;
    let result = serve(&mut host, &mut process, tried);
    let damage = host.damage();
    host.output.flush();
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

/// Serves the engine until it has ended.
fn serve(host: &mut Host, process: &mut Process, tried: impl Fn() -> String) -> Result<Replayed> {
    let mut open = true;
    let mut over = false;
    loop {
        match host.hear(process)? {
            Heard::Message { kind, arg, payload } => {
                if let Some(outcome) = outcome(kind, arg, &payload)? {
                    process.child.kill();
                    return Ok(outcome);
                }
                continue;
            }
            // What it said last may have arrived after we looked.
            _ if over => {
                let status = process.child.wait().tried(|| "wait for the replay")?;
                return Err(Error::new(tried(), process.died(status)));
            }
            Heard::Nothing => {}
            Heard::Closed => open = false,
        }
        host.output.flush();
        over = process.wait(open)?;
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

/// What a message says about the replay's end, if it does.
fn outcome(kind: u32, arg: u64, payload: &[u8]) -> Result<Option<Replayed>> {
    Ok(match kind {
        DIVERGED => Some(Replayed::Diverged { event: arg, report: report(payload) }),
        ENDED => {
            let end = parse_end(payload).ok_or("malformed end");
            let end = end.tried(|| "understand the engine")?;
            Some(Replayed::Matched { last_event: arg, end })
        }
        _ => None,
    })
}

/// The report of a divergence, for the user.
pub fn report(payload: &[u8]) -> String {
    String::from_utf8_lossy(payload).trim_end().to_owned()
}

fn parse_end(payload: &[u8]) -> Option<End> {
    let (&kind, rest) = payload.split_first()?;
    End::from_parts(kind, i32::from_le_bytes(rest.get(..4)?.try_into().ok()?))
}

impl End {
    /// From `control::END_*` and a code or signal.
    pub fn from_parts(kind: u8, value: i32) -> Option<Self> {
        match kind {
            END_EXITED => Some(Self::Exited(value)),
            END_KILLED => Some(Self::Killed(value)),
            END_TRUNCATED => Some(Self::Truncated),
            _ => None,
        }
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
