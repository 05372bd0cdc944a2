//! Trees of processes with threads, struck by `kill -9` at a random moment: no process is left behind, and
//! each process that was recorded replays to the last event there is of it.
//!
//! A seed decides all that can be decided: the program, the moment, whom it hits.

use std::collections::HashMap;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cycle::no_panic;
use crate::listing::{self, Process};
use crate::paths;
use crate::process::{self, Invocation, Outcome, children, collect, excerpt, kill_group, wait};
use crate::random::Random;
use crate::sources::{directory, source};

/// What is killed, by the name of its file in `tests/programs-src/kills`.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Subject {
    Endless,
    Workers,
    Shell,
    Python,
    Make,
}

const SUBJECTS: [Subject; 5] =
    [Subject::Endless, Subject::Workers, Subject::Shell, Subject::Python, Subject::Make];

/// Whom the signal hits.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Victim {
    Supervisor,
    /// One of the recorded processes.
    One,
    /// Two of all processes, the second one a moment later.
    Two,
    /// All that are recorded, but not the supervisor.
    Guests,
    /// The whole group at once.
    All,
}

/// One recording that is to be struck.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    seed: u64,
    subject: Subject,
    victim: Victim,
    delay: Duration,
    /// Between two strokes; and how long what never ends goes on.
    pause: Duration,
    /// Whether the supervisor stays until all have ended.
    waits: bool,
}

/// What a case came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Result {
    /// Somebody was there to be killed.
    pub struck: bool,
    /// How many processes were replayed.
    pub replayed: usize,
}

/// In the environment of all that belongs to a case.
const MARKER: &str = "CLEW_KILL_CASE";

impl Case {
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let victims = [
            Victim::Supervisor,
            Victim::One,
            Victim::One,
            Victim::One,
            Victim::Two,
            Victim::Guests,
            Victim::All,
        ];
        Self {
            seed,
            subject: random.pick(&SUBJECTS).unwrap_or(Subject::Endless),
            victim: random.pick(&victims).unwrap_or(Victim::One),
            // As many short ones as long ones: beginnings are as delicate as what follows.
            delay: Duration::from_secs_f64(0.001 * 700f64.powf(random.fraction())),
            pause: Duration::from_secs_f64(0.1 * random.fraction()),
            waits: random.below(2) == 0,
        }
    }

    /// Records, strikes, checks; in the empty directory `dir`.
    pub fn run(&self, dir: &Path) -> std::result::Result<Result, String> {
        self.attempt(dir).map_err(|error| format!("seed {}: {self:?}: {error}", self.seed))
    }

    fn attempt(&self, dir: &Path) -> std::result::Result<Result, String> {
        let clew = paths::clew()?.to_string_lossy().into_owned();
        let mut argv = vec![clew, "record".into(), "-o".into(), "trace".into()];
        argv.extend(self.waits.then(|| "-w".into()));
        argv.push("--".into());
        argv.extend(self.subject.argv()?);
        let mark = format!("{}-{}-{:?}", std::process::id(), self.seed, Instant::now());
        let env = vec![(MARKER.into(), mark.clone())];
        let mut supervisor =
            Invocation { argv, env, cwd: dir.into(), ..Invocation::default() }.spawn()?;
        let stdout = collect(supervisor.stdout.take());
        let stderr = collect(supervisor.stderr.take());
        std::thread::sleep(self.delay);
        let struck = self.strike(&supervisor);
        let end = self.see_it_end(&mut supervisor, &format!("{MARKER}={mark}"));
        kill_group(&supervisor);
        let _ = supervisor.wait();
        let patience = Duration::from_secs(20);
        stdout.recv_timeout(patience).map_err(|_| "its output stays open")?;
        let stderr = stderr.recv_timeout(patience).unwrap_or_default();
        let text = String::from_utf8_lossy(&stderr);
        end?;
        if text.contains("panicked at") || text.contains("engine failure") {
            return Err(format!("the recording failed: {text}"));
        }
        let replayed = if began(&dir.join("trace")) { Trace { dir }.check()? } else { 0 };
        Ok(Result { struck, replayed })
    }

    /// Kills; true if there was somebody.
    fn strike(&self, supervisor: &Child) -> bool {
        let mut random = Random::new(!self.seed);
        let own = supervisor.id();
        let guests = descendants(own);
        let first = match self.victim {
            Victim::All => {
                kill_group(supervisor);
                return true;
            }
            Victim::Supervisor => vec![own],
            Victim::Guests => guests,
            Victim::One => random.pick(&guests).into_iter().collect(),
            Victim::Two => random.pick(&[vec![own], guests].concat()).into_iter().collect(),
        };
        first.iter().for_each(|pid| kill(*pid));
        if self.victim == Victim::Two {
            // Those of a supervisor that is gone have another parent now; they are found by their group.
            std::thread::sleep(self.pause);
            random.pick(&process::members(own)).into_iter().for_each(kill);
        }
        !first.is_empty()
    }

    /// All end by themselves but what is made to run for ever.
    fn see_it_end(&self, supervisor: &mut Child, mark: &str) -> std::result::Result<(), String> {
        const LIMIT: Duration = Duration::from_secs(40);
        if self.subject == Subject::Endless {
            std::thread::sleep(self.pause);
            kill_group(supervisor);
        }
        let ended = wait(supervisor, LIMIT);
        let left = process::end_marked(mark, if ended.is_some() { LIMIT } else { Duration::ZERO });
        match (ended, left.is_empty()) {
            (Some(_), true) => Ok(()),
            _ => Err(format!("still there {LIMIT:?} after the kill: {left:?}")),
        }
    }
}

impl Subject {
    fn argv(self) -> std::result::Result<Vec<String>, String> {
        let dir = directory().join("kills");
        let file = |name: &str| dir.join(name).to_string_lossy().into_owned();
        let built = |path: &'static str, name: &str| {
            let dir = source(path, &[]).build()?;
            Ok::<_, String>(vec![dir.join(name).to_string_lossy().into_owned()])
        };
        Ok(match self {
            Self::Endless => built("kills/endless.c", "endless")?,
            Self::Workers => built("kills/workers.c", "workers")?,
            Self::Shell => vec!["/bin/bash".into(), file("tree.sh")],
            Self::Python => vec!["/usr/bin/python3".into(), "-S".into(), file("threads.py")],
            Self::Make => vec!["/usr/bin/make".into(), "-j2".into(), "-f".into(), file("Makefile")],
        })
    }
}

/// Whether a program began to be recorded there.
fn began(trace: &Path) -> bool {
    std::fs::read_dir(trace.join("events")).map_or(0, Iterator::count) > 0
}

/// All processes below one.
fn descendants(pid: u32) -> Vec<u32> {
    let mut found = children(pid);
    let mut at = 0;
    while let Some(&pid) = found.get(at) {
        found.extend(children(pid));
        at += 1;
    }
    found
}

fn kill(pid: u32) {
    // SAFETY: plain system call, to processes of this case.
    unsafe { libc::kill(pid as i32, libc::SIGKILL) };
}

/// The trace of a case.
struct Trace<'a> {
    dir: &'a Path,
}

impl Trace<'_> {
    /// Opens it in all ways, replays each process. Returns how many there were.
    fn check(&self) -> std::result::Result<usize, String> {
        self.clew(&["info", "trace"])?;
        let last = self.last_events()?;
        let listing = self.clew(&["ps", "--json", "trace"])?;
        let mut replayed = 0;
        let mut seen = Vec::new();
        for Process { pid, stream, .. } in listing::processes(&listing.stdout)? {
            let Some(stream) = stream else { continue };
            // Names the first one that had it.
            if !seen.contains(&pid) {
                seen.push(pid);
                self.replay(pid, replayed == 0, last.get(&stream).copied().unwrap_or(0))?;
                replayed += 1;
            }
        }
        Ok(replayed)
    }

    /// Each stream's last event.
    fn last_events(&self) -> std::result::Result<HashMap<u64, u64>, String> {
        let dump = self.clew(&["dump", "--json", "trace"])?;
        let mut last = HashMap::new();
        for event in lines(&dump.stdout) {
            let (Some(stream), Some(number)) = (event["stream"].as_u64(), event["event"].as_u64())
            else {
                return Err(format!("clew dump prints {event}"));
            };
            last.insert(stream, number);
        }
        Ok(last)
    }

    /// A process that did not end replays up to its last event, and its replay says so.
    fn replay(&self, pid: u64, first: bool, last: u64) -> std::result::Result<(), String> {
        let pid = pid.to_string();
        let which = if first { vec![] } else { vec!["-f", &pid] };
        let replay = self.clew(&[&["replay", "-a"], &which[..], &["trace"]].concat())?;
        let stderr = String::from_utf8_lossy(&replay.stderr);
        let (_, said) = stderr.split_once("the recording ends ").unwrap_or_default();
        let expected = match last {
            0 => "before its first event".to_owned(),
            last => format!("after event {last},"),
        };
        if said.is_empty() || said.starts_with(&expected) {
            return Ok(());
        }
        Err(format!("the last event of {pid} is {last}, but: {stderr}"))
    }

    fn clew(&self, words: &[&str]) -> std::result::Result<Outcome, String> {
        let mut argv = vec![paths::clew()?.to_string_lossy().into_owned()];
        argv.extend(words.iter().map(|word| word.to_string()));
        let timeout = Duration::from_secs(120);
        let invocation =
            Invocation { argv, cwd: self.dir.into(), timeout, ..Invocation::default() };
        let outcome = invocation.run()?;
        no_panic(&outcome, &invocation.to_string())?;
        match (outcome.code(), outcome.survivors) {
            (0, false) => Ok(outcome),
            (0, true) => Err(format!("left processes behind: {invocation}")),
            (code, _) => {
                Err(format!("exit code {code}: {invocation}: {}", excerpt(&outcome.stderr)))
            }
        }
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = Value> {
    let text = String::from_utf8_lossy(text).into_owned();
    let values: Vec<_> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    values.into_iter()
}
