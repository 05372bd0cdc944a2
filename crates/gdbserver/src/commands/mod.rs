//! The commands that a debugger gets from us. One file each: what gdb is taught (a command is a gdb
//! script that asks the server by `monitor`), and the server's half.

mod back;
mod banner;
mod checkpoint;
mod delete_checkpoint;
mod elapsed;
mod forward;
mod info_checkpoints;
mod last_write;
mod restart;
mod run;
mod seek_ticks;
mod seen;
mod when;

pub mod script;

use clew_trace::{Error, Result};

use crate::debuggee::Debuggee;
use crate::jump::{self, Jump};
use crate::session::Session;

/// What gdb is taught.
pub struct Command {
    /// As its user types it.
    pub name: &'static str,
    /// For `help`; the first line stands alone.
    pub help: &'static str,
    /// Its definition in gdb's own language.
    pub script: &'static str,
}

/// All of them.
pub const ALL: [&Command; 15] = [
    &when::EVENT,
    &when::TICKS,
    &when::TID,
    &elapsed::COMMAND,
    &run::COMMAND,
    &seek_ticks::COMMAND,
    &checkpoint::COMMAND,
    &info_checkpoints::COMMAND,
    &delete_checkpoint::COMMAND,
    &restart::COMMAND,
    &last_write::COMMAND,
    &back::COMMAND,
    &forward::COMMAND,
    &seen::HOOK,
    &seen::QUIT,
];

/// Executes `monitor COMMAND`; returns what is to be printed.
pub fn monitor<S: Session>(debuggee: &mut Debuggee<S>, command: &str) -> Result<String> {
    let mut words: Vec<_> = command.split_whitespace().collect();
    let verb = if words.is_empty() { "help" } else { words.remove(0) };
    match verb {
        "when" => Ok(when::event(debuggee)),
        "when-ticks" => Ok(when::ticks(debuggee)),
        "when-tid" => Ok(when::tid(debuggee)),
        "elapsed-time" => elapsed::answer(debuggee),
        "checkpoint" => Ok(checkpoint::answer(debuggee, command)),
        "checkpoints" => Ok(info_checkpoints::answer(debuggee)),
        "delete-checkpoint" => delete_checkpoint::answer(debuggee, &words),
        "jump" => jump(debuggee, &words),
        "seen" => Ok(seen::answer(debuggee)),
        "banner" => Ok(banner::answer(debuggee)),
        "gdb-script" => Ok(script::text()),
        "help" => Ok(HELP.to_owned()),
        other => Err(Error::new(format!("do {other:?}"), "there is no such monitor command")
            .advise("`monitor help` lists them.")),
    }
}

const HELP: &str = "\
when, when-ticks, when-tid, elapsed-time: where this is
checkpoint [PLACE], checkpoints, delete-checkpoint N
jump WHERE: the next step leads there; begin, end, event N, tick N, checkpoint N, back, forward,
  last-write ADDRESS LENGTH
gdb-script: definitions of commands for gdb
";

/// `monitor jump …`: where the next motion leads. An error leads nowhere.
fn jump<S: Session>(debuggee: &mut Debuggee<S>, words: &[&str]) -> Result<String> {
    let parsed = jump::parse_run(debuggee, words);
    debuggee.jump = Some(*parsed.as_ref().unwrap_or(&Jump::Stay));
    parsed.map(|_| String::new())
}
