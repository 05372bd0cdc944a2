//! `info checkpoints`.

use std::fmt::Write as _;

use super::Command;
use crate::debuggee::Debuggee;
use crate::session::Session;

pub const COMMAND: Command = Command {
    name: "info checkpoints",
    help: "List the checkpoints.",
    script: "monitor checkpoints",
};

pub fn answer<S: Session>(debuggee: &Debuggee<S>) -> String {
    let list = &debuggee.notes.checkpoints;
    if list.is_empty() {
        return "No checkpoints.\n".to_owned();
    }
    let mut text = format!("{:<4}{:<10}{:<14}{}\n", "Id", "Event", "Tick", "Where");
    for (number, checkpoint) in list {
        let position = checkpoint.position;
        let _ = writeln!(
            text,
            "{number:<4}{:<10}{:<14}{}",
            position.event, position.tick, checkpoint.place
        );
    }
    text
}
