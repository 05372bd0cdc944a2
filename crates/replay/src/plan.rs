//! Which events a replay is fed.
//!
//! A process that executed a program is replayed from that program's `Exec` record, which holds all
//! its memory. One that was forked begins with its parent's memory, so its replay begins with what
//! its parent did: from the parent's last `Exec` before the fork, or if there is none, with what
//! *its* parent did, and so on.

use clew_trace::processes::{self, Origin, Parent, Program};
use clew_trace::{Error, Result, Trace};

/// Which process to replay, and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// The trace's first process.
    #[default]
    First,
    /// The process with this pid, from its beginning.
    Fork(u32),
    /// The process with this pid, from its first exec.
    Exec(u32),
    /// The first process that executed a program of this name, from there.
    Program(String),
    /// The process of this stream, from its beginning.
    Stream(u32),
}

/// Segments of one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub stream: u32,
    /// The first segment.
    pub first: u64,
    /// Where the part ends: before this event. None if it reaches to the stream's end.
    pub until: Option<u64>,
    /// Whether the recorder saw the process's end, so that no event can be missing.
    pub whole: bool,
}

impl Part {
    fn rest(trace: &Trace, stream: u32, first: u64) -> Self {
        Self { stream, first, until: None, whole: trace.meta().ended(stream) }
    }
}

/// See the module's documentation. The last part is the process's own; one for each of `forks`
/// precedes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub pid: u32,
    pub parts: Vec<Part>,
    /// The process's first event in the replay.
    pub begin: u64,
}

impl Plan {
    /// None if the trace holds no event of the first process, which is asked for.
    pub fn new(trace: &Trace, target: &Target) -> Result<Option<Self>> {
        match target {
            Target::First => first(trace),
            Target::Stream(number) => Origin::read(&trace.stream(*number)?)?
                .map(|origin| Self::from_beginning(trace, &origin))
                .transpose(),
            Target::Fork(pid) => from_fork(trace, *pid).map(Some),
            Target::Exec(pid) => from_exec(trace, *pid).map(Some),
            Target::Program(name) => from_program(trace, name).map(Some),
        }
    }

    /// The number of `Fork` records on the way.
    pub fn forks(&self) -> u64 {
        self.parts.len() as u64 - 1
    }

    /// The stream of the process itself.
    pub fn stream(&self) -> u32 {
        self.parts.last().map_or(0, |part| part.stream)
    }

    fn from_beginning(trace: &Trace, origin: &Origin) -> Result<Self> {
        let mut parts = vec![Part::rest(trace, origin.stream, 0)];
        let mut child = *origin;
        while child.forked {
            let Some(parent) = child.parent else { break };
            let (part, up) = ancestor(trace, &child, parent)?;
            parts.push(part);
            match up {
                None => break,
                Some(up) => child = up,
            }
        }
        parts.reverse();
        Ok(Self { pid: origin.pid, parts, begin: origin.begin })
    }

    fn from_segment(trace: &Trace, origin: &Origin, program: &Program) -> Self {
        let part = Part::rest(trace, origin.stream, program.segment);
        Self { pid: origin.pid, parts: vec![part], begin: program.event }
    }
}

/// What `child`'s parent did before the fork. Also returns the parent if it has to be made in turn.
fn ancestor(trace: &Trace, child: &Origin, parent: Parent) -> Result<(Part, Option<Origin>)> {
    let Parent { stream: number, event } = parent;
    let lost = |what: String| {
        Error::new(
            format!("replay process {} from its fork", child.pid),
            format!("the trace is damaged: {what}"),
        )
    };
    let stream = trace.stream(number)?;
    let missing = || lost(format!("the events of its parent (stream {number}) are missing"));
    let up = Origin::read(&stream)?.ok_or_else(missing)?;
    if up.begin >= event {
        let begin = up.begin;
        return Err(lost(format!(
            "it was made at event {event}, before its parent (stream {number}) began at {begin}"
        )));
    }
    let exec = processes::exec_before(&stream, event);
    let first = exec.unwrap_or(0);
    let part = Part { until: Some(event), ..Part::rest(trace, number, first) };
    match (exec, up.forked) {
        (None, false) => Err(lost(format!("stream {number} does not begin with a whole event"))),
        (None, true) => Ok((part, Some(up))),
        (Some(_), _) => Ok((part, None)),
    }
}

fn first(trace: &Trace) -> Result<Option<Plan>> {
    let Some(&number) = trace.streams()?.first() else { return Ok(None) };
    let Some(origin) = Origin::read(&trace.stream(number)?)? else { return Ok(None) };
    if origin.parent.is_some() {
        let cause = "the trace is damaged: the events of its first process are missing";
        return Err(Error::new(format!("replay {}", trace.dir().display()), cause)
            .advise("`clew ps` lists the processes; `-f PID` and `-p PID` replay one of them."));
    }
    Plan::from_beginning(trace, &origin).map(Some)
}

/// The processes with this pid that have a stream, in the order in which they began: looks at all
/// streams for them.
fn by_pid(trace: &Trace, pid: u32) -> Result<Vec<Origin>> {
    let (mut origins, _) = processes::origins(trace)?;
    origins.retain(|origin| origin.pid == pid);
    Ok(origins)
}

fn from_fork(trace: &Trace, pid: u32) -> Result<Plan> {
    let mut found = processes::noted(trace, pid)?;
    if found.is_empty() {
        found = by_pid(trace, pid)?;
    }
    match found.first() {
        Some(origin) => Plan::from_beginning(trace, origin),
        None => Err(no_such_process(trace, pid)),
    }
}

fn from_exec(trace: &Trace, pid: u32) -> Result<Plan> {
    if let Some(plan) = first_exec(trace, &processes::noted(trace, pid)?)? {
        return Ok(plan);
    }
    let found = by_pid(trace, pid)?;
    if let Some(plan) = first_exec(trace, &found)? {
        return Ok(plan);
    }
    match found.is_empty() {
        true => Err(no_such_process(trace, pid)),
        false => Err(Error::new(
            format!("replay process {pid} from its exec"),
            "it never executed a program",
        )
        .advise(format!("`-f {pid}` replays it from its fork."))),
    }
}

/// From the first program that one of these executed.
fn first_exec(trace: &Trace, origins: &[Origin]) -> Result<Option<Plan>> {
    for origin in origins {
        if let Some(program) = processes::programs(&trace.stream(origin.stream)?).first() {
            return Ok(Some(Plan::from_segment(trace, origin, program)));
        }
    }
    Ok(None)
}

fn from_program(trace: &Trace, name: &str) -> Result<Plan> {
    let (origins, _) = processes::origins(trace)?;
    for origin in origins {
        let programs = processes::programs(&trace.stream(origin.stream)?);
        if let Some(program) = programs.iter().find(|program| is_called(program, name)) {
            return Ok(Plan::from_segment(trace, &origin, program));
        }
    }
    let cause = "no recorded process executed a program of that name";
    Err(Error::new(format!("replay {name}"), cause)
        .advise("`clew ps` lists the processes; `-p PID` and `-f PID` replay one of them."))
}

/// Whether the program's file, or what it calls itself, has this name.
fn is_called(program: &Program, name: &str) -> bool {
    let file_name = |path: &str| path.rsplit('/').next() == Some(name);
    file_name(&program.exe) || program.argv.first().is_some_and(|word| file_name(word))
}

/// Why the process with this pid has no stream.
fn no_such_process(trace: &Trace, pid: u32) -> Error {
    let tried = format!("replay process {pid}");
    let (all, damage) = processes::list(trace).unwrap_or_default();
    match all.iter().find(|process| process.pid == pid) {
        Some(process) => Error::new(
            tried,
            "it never left its parent's memory (vfork without exec), so its events are its parent's",
        )
        .advise(format!("`-f {}` replays its parent.", process.ppid)),
        None => {
            let damage = damage.first().map_or(String::new(), |damage| format!(" ({damage})"));
            Error::new(tried, format!("there is no recorded process with that pid{damage}"))
                .advise("`clew ps` lists the recorded processes.")
        }
    }
}
