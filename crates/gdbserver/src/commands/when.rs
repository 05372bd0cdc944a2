//! `when` and its kin, in rr's words: scripts read them.

use super::Command;
use crate::debuggee::Debuggee;
use crate::session::Session;

pub const EVENT: Command = Command {
    name: "when",
    help: "Print the last event that took effect.\nEvents are numbered over all of the recording; `run N` goes to one.",
    script: "monitor when",
};

pub const TICKS: Command = Command {
    name: "when-ticks",
    help: "Print the running thread's tick count.\nA tick is a backward branch, call or return. `seek-ticks N` goes to one.",
    script: "monitor when-ticks",
};

pub const TID: Command = Command {
    name: "when-tid",
    help: "Print the number the running thread had when it was recorded.",
    script: "monitor when-tid",
};

pub fn event<S: Session>(debuggee: &Debuggee<S>) -> String {
    format!("Completed event: {}\n", debuggee.session.here().position.event)
}

pub fn ticks<S: Session>(debuggee: &Debuggee<S>) -> String {
    format!("Current tick: {}\n", debuggee.session.here().position.tick)
}

pub fn tid<S: Session>(debuggee: &Debuggee<S>) -> String {
    format!("Current tid: {}\n", debuggee.session.here().tid)
}
