//! One file per command: its options, and what it does.

pub mod completions;
pub mod demo;
pub mod divergence;
pub mod doctor;
pub mod dump;
pub mod info;
pub mod ls;
pub mod opened;
pub mod pack;
pub mod ps;
pub mod record;
pub mod replay;
pub mod rm;
pub mod unpack;
pub mod until_fail;

use crate::args::Command;

/// Runs a command and returns clew's exit code.
pub fn run(command: Command) -> i32 {
    let result = match command {
        Command::Record(args) => return record::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Ls(args) => ls::run(&args).map(|()| 0),
        Command::Rm(args) => rm::run(&args),
        Command::Ps(args) => ps::run(&args),
        Command::Dump(args) => dump::run(&args),
        Command::Info(args) => info::run(&args).map(|()| 0),
        Command::Pack(args) => pack::run(&args),
        Command::Unpack(args) => unpack::run(&args).map(|()| 0),
        Command::UntilFail(args) => return until_fail::run(&args),
        Command::Demo(args) => demo::run(&args).map(|()| 0),
        Command::Doctor(args) => doctor::run(&args),
        Command::Completions(args) => completions::run(&args).map(|()| 0),
    };
    result.unwrap_or_else(|e| {
        clew_launch::say(e);
        crate::FAILED
    })
}
