//! Real programs: native, recorded and replayed runs must agree, in output, exit code and files.
//!
//! Each is a single process. Programs the machine lacks are skipped.

use clew_testsuite::trials::conclude;

#[path = "programs/catalogue.rs"]
mod catalogue;

fn main() {
    let trials = catalogue::programs().into_iter().filter_map(|p| p.into_trial("programs"));
    conclude(trials.collect());
}
