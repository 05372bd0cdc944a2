//! Native, recorded and replayed times side by side.
//!
//! The three kinds of run alternate, so that a machine that slows down for a while slows all three;
//! medians are reported.

use anyhow::{Context, Result, ensure};
use serde::Serialize;

use super::clew::{self, Clew, Trace};
use super::goals::{self, SUITE};
use super::run::{run, same};
use super::work::{self, Snapshots, Work};
use super::{Bench, Report};

/// Runs of each kind before those that count: they warm the page cache and the snapshots.
const WARMING: usize = 1;

/// Medians in seconds; per operation, in nanoseconds, where operations are counted. The replay of a
/// process tree is that of all of its processes, one after another, measured once.
#[derive(Serialize)]
pub struct Measurement {
    name: String,
    group: String,
    native: f64,
    record: Option<f64>,
    replay: Option<f64>,
    ratios: Option<Ratios>,
    at_most: Option<f64>,
    operations: Option<u64>,
    native_ns_per_operation: Option<f64>,
    record_ns_per_operation: Option<f64>,
    replay_ns_per_operation: Option<f64>,
}

/// Times as multiples of the native time.
#[derive(Clone, Copy, Serialize)]
struct Ratios {
    record: f64,
    replay: f64,
}

/// Measures all work that is wanted.
pub fn run_all(bench: &Bench, clew: Option<&Clew>, report: &mut Report) -> Result<()> {
    let all = work::collect(bench)?;
    if !all.is_empty() {
        bench.say(heading());
    }
    for work in &all {
        match measure(work, clew, bench.runs) {
            Ok(measurement) => {
                let word = judge(work, &measurement, report);
                bench.say(measurement.row(word));
                report.times.push(measurement);
            }
            Err(error) => report.fail(bench, &work.name, &error),
        }
    }
    Ok(())
}

fn measure(work: &Work, clew: Option<&Clew>, runs: usize) -> Result<Measurement> {
    let trace = Trace::new(&work.name, work.tree)?;
    let (mut native, mut record, mut replay) = (Vec::new(), Vec::new(), Vec::new());
    // Short runs are cheap and noisy: more of them.
    let runs = if work.name == "true" { runs * 8 } else { runs };
    for round in 0..WARMING + runs {
        let counts = round >= WARMING;
        let keep = |times: &mut Vec<f64>, time| times.extend(counts.then_some(time));
        let alone = run(&work.argv)?;
        ensure!(alone.code == 0, "natively it exits {}", alone.code);
        keep(&mut native, alone.seconds);
        let Some(clew) = clew else { continue };
        if work.snapshots == Snapshots::Cold {
            clew::remove(&clew::root())?;
        }
        let recorded = clew.record(&work.argv, &trace)?;
        same(("native", &alone), ("recorded", &recorded), false)
            .with_context(|| clew.hint(&trace))?;
        keep(&mut record, recorded.seconds);
        if !work.tree || round + 1 == WARMING + runs {
            keep(&mut replay, clew.replay(&recorded, &trace)?);
        }
    }
    trace.remove()?;
    let native = median(native).context("a native run")?;
    Ok(Measurement::new(work, native, median(record), median(replay)))
}

/// The value in the middle.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// Holds a row against its goals; says in a word how it does.
fn judge(work: &Work, measurement: &Measurement, report: &mut Report) -> &'static str {
    let record = measurement.ratios.map(|ratios| ratios.record);
    let replay = measurement.ratios.map(|ratios| ratios.replay);
    if work.is_cpu_bound() {
        for goal in SUITE.iter().filter_map(|key| goals::goal(key)) {
            report.judge(goal, &work.name, record, replay);
        }
    }
    work.goal.map_or("-", |goal| report.judge(goal, &work.name, record, replay))
}

impl Measurement {
    fn new(work: &Work, native: f64, record: Option<f64>, replay: Option<f64>) -> Self {
        let each = |seconds: f64| work.operations.map(|n| seconds * 1e9 / n as f64);
        let ratios = record
            .zip(replay)
            .map(|(record, replay)| Ratios { record: record / native, replay: replay / native });
        Self {
            name: work.name.clone(),
            group: work.group.clone(),
            native,
            record,
            replay,
            ratios,
            at_most: work.goal.map(|goal| goal.at_most),
            operations: work.operations,
            native_ns_per_operation: each(native),
            record_ns_per_operation: record.and_then(each),
            replay_ns_per_operation: replay.and_then(each),
        }
    }

    fn row(&self, word: &str) -> String {
        let show = |seconds: Option<f64>| match (seconds, self.operations) {
            (None, _) => "-".to_string(),
            (Some(seconds), Some(n)) => format!("{:.0} ns", seconds * 1e9 / n as f64),
            (Some(seconds), None) => duration(seconds),
        };
        let times = |value: Option<f64>| {
            value.map_or_else(|| "-".to_string(), |value| format!("{value:.2}"))
        };
        format!(
            "{:<12} {:<22} {:>10} {:>10} {:>10} {:>8} {:>8} {:>8}  {word}",
            self.group,
            self.name,
            show(Some(self.native)),
            show(self.record),
            show(self.replay),
            times(self.ratios.map(|ratios| ratios.record)),
            times(self.ratios.map(|ratios| ratios.replay)),
            times(self.at_most)
        )
    }
}

/// Seconds in a unit that suits them.
pub fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.0} ns", s * 1e9),
        s if s < 1e-4 => format!("{:.1} us", s * 1e6),
        s if s < 0.1 => format!("{:.2} ms", s * 1e3),
        s => format!("{s:.3} s"),
    }
}

fn heading() -> String {
    format!(
        "{:<12} {:<22} {:>10} {:>10} {:>10} {:>8} {:>8} {:>8}",
        "group", "benchmark", "native", "record", "replay", "rec/nat", "rep/nat", "at most"
    )
}
