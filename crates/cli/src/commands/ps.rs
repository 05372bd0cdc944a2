//! `clew ps`.

use std::ffi::OsString;
use std::io::Write;

use clew_trace::pack::What;
use clew_trace::processes::{self, Process};
use clew_trace::{Ended, Result, ResultExt};
use serde::Serialize;

use super::opened::open_trace;
use crate::{json, text};

/// List the recorded processes, children after their parents
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One JSON object per line
    #[arg(long)]
    json: bool,
    /// The trace's name or path; the newest if left out
    trace: Option<OsString>,
}

#[derive(Serialize)]
struct Line<'a> {
    pid: u32,
    ppid: u32,
    /// None if its end is not recorded.
    outcome: Option<Ended>,
    /// Of its last program; its parent's if it executed none.
    argv: &'a [String],
    /// None if its events are in its parent's stream (`vfork` without exec).
    stream: Option<u32>,
    /// Whether it executed no program.
    forked: bool,
}

/// Runs the command and returns clew's exit code: 1 if the trace is damaged.
pub fn run(args: &Args) -> Result<i32> {
    let trace = open_trace(args.trace.as_deref(), What::Events)?;
    let (all, damage) = processes::list(&trace)?;
    let mut lines = Vec::new();
    if args.json {
        for process in &all {
            json::line(&mut lines, &line(process)).tried(|| "make JSON")?;
        }
    } else {
        let heading = ["PID", "PPID", "EXIT", "CMD"].map(str::to_owned).to_vec();
        let rows: Vec<_> = [heading].into_iter().chain(all.iter().map(row)).collect();
        lines.write_all(text::table(&rows).as_bytes()).tried(|| "list the processes")?;
    }
    text::print(lines)?;
    for damage in &damage {
        clew_launch::say(damage);
    }
    Ok(if damage.is_empty() { 0 } else { crate::FAILED })
}

fn line(process: &Process) -> Line<'_> {
    Line {
        pid: process.pid,
        ppid: process.ppid,
        outcome: process.ended,
        argv: &process.argv,
        stream: process.stream,
        forked: process.forked_without_exec(),
    }
}

fn row(process: &Process) -> Vec<String> {
    let mark = if process.forked_without_exec() { " (forked without exec)" } else { "" };
    vec![
        process.pid.to_string(),
        process.ppid.to_string(),
        process.ended.map_or("-".into(), text::ended),
        text::command_line(&process.argv) + mark,
    ]
}
