//! `forward`.

use super::Command;

pub const COMMAND: Command = Command {
    name: "forward",
    help: "Go to where the session stopped after this place, before `back`.",
    script: "monitor jump forward\nclew-arrive",
};
