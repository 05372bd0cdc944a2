//! `cargo xtask test`: what CI runs.

use std::path::Path;

use anyhow::{Result, bail};
use clap::Args;

use crate::cargo;

#[derive(Args)]
pub struct Options {
    /// Passed on to `cargo test`, such as `-p clew-testsuite --test guests`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds the release executable, then runs the workspace's tests and the translator's random
/// instructions against it.
pub fn run(options: &Options) -> Result<()> {
    let clew = cargo::build_clew()?;
    let mut arguments = vec!["test", "--no-fail-fast"];
    if options.arguments.is_empty() {
        arguments.push("--workspace");
    }
    arguments.extend(options.arguments.iter().map(String::as_str));
    let passed = with_clew(&clew, &arguments)?;
    if !passed {
        bail!(
            "some tests failed; the messages above name the trace and the command to reproduce each"
        );
    }
    Ok(())
}

fn with_clew(clew: &Path, arguments: &[&str]) -> Result<bool> {
    Ok(cargo::command(arguments).env("CLEW_BIN", clew).status()?.success())
}
