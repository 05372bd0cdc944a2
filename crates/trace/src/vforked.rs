//! Processes that lived in their parent's memory and never executed a program.
//!
//! They have no stream: what there is of them is in their parent's, the event that made them and
//! their own calls. So all events have to be read to find them.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::processes::{Origin, Parent, Process};
use crate::{Ended, Record, Result, Stream, Trace};

const CLONE: u64 = 56;
const EXIT: u64 = 60;
const EXIT_GROUP: u64 = 231;

const CLONE_VM: u64 = 0x100;
const CLONE_VFORK: u64 = 0x4000;
const CLONE_THREAD: u64 = 0x10000;

/// A process of another's memory.
struct Child {
    pid: u32,
    maker: u32,
    event: u64,
    exit: Option<i32>,
    /// It executed a program: from there on it has a stream.
    moved: bool,
}

/// The processes without a stream. `origins` are those that have one.
pub(crate) fn list(trace: &Trace, origins: &[Origin]) -> Result<Vec<Process>> {
    let execs: HashSet<Parent> =
        origins.iter().filter(|o| !o.forked).filter_map(|o| o.parent).collect();
    let mut found = Vec::new();
    for origin in origins {
        let stream = trace.stream(origin.stream)?;
        let children = children(&stream, &execs).into_iter().filter(|child| !child.moved);
        found.extend(children.map(|child| process(child, origin.stream)));
    }
    Ok(found)
}

fn process(child: Child, stream: u32) -> Process {
    Process {
        pid: child.pid,
        ppid: child.maker,
        stream: None,
        parent: Some(Parent { stream, event: child.event }),
        begin: child.event,
        programs: Vec::new(),
        argv: Rc::default(),
        ended: child.exit.map(Ended::Exited),
    }
}

/// The processes that a stream's process made in its memory. `execs` are the events with which such
/// ones executed a program.
fn children(stream: &Stream, execs: &HashSet<Parent>) -> Vec<Child> {
    let mut found: Vec<Child> = Vec::new();
    // Pids are used again, so the last one is meant. Looking for it would take for ever if there were
    // very many.
    let mut last: HashMap<u32, usize> = HashMap::new();
    let mut cursor = stream.cursor();
    while let Some(record) = cursor.next_record() {
        if let Some(child) = made(&record) {
            last.insert(child.pid, found.len());
            found.push(child);
            continue;
        }
        let Some(call) = record.syscall() else { continue };
        let Some(&at) = last.get(&record.header.tid) else { continue };
        let child = &mut found[at];
        let here = Parent { stream: stream.number(), event: record.header.event };
        child.moved |= execs.contains(&here);
        if matches!(call.nr, EXIT | EXIT_GROUP) {
            child.exit = Some((call.args[0] & 0xff) as i32);
        }
    }
    found
}

/// The process that a record says was made in its maker's memory: by `vfork` and its kin, or by a
/// `clone` that does not wait for it.
fn made(record: &Record<'_>) -> Option<Child> {
    let event = record.header.event;
    let new = |pid, maker| Child { pid, maker, event, exit: None, moved: false };
    if let Some(child) = record.child() {
        return Some(new(child.tid as u32, child.maker as u32));
    }
    let call = record.syscall().filter(|call| call.nr == CLONE)?;
    let flags = call.args[0] & (CLONE_VM | CLONE_VFORK | CLONE_THREAD);
    let pid = u32::try_from(call.result).ok().filter(|&pid| pid != 0 && flags == CLONE_VM)?;
    Some(new(pid, record.header.tid))
}
