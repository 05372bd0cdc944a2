//! What cannot work: a clear message, the right exit code, nothing hung, nothing panicked.

use clew_testsuite::checks::{Check, clew, clew_with, expect, record, replays, run, tool, write};
use clew_testsuite::trials::{conclude, trial};
use libtest_mimic::Trial;

#[path = "errors/damage.rs"]
mod damage;
#[path = "errors/debugger.rs"]
mod debugger;
#[path = "errors/faults.rs"]
mod faults;
#[path = "errors/hunts.rs"]
mod hunts;
#[path = "errors/limits.rs"]
mod limits;
#[path = "errors/moved.rs"]
mod moved;
#[path = "errors/programs.rs"]
mod programs;
#[path = "errors/snapshots.rs"]
mod snapshots;
#[path = "errors/space.rs"]
mod space;
#[path = "errors/trees.rs"]
mod trees;

fn main() {
    let mut checks: Vec<(&'static str, Check)> = Vec::new();
    checks.extend(programs::CHECKS);
    checks.extend(damage::CHECKS);
    checks.extend(debugger::CHECKS);
    checks.extend(faults::CHECKS);
    checks.extend(hunts::CHECKS);
    checks.extend(limits::CHECKS);
    checks.extend(moved::CHECKS);
    checks.extend(snapshots::CHECKS);
    checks.extend(space::CHECKS);
    checks.extend(trees::CHECKS);
    let mut trials: Vec<Trial> =
        checks.into_iter().map(|(name, check)| trial("errors", name, check)).collect();
    trials.extend(space::full_disks());
    trials.extend(faults::privileged());
    conclude(trials);
}
