//! `elapsed-time`.

use clew_trace::Result;

use super::Command;
use crate::debuggee::Debuggee;
use crate::session::Session;

pub const COMMAND: Command = Command {
    name: "elapsed-time",
    help: "Print how many seconds had passed since the recording began.",
    script: "monitor elapsed-time",
};

pub fn answer<S: Session>(debuggee: &mut Debuggee<S>) -> Result<String> {
    Ok(format!("Elapsed Time (s): {:.6}\n", debuggee.session.elapsed()?))
}
