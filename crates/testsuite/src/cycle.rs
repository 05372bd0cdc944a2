//! One cycle of a trial: run natively, record, replay; and the comparison of what was seen.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::checks::write;
use crate::compare::{Files, read_tree, same_bytes, same_files, without_notes};
use crate::process::{self, Invocation, Outcome, excerpt};
use crate::tree::Tree;
use crate::{executables, paths};

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
    /// What the recording has to say on stderr; natively nothing is said.
    pub says: Option<String>,
    /// Texts that its stdout contains in each run, also of those that otherwise differ.
    pub prints: Vec<String>,
    /// Files put into the (otherwise empty) working directory before each run; those that begin
    /// with `#!` can be executed.
    pub inputs: Vec<(String, Vec<u8>)>,
    /// Compare the files the program leaves in its working directory.
    pub compare_files: bool,
    /// Record the whole process tree and replay each process.
    pub tree: Option<Tree>,
    /// Run everything as this user.
    pub user: Option<u32>,
}

/// A variable that all processes of a tree's trial have in their environment.
const MARKER: &str = "CLEW_TESTSUITE_TRIAL";

impl Subject {
    /// Runs the whole cycle in `dir` and compares; the error explains itself.
    pub fn check(&self, dir: &Path) -> Result<(), String> {
        let native = self.native(dir)?;
        if process::native_only() {
            return self.check_native_again(dir, &native);
        }
        self.record_and_replay(dir, Some(native)).map(drop)
    }

    /// Replaces a placeholder in its arguments and environment.
    pub(crate) fn place(&mut self, what: &str, by: &str) {
        let values = self.env.iter_mut().map(|(_, value)| value);
        self.argv.iter_mut().chain(values).for_each(|word| *word = word.replace(what, by));
    }

    fn native(&self, dir: &Path) -> Result<(Outcome, Files), String> {
        let (outcome, files) = self.run(dir, &self.argv, "native")?;
        self.expect(&outcome).map_err(|error| format!("the native run itself: {error}"))?;
        Ok((outcome, files))
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
        let session = Session::new(self, dir)?;
        let recorded = self.run(dir, &session.argv, "recorded")?;
        let explain = |error| session.explain(error);
        no_panic(&recorded.0, "the recording").map_err(explain)?;
        if let Some(native) = native.filter(|_| !self.nondeterministic) {
            self.compare(&native, &recorded, "native", "recorded").map_err(explain)?;
        }
        session.judge(&recorded.0)?;
        Ok(recorded.0)
    }

    /// Records, then replays with probes all over the code, with and without single steps between them:
    /// that must match, and come through the same states.
    pub fn check_probes(&self, dir: &Path) -> Result<(), String> {
        let session = Session::new(self, dir)?;
        self.run(dir, &session.argv, "recorded")?;
        let probed = |steps: u32| {
            let label = format!("probed-{steps}");
            let outcome = session.replay(&[&format!("--stress-probes={steps}")], &label)?;
            let stderr = String::from_utf8_lossy(&outcome.stderr).into_owned();
            let states = stderr.lines().find_map(|line| {
                let (states, _) = line.split_once("clew: probes: ")?.1.split_once(',')?;
                Some(states.to_string())
            });
            states.ok_or(format!("the replay does not say what it probed: {stderr}"))
        };
        let same = probed(0).and_then(|run| {
            let stepped = probed(5)?;
            if run == stepped {
                return Ok(());
            }
            Err(format!("states differ: running {run}, by single steps {stepped}"))
        });
        same.map_err(|error| session.explain(error))
    }

    /// What is known beforehand of each run.
    pub(crate) fn expect(&self, outcome: &Outcome) -> Result<(), String> {
        let shown = || {
            let (stdout, stderr) = (excerpt(&outcome.stdout), excerpt(&outcome.stderr));
            format!("\n  stdout: {stdout}\n  stderr: {stderr}")
        };
        if let Some(expected) = self.exit.filter(|expected| *expected != outcome.code()) {
            return Err(format!("it exits {} instead of {expected}{}", outcome.code(), shown()));
        }
        let stdout = String::from_utf8_lossy(&outcome.stdout);
        match self.prints.iter().find(|text| !stdout.contains(*text)) {
            Some(text) => Err(format!("it does not print {text:?}{}", shown())),
            None => Ok(()),
        }
    }

    pub(crate) fn invocation(&self, dir: &Path, argv: &[String]) -> Invocation {
        let mut env = self.env.clone();
        if self.tree.is_some() {
            env.push((MARKER.into(), dir.to_string_lossy().into_owned()));
        }
        Invocation {
            argv: argv.to_vec(),
            env,
            cwd: dir.join("work"),
            stdin: self.stdin.clone(),
            timeout: self.timeout,
            user: self.user,
        }
    }

    /// Makes a fresh working directory: always the same path, so programs that print it agree.
    pub(crate) fn fresh_directory(&self, dir: &Path) -> Result<(), String> {
        let work = dir.join("work");
        let _ = fs::remove_dir_all(&work);
        fs::create_dir_all(&work).map_err(|e| format!("{}: {e}", work.display()))?;
        for (name, content) in &self.inputs {
            let mode = if content.starts_with(b"#!") { 0o755 } else { 0o644 };
            let path = work.join(name);
            fs::create_dir_all(path.parent().unwrap_or(&work))
                .map_err(|e| format!("{name}: {e}"))?;
            write(&path, content, mode)?;
        }
        if self.user.is_some() {
            chown(&work, self.user, self.user).map_err(|e| format!("{}: {e}", work.display()))?;
        }
        Ok(())
    }

    /// Runs `argv` in a fresh working directory and collects the files it leaves. The output is
    /// kept beside it for a look later.
    pub(crate) fn run(
        &self,
        dir: &Path,
        argv: &[String],
        label: &str,
    ) -> Result<(Outcome, Files), String> {
        self.fresh_directory(dir)?;
        let outcome = self.invocation(dir, argv).run();
        let left = self.end_survivors(dir);
        let outcome = with_survivors(outcome, left, label)?;
        outcome.keep(dir, label);
        let work = dir.join("work");
        let files = if self.compare_files { read_tree(&work) } else { Files::new() };
        Ok((outcome, files))
    }

    /// Ends what is left of a tree; an error if there was something.
    pub(crate) fn end_survivors(&self, dir: &Path) -> Result<(), String> {
        if self.tree.is_none() {
            return Ok(());
        }
        match process::end_marked(&format!("{MARKER}={}", dir.display()), Duration::from_secs(2)) {
            left if left.is_empty() => Ok(()),
            left => Err(format!("left processes behind:\n    {}", left.join("\n    "))),
        }
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

/// One recording: the command that makes it, and those that look at it.
pub(crate) struct Session<'a> {
    pub subject: &'a Subject,
    pub dir: &'a Path,
    pub clew: String,
    pub trace: String,
    /// What records.
    pub argv: Vec<String>,
}

impl<'a> Session<'a> {
    pub fn new(subject: &'a Subject, dir: &'a Path) -> Result<Self, String> {
        let clew = executable(subject, dir)?.to_string_lossy().into_owned();
        let trace = dir.join("trace").to_string_lossy().into_owned();
        let _ = fs::remove_dir_all(&trace);
        let mut argv = vec![clew.clone(), "record".into()];
        if subject.tree.is_some() {
            argv.push("-w".into());
        }
        if !subject.no_memory_check {
            argv.push("--check-memory".into());
        }
        let more = std::env::var("CLEW_RECORD_ARGS").unwrap_or_default();
        argv.extend(more.split_whitespace().map(str::to_string));
        argv.extend(["-o", &trace, "--"].map(str::to_string));
        argv.extend(subject.argv.iter().cloned());
        Ok(Self { subject, dir, clew, trace, argv })
    }

    /// Adds to an error how to see it again.
    pub fn explain(&self, error: String) -> String {
        let Self { clew, trace, .. } = self;
        format!(
            "{error}\n  reproduce: {}\n  trace: {trace}\n  replay: {clew} replay -a {trace}",
            self.subject.invocation(self.dir, &self.argv)
        )
    }

    /// Looks at what the recording showed, then replays it.
    pub fn judge(&self, recorded: &Outcome) -> Result<(), String> {
        let recording = |error| format!("the recording: {error}");
        no_panic(recorded, "the recording")
            .and_then(|()| self.subject.expect(recorded).map_err(recording))
            .and_then(|()| self.said(recorded))
            .and_then(|()| match self.subject.tree {
                Some(tree) => tree.replay(self, recorded),
                None => {
                    let stdout = self.replay(&[], "replayed")?.stdout;
                    same_bytes("stdout", &recorded.stdout, &stdout, ("recorded", "replayed"))
                }
            })
            .map_err(|error| self.explain(error))
    }

    fn said(&self, recorded: &Outcome) -> Result<(), String> {
        let Some(text) = &self.subject.says else { return Ok(()) };
        let stderr = String::from_utf8_lossy(&recorded.stderr);
        // The guest may have left off in the middle of a line.
        let says =
            |line: &str| line.split_once("clew: ").is_some_and(|(_, said)| said.contains(text));
        if stderr.lines().any(says) {
            return Ok(());
        }
        Err(format!("the recording does not say {text:?}: {}", excerpt(&recorded.stderr)))
    }

    /// Replays with the autopilot, elsewhere than it was recorded; the exit code must be 0.
    pub fn replay(&self, words: &[&str], label: &str) -> Result<Outcome, String> {
        let more = std::env::var("CLEW_REPLAY_ARGS").unwrap_or_default();
        let more: Vec<&str> = more.split_whitespace().collect();
        let replay = self.clew(&[&["replay", "-a"], &more[..], words, &[&self.trace]].concat())?;
        replay.keep(self.dir, label);
        no_panic(&replay, "the replay")?;
        if replay.survivors {
            return Err("the replay left processes behind".into());
        }
        if replay.code() == 0 {
            return Ok(replay);
        }
        let options = words.iter().map(|word| format!(" {word}")).collect::<String>();
        let (code, stderr) = (replay.code(), excerpt(&replay.stderr));
        Err(format!("replay{options} exits {code} instead of 0\n  stderr: {stderr}"))
    }

    /// Runs clew.
    pub fn clew(&self, words: &[&str]) -> Result<Outcome, String> {
        let argv = [&[self.clew.as_str()], words].concat();
        let cwd = self.dir.join("elsewhere");
        fs::create_dir_all(&cwd).map_err(|e| e.to_string())?;
        let invocation = Invocation {
            argv: argv.into_iter().map(str::to_string).collect(),
            cwd,
            timeout: self.subject.timeout,
            user: self.subject.user,
            ..Invocation::default()
        };
        invocation.run()
    }
}

/// The executable under test: another user may not reach it where it is.
fn executable(subject: &Subject, dir: &Path) -> Result<PathBuf, String> {
    let clew = paths::clew()?;
    if subject.user.is_none() {
        return Ok(clew);
    }
    let copy = dir.join("clew");
    executables::copy(&clew, &copy).map_err(|e| format!("{}: {e}", copy.display()))?;
    Ok(copy)
}

/// What a run came to; processes it left behind are an error, or part of it.
pub(crate) fn with_survivors(
    outcome: Result<Outcome, String>,
    left: Result<(), String>,
    label: &str,
) -> Result<Outcome, String> {
    match (outcome, left) {
        (outcome, Ok(())) => outcome,
        (Ok(_), Err(left)) => Err(format!("the {label} run {left}")),
        (Err(error), Err(left)) => Err(format!("{error}\n  the {label} run {left}")),
    }
}

/// An error if clew panicked or its engine crashed.
pub fn no_panic(outcome: &Outcome, what: &str) -> Result<(), String> {
    let stderr = String::from_utf8_lossy(&outcome.stderr);
    if stderr.contains("panicked at") {
        return Err(format!("{what} panicked: {}", excerpt(&outcome.stderr)));
    }
    Ok(())
}
