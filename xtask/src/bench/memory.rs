//! Peak memory of the recorded process over that of the native one.
//!
//! Both are looked at from outside every few milliseconds. What counts is the proportional set size: pages
//! of snapshots and libraries that other processes map as well are shared with them.

use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Serialize;

use super::clew::{Clew, Trace};
use super::run::{self, Outcome, Running, same};
use super::source::Source;
use super::times::median;
use super::{Bench, Report, goals, programs};

const GROUP: &str = "memory";

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Name of a row, and the key of its goal.
const ROWS: [(&str, &str); 3] =
    [("small program", "memory small"), ("cc1", "memory large"), ("node", "memory large")];

/// Peaks in millions of bytes.
#[derive(Clone, Copy, Default, Serialize)]
struct Peak {
    /// Of the proportional set size.
    shared: f64,
    /// Of the resident set size.
    resident: f64,
}

/// Medians.
#[derive(Serialize)]
pub struct Memory {
    name: &'static str,
    native: Peak,
    recorded: Peak,
    /// The process that records beside it.
    supervisor: Peak,
}

pub fn run_all(bench: &Bench, clew: &Clew, report: &mut Report) -> Result<()> {
    let wanted: Vec<_> = ROWS.iter().filter(|(name, _)| bench.wants(GROUP, name)).collect();
    if !wanted.is_empty() {
        bench.say(format!(
            "\n{:<12} {:<22} {:>10} {:>10} {:>10} {:>10} {:>10}",
            "group", "peak memory", "native", "recorded", "more", "supervisor", "at most"
        ));
    }
    for &&(name, key) in &wanted {
        let goal = goals::goal(key).with_context(|| format!("no goal {key:?}"))?;
        match program(bench, name)
            .and_then(|argv| argv.map(|argv| measure(name, &argv, clew, bench.runs)).transpose())
        {
            Ok(Some(memory)) => {
                let more = memory.more(goal.unit);
                let word = report.judge(goal, name, Some(more), None);
                bench.say(memory.row(&goal.show(more), &goal.show(goal.at_most), word));
                report.memory.push(memory);
            }
            Ok(None) => {}
            Err(error) => report.fail(bench, &format!("memory of {name}"), &error),
        }
    }
    Ok(())
}

/// The command; nothing if it is not installed.
fn program(bench: &Bench, name: &str) -> Result<Option<Vec<String>>> {
    if name == "small program" {
        return Ok(Some(vec![Source::read("memory/small.c")?.build()?]));
    }
    Ok(programs::named(bench, name)?.map(|work| work.argv))
}

fn measure(name: &'static str, argv: &[String], clew: &Clew, runs: usize) -> Result<Memory> {
    let trace = Trace::new(name, false)?;
    let (mut native, mut recorded, mut supervisor) = (Vec::new(), Vec::new(), Vec::new());
    // The first run makes the snapshots that the others use.
    for round in 0..=runs.min(3) {
        let (alone, [peak, _]) = watch(argv, false)?;
        let (outcome, peaks) = watch(&clew.recording(argv, &trace)?, true)?;
        same(("native", &alone), ("recorded", &outcome), false)
            .with_context(|| clew.hint(&trace))?;
        clew.replay(&outcome, &trace)?;
        if round > 0 {
            native.push(peak);
            recorded.push(peaks[0]);
            supervisor.push(peaks[1]);
        }
    }
    trace.remove()?;
    let [native, recorded, supervisor] =
        [native, recorded, supervisor].map(|all| Peak::median(&all));
    Ok(Memory { name, native, recorded, supervisor })
}

/// Runs a command: what it showed, and the peaks of the program and, if that is recorded, of what records.
fn watch(argv: &[String], is_recording: bool) -> Result<(Outcome, [Peak; 2])> {
    let mut running = run::start(argv)?;
    let mut peaks = [Peak::default(); 2];
    while !running.has_ended()? {
        look(&running, is_recording, &mut peaks);
        thread::sleep(PAUSE);
    }
    ensure!(peaks[0].shared > 0.0, "no peak of memory was seen");
    Ok((running.finish()?, peaks))
}

fn look(running: &Running, is_recording: bool, peaks: &mut [Peak; 2]) {
    let own = Some(running.pid());
    let pids = if is_recording { [running.guest(), own] } else { [own, None] };
    for (peak, pid) in peaks.iter_mut().zip(pids) {
        if let Some(pid) = pid {
            *peak = peak.max(Peak {
                shared: kilobytes(pid, "smaps_rollup", "Pss:"),
                resident: kilobytes(pid, "status", "VmHWM:"),
            });
        }
    }
}

/// A line of a process's file, in millions of bytes; nothing of one that has ended.
fn kilobytes(pid: u32, file: &str, field: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let number = text.lines().find_map(|line| {
        line.strip_prefix(field)?.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok()
    });
    number.map_or(0.0, |number| number * 1024.0 / 1e6)
}

impl Peak {
    fn max(self, other: Self) -> Self {
        Self { shared: self.shared.max(other.shared), resident: self.resident.max(other.resident) }
    }

    fn median(all: &[Self]) -> Self {
        let middle =
            |pick: fn(&Self) -> f64| median(all.iter().map(pick).collect()).unwrap_or_default();
        Self { shared: middle(|peak| peak.shared), resident: middle(|peak| peak.resident) }
    }
}

impl Memory {
    /// What recording adds, in a goal's unit.
    fn more(&self, unit: goals::Unit) -> f64 {
        let more = self.recorded.shared - self.native.shared;
        match unit {
            goals::Unit::Percent => 100.0 * more / self.native.shared,
            goals::Unit::Times | goals::Unit::Megabytes => more,
        }
    }

    fn row(&self, more: &str, at_most: &str, word: &str) -> String {
        let show = |peak: Peak| format!("{:.1} MB", peak.shared);
        format!(
            "{GROUP:<12} {:<22} {:>10} {:>10} {more:>10} {:>10} {at_most:>10}  {word}",
            self.name,
            show(self.native),
            show(self.recorded),
            show(self.supervisor)
        )
    }
}
