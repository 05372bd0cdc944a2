//! Programs in `tests/programs-src`, built once per content: C, Java, Go, and cargo projects.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use crate::paths;

/// The directory they are in.
pub fn directory() -> PathBuf {
    paths::repository().join("tests/programs-src")
}

/// A source file or project of `tests/programs-src`.
#[derive(Clone, Debug)]
pub struct Source {
    path: &'static str,
    flags: Vec<&'static str>,
}

/// A source and the flags that follow it on the compiler's command line.
pub fn source(path: &'static str, flags: &[&'static str]) -> Source {
    Source { path, flags: flags.to_vec() }
}

impl Source {
    /// The compiler, which the machine must have.
    pub fn compiler(&self) -> &'static str {
        match extension(self.path) {
            "c" => "/usr/bin/gcc",
            "java" => "/usr/bin/javac",
            "go" => "/usr/bin/go",
            _ => "/", // cargo, which is there: it builds this
        }
    }

    /// The directory that holds the executable (or the classes).
    pub fn build(&self) -> Result<PathBuf, String> {
        // One at a time: two trials may want the same.
        static BUILDING: Mutex<()> = Mutex::new(());
        let _alone = BUILDING.lock().unwrap_or_else(|e| e.into_inner());
        let source = directory().join(self.path);
        if extension(self.path).is_empty() {
            return cargo(&source, &paths::target().join("programs").join(self.path));
        }
        let text = fs::read(&source).map_err(|e| format!("{}: {e}", source.display()))?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&text).update(format!("{self:?}").as_bytes());
        let hash = hasher.finalize().to_hex();
        let dir = paths::target().join("programs").join(&hash[..20]);
        paths::once(&dir, |dir| run(&mut self.command(&source, dir)))?;
        Ok(dir)
    }

    fn command(&self, source: &Path, dir: &Path) -> Command {
        let mut command = Command::new(self.compiler());
        let program = dir.join(source.file_stem().unwrap_or_default());
        match extension(self.path) {
            "c" => {
                command.args(["-O1", "-g", "-pthread", "-o"]).arg(program);
                command.arg(source).args(&self.flags);
            }
            "java" => {
                command.arg("-d").arg(dir).args(&self.flags).arg(source);
            }
            _ => {
                let cache = paths::target().join("programs/go-cache");
                command.env("GOCACHE", cache).env("GO111MODULE", "off").env("GOFLAGS", "");
                command.args(["build", "-o"]).arg(program).args(&self.flags).arg(source);
            }
        }
        command
    }
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Builds a C program with threads, once per content: its own and that of what it includes. `place` is a
/// directory below cargo's.
pub fn threaded(source: &Path, includes: &[PathBuf], place: &str) -> Result<PathBuf, String> {
    let mut hasher = blake3::Hasher::new();
    for file in includes.iter().map(PathBuf::as_path).chain([source]) {
        hasher.update(&fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?);
    }
    let dir = paths::target().join(place).join(&hasher.finalize().to_hex()[..20]);
    let name = source.file_stem().unwrap_or_default();
    paths::once(&dir, |partial| {
        let mut compiler = Command::new("cc");
        compiler.args(["-O1", "-g", "-w", "-pthread", "-o"]).arg(partial.join(name)).arg(source);
        run(&mut compiler)
    })?;
    Ok(dir.join(name))
}

/// Builds a cargo project that is no part of the workspace; the directory of its executables.
pub fn cargo(project: &Path, target: &Path) -> Result<PathBuf, String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.args(["build", "--release", "--quiet", "--target-dir"]).arg(target);
    run(cargo.current_dir(project))?;
    Ok(target.join("release"))
}

/// Runs a compiler; its messages are the error if it fails.
pub fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|e| format!("cannot run {command:?}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr)))
}
