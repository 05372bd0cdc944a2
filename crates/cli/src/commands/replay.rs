//! `clew replay`.

use std::ffi::OsString;
use std::path::PathBuf;

use clew_replay::{End, Options, Replayed, Target, replay_autopilot};
use clew_trace::{Ended, Result, Trace};

use super::{not_built, open_trace};

/// Replay a recording
///
/// With `-a` the exit code is 0 if the replay matched the recording to its end, 1 if it did not.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// No debugger: replay to the end and print the recorded output
    #[arg(short = 'a', long)]
    autopilot: bool,
    /// Replay this process, from its exec
    #[arg(short = 'p', long, value_name = "PID|NAME", conflicts_with = "onfork")]
    onprocess: Option<String>,
    /// Replay this process, from its fork
    #[arg(short = 'f', long, value_name = "PID")]
    onfork: Option<u32>,
    /// Start at this event
    #[arg(short = 'g', long, value_name = "EVENT")]
    goto: Option<u64>,
    /// Start at the end of the process
    #[arg(short = 'e', long)]
    goto_exit: bool,
    /// The debugger to run
    #[arg(short = 'd', long, value_name = "PATH")]
    debugger: Option<PathBuf>,
    /// Only serve the debugger's protocol, at this port on the loopback interface
    #[arg(short = 's', long, value_name = "PORT")]
    dbgport: Option<u16>,
    /// Keep serving after the debugger has detached
    #[arg(short = 'k', long)]
    keep_listening: bool,
    /// No output of the recorded program
    #[arg(short = 'q', long)]
    no_redirect_output: bool,
    /// Prefix each line of output with `[clew PID EVENT]`
    #[arg(short = 'M', long)]
    mark_stdio: bool,
    /// A script for gdb
    #[arg(short = 'x', long, value_name = "FILE")]
    gdb_x: Option<PathBuf>,
    /// Report each event as it is replayed (for work on clew)
    #[arg(long, hide = true)]
    trace_events: bool,
    /// Stop at breakpoints and watchpoints all over the program, and make STEPS single steps behind
    /// each breakpoint (for work on clew)
    #[arg(long, hide = true, value_name = "STEPS", num_args = 0..=1, default_missing_value = "1", require_equals = true)]
    stress_probes: Option<u32>,
    /// The trace's name or path; the newest if left out
    trace: Option<OsString>,
    /// Arguments for the debugger
    #[arg(last = true)]
    debugger_args: Vec<OsString>,
}

/// Runs the command and returns clew's exit code.
pub fn run(args: &Args) -> Result<i32> {
    if !args.autopilot {
        return Err(
            not_built("replay under a debugger").advise("`clew replay -a` replays without one.")
        );
    }
    let trace = open_trace(args.trace.as_deref())?;
    let options = Options {
        quiet: args.no_redirect_output,
        mark: args.mark_stdio,
        stop_event: args.goto.unwrap_or(0),
        trace_events: args.trace_events,
        stress_probes: args.stress_probes,
    };
    let target = target(args);
    match replay_autopilot(&trace, &target, &options)? {
        Replayed::Matched { end: End::Truncated, last_event } if args.goto.is_none() => {
            let at = match last_event {
                0 => "before its first event".to_owned(),
                event => format!("after event {event}"),
            };
            let why = why_truncated(&trace, &target);
            clew_launch::say(format!("the recording ends {at}, by {why}"));
            Ok(0)
        }
        Replayed::Matched { .. } => Ok(0),
        Replayed::Diverged { event, report } => {
            clew_launch::say(format!(
                "the replay departed from the recording at event {event}\n{report}"
            ));
            Ok(1)
        }
    }
}

/// What ended a recording whose process did not end.
fn why_truncated(trace: &Trace, target: &Target) -> String {
    if *target != Target::First {
        return "the process's sudden death, unless it runs on".into();
    }
    match trace.meta().outcome.as_ref().map(|o| o.ended) {
        Some(Ended::Signaled(signal)) => crate::text::signal_name(signal),
        Some(Ended::Exited(_)) => "a failure of clew's".into(),
        None => "the recorder's end".into(),
    }
}

fn target(args: &Args) -> Target {
    match (&args.onprocess, args.onfork) {
        (_, Some(pid)) => Target::Fork(pid),
        (Some(word), None) => match word.parse() {
            Ok(pid) => Target::Exec(pid),
            Err(_) => Target::Program(word.clone()),
        },
        (None, None) => Target::First,
    }
}
