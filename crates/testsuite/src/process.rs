//! Running a command with captured output and a time limit, in a process group of its own.

use std::fmt;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// A program to run and the surroundings it runs in.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    pub argv: Vec<String>,
    pub env: Vec<(String, String)>,
    pub cwd: PathBuf,
    pub stdin: Vec<u8>,
    pub timeout: Duration,
    /// Run as this user (and the group of the same number), without other groups.
    pub user: Option<u32>,
}

/// What a finished program showed to the outside.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub status: ExitStatus,
    /// Processes of its group were still there after its end.
    pub survivors: bool,
    pub elapsed: Duration,
}

impl Outcome {
    /// The exit code as a shell (and `clew record`) reports it: 128+N for signal N.
    pub fn code(&self) -> i32 {
        shell_code(self.status)
    }

    /// Writes the output to files, for a look later.
    pub fn keep(&self, dir: &Path, label: &str) {
        let _ = fs::write(dir.join(format!("{label}.stdout")), &self.stdout);
        let _ = fs::write(dir.join(format!("{label}.stderr")), &self.stderr);
    }
}

/// Whether clew itself is not to be run (`CLEW_NATIVE_ONLY`).
pub fn native_only() -> bool {
    std::env::var_os("CLEW_NATIVE_ONLY").is_some()
}

/// The exit code of a status as a shell reports it.
pub fn shell_code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

impl fmt::Display for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cd {}", quote(&self.cwd.to_string_lossy()))?;
        write!(f, " &&")?;
        for (name, value) in self.env.iter().filter(|(_, value)| value.len() < 200) {
            write!(f, " {name}={}", quote(value))?;
        }
        if let Some(user) = self.user {
            write!(f, " setpriv --reuid={user} --regid={user} --clear-groups")?;
        }
        self.argv.iter().try_for_each(|word| write!(f, " {}", quote(word)))
    }
}

/// Quotes a word for a shell, where it needs quoting.
pub fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=+:,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

impl Invocation {
    /// Starts the program in a process group of its own, without core dumps.
    pub fn spawn(&self) -> Result<Child, String> {
        let mut command = Command::new(&self.argv[0]);
        command
            .args(&self.argv[1..])
            .current_dir(&self.cwd)
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .env_remove("CLEW_TRACE_DIR")
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(if self.stdin.is_empty() { Stdio::null() } else { Stdio::piped() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        // Descriptors of whoever started the tests stay out of sight of guests that list theirs, and
        // what a shell has its background commands ignore, or nohup, is not inherited by guests that
        // send or await these signals.
        // SAFETY: the calls are async-signal-safe and touch only the child.
        unsafe {
            command.pre_exec(|| {
                let none = libc::rlimit { rlim_cur: 0, rlim_max: libc::RLIM_INFINITY };
                libc::setrlimit(libc::RLIMIT_CORE, &none);
                libc::close_range(3, !0, libc::CLOSE_RANGE_CLOEXEC as i32);
                for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT] {
                    libc::signal(signal, libc::SIG_DFL);
                }
                Ok(())
            });
        }
        command.spawn().map_err(|e| format!("cannot start {}: {e}", self.argv[0]))
    }

    /// The time limit, stretched by `CLEW_TIMEOUT_FACTOR`.
    pub fn limit(&self) -> Duration {
        self.timeout * timeout_factor()
    }

    /// Runs the program to its end; an error if it does not end in time.
    pub fn run(&self) -> Result<Outcome, String> {
        let started = Instant::now();
        let mut child = self.spawn()?;
        feed(&mut child, self.stdin.clone());
        let stdout = collect(child.stdout.take());
        let stderr = collect(child.stderr.take());
        let limit = self.limit();
        let status = match wait(&mut child, limit) {
            Some(status) => status,
            None => {
                kill_group(&child);
                let _ = child.wait();
                let output = stdout.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
                let error = stderr.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
                return Err(format!(
                    "still running after {limit:?}: {self}\n  stdout so far: {}\n  stderr so far: {}",
                    excerpt(&output),
                    excerpt(&error)
                ));
            }
        };
        let survivors = group_exists(&child);
        // A process left behind may hold the pipes open: do not wait for it.
        let patience = Duration::from_secs(20);
        let left_behind = |_| {
            kill_group(&child);
            format!("its output stays open after its end (a process left behind?): {self}")
        };
        let stdout = stdout.recv_timeout(patience).map_err(left_behind)?;
        let stderr = stderr.recv_timeout(patience).map_err(left_behind)?;
        Ok(Outcome { stdout, stderr, status, survivors, elapsed: started.elapsed() })
    }
}

/// Waits for a child until a time limit.
pub fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + limit;
    let mut pause = Duration::from_micros(500);
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if Instant::now() >= deadline {
            return None;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// Kills the child's whole process group.
pub fn kill_group(child: &Child) {
    // SAFETY: plain system call; the group is the one this child was started in.
    unsafe { libc::kill(-(child.id() as i32), libc::SIGKILL) };
}

/// Whether any process of the child's group is left.
pub fn group_exists(child: &Child) -> bool {
    // SAFETY: plain system call; signal 0 only asks.
    unsafe { libc::kill(-(child.id() as i32), 0) == 0 }
}

fn timeout_factor() -> u32 {
    std::env::var("CLEW_TIMEOUT_FACTOR").ok().and_then(|f| f.parse().ok()).unwrap_or(1)
}

/// Writes a child's input in the background.
pub fn feed(child: &mut Child, input: Vec<u8>) {
    if let Some(mut pipe) = child.stdin.take() {
        std::thread::spawn(move || pipe.write_all(&input));
    }
}

/// Reads a pipe to its end in the background.
pub fn collect(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        let _ = sender.send(bytes);
    });
    receiver
}

/// The processes whose parent is `pid`.
pub fn children(pid: u32) -> Vec<u32> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// The processes of a group that have not ended.
pub fn members(group: u32) -> Vec<u32> {
    let is_member = |pid: &u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // Behind the name, which may hold anything: state, parent, group.
        let mut words = text.rsplit(')').next().unwrap_or_default().split_whitespace();
        let alive = words.next().is_some_and(|state| state != "Z");
        alive && words.nth(1) == Some(&group.to_string())
    };
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_member).collect()
}

/// Ends the processes that have this `NAME=VALUE` in their environment, wherever in the process
/// tree and in whatever group or session they are; says who they were. Those that end by
/// themselves within `patience` do not count.
pub fn end_marked(variable: &str, patience: Duration) -> Vec<String> {
    let deadline = Instant::now() + patience;
    let mut left = marked(variable);
    while !left.is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
        left = marked(variable);
    }
    for (pid, _) in &left {
        // SAFETY: plain system call, to processes that a trial started.
        unsafe { libc::kill(*pid, libc::SIGKILL) };
    }
    left.into_iter().map(|(pid, command)| format!("{pid} {command}")).collect()
}

fn marked(variable: &str) -> Vec<(i32, String)> {
    let is_marked = |pid: i32| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|entry| entry == variable.as_bytes())
    };
    let command = |pid: i32| {
        let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&words).replace('\0', " ")
    };
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| is_marked(*pid))
        .map(|pid| (pid, command(pid)))
        .collect()
}

/// Output for a message: text, shortened.
pub fn excerpt(bytes: &[u8]) -> String {
    const LIMIT: usize = 2000;
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(LIMIT)]).into_owned();
    if bytes.len() > LIMIT { format!("{shown}... ({} bytes in all)", bytes.len()) } else { shown }
}
