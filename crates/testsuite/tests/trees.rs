//! Whole process trees and threaded programs: recorded with all that they start, and each process
//! replayed on its own.
//!
//! Those that take long, or need what a small machine hardly has, run only with `--ignored`, as
//! `cargo xtask soak` runs them. Those whose programs the machine lacks are left out.

use clew_testsuite::trials::conclude;

#[path = "trees/mod.rs"]
mod catalogue;

fn main() {
    let trials = catalogue::programs().into_iter().filter_map(|p| p.into_trial("trees"));
    conclude(trials.collect());
}
