//! Peak memory of the recorded process over that of the native one.
//!
//! Both are looked at from outside every few milliseconds. What counts is the proportional set size: pages
//! of snapshots and libraries that other processes map as well are shared with them.

use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Serialize;

use super::clew::{self, Clew, Trace};
use super::run::{self, Outcome, Running, same};
use super::source::Source;
use super::times::median;
use super::work::Snapshots;
use super::{Bench, Report, goals, programs};

const GROUP: &str = "memory";

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// One program.
struct Row {
    name: &'static str,
    program: &'static str,
    /// The key of its goal.
    goal: &'static str,
    snapshots: Snapshots,
}

#[rustfmt::skip]
const ROWS: [Row; 6] = [
    Row { name: "small program",       program: SMALL,  goal: "memory small", snapshots: Snapshots::Warm },
    Row { name: "small program, cold", program: SMALL,  goal: "memory small", snapshots: Snapshots::Cold },
    Row { name: "cc1",                 program: "cc1",  goal: "memory large", snapshots: Snapshots::Warm },
    Row { name: "cc1, cold",           program: "cc1",  goal: "memory large", snapshots: Snapshots::Cold },
    Row { name: "node",                program: "node", goal: "memory large", snapshots: Snapshots::Warm },
    Row { name: "node, cold",          program: "node", goal: "memory large", snapshots: Snapshots::Cold },
];

/// The source of the small program.
const SMALL: &str = "memory/small.c";

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
    let wanted: Vec<_> = ROWS.iter().filter(|row| bench.wants(GROUP, row.name)).collect();
    if !wanted.is_empty() {
        bench.say(format!(
            "\n{:<12} {:<22} {:>10} {:>10} {:>10} {:>10} {:>10}",
            "group", "peak memory", "native", "recorded", "more", "supervisor", "at most"
        ));
    }
    for row in wanted {
        let goal = goals::goal(row.goal).with_context(|| format!("no goal {:?}", row.goal))?;
        match row.measure(bench, clew) {
            Ok(Some(memory)) => {
                let more = memory.more(goal.unit);
                let word = report.judge(goal, row.name, Some(more), None);
                bench.say(memory.row(&goal.show(more), &goal.show(goal.at_most), word));
                report.memory.push(memory);
            }
            Ok(None) => {}
            Err(error) => report.fail(bench, &format!("memory of {}", row.name), &error),
        }
    }
    Ok(())
}

impl Row {
    /// The command; nothing if it is not installed.
    fn argv(&self, bench: &Bench) -> Result<Option<Vec<String>>> {
        if self.program == SMALL {
            return Ok(Some(vec![Source::read(SMALL)?.build()?]));
        }
        Ok(programs::named(bench, self.program)?.map(|work| work.argv))
    }

    fn measure(&self, bench: &Bench, clew: &Clew) -> Result<Option<Memory>> {
        let Some(argv) = self.argv(bench)? else { return Ok(None) };
        let trace = Trace::new(self.name, false)?;
        let mut all = [const { Vec::new() }; 3];
        // The first run makes the snapshots that the others use.
        for round in 0..=bench.runs.min(3) {
            let (alone, [native, _]) = watch(&argv, false)?;
            if self.snapshots == Snapshots::Cold {
                clew::remove(&clew::root())?;
            }
            let (outcome, [recorded, supervisor]) = watch(&clew.recording(&argv, &trace)?, true)?;
            same(("native", &alone), ("recorded", &outcome), false)
                .with_context(|| clew.hint(&trace))?;
            clew.replay(&outcome, &trace)?;
            if round > 0 {
                let peaks = all.iter_mut().zip([native, recorded, supervisor]);
                peaks.for_each(|(peaks, peak)| peaks.push(peak));
            }
        }
        trace.remove()?;
        let [native, recorded, supervisor] = all.map(|peaks| Peak::median(&peaks));
        Ok(Some(Memory { name: self.name, native, recorded, supervisor }))
    }
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
        *peak = peak.max(pid.map_or_else(Peak::default, Peak::of));
    }
}

/// A line of a process's file, in millions of bytes; nothing of one that has ended.
fn megabytes(pid: u32, file: &str, field: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kilobytes.map_or(0.0, |number| number * 1024.0 / 1e6)
}

impl Peak {
    fn of(pid: u32) -> Self {
        Self {
            shared: megabytes(pid, "smaps_rollup", "Pss:"),
            resident: megabytes(pid, "status", "VmHWM:"),
        }
    }

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
