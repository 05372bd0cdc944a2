//! End-to-end tests of the `clew` executable.
//!
//! Everything here treats clew as a black box: it runs a program natively, under `clew record` and
//! then through `clew replay -a`, and compares what can be seen from outside. The trials themselves
//! are in `tests/`; guests are discovered in the repository's `tests/guests/`.
//!
//! Environment: `CLEW_BIN` names the executable to test, `CLEW_REPEAT=N` repeats every trial,
//! `CLEW_NATIVE_ONLY=1` checks the guests themselves without clew, `CLEW_KILLS=N` is the number of
//! random kills in the durability tests, `CLEW_TIMEOUT_FACTOR=N` stretches every time limit,
//! `CLEW_KEEP=1` keeps the files of passing trials too.

pub mod calls;
pub mod chaotic;
pub mod checks;
pub mod compare;
pub mod container;
pub mod cycle;
pub mod data;
pub mod debuggees;
pub mod directives;
pub mod executables;
pub mod forge;
pub mod guests;
pub mod guide;
pub mod kills;
pub mod listing;
pub mod paths;
pub mod process;
pub mod program;
pub mod project;
pub mod random;
pub mod server;
pub mod sessions;
pub mod sources;
pub mod transcript;
pub mod transparency;
pub mod tree;
pub mod trials;
