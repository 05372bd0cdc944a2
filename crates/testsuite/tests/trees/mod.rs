//! The trees, by family. `{src}` in an argument is the directory `tests/programs-src`.

use clew_testsuite::program::Program;

mod browsers;
mod building;
mod languages;
mod servers;
mod shells;
mod threads;
mod tools;

/// Every tree.
pub fn programs() -> Vec<Program> {
    let families = [
        shells::programs,
        building::programs,
        languages::programs,
        threads::programs,
        servers::programs,
        tools::programs,
        browsers::programs,
    ];
    families.into_iter().flat_map(|family| family()).collect()
}

/// A program whose whole tree is recorded.
fn program(name: &'static str, words: &[&str]) -> Program {
    Program::new(name, words).tree(1)
}

/// Moves data through processes that all have work to do.
const LONG_LINES: &str =
    "tee >(md5sum > sum) | tr a-z A-Z | sed 's/HOST1/host one/' | gzip -1 | gzip -d | wc
     while [ ! -s sum ]; do sleep 0.02; done; cat sum";
