//! `cargo xtask soak`: the long matrices, for a night or a release.

mod flat;
mod processes;

use anyhow::{Result, bail};
use clap::Args;

use crate::cargo;

#[derive(Args)]
pub struct Options {
    /// How often each program is recorded and replayed.
    #[arg(long, default_value_t = 20)]
    repeat: u32,
    /// How often a recording is killed at a random moment.
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// How many seeds of random instructions.
    #[arg(long, default_value_t = 200)]
    seeds: u32,
    /// Only the suites whose name contains this.
    #[arg(long)]
    filter: Option<String>,
    /// Instead of the suites: record an event loop for so many minutes and replay it, with memory flat.
    #[arg(long)]
    minutes: Option<u32>,
    /// Instead of the suites: one recording of so many processes.
    #[arg(long)]
    processes: Option<usize>,
}

/// Runs every suite to its end, then fails if one did.
pub fn run(options: &Options) -> Result<()> {
    if let Some(minutes) = options.minutes {
        return flat::run(minutes);
    }
    if let Some(number) = options.processes {
        return processes::run(number);
    }
    let clew = cargo::build_clew()?;
    let suites = [
        ("programs", "CLEW_REPEAT", options.repeat),
        ("guests", "CLEW_REPEAT", options.repeat),
        // With its heavy ones, this takes long each time.
        ("trees", "CLEW_REPEAT", options.repeat.div_ceil(5)),
        ("durability", "CLEW_KILLS", options.kills),
        ("fuzz_insn", "CLEW_FUZZ_SEEDS", options.seeds),
        ("errors", "CLEW_REPEAT", 1),
    ];
    let mut failed = Vec::new();
    for (suite, variable, value) in suites {
        if options.filter.as_ref().is_some_and(|filter| !suite.contains(filter)) {
            continue;
        }
        let mut command = cargo::command(&["test", "-p", "clew-testsuite", "--test", suite]);
        if suite == "trees" {
            command.args(["--", "--include-ignored"]);
        }
        command.env("CLEW_BIN", &clew).env(variable, value.to_string());
        if !command.status()?.success() {
            failed.push(suite);
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}
