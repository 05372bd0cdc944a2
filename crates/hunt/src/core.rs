//! Hunting without recording: plain runs that may dump core.

use std::fs;
use std::io::{self, PipeReader, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use clew_record::captured::Captured;
use clew_record::confined::Surroundings;
use clew_trace::{Result, ResultExt};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{
    Pid, PidfdFlags, Resource, Rlimit, Signal, getrlimit, kill_process_group, pidfd_open, setrlimit,
};

use crate::seeds::Schedule;
use crate::{Catch, Failure, How, Options};

/// How long a hung program has to dump core.
const ABORTING: Duration = Duration::from_secs(10);

/// The core of a failing run, as far as there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump {
    /// The program that ran.
    pub program: PathBuf,
    pub pid: u32,
    pub place: DumpPlace,
}

/// Where the kernel put a core dump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DumpPlace {
    File(PathBuf),
    /// systemd keeps it: `coredumpctl`.
    Systemd,
    /// Another program was given it.
    Handler(String),
    /// There is none: the program exited, or the kernel wrote nothing where we look.
    None,
}

/// Makes runs.
pub struct Dumps {
    pattern: String,
    uses_pid: bool,
    cwd: PathBuf,
}

/// A run: none if it was given up, else its failure, if it failed.
type Made = Option<Option<Failure>>;

impl Dumps {
    /// Allows core dumps, for this process and its children.
    pub fn new() -> Result<Self> {
        let maximum = getrlimit(Resource::Core).maximum;
        // Without them the hunt is worth less, not nothing.
        let _ = setrlimit(Resource::Core, Rlimit { current: maximum, maximum });
        let read = |name| fs::read_to_string(Path::new("/proc/sys/kernel").join(name));
        Ok(Self {
            pattern: read("core_pattern").unwrap_or_else(|_| "core".into()).trim_end().to_owned(),
            uses_pid: read("core_uses_pid").is_ok_and(|text| text.trim() == "1"),
            cwd: std::env::current_dir().tried(|| "find the current directory")?,
        })
    }

    pub fn run(&self, options: &Options, run: u64, around: &Surroundings<'_>) -> Result<Made> {
        let begun = Instant::now();
        let name = options.argv.first().cloned().unwrap_or_default();
        let tried = || format!("run {}", Path::new(&name).display());
        let (output, write_end) = io::pipe().tried(tried)?;
        rustix::io::ioctl_fionbio(&output, true).tried(tried)?;
        let errors = write_end.try_clone().tried(tried)?;
        let mut command = Command::new(&name);
        command.args(options.argv.iter().skip(1)).process_group(0);
        command.stdin(Stdio::null()).stdout(write_end).stderr(errors);
        let child = command.spawn().tried(tried)?;
        drop(command);
        let pid = child.id();
        let mut watch = Watch { child, output: Some(output), captured: Captured::default() };
        let deadline = around.timeout.map(|timeout| begun + timeout);
        let mut over = watch.wait(deadline, Some(around.cancel))?;
        let hung = matches!(over, Woken::Late);
        if hung {
            watch.signal(Signal::ABORT);
            over = watch.wait(Some(Instant::now() + ABORTING), Some(around.cancel))?;
        }
        watch.signal(Signal::KILL);
        let status = watch.child.wait().tried(tried)?;
        watch.drain();
        let how = match (status.code(), status.signal()) {
            _ if matches!(over, Woken::Cancelled) => return Ok(None),
            _ if hung => How::Hung,
            (Some(0), _) => return Ok(Some(None)),
            (Some(code), _) => How::Exited(code),
            (None, signal) => How::Signaled(signal.unwrap_or(0)),
        };
        let program = self.cwd.join(&name);
        let dump = Dump { program, pid, place: self.place(pid, &status) };
        Ok(Some(Some(Failure {
            run,
            how,
            schedule: Schedule::default(),
            elapsed: begun.elapsed(),
            output: watch.captured.bytes(),
            notes: Vec::new(),
            catch: Catch::Core(dump),
        })))
    }

    /// Where the kernel put the core of a process, see core(5).
    fn place(&self, pid: u32, status: &ExitStatus) -> DumpPlace {
        if !status.core_dumped() {
            return DumpPlace::None;
        }
        if let Some(handler) = self.pattern.strip_prefix('|') {
            return match handler.contains("systemd-coredump") {
                true => DumpPlace::Systemd,
                false => DumpPlace::Handler(handler.split(' ').next().unwrap_or_default().into()),
            };
        }
        let found = file(&self.cwd, &self.pattern, self.uses_pid, pid);
        found.map_or(DumpPlace::None, DumpPlace::File)
    }
}

/// The newest file that is named as `pattern` says, whose other parts than the pid we do not know.
fn file(cwd: &Path, pattern: &str, uses_pid: bool, pid: u32) -> Option<PathBuf> {
    let path = cwd.join(pattern);
    let (dir, name) = (path.parent()?, path.file_name()?.to_str()?);
    let mut fixed = vec![String::new()];
    let mut chars = name.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '%' { chars.next() } else { None }) {
            ('%', Some('%')) => fixed.last_mut()?.push('%'),
            ('%', Some('p' | 'P' | 'i' | 'I')) => fixed.last_mut()?.push_str(&pid.to_string()),
            ('%', _) => fixed.push(String::new()),
            (c, _) => fixed.last_mut()?.push(c),
        }
    }
    if uses_pid && !name.contains("%p") {
        fixed.last_mut()?.push_str(&format!(".{pid}"));
    }
    let candidates = fs::read_dir(dir).ok()?.flatten().filter(|entry| {
        let name = entry.file_name();
        name.to_str().is_some_and(|name| fits(name, &fixed))
    });
    candidates
        .max_by_key(|entry| entry.metadata().and_then(|m| m.modified()).ok())
        .map(|e| e.path())
}

/// Whether a name consists of these parts, with anything between them.
fn fits(name: &str, parts: &[String]) -> bool {
    let [first, rest @ ..] = parts else { return false };
    let Some(mut left) = name.strip_prefix(first.as_str()) else { return false };
    let [between @ .., last] = rest else { return left.is_empty() };
    for part in between {
        let Some(at) = left.find(part.as_str()) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(last.as_str())
}

/// A program that runs.
struct Watch {
    child: Child,
    output: Option<PipeReader>,
    captured: Captured,
}

enum Woken {
    Ended,
    Cancelled,
    Late,
}

impl Watch {
    fn signal(&self, signal: Signal) {
        if let Some(pid) = Pid::from_raw(self.child.id() as i32) {
            let _ = kill_process_group(pid, signal);
        }
    }

    /// Waits for the program's end, but does not take its status.
    fn wait(&mut self, deadline: Option<Instant>, cancel: Option<BorrowedFd<'_>>) -> Result<Woken> {
        let tried = || "wait for the program";
        let pid = Pid::from_raw(self.child.id() as i32).ok_or("it has no number").tried(tried)?;
        let pidfd = pidfd_open(pid, PidfdFlags::empty()).tried(tried)?;
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let timeout = left
                .map(|t| Timespec { tv_sec: t.as_secs() as i64, tv_nsec: t.subsec_nanos().into() });
            let output = self.output.as_ref().map(AsFd::as_fd);
            let wanted = [Some(pidfd.as_fd()), cancel, output];
            let mut fds: Vec<PollFd<'_>> = wanted
                .into_iter()
                .flatten()
                .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN))
                .collect();
            match poll(&mut fds, timeout.as_ref()) {
                Ok(0) => return Ok(Woken::Late),
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(e) => Err(e).tried(tried)?,
            }
            let mut ready = fds.iter().map(|fd| !fd.revents().is_empty());
            let [ended, cancelled, _] =
                wanted.map(|fd| fd.is_some() && ready.next().unwrap_or(false));
            self.drain();
            if ended {
                return Ok(Woken::Ended);
            }
            if cancelled {
                return Ok(Woken::Cancelled);
            }
        }
    }

    fn drain(&mut self) {
        let mut buffer = [0; 16 << 10];
        while let Some(output) = &mut self.output {
            match output.read(&mut buffer) {
                Ok(0) => self.output = None,
                Ok(len) => self.captured.add(&buffer[..len]),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_cores_by_pattern() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["core", "core.7", "core.prog.8.host", "x"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        let find = |pattern, uses_pid, pid| {
            let path = file(dir.path(), pattern, uses_pid, pid)?;
            Some(path.file_name()?.to_str()?.to_owned())
        };
        assert_eq!(find("core", false, 7).as_deref(), Some("core"));
        assert_eq!(find("core", true, 7).as_deref(), Some("core.7"));
        assert_eq!(find("core.%e.%p.%h", false, 8).as_deref(), Some("core.prog.8.host"));
        assert_eq!(find("core.%e.%p.%h", false, 9), None);
    }
}
