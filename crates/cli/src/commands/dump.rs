//! `clew dump`.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter, Write};
use std::ops::RangeInclusive;

use clew_trace::pack::What;
use clew_trace::processes::Origin;
use clew_trace::{Merge, Record, Result, ResultExt, Trace};

use super::opened::open_trace;
use crate::json;
use crate::show::{self, Event};

/// Show recorded events, one a line: event, task (PID/TID if there are several processes), tick,
/// what happened
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One JSON object per line
    #[arg(long)]
    json: bool,
    /// The trace's name or path (the newest if left out), then events to show, as N or A-B
    #[arg(value_name = "TRACE|EVENT|A-B")]
    what: Vec<OsString>,
}

type Events = RangeInclusive<u64>;

/// Runs the command and returns clew's exit code: 1 if the trace is damaged.
pub fn run(args: &Args) -> Result<i32> {
    let (given, ranges) = split(&args.what)?;
    let trace = open_trace(given, What::Events)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let damage = dump(&trace, &ranges, args.json, &mut out)?;
    out.flush().tried(|| "write to stdout")?;
    damage.iter().for_each(clew_launch::say);
    Ok(if damage.is_empty() { 0 } else { crate::FAILED })
}

/// Prints the events in the ranges, those of all processes in one order. Returns what is wrong with
/// the trace.
fn dump(
    trace: &Trace,
    ranges: &[Events],
    as_json: bool,
    out: &mut impl Write,
) -> Result<Vec<String>> {
    let first = ranges.iter().map(|r| *r.start()).min().unwrap_or(0);
    let last = ranges.iter().map(|r| *r.end()).max().unwrap_or(u64::MAX);
    let several = trace.streams()?.len() > 1;
    let mut pids = HashMap::new();
    let mut merge = Merge::new(trace, first)?;
    while let Some((stream, record)) = merge.next_event(last)? {
        let event = record.header.event;
        if ranges.is_empty() || ranges.iter().any(|r| r.contains(&event)) {
            let pid = *pids.entry(stream).or_insert_with(|| pid_of(trace, stream));
            let task = Task { stream, pid, several };
            print(&record, task, as_json, out).tried(|| "write to stdout")?;
        }
    }
    Ok(merge.damage().to_vec())
}

/// The process whose stream this is; 0 if that is not told.
fn pid_of(trace: &Trace, stream: u32) -> u32 {
    let origin = trace.stream(stream).and_then(|stream| Origin::read(&stream));
    origin.ok().flatten().map_or(0, |origin| origin.pid)
}

/// Where a record comes from.
#[derive(Clone, Copy)]
struct Task {
    stream: u32,
    pid: u32,
    /// There are several processes.
    several: bool,
}

fn print(record: &Record<'_>, task: Task, as_json: bool, out: &mut impl Write) -> io::Result<()> {
    let header = &record.header;
    let text = show::describe(record);
    if as_json {
        return json::line(out, &Event::new(record, task.stream, task.pid, text));
    }
    let name = match task.several {
        true => format!("{}/{}", task.pid, header.tid),
        false => header.tid.to_string(),
    };
    writeln!(out, "{:<6} {name} {:>10}  {text}", header.event, header.tick)
}

/// Tells the trace from the events: a trace is what is neither a number nor a range.
fn split(words: &[OsString]) -> Result<(Option<&OsStr>, Vec<Events>)> {
    let mut words = words;
    let mut trace = None;
    if let Some((first, rest)) = words.split_first()
        && parse_range(first).is_err()
    {
        trace = Some(first.as_os_str());
        words = rest;
    }
    let ranges: Result<_> = words.iter().map(|w| parse_range(w)).collect();
    Ok((trace, ranges?))
}

fn parse_range(word: &OsStr) -> Result<Events> {
    let text = word.to_string_lossy();
    let (from, to) = text.split_once('-').unwrap_or((&text, &text));
    let parse = |s: &str| s.parse::<u64>();
    match (parse(from), parse(to)) {
        (Ok(from), Ok(to)) if from <= to => Ok(from..=to),
        _ => Err(clew_trace::Error::new(
            format!("show the events {text}"),
            "give one number, or two with a dash between them and the smaller one first",
        )),
    }
}
