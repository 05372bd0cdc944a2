//! `cargo xtask test`: what CI runs.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{cargo, fuzz};

#[derive(Args)]
pub struct Options {
    /// Passed on to `cargo test`, such as `-p clew-testsuite --test guests`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds the release executable, then runs the workspace's tests against it, and without arguments some
/// seconds of each fuzzer.
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
    if options.arguments.is_empty() { fuzz::short() } else { Ok(()) }
}

/// Passes on what the tests print, and says at the end once more what the failed ones had to say: that
/// may be thousands of lines up.
fn with_clew(clew: &Path, arguments: &[&str]) -> Result<bool> {
    let mut tests =
        cargo::command(arguments).env("CLEW_BIN", clew).stdout(Stdio::piped()).spawn()?;
    let mut failures = Failures::default();
    let lines = tests.stdout.take().context("the tests' output")?;
    for line in BufReader::new(lines).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{line}");
        failures.look_at(&line);
    }
    let passed = tests.wait()?.success();
    if !failures.told.is_empty() {
        println!("\nwhat failed:\n{}", failures.told);
    }
    Ok(passed)
}

/// What test runners print between `failures:` and the list of names.
#[derive(Default)]
struct Failures {
    within: bool,
    told: String,
}

impl Failures {
    fn look_at(&mut self, line: &str) {
        match line {
            "failures:" => self.within = !self.within,
            _ if line.starts_with("test result:") => self.within = false,
            _ if self.within => {
                self.told.push_str(line);
                self.told.push('\n');
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_again() {
        let mut failures = Failures::default();
        let output = "test a ... FAILED\n\nfailures:\n\n---- a ----\nwhy\n\nfailures:\n    a\n\n\
                      test result: FAILED. 0 passed\ntest b ... ok\n\ntest result: ok.";
        output.lines().for_each(|line| failures.look_at(line));
        assert_eq!(failures.told, "\n---- a ----\nwhy\n\n");
    }
}
