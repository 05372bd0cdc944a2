//! `run`: to an event, or to the beginning.

use super::Command;

pub const COMMAND: Command = Command {
    name: "run",
    help: "Go to the beginning of the recording, or to an event.\nUsage: run [EVENT]\nBreakpoints and watchpoints do not stop it on the way. `run cN` goes to checkpoint N.",
    script: "\
if $_thread == 0
  if $argc == 0
    starti begin
  else
    starti $arg0
  end
else
  if $argc == 0
    monitor jump begin
  else
    monitor jump $arg0
  end
  clew-arrive
end",
};
