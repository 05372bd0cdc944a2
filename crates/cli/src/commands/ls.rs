//! `clew ls`.

use std::io::Write;

use clew_trace::{Meta, Outcome, Result, ResultExt, Root, Trace};
use serde::Serialize;

use crate::{json, text};

/// List traces
#[derive(Debug, clap::Args)]
pub struct Args {
    /// When, how long, how large, how it ended, and the command line as well
    #[arg(short = 'l', long)]
    long: bool,
    /// One JSON object per line
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    path: String,
    started: Option<&'a str>,
    bytes: Option<u64>,
    outcome: Option<&'a Outcome>,
    argv: Option<&'a [String]>,
    error: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let mut rows = Vec::new();
    let mut lines = Vec::new();
    for dir in Root::from_env()?.list()? {
        let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !args.long && !args.json {
            rows.push(vec![name]);
            continue;
        }
        let trace = Trace::open(&dir);
        if args.json {
            let path = dir.display().to_string();
            json::line(&mut lines, &describe(&name, path, &trace)).tried(|| "make JSON")?;
        } else {
            rows.push(match &trace {
                Ok(trace) => row(name, trace),
                Err(_) => vec![name, "(damaged, or of a newer format: see `clew info`)".into()],
            });
        }
    }
    if args.long && !rows.is_empty() {
        let heading = ["NAME", "STARTED", "TOOK", "SIZE", "OUTCOME", "COMMAND"];
        rows.insert(0, heading.map(str::to_owned).to_vec());
    }
    lines.write_all(text::table(&rows).as_bytes()).tried(|| "list the traces")?;
    text::print(lines)
}

fn row(name: String, trace: &Trace) -> Vec<String> {
    let meta: &Meta = trace.meta();
    let took = meta.outcome.as_ref().map_or("-".into(), |o| text::seconds(o.elapsed_seconds));
    vec![
        name,
        text::local_time(&meta.started),
        took,
        text::bytes(trace.disk_bytes()),
        text::outcome(meta),
        text::command_line(&meta.argv),
    ]
}

fn describe<'a>(name: &'a str, path: String, trace: &'a Result<Trace>) -> Line<'a> {
    let ok = trace.as_ref().ok();
    let meta = ok.map(Trace::meta);
    Line {
        name,
        path,
        started: meta.map(|m| m.started.as_str()),
        bytes: ok.map(Trace::disk_bytes),
        outcome: meta.and_then(|m| m.outcome.as_ref()),
        argv: meta.map(|m| m.argv.as_slice()),
        error: trace.as_ref().err().map(ToString::to_string),
    }
}
