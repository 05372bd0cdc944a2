//! `seek-ticks`.

use super::Command;

pub const COMMAND: Command = Command {
    name: "seek-ticks",
    help: "Go to where the first thread has a tick count.\nUsage: seek-ticks TICK",
    script: "\
if $argc == 0
  echo Usage: seek-ticks TICK\\n
else
  monitor jump tick $arg0
  clew-arrive
end",
};
