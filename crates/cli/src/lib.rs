//! The `clew` command, as a library: the executable only calls [`start`], and what it does can be
//! driven without one.
#![deny(unsafe_code)]

pub mod args;
pub mod commands;
mod json;
mod progress;
pub mod show;
mod text;

use std::ffi::OsString;

/// Exit code when clew fails outside of recording.
pub const FAILED: i32 = 1;

/// Does what the command line says, its first word being clew's own name, and returns the exit code.
pub fn start(words: Vec<OsString>) -> i32 {
    if commands::opened::swept(&words) {
        return 0;
    }
    args::parse(words).map_or_else(|code| code, commands::run)
}
