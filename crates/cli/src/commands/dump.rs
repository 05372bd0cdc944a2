//! `clew dump`.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter, Write};
use std::ops::RangeInclusive;

use clew_trace::{Record, Result, ResultExt, Trace};

use super::open_trace;
use crate::json;
use crate::show::{self, Event};

/// Show recorded events, one a line: event, task, tick, what happened
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
    let trace = open_trace(given)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut code = 0;
    for number in trace.streams()? {
        if let Some(damage) = dump(&trace, number, &ranges, args.json, &mut out)? {
            out.flush().tried(|| "write to stdout")?;
            clew_launch::say(damage);
            code = crate::FAILED;
        }
    }
    out.flush().tried(|| "write to stdout")?;
    Ok(code)
}

/// Prints one stream's events in the ranges. Returns what is wrong with the stream.
fn dump(
    trace: &Trace,
    number: u32,
    ranges: &[Events],
    as_json: bool,
    out: &mut impl Write,
) -> Result<Option<String>> {
    let stream = trace.stream(number)?;
    let first = ranges.iter().map(|r| *r.start()).min().unwrap_or(0);
    let last = ranges.iter().map(|r| *r.end()).max().unwrap_or(u64::MAX);
    let mut cursor = stream.cursor_at(first);
    while let Some(record) = cursor.next_record() {
        let event = record.header.event;
        if record.is_event() && event > last {
            return Ok(None);
        }
        let wanted = ranges.is_empty() || ranges.iter().any(|r| r.contains(&event));
        if record.is_event() && wanted {
            print(&record, as_json, out).tried(|| "write to stdout")?;
        }
    }
    Ok(cursor.damage().map(str::to_owned))
}

fn print(record: &Record<'_>, as_json: bool, out: &mut impl Write) -> io::Result<()> {
    let header = &record.header;
    let text = show::describe(record);
    if as_json {
        return json::line(out, &Event::new(record, text));
    }
    writeln!(out, "{:<6} {} {:>10}  {text}", header.event, header.tid, header.tick)
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
