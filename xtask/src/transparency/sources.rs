//! The sources of Debian packages, for suites that no package has in binary form.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::cargo;

/// Where a package's sources are, fetched and unpacked once.
pub fn of(package: &str) -> Result<PathBuf> {
    let dir = cargo::target().join("suites").join(package);
    if dir.exists() {
        return Ok(dir);
    }
    let parts = dir.with_extension("new");
    let _ = std::fs::remove_dir_all(&parts);
    std::fs::create_dir_all(&parts).with_context(|| format!("{}", parts.display()))?;
    let mut fetch = Command::new("apt-get");
    fetch.args(["-qq", "source", package]).current_dir(&parts);
    let fetched = fetch.output().context("cannot run apt-get")?;
    if !fetched.status.success() {
        let said = String::from_utf8_lossy(&fetched.stderr);
        bail!(
            "cannot get the sources of {package}: {}\n  needed: dpkg-dev, a deb-src line among apt's \
             sources, apt-get update",
            said.lines().last().unwrap_or_default()
        );
    }
    let entries = std::fs::read_dir(&parts)?.flatten();
    let unpacked = entries.map(|entry| entry.path()).find(|path| path.is_dir());
    let unpacked = unpacked.with_context(|| format!("apt-get source {package} unpacks nothing"))?;
    std::fs::rename(unpacked, &dir)?;
    std::fs::remove_dir_all(&parts)?;
    Ok(dir)
}

/// Makes `product` in `dir` with a shell's commands, once. `needs` says which packages that takes.
pub fn built(dir: &Path, product: &str, commands: &str, needs: &str) -> Result<PathBuf> {
    let product = dir.join(product);
    if product.exists() {
        return Ok(product);
    }
    let output =
        Command::new("sh").args(["-ec", commands]).current_dir(dir).output().context("sh")?;
    let said = String::from_utf8_lossy(&output.stderr);
    let last = || said.lines().last().unwrap_or_default();
    let path = dir.display();
    ensure!(output.status.success(), "cannot build {path}: {}\n  needed: {needs}", last());
    ensure!(product.exists(), "{} was not built: {}", product.display(), last());
    Ok(product)
}

/// A copy below the directory of a run, which every user can reach, under the same name.
pub fn copied(product: &Path, to: &Path) -> Result<PathBuf> {
    let programs = to.join("programs");
    std::fs::create_dir_all(&programs).with_context(|| format!("{}", programs.display()))?;
    let copy = programs.join(product.file_name().unwrap_or_default());
    clew_testsuite::executables::copy(product, &copy)
        .with_context(|| format!("{}", copy.display()))?;
    Ok(copy)
}

/// The same of a whole directory. Files are linked, where that is possible.
pub fn copied_tree(dir: &Path, to: &Path) -> Result<PathBuf> {
    let programs = to.join("programs");
    std::fs::create_dir_all(&programs).with_context(|| format!("{}", programs.display()))?;
    let copy = programs.join(dir.file_name().unwrap_or_default());
    let copying = |options| {
        let _ = std::fs::remove_dir_all(&copy);
        Command::new("cp").arg(options).args([dir, &copy]).output().context("cp")
    };
    let mut copied = copying("-al")?;
    if !copied.status.success() {
        copied = copying("-a")?;
    }
    let said = String::from_utf8_lossy(&copied.stderr);
    ensure!(copied.status.success(), "cannot copy {}: {}", dir.display(), said.trim_end());
    Ok(copy)
}
