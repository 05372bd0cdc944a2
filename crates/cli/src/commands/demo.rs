//! `clew demo`.

use std::fs;
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clew_demo::{FILE, PROGRAM, Race, SOURCE, Write};
use clew_hunt::{Engine, Options, Shard};
use clew_postmortem::Frame;
use clew_trace::{Error, Result, ResultExt, Root};

use super::until_fail::{self, Finding, next, progress, report};
use crate::text;

/// So many runs are never needed.
const MAX: u64 = 3000;

/// Hunt a built-in racy program and walk back to the write that caused its failure
///
/// It needs neither a compiler nor a debugger. The trace is kept.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the command.
pub fn run(_: &Args) -> Result<()> {
    let begun = Instant::now();
    let place = Place::new()?;
    text::print(format!(
        "A bank with two tellers, 60 deposits of one franc, and an audit. Now and then money is lost:\n\n{}\n",
        report::of_lines(0, &clew_demo::lines(16, 3)),
    ))?;
    let finding = hunt(&place.program)?;
    let trace = finding.trace.as_ref().ok_or("there is no trace").tried(|| "replay the failure")?;
    let name = next::name(trace);
    text::print(format!(
        "Run {} failed: {}. It is kept as {name}; the passing runs are deleted.\n\n",
        finding.failure.run,
        report::how(&finding)
    ))?;
    let (never, _writer) = std::io::pipe().tried(|| "make a pipe")?;
    let race = clew_demo::walk(trace, never.as_fd())?;
    text::print(tell(&race))?;
    text::print(format!(
        "\nThat took {}. The recording stays the same however often you look at it:\n  clew replay -e {name}\n  \
         clew rm {name}\nYour own program:\n  clew until-fail ./program\n",
        text::seconds(begun.elapsed().as_secs_f64())
    ))
}

fn hunt(program: &Path) -> Result<Finding> {
    let options = Options {
        argv: vec![program.into()],
        max: MAX,
        jobs: 1,
        timeout: None,
        chaos: true,
        seed: until_fail::random(),
        keep: 1,
        shard: Shard::WHOLE,
        engine: Engine::Clew,
    };
    let bar = progress::Line::new();
    let summary = clew_hunt::run(&options, |progress| bar.show(progress));
    bar.clear();
    let summary = summary.map_err(|refusal| refusal.error)?;
    let failure = summary.failures.into_iter().next();
    let tried = "catch a failure of the demonstration";
    let failure = failure.ok_or_else(|| match summary.interrupted {
        Some(_) => Error::new(tried, "you interrupted it"),
        None => Error::new(tried, format!("none of {MAX} runs failed")).advise("Try again."),
    })?;
    Ok(until_fail::examine(failure))
}

/// The walk, as people read it.
fn tell(race: &Race) -> String {
    let Race { symptom, balance, walked, lost, culprit } = race;
    let mut out = format!("1. Where it ends, thread {} finds {balance} francs:\n", symptom.tid);
    if let Some(place) = symptom.frames.iter().find(|frame| frame.relevant) {
        out.push_str(&source(place));
    }
    out.push_str(&format!(
        "\n2. Back through the writes of BALANCE. Each should add one. This one, {}, does not:\n",
        match walked {
            2 => "the last".into(),
            n => format!("number {} from the end", n - 1),
        }
    ));
    out.push_str(&write(culprit));
    let read = culprit.after.wrapping_sub(1);
    out.push_str(&format!(
        "\n3. It added one to {read}, so it had read the balance before this write, which it undoes:\n"
    ));
    out.push_str(&write(lost));
    out.push_str(&format!(
        "\nThread {0} read {read} and was interrupted. Meanwhile thread {1} came to {2}. Then thread {0} wrote \
         {3},\nas if nothing had happened. Each access is atomic, but the two of a deposit are not.\n",
        culprit.tid, lost.tid, lost.after, culprit.after,
    ));
    out
}

fn write(write: &Write) -> String {
    let Write { position, tid, before, after, frame } = write;
    let (event, tick) = (position.event, position.tick);
    format!("   thread {tid} at event {event}, tick {tick}: {before} -> {after}\n{}", source(frame))
}

/// A place of the program in its source, which need not be a file anywhere.
fn source(frame: &Frame) -> String {
    let function = frame.function.as_deref().unwrap_or("?");
    let line = frame.line.unwrap_or(0);
    format!(
        "   {function} at {FILE}:{line}\n{}",
        report::of_lines(line, &clew_demo::lines(line, 1))
    )
}

/// The program as a file, and its source beside it, while the demonstration goes on.
struct Place {
    dir: PathBuf,
    program: PathBuf,
}

impl Place {
    /// Before the hunt's threads start: what they fork would inherit the program open for writing, and
    /// it could not be executed.
    fn new() -> Result<Self> {
        let root = Root::from_env()?;
        let dir = root.path().join(format!(".demo-{}", std::process::id()));
        let program = dir.join("bank");
        let place = Self { dir, program };
        let written = fs::create_dir_all(&place.dir)
            .and_then(|()| fs::write(&place.program, PROGRAM))
            .and_then(|()| fs::write(place.dir.join(FILE), SOURCE))
            .and_then(|()| fs::set_permissions(&place.program, fs::Permissions::from_mode(0o700)));
        written.tried(|| format!("write the demonstration to {}", place.dir.display()))?;
        Ok(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}
