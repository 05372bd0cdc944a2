//! `restart`.

use super::Command;

pub const COMMAND: Command = Command {
    name: "restart",
    help: "Go to a checkpoint.\nUsage: restart N\n`checkpoint` makes one, `info checkpoints` lists them.",
    script: "\
if $argc == 0
  echo Usage: restart N\\n
else
  monitor jump checkpoint $arg0
  clew-arrive
end",
};
