//! What gdb tells by itself: where its user saw the process stop, for `back`. And that leaving needs
//! no question, since nothing is lost.

use super::Command;
use crate::debuggee::Debuggee;
use crate::session::Session;

pub const HOOK: Command = Command {
    name: "hook-stop",
    help: "Tells clew that the process stopped, for `back`.",
    script: "if $_thread != 0\n  monitor seen\nend",
};

pub const QUIT: Command = Command {
    name: "hook-quit",
    help: "Leaves without a question: a recording loses nothing.",
    script: "set confirm off",
};

pub fn answer<S: Session>(debuggee: &mut Debuggee<S>) -> String {
    let here = debuggee.session.here().position;
    if !debuggee.session.diverted() {
        debuggee.notes.seen(here);
    }
    String::new()
}
