//! `cargo xtask bench`: what recording and replaying cost, and whether that is within the goals.
//!
//! Everything that is recorded is also replayed, and what the two showed is compared: a difference fails
//! the bench. A goal that is missed does not.

mod builds;
mod chaos;
mod clew;
mod data;
mod goals;
mod memory;
mod programs;
mod run;
mod scaling;
mod servers;
mod sizes;
mod source;
mod timeline;
mod times;
mod work;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Error, Result, bail};
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::cargo;
use clew::Clew;
use goals::{Figure, Goal, Line};

#[derive(Args)]
pub struct Options {
    /// Print one JSON document instead of a table.
    #[arg(long)]
    json: bool,
    /// Only benchmarks whose name or group contains this.
    #[arg(long, default_value = "")]
    filter: String,
    /// How many runs of each kind.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Measure times natively only, to check the programs themselves.
    #[arg(long)]
    native: bool,
    #[command(subcommand)]
    subject: Option<Subject>,
}

/// What else is measured, alone.
#[derive(Subcommand)]
enum Subject {
    /// How fast a timeline goes back and forth.
    Timeline,
    /// How soon a hunt catches classic bugs, and what its runs cost.
    Chaos(chaos::Options),
}

/// What all measurements share.
pub struct Bench {
    runs: usize,
    filter: String,
    quiet: bool,
    /// What was left out so far.
    missing: RefCell<BTreeSet<String>>,
}

impl Bench {
    /// Is this to be measured?
    fn wants(&self, group: &str, name: &str) -> bool {
        group.contains(&self.filter) || name.contains(&self.filter)
    }

    /// Prints a line, unless what is printed is for a program.
    fn say(&self, line: impl AsRef<str>) {
        if !self.quiet {
            println!("{}", line.as_ref());
        }
    }

    /// Says once that something is not measured, for want of a program.
    fn left_out(&self, name: &str, program: &str) {
        if self.missing.borrow_mut().insert(name.to_string()) {
            self.say(format!("left out: {name} ({program} is not installed)"));
        }
    }
}

/// Where everything that the bench makes is.
fn scratch() -> PathBuf {
    cargo::target().join("bench")
}

/// All that was measured.
#[derive(Default, Serialize)]
struct Report {
    runs: usize,
    times: Vec<times::Measurement>,
    servers: Vec<servers::Rate>,
    sizes: Vec<sizes::Size>,
    memory: Vec<memory::Memory>,
    scaling: Vec<scaling::Growth>,
    figures: Vec<Figure>,
    goals: Vec<Line>,
    failures: Vec<String>,
}

impl Report {
    /// Adds the figures of one row; a word that says whether they are within the goal.
    fn judge(
        &mut self,
        goal: &'static Goal,
        row: &str,
        record: Option<f64>,
        replay: Option<f64>,
    ) -> &'static str {
        let figures = goal.figures(row, record, replay);
        let word = goals::word(&figures);
        self.figures.extend(figures);
        word
    }

    /// Notes that a row could not be measured, or that a run differed.
    fn fail(&mut self, bench: &Bench, row: &str, error: &Error) {
        bench.say(format!("FAILED: {row}"));
        self.failures.push(format!("{row}: {error:#}"));
    }
}

pub fn run(options: &Options) -> Result<()> {
    match &options.subject {
        Some(Subject::Timeline) => return timeline::run(),
        Some(Subject::Chaos(options)) => return chaos::run(options),
        None => {}
    }
    let clew = if options.native { None } else { Some(Clew::new(cargo::build_clew()?)) };
    let runs = options.runs.max(1);
    let (filter, missing) = (options.filter.clone(), RefCell::default());
    let bench = Bench { runs, filter, quiet: options.json, missing };
    let mut report = Report { runs, ..Report::default() };
    times::run_all(&bench, clew.as_ref(), &mut report)?;
    if let Some(clew) = &clew {
        servers::run_all(&bench, clew, &mut report)?;
        sizes::run_all(&bench, clew, &mut report)?;
        memory::run_all(&bench, clew, &mut report)?;
        scaling::run_all(&bench, clew, &mut report)?;
    }
    report.goals = goals::summarise(&report.figures);
    finish(&bench, &report)
}

fn finish(bench: &Bench, report: &Report) -> Result<()> {
    if bench.quiet {
        println!("{}", serde_json::to_string_pretty(report)?);
    } else if !report.goals.is_empty() {
        println!("\n{}", goals::HEADING);
        report.goals.iter().for_each(|line| println!("{}", line.row()));
    }
    let found = report.figures.len() + report.times.len() + bench.missing.borrow().len();
    match report.failures.as_slice() {
        [] if found == 0 => bail!("no benchmark matches {:?}", bench.filter),
        [] => Ok(()),
        failures => bail!("{} failed:\n\n{}", failures.len(), failures.join("\n\n")),
    }
}
