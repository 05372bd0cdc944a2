//! `checkpoint`: remember this place.

use super::Command;
use crate::debuggee::Debuggee;
use crate::notes::Checkpoint;
use crate::session::Session;

pub const COMMAND: Command = Command {
    name: "checkpoint",
    help: "Remember this place. `restart N` comes back to it.\nIt lasts for the session.",
    script: "\
if $_isvoid($_clew_where)
  monitor checkpoint
else
  python gdb.execute('monitor checkpoint ' + clew_where())
end",
};

/// What follows the word is the place, in the debugger's words.
pub fn answer<S: Session>(debuggee: &mut Debuggee<S>, command: &str) -> String {
    let position = debuggee.session.here().position;
    let place = command.trim_start().strip_prefix("checkpoint").unwrap_or_default().trim();
    let place = match place {
        "" => format!("{:#x}", position.pc),
        place => place.to_owned(),
    };
    let text = format!("at {place}\n");
    let number = debuggee.notes.check(Checkpoint { position, place });
    format!("Checkpoint {number} {text}")
}
