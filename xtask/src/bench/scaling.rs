//! Whether cost grows in proportion to the work: 1, 10 and 100 times the events, processes, threads and
//! mapped files.
//!
//! What a run without any of them takes is taken off; what is left, per unit, must stay the same. The
//! fastest of some runs counts: what others take on the machine is no cost of the work.

use anyhow::{Context, Result, bail};
use serde::Serialize;

use super::clew::{Clew, Trace};
use super::run::{run, same};
use super::source::Source;
use super::times::duration;
use super::{Bench, Report, data, goals};

const GROUP: &str = "scaling";

/// One kind of work, in three amounts.
struct Series {
    /// Also the key of its goal.
    name: &'static str,
    source: &'static str,
    amounts: [usize; 3],
    tree: bool,
    /// It reads so many files and is told what to do with them.
    files: Option<&'static str>,
}

#[rustfmt::skip]
const SERIES: [Series; 6] = [
    Series { name: "events",        source: "events.c",        amounts: [20_000, 200_000, 2_000_000], tree: false, files: None },
    Series { name: "processes",     source: "processes.c",     amounts: [5, 50, 500],      tree: true,  files: None },
    Series { name: "threads",       source: "threads.c",       amounts: [50, 500, 5000],   tree: false, files: None },
    Series { name: "threads alive", source: "threads_alive.c", amounts: [20, 200, 2000],   tree: false, files: None },
    Series { name: "files",         source: "files.c",         amounts: [30, 300, 3000],   tree: false, files: Some("unmap") },
    Series { name: "files kept",    source: "files.c",         amounts: [30, 300, 3000],   tree: false, files: Some("keep") },
];

/// Runs of each amount but the largest, and of that.
const RUNS: [usize; 2] = [7, 3];

/// Seconds that ten times the work must take at least, or its cost is lost in noise.
const LEAST: f64 = 1e-3;

/// Native, record, replay.
const KINDS: [&str; 3] = ["native", "record", "replay"];

/// Seconds per unit of the three amounts, for each kind of run.
#[derive(Serialize)]
pub struct Growth {
    name: &'static str,
    amounts: [usize; 3],
    native: [f64; 3],
    record: [f64; 3],
    replay: [f64; 3],
}

pub fn run_all(bench: &Bench, clew: &Clew, report: &mut Report) -> Result<()> {
    let wanted: Vec<_> = SERIES.iter().filter(|series| bench.wants(GROUP, series.name)).collect();
    if !wanted.is_empty() {
        bench.say(format!(
            "\n{:<12} {:<14} {:<8} {:>10} {:>10} {:>10} {:>10} {:>8}",
            "group", "cost of one of", "run", "1x", "10x", "100x", "100x/10x", "at most"
        ));
    }
    for series in wanted {
        match series.measure(clew) {
            Ok(growth) => growth.add(bench, report)?,
            Err(error) => report.fail(bench, &format!("scaling of {}", series.name), &error),
        }
    }
    Ok(())
}

impl Series {
    fn measure(&self, clew: &Clew) -> Result<Growth> {
        let program = Source::read(&format!("scaling/{}", self.source))?.build()?;
        let most = self.amounts[2];
        let files = self
            .files
            .map(|what| Ok::<_, anyhow::Error>([data::small_files(most)?, what.to_string()]))
            .transpose()?;
        let times = |amount: usize| {
            let mut argv = vec![program.clone(), amount.to_string()];
            argv.extend(files.iter().flatten().cloned());
            let runs = RUNS[usize::from(amount == most)];
            self.times(&argv, clew, runs).with_context(|| format!("{amount} {}", self.name))
        };
        let nothing = times(0)?;
        let mut costs = [[0.0; 3]; 3];
        for (n, amount) in self.amounts.into_iter().enumerate() {
            let times = times(amount)?;
            for (kind, cost) in costs.iter_mut().enumerate() {
                cost[n] = (times[kind] - nothing[kind]) / amount as f64;
            }
        }
        let [native, record, replay] = costs;
        Ok(Growth { name: self.name, amounts: self.amounts, native, record, replay })
    }

    /// The fastest of each kind of run. Large trees are replayed once.
    fn times(&self, argv: &[String], clew: &Clew, runs: usize) -> Result<[f64; 3]> {
        let trace = Trace::new(&format!("scaling {}", self.name), self.tree)?;
        let mut fastest = [f64::INFINITY; 3];
        for round in 0..runs {
            let native = run(argv)?;
            let recorded = clew.record(argv, &trace)?;
            same(("native", &native), ("recorded", &recorded), false)
                .with_context(|| clew.hint(&trace))?;
            fastest[0] = fastest[0].min(native.seconds);
            fastest[1] = fastest[1].min(recorded.seconds);
            if !self.tree || runs == RUNS[0] || round + 1 == runs {
                fastest[2] = fastest[2].min(clew.replay(&recorded, &trace)?);
            }
        }
        trace.remove()?;
        Ok(fastest)
    }
}

impl Growth {
    fn add(self, bench: &Bench, report: &mut Report) -> Result<()> {
        let Some(goal) = goals::goal(self.name) else { bail!("no goal {:?}", self.name) };
        let (record, replay) = (self.growth(&self.record), self.growth(&self.replay));
        let words = [
            "-",
            report.judge(goal, self.name, record, None),
            report.judge(goal, self.name, None, replay),
        ];
        let costs = [&self.native, &self.record, &self.replay];
        for ((kind, costs), word) in KINDS.into_iter().zip(costs).zip(words) {
            let [one, ten, hundred] = costs.map(|cost| duration(cost.max(0.0)));
            let growth = self.growth(costs).map_or_else(|| "-".into(), |growth| goal.show(growth));
            bench.say(format!(
                "{GROUP:<12} {:<14} {kind:<8} {one:>10} {ten:>10} {hundred:>10} {growth:>10} {:>8.2}  {word}",
                self.name,
                goal.at_most
            ));
        }
        report.scaling.push(self);
        Ok(())
    }

    /// How much more a unit costs in the largest amount than in a tenth of it.
    fn growth(&self, costs: &[f64; 3]) -> Option<f64> {
        let [_, ten, hundred] = *costs;
        (ten * self.amounts[1] as f64 >= LEAST).then(|| hundred / ten)
    }
}
