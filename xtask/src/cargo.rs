//! Calling cargo, and finding what it built.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The repository's root directory.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies below the root")
}

/// A cargo command in the repository.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(repository()).args(arguments);
    command
}

/// Runs a command and fails if it does.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(())
}

/// Cargo's target directory.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| repository().join("target"), |dir| repository().join(dir))
}

/// Builds the release `clew` and returns its path; `CLEW_BIN` replaces both.
pub fn build_clew() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CLEW_BIN") {
        return Ok(PathBuf::from(path).canonicalize()?);
    }
    run(&mut command(&["build", "--release", "--workspace", "--bins", "--exclude", "xtask"]))?;
    Ok(target().join("release/clew"))
}
