//! A hunt as JSON. Keys are stable: scripts read them.

use clew_hunt::core::DumpPlace;
use clew_hunt::{Catch, Engine, How, Options, Summary};
use clew_postmortem::Process;
use serde::Serialize;

use super::{Finding, next};

#[derive(Serialize)]
pub struct Document<'a> {
    command: Vec<String>,
    engine: &'static str,
    chaos: bool,
    seed: Option<u64>,
    shard: Option<Shard>,
    jobs: usize,
    timeout_seconds: Option<f64>,
    /// Runs that were to be made, and that were.
    max: u64,
    runs: u64,
    failed: u64,
    elapsed_seconds: f64,
    /// The signal that ended the hunt, if one did.
    interrupted: Option<i32>,
    failures: Vec<Failure<'a>>,
}

#[derive(Serialize)]
struct Shard {
    index: u64,
    count: u64,
}

#[derive(Serialize)]
struct Failure<'a> {
    run: u64,
    outcome: Outcome,
    seed: Option<u64>,
    elapsed_seconds: f64,
    /// The trace's directory.
    trace: Option<String>,
    core: Option<String>,
    output: String,
    notes: &'a [String],
    processes: &'a [Process],
    commands: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Exited(i32),
    Signaled(i32),
    /// It was stopped because it took too long.
    Hung,
}

pub fn of<'a>(options: &Options, summary: &'a Summary, findings: &'a [Finding]) -> Document<'a> {
    let progress = summary.progress;
    let recorded = options.engine == Engine::Clew;
    let shard = options.shard;
    Document {
        command: options.argv.iter().map(|word| word.to_string_lossy().into_owned()).collect(),
        engine: if recorded { "clew" } else { "core" },
        chaos: recorded && options.chaos,
        seed: (recorded && options.chaos).then_some(options.seed),
        shard: (shard.count > 1).then_some(Shard { index: shard.index, count: shard.count }),
        jobs: options.jobs,
        timeout_seconds: options.timeout.map(|timeout| timeout.as_secs_f64()),
        max: progress.total,
        runs: progress.runs,
        failed: progress.failed,
        elapsed_seconds: progress.elapsed.as_secs_f64(),
        interrupted: summary.interrupted,
        failures: findings.iter().map(|finding| failure(options, finding)).collect(),
    }
}

fn failure<'a>(options: &Options, finding: &'a Finding) -> Failure<'a> {
    let caught = &finding.failure;
    let (trace, core) = match &caught.catch {
        Catch::Trace(dir) => (Some(dir.display().to_string()), None),
        Catch::Core(dump) => match &dump.place {
            DumpPlace::File(path) => (None, Some(path.display().to_string())),
            _ => (None, None),
        },
    };
    Failure {
        run: caught.run,
        outcome: match caught.how {
            How::Exited(code) => Outcome::Exited(code),
            How::Signaled(signal) => Outcome::Signaled(signal),
            How::Hung => Outcome::Hung,
        },
        seed: caught.schedule.seed,
        elapsed_seconds: caught.elapsed.as_secs_f64(),
        trace,
        core,
        output: String::from_utf8_lossy(&caught.output).into_owned(),
        notes: &caught.notes,
        processes: &finding.processes,
        commands: next::commands(options, finding)
            .into_iter()
            .map(|(command, _)| command)
            .collect(),
    }
}
