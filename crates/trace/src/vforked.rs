//! Processes that lived in their parent's memory and never executed a program.
//!
//! They have no stream: what there is of them is in their parent's, the call that made them and
//! their own calls. So all events have to be read to find them.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use clew_abi::record::{Kind, SyscallPayload};

use crate::processes::{Origin, Parent, Process};
use crate::{Ended, Record, Result, Stream, Trace};

const CLONE: u64 = 56;
const VFORK: u64 = 58;
const EXECVE: u64 = 59;
const EXIT: u64 = 60;
const EXIT_GROUP: u64 = 231;
const EXECVEAT: u64 = 322;
const CLONE3: u64 = 435;

const CLONE_VM: u64 = 0x100;
const CLONE_THREAD: u64 = 0x10000;

/// What made a task.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Made {
    /// A process that shares its parent's memory.
    Process,
    /// A process or a thread: the call's flags are not in its record.
    Unknown,
}

/// A task that a stream's process made and that has no stream.
struct Task {
    tid: u32,
    event: u64,
    maker: u32,
    made: Made,
}

/// What is known of a task from its own calls.
#[derive(Clone, Copy, Default)]
struct Traces {
    exit: Option<u64>,
    /// It made a call that only a process makes: threads end with `exit`.
    as_process: bool,
}

/// The processes without a stream. `origins` are those that have one.
pub(crate) fn list(trace: &Trace, origins: &[Origin]) -> Result<Vec<Process>> {
    let known: HashSet<Parent> = origins.iter().filter_map(|origin| origin.parent).collect();
    let mut found = Vec::new();
    for origin in origins {
        found.extend(of_stream(&trace.stream(origin.stream)?, origin.pid, &known));
    }
    Ok(found)
}

fn of_stream(stream: &Stream, pid: u32, known: &HashSet<Parent>) -> Vec<Process> {
    let number = stream.number();
    let mut tasks = Vec::new();
    let mut traces: HashMap<u32, Traces> = HashMap::new();
    let mut cursor = stream.cursor();
    while let Some(record) = cursor.next_record() {
        if record.kind != Kind::Syscall {
            continue;
        }
        let Some(call) = record.syscall() else { continue };
        if let Some(task) = made(&record, &call)
            && !known.contains(&Parent { stream: number, event: task.event })
        {
            tasks.push(task);
        }
        if record.header.tid != pid {
            note(&mut traces, record.header.tid, &call);
        }
    }
    let is_process = |task: &Task| {
        task.made == Made::Process || traces.get(&task.tid).is_some_and(|t| t.as_process)
    };
    let processes = tasks.into_iter().filter(is_process).map(|task| Process {
        pid: task.tid,
        ppid: task.maker,
        stream: None,
        parent: Some(Parent { stream: number, event: task.event }),
        begin: task.event,
        programs: Vec::new(),
        argv: Rc::default(),
        ended: traces.get(&task.tid).and_then(|t| t.exit).map(|code| Ended::Exited(code as i32)),
    });
    processes.collect()
}

/// The task that a call made in its caller's memory, or perhaps did.
fn made(record: &Record<'_>, call: &SyscallPayload) -> Option<Task> {
    let made = match call.nr {
        VFORK => Made::Process,
        CLONE if call.args[0] & (CLONE_VM | CLONE_THREAD) == CLONE_VM => Made::Process,
        CLONE3 => Made::Unknown,
        _ => return None,
    };
    let tid = u32::try_from(call.result).ok().filter(|&tid| tid != 0)?;
    Some(Task { tid, event: record.header.event, maker: record.header.tid, made })
}

fn note(traces: &mut HashMap<u32, Traces>, tid: u32, call: &SyscallPayload) {
    match call.nr {
        EXIT => traces.entry(tid).or_default().exit = Some(call.args[0] & 0xff),
        EXIT_GROUP => {
            let exit = Some(call.args[0] & 0xff);
            traces.insert(tid, Traces { exit, as_process: true });
        }
        EXECVE | EXECVEAT => traces.entry(tid).or_default().as_process = true,
        _ => {}
    }
}
