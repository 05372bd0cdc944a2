//! How large traces are.
//!
//! A trace holds copies of the mapped files, however long the program runs. So what a minute adds is found
//! from two lengths of the same work; what is left is fixed.

use anyhow::{Context, Result, ensure};
use serde::Serialize;

use super::clew::{Clew, Trace};
use super::goals::Goal;
use super::source::Source;
use super::{Bench, Report, data, goals, programs};

const GROUP: &str = "sizes";

/// One trace, or what one grows by. In millions of bytes.
#[derive(Serialize)]
pub struct Size {
    name: &'static str,
    measured: f64,
    /// What does not depend on the amount of work.
    fixed: Option<f64>,
    /// Seconds of recording, in all.
    seconds: f64,
}

/// Work that computes, in two lengths.
struct Computing {
    name: &'static str,
    argv: fn(rounds: &str) -> Result<Option<Vec<String>>>,
    rounds: [&'static str; 2],
}

#[rustfmt::skip]
const COMPUTING: [Computing; 2] = [
    Computing { name: "python, per minute", argv: python, rounds: ["50", "150"] },
    Computing { name: "2 threads, per minute", argv: threads, rounds: ["1200", "3600"] },
];

const READING: &str = "reading 1 GB from files";

fn python(rounds: &str) -> Result<Option<Vec<String>>> {
    let script = data::place("{bench}/programs/compute.py")?;
    Ok(programs::find("python3").map(|python| vec![python, script, rounds.to_string()]))
}

fn threads(rounds: &str) -> Result<Option<Vec<String>>> {
    Ok(Some(vec![Source::read("sizes/threads.c")?.build()?, rounds.to_string()]))
}

pub fn run_all(bench: &Bench, clew: &Clew, report: &mut Report) -> Result<()> {
    let growth = goals::goal("trace growth").context("the goal of a trace's growth")?;
    let reads = goals::goal("trace of reads").context("the goal of a trace of reads")?;
    let computing: Vec<_> = COMPUTING.iter().filter(|c| bench.wants(GROUP, c.name)).collect();
    let reading = bench.wants(GROUP, READING);
    if reading || !computing.is_empty() {
        bench.say(format!(
            "\n{:<12} {:<24} {:>10} {:>10} {:>10}",
            "group", "trace of", "size", "fixed", "at most"
        ));
    }
    for work in computing {
        match work.measure(clew) {
            Ok(Some(size)) => size.add(bench, growth, report),
            Ok(None) => bench.left_out(work.name, "python3"),
            Err(error) => report.fail(bench, work.name, &error),
        }
    }
    if reading {
        match read(clew) {
            Ok(size) => size.add(bench, reads, report),
            Err(error) => report.fail(bench, READING, &error),
        }
    }
    Ok(())
}

impl Size {
    fn add(self, bench: &Bench, goal: &'static Goal, report: &mut Report) {
        let word = report.judge(goal, self.name, Some(self.measured), None);
        let fixed = self.fixed.map_or_else(|| "-".to_string(), |fixed| goal.show(fixed));
        bench.say(format!(
            "{GROUP:<12} {:<24} {:>10} {fixed:>10} {:>10}  {word}",
            self.name,
            goal.show(self.measured),
            goal.show(goal.at_most)
        ));
        report.sizes.push(self);
    }
}

impl Computing {
    fn measure(&self, clew: &Clew) -> Result<Option<Size>> {
        let (mut seconds, mut megabytes) = ([0.0; 2], [0.0; 2]);
        for (n, rounds) in self.rounds.iter().enumerate() {
            let Some(argv) = (self.argv)(rounds)? else { return Ok(None) };
            (seconds[n], megabytes[n]) = record(clew, self.name, &argv)?;
        }
        let growth = 60.0 * (megabytes[1] - megabytes[0]) / (seconds[1] - seconds[0]);
        // Where nothing is added, traces still differ by some bytes.
        let measured = growth.max(0.0);
        let fixed = megabytes[0] - measured * seconds[0] / 60.0;
        let seconds = seconds.iter().sum();
        Ok(Some(Size { name: self.name, measured, fixed: Some(fixed), seconds }))
    }
}

fn read(clew: &Clew) -> Result<Size> {
    let files = data::to_read()?;
    let mut argv = vec![Source::read("sizes/read_files.c")?.build()?];
    argv.extend(files);
    let bytes = argv[1..].iter().map(|file| Ok(std::fs::metadata(file)?.len()));
    let gigabytes = bytes.sum::<Result<u64>>()? as f64 / 1e9;
    let (seconds, megabytes) = record(clew, READING, &argv)?;
    Ok(Size { name: READING, measured: megabytes / gigabytes, fixed: None, seconds })
}

/// Records and replays: the seconds that the recording took, and the trace's size in megabytes.
fn record(clew: &Clew, name: &str, argv: &[String]) -> Result<(f64, f64)> {
    let trace = Trace::new(name, false)?;
    let recorded = clew.record(argv, &trace)?;
    ensure!(recorded.code == 0, "recorded it exits {}: {}", recorded.code, clew.hint(&trace));
    let size = trace.size()?;
    clew.replay(&recorded, &trace)?;
    trace.remove()?;
    Ok((recorded.seconds, size as f64 / 1e6))
}
