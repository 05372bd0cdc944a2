//! `clew replay`.

mod autopilot;
mod debug;
mod debugger;

use std::ffi::OsString;
use std::path::PathBuf;

use clew_replay::Target;
use clew_trace::pack::What;
use clew_trace::{Result, Trace};

use super::opened::open_trace;

/// Replay a recording under gdb
///
/// With `-a` there is no debugger, and the exit code is 0 if the replay matched the recording to its end, 1 if it did not.
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
    /// The trace's name or path, or a packed trace; the newest if left out
    trace: Option<OsString>,
    /// Arguments for the debugger
    #[arg(last = true)]
    debugger_args: Vec<OsString>,
}

/// Runs the command and returns clew's exit code.
pub fn run(args: &Args) -> Result<i32> {
    let trace = open_trace(args.trace.as_deref(), What::All)?;
    let target = target(args);
    if let Some(lesser) = lesser_processor(&trace) {
        clew_launch::say(format!("{lesser}; should the program need that, the replay ends there"));
    }
    if args.autopilot {
        autopilot::run(args, &trace, &target)
    } else {
        debug::run(args, &trace, &target)
    }
}

/// What the recorded program may need of a processor and this one does not have.
fn lesser_processor(trace: &Trace) -> Option<String> {
    let machine = &trace.meta().machine;
    let missing = machine.abilities.missing_here()?;
    let cpu = crate::text::printable(&machine.cpu);
    Some(format!("this processor {missing}, unlike the recording's ({cpu})"))
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
