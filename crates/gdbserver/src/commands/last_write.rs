//! `last-write`.

use super::Command;

pub const COMMAND: Command = Command {
    name: "last-write",
    help: "Go straight to the instruction that last changed an expression's memory.\nUsage: last-write EXPRESSION\nIt stops just before that instruction; `stepi` executes it.",
    script: "\
if $argc == 0
  echo Usage: last-write EXPRESSION\\n
else
  eval \"monitor jump last-write %lu %lu\", (unsigned long) &($arg0), (unsigned long) sizeof($arg0)
  clew-arrive
end",
};
