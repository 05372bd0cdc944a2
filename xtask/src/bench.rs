//! `cargo xtask bench`: native, recorded and replayed times side by side.
//!
//! The three kinds of run alternate, so that a machine that slows down for a while slows all three;
//! medians are reported. Output goes to files in the scratch directory, as it would to a pipe.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::kernels::{self, Benchmark, Snapshots};
use crate::{cargo, chaos, timeline};

/// Runs of each kind before those that count.
const WARMING: usize = 2;

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
    /// Measure natively only, to check the kernels themselves.
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

#[derive(Serialize)]
struct Report {
    runs: usize,
    results: Vec<Measurement>,
    groups: BTreeMap<String, Ratios>,
    cpu_bound: Option<Ratios>,
}

/// Medians in seconds; per operation, in nanoseconds, where operations are counted.
#[derive(Serialize)]
struct Measurement {
    name: String,
    group: String,
    native: f64,
    record: Option<f64>,
    replay: Option<f64>,
    ratios: Option<Ratios>,
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

pub fn run(options: &Options) -> Result<()> {
    match &options.subject {
        Some(Subject::Timeline) => return timeline::run(),
        Some(Subject::Chaos(options)) => return chaos::run(options),
        None => {}
    }
    let clew = if options.native { None } else { Some(cargo::build_clew()?) };
    let benchmarks = kernels::collect(&options.filter)?;
    ensure!(!benchmarks.is_empty(), "no benchmark matches {:?}", options.filter);
    let mut results = Vec::new();
    if !options.json {
        println!("{}", heading());
    }
    for benchmark in &benchmarks {
        let result = measure(benchmark, clew.as_deref(), options.runs.max(1))?;
        if !options.json {
            println!("{}", row(&result));
        }
        results.push(result);
    }
    let report = summarise(options.runs, results);
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print_summary(&report);
    }
    Ok(())
}

fn measure(benchmark: &Benchmark, clew: Option<&Path>, runs: usize) -> Result<Measurement> {
    let trace = cargo::target().join("bench/trace").join(&benchmark.name);
    let words = |prefix: &[&str], rest: &[String]| {
        prefix.iter().map(|word| word.to_string()).chain(rest.iter().cloned()).collect::<Vec<_>>()
    };
    let trace_name = trace.to_string_lossy().into_owned();
    let (mut native, mut record, mut replay) = (Vec::new(), Vec::new(), Vec::new());
    // Short runs are cheap and noisy: more of them.
    let runs = if benchmark.group == "startup" { runs * 8 } else { runs };
    fs::create_dir_all(trace.parent().context("a parent directory")?)?;
    // The first runs warm the page cache and the snapshots.
    for run in 0..WARMING + runs {
        let keep = |times: &mut Vec<f64>, time| times.extend((run >= WARMING).then_some(time));
        keep(&mut native, time(&benchmark.argv)?);
        if let Some(clew) = clew {
            let clew = clew.to_string_lossy();
            remove(&trace)?;
            if benchmark.snapshots == Snapshots::Cold {
                remove(&root())?;
            }
            let recording = [&clew, "record", "-o", &trace_name, "--"];
            keep(&mut record, time(&words(&recording, &benchmark.argv))?);
            keep(&mut replay, time(&words(&[&clew, "replay", "-a", &trace_name], &[]))?);
        }
    }
    remove(&trace)?;
    Ok(Measurement::new(benchmark, median(native), median(record), median(replay)))
}

/// Where clew keeps its snapshots meanwhile.
fn root() -> PathBuf {
    cargo::target().join("bench/root")
}

/// Runs a command and returns the seconds it took; a failure ends the benchmark.
fn time(argv: &[String]) -> Result<f64> {
    let output: PathBuf = cargo::target().join("bench/output");
    let started = Instant::now();
    let mut child = Command::new(&argv[0])
        .args(&argv[1..])
        .env("CLEW_TRACE_DIR", root())
        .stdin(Stdio::null())
        .stdout(fs::File::create(output)?)
        .spawn()
        .with_context(|| format!("cannot start {}", argv[0]))?;
    let status = child.wait()?;
    let elapsed = started.elapsed().as_secs_f64();
    ensure!(status.success(), "{argv:?} failed: {status}");
    Ok(elapsed)
}

fn remove(trace: &Path) -> Result<()> {
    if trace.exists() {
        fs::remove_dir_all(trace).with_context(|| format!("cannot remove {}", trace.display()))?;
    }
    Ok(())
}

pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

impl Measurement {
    fn new(
        benchmark: &Benchmark,
        native: Option<f64>,
        record: Option<f64>,
        replay: Option<f64>,
    ) -> Self {
        let native = native.unwrap_or(f64::NAN);
        let each = |seconds: f64| benchmark.operations.map(|n| seconds * 1e9 / n as f64);
        let ratios = record
            .zip(replay)
            .map(|(record, replay)| Ratios { record: record / native, replay: replay / native });
        Self {
            name: benchmark.name.clone(),
            group: benchmark.group.clone(),
            native,
            record,
            replay,
            ratios,
            operations: benchmark.operations,
            native_ns_per_operation: each(native),
            record_ns_per_operation: record.and_then(each),
            replay_ns_per_operation: replay.and_then(each),
        }
    }
}

fn summarise(runs: usize, results: Vec<Measurement>) -> Report {
    let mut groups: BTreeMap<String, Vec<Ratios>> = BTreeMap::new();
    for result in &results {
        groups.entry(result.group.clone()).or_default().extend(result.ratios);
    }
    let cpu_groups = ["calls", "loops", "indirect", "simd", "programs"];
    let cpu: Vec<Ratios> =
        cpu_groups.iter().filter_map(|group| groups.get(*group)).flatten().copied().collect();
    let groups = groups
        .into_iter()
        .filter_map(|(group, ratios)| geometric_mean(&ratios).map(|mean| (group, mean)))
        .collect();
    Report { runs, results, groups, cpu_bound: geometric_mean(&cpu) }
}

fn geometric_mean(ratios: &[Ratios]) -> Option<Ratios> {
    let mean = |pick: fn(&Ratios) -> f64| {
        (ratios.iter().map(|ratio| pick(ratio).ln()).sum::<f64>() / ratios.len() as f64).exp()
    };
    (!ratios.is_empty()).then(|| Ratios { record: mean(|r| r.record), replay: mean(|r| r.replay) })
}

fn heading() -> String {
    format!(
        "{:<9} {:<22} {:>10} {:>10} {:>10} {:>8} {:>8}",
        "group", "benchmark", "native", "record", "replay", "rec/nat", "rep/nat"
    )
}

fn row(result: &Measurement) -> String {
    let show = |seconds: Option<f64>| match (seconds, result.operations) {
        (None, _) => "-".to_string(),
        (Some(seconds), Some(operations)) => format!("{:.0} ns", seconds * 1e9 / operations as f64),
        (Some(seconds), None) if seconds < 0.1 => format!("{:.2} ms", seconds * 1e3),
        (Some(seconds), None) => format!("{seconds:.3} s"),
    };
    let ratio = |pick: fn(Ratios) -> f64| {
        result.ratios.map_or_else(|| "-".to_string(), |ratios| format!("{:.2}", pick(ratios)))
    };
    format!(
        "{:<9} {:<22} {:>10} {:>10} {:>10} {:>8} {:>8}",
        result.group,
        result.name,
        show(Some(result.native)),
        show(result.record),
        show(result.replay),
        ratio(|r| r.record),
        ratio(|r| r.replay)
    )
}

fn print_summary(report: &Report) {
    let line = |name: &str, ratios: &Ratios| {
        println!("{name:<64} {:>8.2} {:>8.2}", ratios.record, ratios.replay);
    };
    if !report.groups.is_empty() {
        println!("\ngeometric means");
    }
    report.groups.iter().for_each(|(group, ratios)| line(group, ratios));
    if let Some(ratios) = &report.cpu_bound {
        line("all CPU-bound", ratios);
    }
}
