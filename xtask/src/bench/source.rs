//! Small programs of `bench/`, which say themselves how they are built and what they are.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::scratch;
use crate::cargo;

/// A C or C++ file.
pub struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// Reads a file, named relative to `bench/`.
    pub fn read(name: &str) -> Result<Self> {
        Self::at(cargo::repository().join("bench").join(name))
    }

    fn at(path: PathBuf) -> Result<Self> {
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok(Self { path, text })
    }

    /// All of a directory below `bench/`, sorted by name.
    pub fn all(dir: &str) -> Result<Vec<Self>> {
        let entries = fs::read_dir(cargo::repository().join("bench").join(dir))?;
        let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        paths.retain(|path| path.extension().is_some_and(|e| e == "c" || e == "cc"));
        paths.sort();
        paths.into_iter().map(Self::at).collect()
    }

    pub fn name(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// What a line `// WORD: ...` says.
    pub fn directive(&self, word: &str) -> Option<&str> {
        let prefix = format!("// {word}: ");
        self.text.lines().find_map(|line| line.strip_prefix(&prefix))
    }

    /// Builds it, unless that was done since it was last changed. Returns the program's path.
    pub fn build(&self) -> Result<String> {
        let dir = scratch().join("programs");
        fs::create_dir_all(&dir)?;
        let program = dir.join(self.path.to_string_lossy().replace('/', "_"));
        if !is_fresh(&program, &self.path) {
            let plus = self.path.extension().is_some_and(|extension| extension == "cc");
            let mut compiler = Command::new(if plus { "g++" } else { "gcc" });
            compiler.args(["-O2", "-w"]);
            compiler.args(self.directive("build").unwrap_or_default().split_whitespace());
            compiler.arg("-o").arg(&program).arg(&self.path).arg("-lm");
            let status = compiler.status().context("a C compiler")?;
            ensure!(status.success(), "cannot build {}", self.path.display());
        }
        Ok(program.to_string_lossy().into_owned())
    }
}

/// Is a file there, and not older than what it was made of?
pub fn is_fresh(made: &Path, source: &Path) -> bool {
    let age = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    age(made).is_some_and(|made| age(source).is_none_or(|source| source <= made))
}
