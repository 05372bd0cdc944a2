//! Running a command: what it showed, and the time it took.
//!
//! Output goes to files in the scratch directory, as it would to a pipe.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Error, Result, bail, ensure};
use clew_testsuite::compare::census;
use clew_testsuite::process::{children, excerpt, kill_group, shell_code};
use clew_testsuite::server::answers;

use super::clew::root;
use super::scratch;

/// What a run takes at most.
const LIMIT: Duration = Duration::from_secs(600);

/// How long a server may take until its port answers.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a finished program showed to the outside.
#[derive(Clone, Default)]
pub struct Outcome {
    pub seconds: f64,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// As a shell reports it.
    pub code: i32,
}

/// A program that runs, in a process group of its own, which is killed if this is dropped early.
pub struct Running {
    child: Child,
    command: String,
    label: &'static str,
    begun: Instant,
    ended: bool,
}

/// Runs a command to its end.
pub fn run(argv: &[String]) -> Result<Outcome> {
    start(argv)?.finish()
}

/// Runs a command that must succeed.
pub fn succeed(argv: &[String]) -> Result<Outcome> {
    let outcome = run(argv)?;
    let (stdout, stderr) = (excerpt(&outcome.stdout), excerpt(&outcome.stderr));
    ensure!(outcome.code == 0, "{} exits {}: {stdout}{stderr}", argv.join(" "), outcome.code);
    Ok(outcome)
}

/// Starts a command.
pub fn start(argv: &[String]) -> Result<Running> {
    spawn(command(argv, "run")?, argv, "run")
}

/// Starts a command that runs beside others. It is asked to end if the bench is interrupted.
pub fn start_server(argv: &[String]) -> Result<Running> {
    const LABEL: &str = "server";
    let mut command = command(argv, LABEL)?;
    // SAFETY: the call is async-signal-safe and touches only the child.
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
            Ok(())
        });
    }
    spawn(command, argv, LABEL)
}

/// A command with its surroundings; `label` tells apart the output of those that run at once.
fn command(argv: &[String], label: &str) -> Result<Command> {
    let (program, arguments) = argv.split_first().context("a program")?;
    fs::create_dir_all(scratch())?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("CLEW_TRACE_DIR", root())
        .stdin(Stdio::null())
        .stdout(File::create(output(label, "stdout"))?)
        .stderr(File::create(output(label, "stderr"))?)
        .process_group(0);
    Ok(command)
}

fn spawn(mut command: Command, argv: &[String], label: &'static str) -> Result<Running> {
    let begun = Instant::now();
    let child = command.spawn().with_context(|| format!("cannot start {}", argv[0]))?;
    Ok(Running { child, command: argv.join(" "), label, begun, ended: false })
}

fn output(label: &str, stream: &str) -> PathBuf {
    scratch().join(format!("{label}.{stream}"))
}

impl Running {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The process that it records, if it is a recording.
    pub fn guest(&self) -> Option<u32> {
        children(self.pid()).first().copied()
    }

    /// Waits until it accepts connections at this port of the loopback interface.
    pub fn await_port(&mut self, port: u16) -> Result<()> {
        answers(&mut self.child, port, PATIENCE).map_err(Error::msg)
    }

    pub fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Asks it to end.
    pub fn terminate(&self) {
        // SAFETY: a plain system call, to a process that was started here and was not waited for.
        unsafe { libc::kill(self.pid() as i32, libc::SIGTERM) };
    }

    /// Waits for its end.
    pub fn finish(mut self) -> Result<Outcome> {
        let (done, waiting) = mpsc::channel::<()>();
        let group = -(self.pid() as i32);
        let watch = thread::spawn(move || {
            let late = waiting.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout);
            if late {
                // SAFETY: a plain system call, to the group of a process that was not waited for.
                unsafe { libc::kill(group, libc::SIGKILL) };
            }
            late
        });
        let status = self.child.wait()?;
        let seconds = self.begun.elapsed().as_secs_f64();
        self.ended = true;
        drop(done);
        if watch.join().unwrap_or_default() {
            bail!("still running after {LIMIT:?}: {}", self.command);
        }
        let read = |stream| fs::read(output(self.label, stream));
        let (stdout, stderr) = (read("stdout")?, read("stderr")?);
        Ok(Outcome { seconds, stdout, stderr, code: shell_code(status) })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended {
            kill_group(&self.child);
            let _ = self.child.wait();
        }
    }
}

/// An error unless two runs showed the same. The output of several processes may be mixed otherwise.
pub fn same(expected: (&str, &Outcome), actual: (&str, &Outcome), mixed: bool) -> Result<()> {
    let streams = [
        ("stdout", &expected.1.stdout, &actual.1.stdout),
        ("stderr", &expected.1.stderr, &actual.1.stderr),
    ];
    for (stream, left, right) in streams {
        let equal = if mixed { census(left) == census(right) } else { left == right };
        ensure!(
            equal,
            "{stream} differs\n  {}: {}\n  {}: {}",
            expected.0,
            excerpt(left),
            actual.0,
            excerpt(right)
        );
    }
    let (left, right) = (expected.1.code, actual.1.code);
    ensure!(left == right, "exit codes differ: {} {left}, {} {right}", expected.0, actual.0);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_seen() {
        let shown = |stdout: &[u8]| Outcome { stdout: stdout.to_vec(), ..Outcome::default() };
        let differ = |left, right, mixed| {
            same(("one", &shown(left)), ("other", &shown(right)), mixed).is_err()
        };
        assert!(!differ(b"ab", b"ab", false));
        assert!(differ(b"ab", b"ba", false));
        assert!(!differ(b"ab", b"ba", true));
        assert!(differ(b"ab", b"bb", true));
    }

    #[test]
    fn exit_codes_count() {
        let (good, bad) = (Outcome::default(), Outcome { code: 1, ..Outcome::default() });
        assert!(same(("one", &good), ("other", &bad), false).is_err());
    }
}
