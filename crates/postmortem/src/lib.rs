//! What the processes of a trace were doing where it ends: the stack of every thread, with names, lines
//! and sources.
//!
//! [`examine`] picks the processes that matter, replays each to its end and unwinds its threads
//! ([`stack`]). Code and debug information come out of the trace's stored files ([`modules`],
//! [`symbols`]); debug information that lies in files of its own is found if this machine has it. Whatever
//! is missing makes the answer poorer, not an error.
#![forbid(unsafe_code)]

mod machinery;
mod memory;
mod model;
mod modules;
mod source;
mod stack;
mod symbols;

pub use memory::Memory;
pub use model::*;
pub use modules::Modules;
pub use source::excerpt;
pub use stack::threads;
pub use symbols::Symbols;

use clew_gdbserver::files::Files;
use clew_replay::Target;
use clew_replay::plan::Plan;
use clew_timeline::{Attention, Destination, Stop, Timeline};
use clew_trace::processes::{self, Process as Recorded};
use clew_trace::{Ended, Error, Result, Trace};

/// Stacks of more processes than this are nobody's reading matter.
const MAX_PROCESSES: usize = 4;

/// Looks at the end of a trace; `stopped` says that its processes were stopped because they hung.
/// `attention` ends it early.
pub fn examine(trace: &Trace, stopped: bool, attention: Attention<'_>) -> Vec<Process> {
    let (all, _) = processes::list(trace).unwrap_or_default();
    let chosen = choose(&all, stopped);
    let mut found = Vec::new();
    for process in chosen {
        let mut report = Process::new(process);
        if let Err(e) = at_end(trace, process, attention, &mut report) {
            report.obstacle = Some(e.to_string());
        }
        found.push(report);
    }
    found
}

/// The processes that matter: those that hang; or the child that crashed; or else the first.
fn choose(all: &[Recorded], stopped: bool) -> Vec<&Recorded> {
    let of_stream = || all.iter().filter(|process| process.stream.is_some());
    let crash = |process: &&Recorded| matches!(process.ended, Some(Ended::Signaled(signal)) if is_crash(signal));
    if stopped {
        let hangs = |process: &&Recorded| crash(process) || process.ended.is_none();
        let hanging: Vec<_> = of_stream().filter(hangs).take(MAX_PROCESSES).collect();
        if !hanging.is_empty() {
            return hanging;
        }
    }
    of_stream().filter(crash).next_back().or_else(|| of_stream().next()).into_iter().collect()
}

/// Whether a signal tells of an error of the program that it ends.
pub fn is_crash(signal: i32) -> bool {
    // SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS.
    matches!(signal, 3..=8 | 11 | 31)
}

fn at_end(
    trace: &Trace,
    process: &Recorded,
    attention: Attention<'_>,
    report: &mut Process,
) -> Result<()> {
    let missing = || Error::new("look at the process", "the trace does not hold its beginning");
    let stream = process.stream.ok_or_else(missing)?;
    let first = processes::origins(trace)?.0.first().is_some_and(|origin| origin.stream == stream);
    let target = if first { Target::First } else { Target::Stream(stream) };
    let plan = Plan::new(trace, &target)?.ok_or_else(missing)?;
    let options = clew_timeline::Options { quiet: true, mark: false };
    let mut timeline = Timeline::open(trace, &plan, &options)?;
    let stopped = timeline.seek(Destination::End, attention)?;
    report.last_event = stopped.position.event;
    if stopped.stop == Stop::Interrupted {
        return Err(Error::new("go to the end of the recording", "you interrupted it"));
    }
    let files = Files::of(trace)?;
    let modules = Modules::loaded(&mut timeline, &files);
    let mut symbols = Symbols::new(&modules);
    report.threads = threads(&mut timeline, &modules, &mut symbols)?;
    Ok(())
}
