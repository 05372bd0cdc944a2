//! `clew ps`.

use std::ffi::OsString;
use std::io::Write;

use clew_abi::record::{ATT_ARGV, ExitPayload, Kind};
use clew_trace::{Ended, Result, ResultExt, Trace};
use serde::Serialize;

use super::open_trace;
use crate::{json, text};

/// List the recorded processes
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One JSON object per line
    #[arg(long)]
    json: bool,
    /// The trace's name or path; the newest if left out
    trace: Option<OsString>,
}

#[derive(Serialize)]
struct Process {
    pid: u32,
    ppid: u32,
    /// None if its end is not recorded.
    outcome: Option<Ended>,
    argv: Vec<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let trace = open_trace(args.trace.as_deref())?;
    let mut lines = Vec::new();
    let mut rows = vec![["PID", "PPID", "EXIT", "CMD"].map(str::to_owned).to_vec()];
    for number in trace.streams()? {
        let Some(process) = process(&trace, number)? else { continue };
        if args.json {
            json::line(&mut lines, &process).tried(|| "make JSON")?;
        } else {
            rows.push(vec![
                process.pid.to_string(),
                process.ppid.to_string(),
                process.outcome.map_or("-".into(), text::ended),
                text::command_line(&process.argv),
            ]);
        }
    }
    if !args.json {
        lines.write_all(text::table(&rows).as_bytes()).tried(|| "list the processes")?;
    }
    text::print(lines)
}

/// The process whose events are stream `number`; none if it did not come to its first event.
fn process(trace: &Trace, number: u32) -> Result<Option<Process>> {
    let stream = trace.stream(number)?;
    let mut start = stream.cursor();
    let Some(first) = start.next_record() else { return Ok(None) };
    let Some(exec) = first.exec() else { return Ok(None) };
    let argv = first.attachments().find(|a| a.kind == ATT_ARGV);
    let mut tail = stream.cursor_at_last_segment();
    let mut exit = None;
    while let Some(record) = tail.next_record() {
        if record.kind == Kind::Exit {
            exit = record.exit();
        }
    }
    Ok(Some(Process {
        pid: exec.pid,
        ppid: exec.ppid,
        outcome: exit.map(ended),
        argv: argv.map(|a| strings(a.bytes)).unwrap_or_default(),
    }))
}

fn ended(exit: ExitPayload) -> Ended {
    match exit.signal {
        0 => Ended::Exited(exit.code as i32),
        signal => Ended::Signaled(signal as i32),
    }
}

/// Takes NUL-terminated strings apart.
fn strings(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    bytes.split(|&b| b == 0).map(|s| String::from_utf8_lossy(s).into_owned()).collect()
}
