//! Random instructions, by the suite `fuzz_insn` with new seeds. Seeds that fail are kept, and are tried
//! by the suite from then on.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use super::{Row, cpu, place};
use crate::cargo;

pub const NAME: &str = "insn";
/// Seeds of a round, and sequences of each.
const SEEDS: u32 = 12;
const COUNT: u64 = 1000;
const MOST_FINDINGS: usize = 10;

/// Runs the suite again and again, for as long as `time` says.
pub fn run(time: Duration) -> Result<Row> {
    let clew = cargo::build_clew()?;
    let suite = ["test", "--release", "-q", "-p", "clew-testsuite", "--test", "fuzz_insn"];
    cargo::run(cargo::command(&suite).arg("--no-run"))?;
    let mut row = Row {
        target: NAME,
        cpu: Duration::ZERO,
        executions: 0,
        corpus: String::new(),
        findings: Vec::new(),
    };
    let log = place("logs")?.join(NAME);
    let kept = kept()?;
    let mut first = fresh();
    while row.cpu < time && row.findings.len() < MOST_FINDINGS {
        let mut command = cargo::command(&suite);
        command.env("CLEW_BIN", &clew).env("CLEW_FUZZ_COUNT", COUNT.to_string());
        command.env("CLEW_FUZZ_FIRST", first.to_string());
        command.env("CLEW_FUZZ_SEEDS", SEEDS.to_string());
        command.stdout(fs::File::create(&log)?).stderr(Stdio::inherit());
        let (status, spent) = cpu::wait(command.spawn().context("cargo can be started")?)?;
        row.cpu += spent;
        row.executions += u64::from(SEEDS) * COUNT;
        let told = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        let failed: Vec<u32> = (first..first + SEEDS)
            .filter(|seed| told.contains(&format!("seed_{seed} ----")))
            .collect();
        keep(&failed)?;
        let again = |seed: &u32| {
            format!(
                "insn:\n  seed {seed}\n  again: CLEW_FUZZ_FIRST={seed} CLEW_FUZZ_SEEDS=1 cargo {}",
                suite.join(" ")
            )
        };
        row.findings.extend(failed.iter().map(again));
        if !status.success() && failed.is_empty() {
            row.findings.push(format!("insn:\n  the suite failed\n{told}"));
        }
        first += SEEDS;
    }
    row.corpus =
        format!("{}", fs::read_to_string(&kept)?.lines().filter(|l| !l.starts_with('#')).count());
    Ok(row)
}

/// Where the kept seeds are, one on a line.
fn kept() -> Result<PathBuf> {
    let path = cargo::repository().join("fuzz/corpus/insn/seeds");
    path.canonicalize().with_context(|| format!("{}", path.display()))
}

fn keep(failed: &[u32]) -> Result<()> {
    let mut file = OpenOptions::new().append(true).open(kept()?)?;
    failed.iter().try_for_each(|seed| writeln!(file, "{seed}")).context("keep the seeds")
}

/// A seed that was most likely never tried.
fn fresh() -> u32 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    1_000_000 + (now.as_millis() % 2_000_000_000) as u32
}
