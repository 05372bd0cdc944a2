//! `back`.

use super::Command;

pub const COMMAND: Command = Command {
    name: "back",
    help: "Go to where the session stopped before.\n`forward` undoes it.",
    script: "monitor jump back\nclew-arrive",
};
