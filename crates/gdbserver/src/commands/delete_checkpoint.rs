//! `delete checkpoint`.

use clew_trace::{Error, Result};

use super::Command;
use crate::debuggee::Debuggee;
use crate::jump;
use crate::session::Session;

pub const COMMAND: Command = Command {
    name: "delete checkpoint",
    help: "Forget a checkpoint.\nUsage: delete checkpoint N",
    script: "\
if $argc == 0
  echo Usage: delete checkpoint N\\n
else
  monitor delete-checkpoint $arg0
end",
};

pub fn answer<S: Session>(debuggee: &mut Debuggee<S>, words: &[&str]) -> Result<String> {
    let [word] = words else {
        return Err(Error::new("delete a checkpoint", "its number is missing"));
    };
    let number = jump::count(word)?;
    let known = u32::try_from(number).ok();
    match known.and_then(|n| debuggee.notes.checkpoints.remove(&n)) {
        Some(_) => Ok(format!("Deleted checkpoint {number}.\n")),
        None => Err(jump::no_such_checkpoint(number)),
    }
}
