//! Recordings of whole process trees: each of their processes is replayed on its own.

use std::fmt::Write;

use crate::compare::{census, same_bytes};
use crate::cycle::Session;
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

/// One line of `clew ps --json`.
pub(crate) struct Process {
    pid: u64,
    command: String,
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
    pub fn replay(&self, session: &Session, first: bool) -> Result<Outcome, String> {
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
    let text = String::from_utf8_lossy(&listing.stdout);
    // A child that never left its parent's memory is replayed with its parent.
    let own = |line: &&str| !line.contains("\"stream\":null");
    let processes = text.lines().filter(own).map(parse).collect::<Option<Vec<_>>>();
    match processes {
        Some(processes) if !processes.is_empty() => Ok(processes),
        _ => Err(format!("clew ps does not list the processes: {}", excerpt(&listing.stdout))),
    }
}

fn parse(line: &str) -> Option<Process> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    let argv = value["argv"].as_array().into_iter().flatten();
    let words: Vec<&str> = argv.filter_map(|word| word.as_str()).collect();
    Some(Process { pid: value["pid"].as_u64()?, command: words.join(" ") })
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
