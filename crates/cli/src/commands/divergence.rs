//! What to do about a replay that departed from its recording.

use std::ffi::OsStr;

use clew_trace::Trace;
use clew_trace::meta::Machine;

use crate::text;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How many events before it are worth a look.
const BEFORE: u64 = 10;

/// The engine's report of a divergence at `event`, with what only the supervisor knows, and how to report it.
/// `name` is what the user calls the trace.
pub fn explain(trace: &Trace, name: &OsStr, event: u64, report: &str) -> String {
    let meta = trace.meta();
    let mut lines = vec![report.to_owned()];
    if meta.clew != VERSION {
        let recorder = text::printable(&meta.clew);
        lines.push(format!("also: it was recorded by clew {recorder}, this is {VERSION}"));
    }
    let (then, now) = (text::printable(&meta.machine.cpu), Machine::current().cpu);
    if then != now {
        lines.push(format!("also: it was recorded on another processor ({then})"));
    }
    let name = text::command_line(&[name.to_string_lossy().into_owned()]);
    let first = event.saturating_sub(BEFORE).max(1);
    lines.push(
        "A replay must not depart from its recording: please report it, with what these print,"
            .into(),
    );
    lines.push(format!("  clew dump {name} {first}-{event}"));
    lines.push(format!(
        "  clew pack {name}    (it holds what the program read, its environment as well)"
    ));
    lines.join("\n")
}
