//! `clew pack`.

use std::ffi::OsString;
use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};

use clew_trace::pack::{self, Packed, SUFFIX};
use clew_trace::{Error, Result, Root, Trace};
use serde::Serialize;

use super::opened::means_pack;
use crate::progress::Progress;
use crate::{json, text};

/// Pack a trace into one portable file
///
/// `clew replay FILE.clew` replays it on any machine. It holds what the program read: treat it like
/// the data it came from.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file to make; the trace's name with `.clew` behind it, here, if left out
    #[arg(short = 'o', long, value_name = "FILE.clew")]
    output: Option<PathBuf>,
    /// Report the result as one JSON document
    #[arg(long)]
    json: bool,
    /// The trace's name or path; the newest if left out
    trace: Option<OsString>,
}

#[derive(Serialize)]
struct Report<'a> {
    file: String,
    bytes: u64,
    unpacked_bytes: u64,
    events: u64,
    files: u64,
    /// Whether the recording had ended.
    finished: bool,
    damage: &'a [String],
}

/// Runs the command and returns clew's exit code: 1 if the trace is damaged. What is sound is packed.
pub fn run(args: &Args) -> Result<i32> {
    let root = Root::from_env();
    if let Some(path) = args.trace.as_deref().map(Path::new)
        && means_pack(path, root.as_ref().ok())
    {
        return Err(Error::new(format!("pack {}", path.display()), "it is packed already"));
    }
    let trace = Trace::open(&root?.resolve(args.trace.as_deref())?)?;
    let out = args.output.clone().unwrap_or_else(|| {
        let mut name = trace.dir().file_name().unwrap_or_default().to_owned();
        name.push(SUFFIX);
        name.into()
    });
    let progress = Progress::new("packing");
    let packed = pack::write(&trace, &out, &mut |done, total| progress.set(done, total))?;
    drop(progress);
    report(args, &out, &packed)?;
    Ok(if packed.damage.is_empty() { 0 } else { crate::FAILED })
}

fn report(args: &Args, out: &Path, packed: &Packed) -> Result<()> {
    let file = out.display().to_string();
    for damage in &packed.damage {
        clew_launch::say(format!("{damage} ({file} holds what is sound)"));
    }
    if packed.unfinished {
        let events = packed.events;
        clew_launch::say(format!(
            "the recording is not over; {file} holds its first {events} events. Pack it again later."
        ));
    }
    if args.json {
        let Packed { bytes, unpacked_bytes, events, files, .. } = *packed;
        let (finished, damage) = (!packed.unfinished, &*packed.damage);
        return json::document(&Report {
            file,
            bytes,
            unpacked_bytes,
            events,
            files,
            finished,
            damage,
        });
    }
    if stderr().is_terminal() {
        let (to, from) = (text::bytes(packed.bytes), text::bytes(packed.unpacked_bytes));
        clew_launch::say(format!("{file}: {to}, unpacked {from}"));
    }
    Ok(())
}
