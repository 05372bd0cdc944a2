//! The command line as a whole. Each command's own options are defined beside what it does.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{CommandFactory, Parser, Subcommand};

use crate::commands::{
    completions, demo, doctor, dump, info, ls, pack, ps, record, replay, rm, unpack, until_fail,
};

/// Records a program once and replays that very execution as often as you like.
///
/// Without a command, a trace, packed or not, is replayed and anything else is recorded.
#[derive(Debug, Parser)]
#[command(name = "clew", version, disable_help_subcommand = true, subcommand_required = true)]
#[command(arg_required_else_help = true)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Record(record::Args),
    Replay(replay::Args),
    Ls(ls::Args),
    Rm(rm::Args),
    Ps(ps::Args),
    Dump(dump::Args),
    Info(info::Args),
    Pack(pack::Args),
    Unpack(unpack::Args),
    UntilFail(until_fail::Args),
    Demo(demo::Args),
    Doctor(doctor::Args),
    Completions(completions::Args),
}

/// Parses the command line, its first word being clew's own name. An error is the exit code where
/// nothing is left to do: help was printed, or the usage was wrong.
pub fn parse(mut words: Vec<OsString>) -> Result<Command, i32> {
    if let Some(command) = words.get(1).and_then(|first| implied_command(first)) {
        words.insert(1, command.into());
    }
    let parsed = Args::try_parse_from(words);
    parsed.map(|args| args.command).map_err(|e| {
        let _ = e.print();
        e.exit_code()
    })
}

/// The parser's definition, for shell completions.
pub fn definition() -> clap::Command {
    Args::command()
}

/// The command that is meant where none is given.
fn implied_command(first: &OsStr) -> Option<&'static str> {
    const OWN: [&str; 4] = ["--help", "--version", "-V", "help"];
    let known = |name: &str| Args::command().get_subcommands().any(|c| c.get_name() == name);
    match first.to_str() {
        Some(text) if OWN.contains(&text) || known(text) => None,
        _ if clew_trace::root::is_trace(Path::new(first)) => Some("replay"),
        _ if clew_trace::pack::is_pack(Path::new(first)) => Some("replay"),
        _ => Some("record"),
    }
}
