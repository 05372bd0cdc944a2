//! `cargo xtask soak --processes N`: so many processes in one recording, some after, some beside each other.

use std::process::{Command, Output};
use std::time::Instant;

use anyhow::{Result, anyhow, ensure};
use clew_testsuite::{listing, paths};

use crate::cargo;

/// Of them all, so many are replayed.
const REPLAYED: usize = 100;

pub fn run(number: usize) -> Result<()> {
    let clew = cargo::build_clew()?;
    let dir = paths::scratch("soak", "processes")?;
    let run = |words: &[&str]| -> Result<Output> {
        let started = Instant::now();
        let output = Command::new(&clew).args(words).current_dir(&dir).output()?;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "clew {}: {}: {stderr}", words[0], output.status);
        if words[0] != "replay" {
            println!("clew {}: {} s", words[0], started.elapsed().as_secs());
        }
        Ok(output)
    };
    // Ten at a time; every hundredth executes a program.
    let script = "i=0; while [ $i -lt $1 ]; do i=$((i + 1)); (echo $i) & \
                  case $i in *00) /bin/true;; esac; case $i in *0) wait;; esac; done; wait";
    let count = (number - number / 101).to_string();
    run(&["record", "-w", "-o", "trace", "--", "/bin/sh", "-c", script, "sh", &count])?;
    let listing = run(&["ps", "--json", "trace"])?.stdout;
    let processes = listing::processes(&listing).map_err(anyhow::Error::msg)?;
    println!("{} processes", processes.len());
    ensure!(processes.len() >= number, "there are fewer than {number}");
    run(&["info", "trace"])?;
    let started = Instant::now();
    for process in processes.iter().step_by((processes.len() / REPLAYED).max(1)) {
        let pid = process.pid.to_string();
        run(&["replay", "-a", "-f", &pid, "trace"]).map_err(|e| anyhow!("process {pid}: {e}"))?;
    }
    println!("replayed {REPLAYED} of them: {} s", started.elapsed().as_secs());
    paths::discard(&dir);
    Ok(())
}
