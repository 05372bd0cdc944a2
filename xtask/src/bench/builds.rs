//! Builds: `make` of a project of small files, and the script that comes before.

use std::fs;

use anyhow::{Context, Result};
use clew_testsuite::project;

use super::work::{Snapshots, Work};
use super::{Bench, programs, scratch};
use crate::cargo;

const GROUP: &str = "builds";

/// A row's name, and what makes it.
type Row = (&'static str, fn(&str) -> Result<Work>);

pub fn collect(bench: &Bench) -> Result<Vec<Work>> {
    let rows: [Row; 3] =
        [("configure", configure), ("make -j2 of 50 files", make), ("the same, cold", cold)];
    let wanted: Vec<_> = rows.into_iter().filter(|(name, _)| bench.wants(GROUP, name)).collect();
    let missing = ["gcc", "make"].into_iter().find(|tool| programs::find(tool).is_none());
    match missing {
        Some(tool) => {
            wanted.iter().for_each(|(name, _)| bench.left_out(name, tool));
            Ok(Vec::new())
        }
        None => wanted.into_iter().map(|(name, work)| work(name)).collect(),
    }
}

fn build(name: &str, argv: &[&str]) -> Work {
    let argv = argv.iter().map(|word| word.to_string()).collect();
    Work { tree: true, ..Work::new(GROUP, name, argv) }
}

fn configure(name: &str) -> Result<Work> {
    let place = scratch().join("configure");
    fs::create_dir_all(&place)?;
    let script = cargo::repository().join("bench/programs/configure.sh");
    let (script, place) = (script.to_string_lossy(), place.to_string_lossy());
    build(name, &["/bin/sh", &script, &place]).goal("configure")
}

/// All of the project each time.
fn make(name: &str) -> Result<Work> {
    let place = scratch().join("project");
    for (name, text) in project::files(50) {
        let path = place.join(name);
        fs::create_dir_all(path.parent().context("a parent directory")?)?;
        if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            fs::write(&path, text)?;
        }
    }
    let make = programs::find("make").context("make")?;
    build(name, &[&make, "-B", "-s", "-j2", "-C", &place.to_string_lossy()]).goal("make")
}

/// The same where nothing was recorded before.
fn cold(name: &str) -> Result<Work> {
    Ok(Work { snapshots: Snapshots::Cold, goal: None, ..make(name)? })
}
