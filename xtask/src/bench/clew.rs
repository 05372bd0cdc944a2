//! Calling clew: recording, and replaying what was recorded.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clew_testsuite::listing;
use clew_testsuite::process::excerpt;

use super::run::{self, Outcome, run, same};
use super::scratch;

/// The executable that is measured.
pub struct Clew {
    file: String,
}

/// A trace that one row makes again and again.
pub struct Trace {
    dir: PathBuf,
    /// Of several processes, each of which is replayed on its own.
    tree: bool,
}

/// Where clew keeps stored files and snapshots meanwhile.
pub fn root() -> PathBuf {
    scratch().join("root")
}

pub fn remove(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("cannot remove {}", dir.display()))?;
    }
    Ok(())
}

impl Trace {
    pub fn new(name: &str, tree: bool) -> Result<Self> {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let dir = scratch().join("trace").join(name.chars().map(plain).collect::<String>());
        fs::create_dir_all(scratch().join("trace"))?;
        Ok(Self { dir, tree })
    }

    pub fn remove(&self) -> Result<()> {
        remove(&self.dir)
    }

    /// What it takes on disk, in bytes: each file once.
    pub fn size(&self) -> Result<u64> {
        let mut seen = BTreeSet::new();
        let (mut size, mut left) = (0, vec![self.dir.clone()]);
        while let Some(dir) = left.pop() {
            for entry in fs::read_dir(&dir)? {
                let entry = entry?;
                let data = entry.metadata()?;
                if seen.insert((data.dev(), data.ino())) {
                    size += data.blocks() * 512;
                }
                left.extend(data.is_dir().then(|| entry.path()));
            }
        }
        Ok(size)
    }
}

impl Clew {
    pub fn new(file: PathBuf) -> Self {
        Self { file: file.to_string_lossy().into_owned() }
    }

    fn words(&self, words: &[&str], trace: &Trace) -> Vec<String> {
        let words = [&[self.file.as_str()], words].concat();
        words
            .into_iter()
            .map(str::to_string)
            .chain([trace.dir.to_string_lossy().into_owned()])
            .collect()
    }

    /// The command that records `argv`, anew.
    pub fn recording(&self, argv: &[String], trace: &Trace) -> Result<Vec<String>> {
        trace.remove()?;
        let mut words = self.words(&["record", "-o"], trace);
        words.push("--".into());
        words.extend(argv.iter().cloned());
        Ok(words)
    }

    pub fn record(&self, argv: &[String], trace: &Trace) -> Result<Outcome> {
        run(&self.recording(argv, trace)?)
    }

    /// Replays all of a trace and compares with what the recording showed. Returns the seconds that took.
    /// If it fails, the trace stays.
    pub fn replay(&self, recorded: &Outcome, trace: &Trace) -> Result<f64> {
        self.replay_all(trace)
            .and_then(|replay| {
                let replay = Outcome { code: recorded.code, ..replay };
                same(("recorded", recorded), ("replayed", &replay), trace.tree)?;
                Ok(replay.seconds)
            })
            .with_context(|| self.hint(trace))
    }

    /// What the replays of all processes, one after another, show and take together.
    fn replay_all(&self, trace: &Trace) -> Result<Outcome> {
        let mut all = self.replay_process(&[], trace)?;
        let others = if trace.tree { self.processes(trace)? } else { Vec::new() };
        for pid in others.iter().skip(1) {
            let one = self.replay_process(&["-f", pid], trace)?;
            all.seconds += one.seconds;
            all.stdout.extend(one.stdout);
            all.stderr.extend(one.stderr);
        }
        Ok(all)
    }

    fn replay_process(&self, words: &[&str], trace: &Trace) -> Result<Outcome> {
        let argv = self.words(&[&["replay", "-a"], words].concat(), trace);
        let outcome = run(&argv)?;
        let (command, stderr) = (argv.join(" "), excerpt(&outcome.stderr));
        ensure!(outcome.code == 0, "`{command}` exits {}: {stderr}", outcome.code);
        Ok(outcome)
    }

    /// The processes that have a stream of their own, the first one first.
    fn processes(&self, trace: &Trace) -> Result<Vec<String>> {
        let listing = run::succeed(&self.words(&["ps", "--json"], trace))?;
        let all = listing::processes(&listing.stdout).map_err(anyhow::Error::msg)?;
        let own = all.iter().filter(|process| process.stream.is_some());
        Ok(own.map(|process| process.pid.to_string()).collect())
    }

    /// How to see a failure again.
    pub fn hint(&self, trace: &Trace) -> String {
        let (file, dir) = (&self.file, trace.dir.display());
        format!("trace kept in {dir} (`{file} replay -a {dir}`)")
    }
}
