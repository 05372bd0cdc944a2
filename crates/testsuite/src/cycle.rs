//! One cycle of a trial: run natively, record, replay; and the comparison of what was seen.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::paths;
use crate::process::{Invocation, Outcome, excerpt};

/// A program to take through native run, recording and replay.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    pub argv: Vec<String>,
    pub env: Vec<(String, String)>,
    pub stdin: Vec<u8>,
    pub timeout: Duration,
    /// The expected exit code, where one is known beforehand.
    pub exit: Option<i32>,
    /// Two native runs may differ: compare only the replay with the recording.
    pub nondeterministic: bool,
    /// See [`crate::directives::Directives::no_memory_check`].
    pub no_memory_check: bool,
    /// The recording may add lines that begin with `clew:` to stderr.
    pub warns: bool,
    /// Files put into the (otherwise empty) working directory before each run; those that begin
    /// with `#!` can be executed.
    pub inputs: Vec<(String, Vec<u8>)>,
    /// Compare the files the program leaves in its working directory.
    pub compare_files: bool,
}

/// A directory's files: relative path to content.
type Files = BTreeMap<PathBuf, Vec<u8>>;

impl Subject {
    /// Runs the whole cycle in `dir` and compares; the error explains itself.
    pub fn check(&self, dir: &Path) -> Result<(), String> {
        let native = self.native(dir)?;
        if std::env::var_os("CLEW_NATIVE_ONLY").is_some() {
            return self.check_native_again(dir, &native);
        }
        self.record_and_replay(dir, Some(native)).map(drop)
    }

    fn native(&self, dir: &Path) -> Result<(Outcome, Files), String> {
        let (outcome, files) = self.run(dir, &self.argv, "native")?;
        match self.exit {
            Some(expected) if expected != outcome.code() => Err(format!(
                "the native run itself exits {} instead of {expected}\n  stdout: {}\n  stderr: {}",
                outcome.code(),
                excerpt(&outcome.stdout),
                excerpt(&outcome.stderr)
            )),
            _ => Ok((outcome, files)),
        }
    }

    fn check_native_again(&self, dir: &Path, first: &(Outcome, Files)) -> Result<(), String> {
        if self.nondeterministic {
            return Ok(());
        }
        let second = self.native(dir)?;
        self.compare(first, &second, "first native run", "second native run")
    }

    /// Records (comparing with the native run if there is one) and replays.
    pub fn record_and_replay(
        &self,
        dir: &Path,
        native: Option<(Outcome, Files)>,
    ) -> Result<Outcome, String> {
        let clew = paths::clew()?.to_string_lossy().into_owned();
        let trace = dir.join("trace").to_string_lossy().into_owned();
        let _ = fs::remove_dir_all(&trace);
        let mut record = vec![clew.clone(), "record".into()];
        if !self.no_memory_check {
            record.push("--check-memory".into());
        }
        record.extend(["-o".into(), trace.clone()]);
        record.push("--".into());
        record.extend(self.argv.iter().cloned());
        let recorded = self.run(dir, &record, "recorded")?;
        let explain = |error: String| {
            format!(
                "{error}\n  reproduce: {}\n  trace: {trace}\n  replay: {clew} replay -a {trace}",
                self.invocation(dir, &record)
            )
        };
        no_panic(&recorded.0, "the recording").map_err(explain)?;
        if let Some(native) = native.filter(|_| !self.nondeterministic) {
            self.compare(&native, &recorded, "native", "recorded").map_err(explain)?;
        }
        if let Some(expected) = self.exit.filter(|expected| *expected != recorded.0.code()) {
            let code = recorded.0.code();
            return Err(explain(format!("recording exits {code} instead of {expected}")));
        }
        replay(&clew, &trace, dir, &recorded.0, self.timeout).map_err(explain)?;
        Ok(recorded.0)
    }

    fn invocation(&self, dir: &Path, argv: &[String]) -> Invocation {
        Invocation {
            argv: argv.to_vec(),
            env: self.env.clone(),
            cwd: dir.join("work"),
            stdin: self.stdin.clone(),
            timeout: self.timeout,
        }
    }

    /// Runs `argv` in a fresh working directory (always the same path, so programs that print it
    /// agree) and collects the files it leaves. The output is kept beside it for a look later.
    fn run(&self, dir: &Path, argv: &[String], label: &str) -> Result<(Outcome, Files), String> {
        let work = dir.join("work");
        let _ = fs::remove_dir_all(&work);
        fs::create_dir_all(&work).map_err(|e| format!("{}: {e}", work.display()))?;
        for (name, content) in &self.inputs {
            let mode = if content.starts_with(b"#!") { 0o755 } else { 0o644 };
            fs::write(work.join(name), content)
                .and_then(|()| fs::set_permissions(work.join(name), Permissions::from_mode(mode)))
                .map_err(|e| format!("{name}: {e}"))?;
        }
        let outcome = self.invocation(dir, argv).run()?;
        let _ = fs::write(dir.join(format!("{label}.stdout")), &outcome.stdout);
        let _ = fs::write(dir.join(format!("{label}.stderr")), &outcome.stderr);
        let mut files = Files::new();
        if self.compare_files {
            read_tree(&work, &work, &mut files);
        }
        Ok((outcome, files))
    }

    fn compare(
        &self,
        expected: &(Outcome, Files),
        actual: &(Outcome, Files),
        expected_name: &str,
        actual_name: &str,
    ) -> Result<(), String> {
        let names = (expected_name, actual_name);
        let (code, other) = (expected.0.code(), actual.0.code());
        let stderr =
            if self.warns { without_notes(&actual.0.stderr) } else { actual.0.stderr.clone() };
        same_bytes("stdout", &expected.0.stdout, &actual.0.stdout, names)
            .and_then(|()| same_bytes("stderr", &expected.0.stderr, &stderr, names))
            .map_err(|e| {
                format!("{e}\n  exit codes: {expected_name} {code}, {actual_name} {other}")
            })?;
        if code != other {
            return Err(format!(
                "exit code differs: {expected_name} {code}, {actual_name} {other}"
            ));
        }
        same_files(&expected.1, &actual.1, names)
    }
}

/// Replays a trace with the autopilot and compares its output with the recording's.
pub fn replay(
    clew: &str,
    trace: &str,
    dir: &Path,
    recorded: &Outcome,
    timeout: Duration,
) -> Result<(), String> {
    let elsewhere = dir.join("elsewhere");
    fs::create_dir_all(&elsewhere).map_err(|e| e.to_string())?;
    let argv = [clew, "replay", "-a", trace].map(str::to_string).to_vec();
    let replay = Invocation { argv, cwd: elsewhere, timeout, ..Invocation::default() }.run()?;
    let _ = fs::write(dir.join("replayed.stdout"), &replay.stdout);
    let _ = fs::write(dir.join("replayed.stderr"), &replay.stderr);
    no_panic(&replay, "the replay")?;
    if replay.survivors {
        return Err("the replay left processes behind".into());
    }
    if replay.code() != 0 {
        return Err(format!(
            "replay exits {} instead of 0\n  stderr: {}",
            replay.code(),
            excerpt(&replay.stderr)
        ));
    }
    same_bytes("stdout", &recorded.stdout, &replay.stdout, ("recorded", "replayed"))
}

/// An error if clew panicked or its engine crashed.
pub fn no_panic(outcome: &Outcome, what: &str) -> Result<(), String> {
    let stderr = String::from_utf8_lossy(&outcome.stderr);
    if stderr.contains("panicked at") {
        return Err(format!("{what} panicked: {}", excerpt(&outcome.stderr)));
    }
    Ok(())
}

fn without_notes(stderr: &[u8]) -> Vec<u8> {
    stderr
        .split_inclusive(|byte| *byte == b'\n')
        .filter(|line| !line.starts_with(b"clew:"))
        .flatten()
        .copied()
        .collect()
}

fn read_tree(root: &Path, dir: &Path, files: &mut Files) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        let relative = path.strip_prefix(root).unwrap_or(&path).to_path_buf();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => read_tree(root, &path, files),
            Ok(kind) if kind.is_file() => {
                files.insert(relative, fs::read(&path).unwrap_or_default());
            }
            _ => {}
        }
    }
}

fn same_files(expected: &Files, actual: &Files, names: (&str, &str)) -> Result<(), String> {
    let (expected_names, actual_names): (Vec<_>, Vec<_>) =
        (expected.keys().collect(), actual.keys().collect());
    if expected_names != actual_names {
        return Err(format!(
            "files left differ:\n  {}: {expected_names:?}\n  {}: {actual_names:?}",
            names.0, names.1
        ));
    }
    expected.iter().try_for_each(|(path, content)| {
        same_bytes(&format!("file {}", path.display()), content, &actual[path], names)
    })
}

/// An error that shows the first difference and both texts around it.
pub fn same_bytes(
    what: &str,
    expected: &[u8],
    actual: &[u8],
    names: (&str, &str),
) -> Result<(), String> {
    if expected == actual {
        return Ok(());
    }
    let at = expected.iter().zip(actual).take_while(|(a, b)| a == b).count();
    let line = expected[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    let from = expected[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |n| n + 1);
    let shown = |bytes: &[u8]| excerpt(&bytes[from.min(bytes.len())..bytes.len().min(at + 400)]);
    Err(format!(
        "{what} differs at byte {at} (line {line}) of {} / {}\n--- {}:\n{}\n--- {}:\n{}\n---",
        expected.len(),
        actual.len(),
        names.0,
        shown(expected),
        names.1,
        shown(actual)
    ))
}
