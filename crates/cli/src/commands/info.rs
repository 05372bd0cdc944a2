//! `clew info`.

use std::ffi::OsString;

use clew_trace::pack::What;
use clew_trace::{FileEntry, Meta, Result};
use serde::Serialize;

use super::opened::{Opened, open_trace};
use crate::{json, text};

/// Show what a trace is: versions, machine, command, environment, counts, sizes
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One JSON document
    #[arg(long)]
    json: bool,
    /// The trace's name or path; the newest if left out
    trace: Option<OsString>,
}

/// More streams than this are counted, not listed.
const MAX_STREAMS: usize = 20;

#[derive(Serialize)]
struct Info<'a> {
    path: String,
    #[serde(flatten)]
    meta: &'a Meta,
    disk_bytes: u64,
    streams: &'a [Events],
    stored_files: &'a [FileEntry],
}

/// What is there of one event stream.
#[derive(Serialize)]
struct Events {
    stream: u32,
    segments: u64,
    damage: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let trace = open_trace(args.trace.as_deref(), What::Events)?;
    let mut streams = Vec::new();
    for number in trace.streams()? {
        let stream = trace.stream(number)?;
        let damage = stream.damage().map(str::to_owned);
        streams.push(Events { stream: number, segments: stream.segments(), damage });
    }
    let files = trace.files()?;
    if args.json {
        let path = trace.path().display().to_string();
        let (meta, disk_bytes) = (trace.meta(), trace.disk_bytes());
        return json::document(&Info {
            path,
            meta,
            disk_bytes,
            streams: &streams,
            stored_files: &files,
        });
    }
    text::print(describe(&trace, &streams, &files))
}

/// How many processes there are, and whose ends the recorder did not see.
fn processes(meta: &Meta, streams: &[Events]) -> String {
    let count = streams.len();
    let open = streams.iter().filter(|s| !meta.ended(s.stream)).count();
    match open {
        _ if meta.outcome.is_none() => count.to_string(),
        0 => count.to_string(),
        open => format!("{count}, {open} of them killed or not ended with the recording"),
    }
}

fn describe(trace: &Opened, streams: &[Events], files: &[FileEntry]) -> String {
    let meta = trace.meta();
    let machine = format!(
        "{}, {} cores, Linux {}",
        meta.machine.cpu, meta.machine.cores, meta.machine.kernel
    );
    let mut rows = vec![
        ("trace", trace.path().display().to_string()),
        ("format", format!("{}, written by clew {}", meta.format, meta.clew)),
        ("command", text::command_line(&meta.argv)),
        ("program", meta.program.clone()),
        ("directory", meta.cwd.clone()),
        ("machine", machine),
        ("started", text::local_time(&meta.started)),
        ("outcome", text::outcome(meta)),
    ];
    if let (Some(seed), Some(policy)) = (meta.options.seed, &meta.options.policy) {
        rows.push(("chaos", format!("seed {seed}: {policy}")));
    }
    if let Some(outcome) = &meta.outcome {
        rows.push(("took", text::seconds(outcome.elapsed_seconds)));
        rows.push(("events", outcome.events.to_string()));
        let (raw, packed) = (outcome.raw_bytes, outcome.compressed_bytes);
        rows.push(("log", format!("{}, {} compressed", text::bytes(raw), text::bytes(packed))));
    }
    rows.push(("size", text::bytes(trace.disk_bytes())));
    rows.push(("processes", processes(meta, streams)));
    let shown = |s: &&Events| streams.len() <= MAX_STREAMS || s.damage.is_some();
    rows.extend(streams.iter().filter(shown).map(|s| {
        let damage = s.damage.as_ref().map_or(String::new(), |d| format!(" ({d})"));
        ("stream", format!("{}: {} segments{damage}", s.stream, s.segments))
    }));
    rows.extend(files.iter().map(|f| ("file", format!("{} ({})", f.path, text::bytes(f.size)))));
    rows.extend(meta.environment.iter().map(|v| ("env", v.clone())));
    let visible = |text: String| text.replace(|c: char| c.is_control(), "?");
    let rows: Vec<_> = rows.into_iter().map(|(k, v)| vec![k.to_owned(), visible(v)]).collect();
    text::table(&rows)
}
