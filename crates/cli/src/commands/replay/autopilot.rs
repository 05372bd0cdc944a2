//! `clew replay -a`: to the end, without a debugger.

use clew_replay::{End, Options, Replayed, Target, replay_autopilot};
use clew_trace::{Ended, Result, Trace};

use super::Args;
use crate::commands::divergence;

pub fn run(args: &Args, trace: &Trace, target: &Target) -> Result<i32> {
    let options = Options {
        quiet: args.no_redirect_output,
        mark: args.mark_stdio,
        stop_event: args.goto.unwrap_or(0),
        trace_events: args.trace_events,
        stress_probes: args.stress_probes,
    };
    // A packed trace is replayed from elsewhere.
    let name = args.trace.as_deref().unwrap_or(trace.dir().as_os_str());
    match replay_autopilot(trace, target, &options)? {
        Replayed::Matched { end: End::Truncated, last_event } if args.goto.is_none() => {
            let at = match last_event {
                0 => "before its first event".to_owned(),
                event => format!("after event {event}"),
            };
            let why = why_truncated(trace, target);
            clew_launch::say(format!("the recording ends {at}, by {why}"));
            Ok(0)
        }
        Replayed::Matched { .. } => Ok(0),
        Replayed::Diverged { event, .. } if super::lesser_processor(trace).is_some() => {
            clew_launch::say(format!(
                "the replay ended at event {event}, on a processor that cannot do what the recording's could \
                 (`record --disable-avx-512` and the like make recordings that more processors replay)"
            ));
            Ok(1)
        }
        Replayed::Diverged { event, report } => {
            clew_launch::say(format!(
                "the replay departed from the recording at event {event}\n{}",
                divergence::explain(trace, name, event, &report)
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
