//! The processes of a trace: where each came from, what it executed, how it ended.
//!
//! A process with memory of its own has a stream of its own, which begins with a `Fork` or an
//! `Exec` record; that record names its parent's stream and the event there that made it. Since that
//! event's number was taken before the process existed, it is less than the number of the stream's
//! first event. [`Origin::read`] refuses anything else, so that whoever follows parents comes to an
//! end, whatever the trace says.

use std::collections::HashMap;
use std::rc::Rc;

use clew_abi::record::{ATT_ARGV, ATT_EXE, ExitPayload, Kind};

use crate::records::Record;
use crate::{Ended, Error, Result, Stream, Trace, vforked};

/// Longest argument vector that is shown, in bytes: the kernel's limit.
const MAX_ARGV: usize = 6 << 20;
/// Longest path of a program.
const MAX_EXE: usize = 4096;

/// The event that made a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Parent {
    pub stream: u32,
    pub event: u64,
}

/// How a process's stream begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    pub stream: u32,
    pub pid: u32,
    pub ppid: u32,
    /// The stream's first event.
    pub begin: u64,
    /// Whether that is a `Fork` record, so that the process begins with its parent's memory.
    pub forked: bool,
    /// None for the trace's first process.
    pub parent: Option<Parent>,
}

/// A program that a process executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The `Exec` event.
    pub event: u64,
    /// The segment in which it begins: a replay may begin there.
    pub segment: u64,
    pub exe: String,
    pub argv: Rc<[String]>,
}

/// A process as `clew ps` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    pub pid: u32,
    pub ppid: u32,
    /// None for one that lived in its parent's memory, and so in its stream, all its life.
    pub stream: Option<u32>,
    pub parent: Option<Parent>,
    /// Its first event: of its stream, or the one that made it.
    pub begin: u64,
    pub programs: Vec<Program>,
    /// The command line of the last program, or else what its parent had executed by then.
    pub argv: Rc<[String]>,
    /// None if its end is not recorded.
    pub ended: Option<Ended>,
}

impl Process {
    /// Whether it only ever ran what its parent did.
    pub fn forked_without_exec(&self) -> bool {
        self.programs.is_empty()
    }
}

impl Origin {
    /// Reads the stream's beginning. None if it has no sound event.
    pub fn read(stream: &Stream) -> Result<Option<Self>> {
        let mut origin = None;
        for sequence in 0..stream.segments() {
            let see = |record: &Record<'_>| origin = Self::of(stream.number(), record);
            if stream.head(sequence, see).is_some() {
                break;
            }
        }
        let Some((origin, parent_stream)) = origin else { return Ok(None) };
        origin.check(parent_stream).map(Some)
    }

    /// What a record says, and its unchecked parent's stream.
    fn of(stream: u32, record: &Record<'_>) -> Option<(Self, u64)> {
        let (pid, ppid, parent_stream, parent_event, forked) = match (record.fork(), record.exec())
        {
            (Some(f), _) => (f.pid, f.ppid, f.parent_stream, f.parent_event, true),
            (_, Some(e)) => (e.pid, e.ppid, e.parent_stream, e.parent_event, false),
            _ => return None,
        };
        let parent = Parent { stream: parent_stream as u32, event: parent_event };
        let parent = (forked || parent_stream != 0).then_some(parent);
        let begin = record.header.event;
        Some((Self { stream, pid, ppid, begin, forked, parent }, parent_stream))
    }

    fn check(self, parent_stream: u64) -> Result<Self> {
        let Some(parent) = self.parent else { return Ok(self) };
        if u64::from(parent.stream) != parent_stream || parent.event >= self.begin {
            let (stream, event) = (self.stream, parent.event);
            return Err(Error::new(
                format!("tell where process {} comes from", self.pid),
                format!(
                    "the trace is damaged: stream {stream} begins at event {}, \
                     but says it was made at event {event} of stream {parent_stream}",
                    self.begin
                ),
            ));
        }
        Ok(self)
    }
}

/// When the first process executed its program: real time in nanoseconds since 1970. None if the trace
/// does not say.
pub fn started(trace: &Trace) -> Result<Option<u64>> {
    let Some(&first) = trace.streams()?.first() else { return Ok(None) };
    let mut time = None;
    let see = |record: &Record<'_>| time = record.exec().map(|exec| exec.realtime_ns);
    trace.stream(first)?.head(0, see);
    Ok(time)
}

/// The pid of the process whose stream this record is of, if it tells.
pub(crate) fn pid(record: &Record<'_>) -> Option<u32> {
    record.fork().map(|fork| fork.pid).or_else(|| record.exec().map(|exec| exec.pid))
}

/// The origins of all processes that have a stream, in the order in which they began, and what is
/// wrong with streams that say nothing sound.
pub fn origins(trace: &Trace) -> Result<(Vec<Origin>, Vec<String>)> {
    let (mut found, mut damage) = (Vec::new(), Vec::new());
    for number in trace.streams()? {
        match Origin::read(&trace.stream(number)?) {
            Ok(origin) => found.extend(origin),
            Err(e) => damage.push(e.to_string()),
        }
    }
    found.sort_by_key(|origin| (origin.begin, origin.stream));
    Ok((found, damage))
}

/// The origins of the processes with this pid, as far as the recorder noted which streams are
/// theirs and the streams agree, in the order in which they began. Processes that it did not note
/// began later. Other streams are not looked at.
pub fn noted(trace: &Trace, pid: u32) -> Result<Vec<Origin>> {
    let mut found = Vec::new();
    for number in trace.meta().streams_of(pid) {
        let origin = Origin::read(&trace.stream(number)?).ok().flatten();
        found.extend(origin.filter(|origin| origin.pid == pid));
    }
    found.sort_by_key(|origin| (origin.begin, origin.stream));
    Ok(found)
}

/// The programs that a stream's process executed, in order.
pub fn programs(stream: &Stream) -> Vec<Program> {
    let mut found = Vec::new();
    let mut strings = Strings::default();
    let mut start = 0;
    for sequence in 0..stream.segments() {
        // What is too large for an event's record comes before it, perhaps in segments of its own.
        let Some(head) = stream.head(sequence, |record| strings.see(record)) else { continue };
        let strings = std::mem::take(&mut strings);
        if head.kind == Kind::Exec {
            found.push(strings.program(head.event, start));
        }
        start = sequence + 1;
    }
    found
}

/// The segment from which a replay up to `event` of this stream can begin at the latest: that of the
/// last `Exec` before it. None if there is none.
pub fn exec_before(stream: &Stream, event: u64) -> Option<u64> {
    let mut found = None;
    for sequence in (0..stream.segments()).rev() {
        let head = stream.head(sequence, |_| {});
        match (head, found) {
            (Some(head), None) if head.kind == Kind::Exec && head.event < event => {
                found = Some(sequence);
            }
            // The data of this `Exec` begins here or earlier.
            (None, Some(_)) => found = Some(sequence),
            (Some(_), Some(_)) => break,
            _ => {}
        }
    }
    found
}

/// How the stream's process ended, if that is recorded.
pub fn ended(stream: &Stream) -> Option<Ended> {
    let mut tail = stream.cursor_at_last_segment();
    let mut exit = None;
    while let Some(record) = tail.next_record() {
        if record.kind == Kind::Exit {
            exit = record.exit();
        }
    }
    exit.map(|ExitPayload { code, signal }| match signal {
        0 => Ended::Exited(code as i32),
        signal => Ended::Signaled(signal as i32),
    })
}

/// All processes, children after their parents, and what is wrong with streams that say nothing
/// sound.
pub fn list(trace: &Trace) -> Result<(Vec<Process>, Vec<String>)> {
    let (origins, damage) = origins(trace)?;
    let mut all = Vec::with_capacity(origins.len());
    for origin in &origins {
        all.push(unnamed(origin, &trace.stream(origin.stream)?));
    }
    all.extend(vforked::list(trace, &origins)?);
    // In order of their making, which for one that lived in its parent's memory was earlier.
    let made = |process: &Process| process.parent.map_or(process.begin, |parent| parent.event);
    all.sort_by_key(|process| (made(process), process.begin));
    name(&mut all);
    Ok((in_tree_order(all), damage))
}

/// The process of a stream, without a look at others than the ancestors whose command line it has.
/// None if the stream says nothing sound.
pub fn of_stream(trace: &Trace, number: u32) -> Result<Option<Process>> {
    let mut line: Vec<Process> = Vec::new();
    let mut next = Some(Parent { stream: number, event: u64::MAX });
    while let Some(Parent { stream, event }) = next {
        let stream = trace.stream(stream)?;
        let Ok(Some(origin)) = Origin::read(&stream) else { break };
        if line.last().is_some_and(|child| child.begin <= origin.begin) {
            break;
        }
        let process = unnamed(&origin, &stream);
        let named = process.programs.iter().any(|program| program.event < event);
        next = process.parent.filter(|_| !named);
        line.push(process);
    }
    line.reverse();
    name(&mut line);
    Ok(line.pop())
}

/// What a stream says of its process.
fn unnamed(origin: &Origin, stream: &Stream) -> Process {
    Process {
        pid: origin.pid,
        ppid: origin.ppid,
        stream: Some(origin.stream),
        parent: origin.parent,
        begin: origin.begin,
        programs: programs(stream),
        argv: Rc::default(),
        ended: ended(stream),
    }
}

/// Gives each process its command line. Parents come before their children here.
fn name(all: &mut [Process]) {
    let mut of_stream: HashMap<u32, usize> = HashMap::new();
    for at in 0..all.len() {
        let own = all[at].programs.last().map(|program| program.argv.clone());
        all[at].argv = own.unwrap_or_else(|| inherited(&all[at], all, &of_stream));
        if let Some(stream) = all[at].stream {
            of_stream.insert(stream, at);
        }
    }
}

/// What the parent had executed when it made `process`: its last program before, or what it had
/// itself inherited.
fn inherited<'p>(
    mut process: &'p Process,
    all: &'p [Process],
    of_stream: &HashMap<u32, usize>,
) -> Rc<[String]> {
    while let Some(parent) = process.parent {
        // Each step leads to a process that began earlier.
        let up = of_stream.get(&parent.stream).map(|&at| &all[at]);
        let Some(up) = up.filter(|up| up.begin < process.begin) else { break };
        let before = |program: &&Program| program.event < parent.event;
        if let Some(program) = up.programs.iter().rev().find(before) {
            return program.argv.clone();
        }
        process = up;
    }
    Rc::default()
}

/// Sorts processes that are in order of their making such that each is followed by its
/// children, and they by theirs. A process whose parent is not there counts as nobody's child.
pub fn in_tree_order(all: Vec<Process>) -> Vec<Process> {
    let of_stream: HashMap<u32, usize> =
        all.iter().enumerate().filter_map(|(at, p)| Some((p.stream?, at))).collect();
    let mut children = vec![Vec::new(); all.len()];
    let mut stack = Vec::new();
    for (at, process) in all.iter().enumerate().rev() {
        let parent = process.parent.and_then(|parent| of_stream.get(&parent.stream));
        match parent.filter(|&&parent| parent < at) {
            Some(&parent) => children[parent].push(at),
            None => stack.push(at),
        }
    }
    // All edges lead from earlier to later ones, so each process is reached exactly once.
    let mut all: Vec<_> = all.into_iter().map(Some).collect();
    let mut sorted = Vec::with_capacity(all.len());
    while let Some(at) = stack.pop() {
        sorted.extend(all[at].take());
        stack.append(&mut children[at]);
    }
    sorted
}

/// The strings of an `Exec` and of the `Data` records before it.
#[derive(Default)]
struct Strings {
    argv: Vec<u8>,
    exe: Vec<u8>,
}

impl Strings {
    fn see(&mut self, record: &Record<'_>) {
        for attachment in record.attachments() {
            let (text, limit) = match attachment.kind {
                ATT_ARGV => (&mut self.argv, MAX_ARGV),
                ATT_EXE => (&mut self.exe, MAX_EXE),
                _ => continue,
            };
            let room = limit - text.len();
            text.extend_from_slice(&attachment.bytes[..attachment.bytes.len().min(room)]);
        }
    }

    fn program(self, event: u64, segment: u64) -> Program {
        let exe = String::from_utf8_lossy(&self.exe).into_owned();
        Program { event, segment, exe, argv: words(&self.argv).into() }
    }
}

/// Takes NUL-terminated strings apart.
fn words(bytes: &[u8]) -> Vec<String> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    bytes.split(|&b| b == 0).map(|s| String::from_utf8_lossy(s).into_owned()).collect()
}
