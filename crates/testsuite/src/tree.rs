//! Recordings of whole process trees: each of their processes is replayed on its own.

use std::fmt::Write;

use crate::compare::{census, same_bytes};
use crate::cycle::Session;
use crate::listing::{self, Process};
use crate::process::{Outcome, excerpt};

/// What is to be seen of a tree's processes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tree {
    /// The trace must hold at least so many of them: a tree whose children run unrecorded fails.
    pub least: usize,
    /// Only the first one writes to stdout, so its replay must print the same.
    pub first_writes: bool,
    /// Some of the output is not shown by any replay (say, a terminal's other end was written to).
    pub unaccounted: bool,
}

impl Tree {
    /// Replays every process of a session. A replay prints what that process printed: those of all
    /// of them must add up to the recording's output, in whatever order it came.
    pub(crate) fn replay(self, session: &Session, recorded: &Outcome) -> Result<(), String> {
        let processes = list(session)?;
        if processes.len() < self.least {
            let seen: String = processes.iter().map(Process::line).collect();
            let (found, least) = (processes.len(), self.least);
            return Err(format!("{found} processes were recorded, not {least} at least:\n{seen}"));
        }
        let mut outputs = Vec::new();
        for (number, process) in processes.iter().enumerate() {
            outputs.push(process.replay(session, number == 0)?.stdout);
        }
        if self.first_writes || processes.len() == 1 {
            return same_bytes("stdout", &recorded.stdout, &outputs[0], ("recorded", "replayed"));
        }
        if self.unaccounted || census(&recorded.stdout) == census(&outputs.concat()) {
            return Ok(());
        }
        Err(account(&recorded.stdout, &processes, &outputs))
    }
}

impl Process {
    /// Replays it, alone.
    pub(crate) fn replay(&self, session: &Session, first: bool) -> Result<Outcome, String> {
        let pid = self.pid.to_string();
        let words = if first { vec![] } else { vec!["-f", &pid] };
        let label = if first { "replayed".into() } else { format!("replayed-{pid}") };
        session
            .replay(&words, &label)
            .map_err(|error| format!("{error}\n  process: {}", self.line()))
    }

    fn line(&self) -> String {
        format!("    {} {}\n", self.pid, self.command)
    }
}

/// The processes of a trace that have a stream.
pub(crate) fn list(session: &Session) -> Result<Vec<Process>, String> {
    let listing = session.clew(&["ps", "--json", &session.trace])?;
    if listing.code() != 0 {
        return Err(format!("clew ps exits {}: {}", listing.code(), excerpt(&listing.stderr)));
    }
    let mut processes = listing::processes(&listing.stdout)?;
    processes.retain(|process| process.stream.is_some());
    match processes.is_empty() {
        true => Err("clew ps lists no process with a stream".into()),
        false => Ok(processes),
    }
}

fn account(recorded: &[u8], processes: &[Process], outputs: &[Vec<u8>]) -> String {
    let total: usize = outputs.iter().map(Vec::len).sum();
    let mut message = format!(
        "the recording wrote {} bytes to stdout, the replays {total} or others:\n  recorded:\n{}\n",
        recorded.len(),
        excerpt(recorded)
    );
    for (process, output) in processes.iter().zip(outputs).filter(|(_, output)| !output.is_empty())
    {
        let _ = writeln!(message, "{}{}", process.line(), excerpt(output));
    }
    message
}
