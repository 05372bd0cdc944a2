//! What the trials of all suites share: naming, repetition, scratch directories.

use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::paths;

/// How often each trial is to run (`CLEW_REPEAT`).
pub fn repeat() -> u32 {
    number_from_env("CLEW_REPEAT", 1)
}

/// A number from the environment, or its default.
pub fn number_from_env(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// A trial that runs `check` in a scratch directory, repeatedly; the directory of a failing run is
/// kept.
pub fn trial<F>(suite: &'static str, name: &str, check: F) -> Trial
where
    F: Fn(&Path) -> Result<(), String> + Send + 'static,
{
    let title = name.to_string();
    Trial::test(name, move || {
        let total = repeat();
        for round in 1..=total {
            let dir = paths::scratch(suite, &title).map_err(|e| Failed::from(e.to_string()))?;
            check(&dir).map_err(|error| {
                Failed::from(format!("{error}\n  run {round} of {total}; files: {}", dir.display()))
            })?;
            paths::discard(&dir);
        }
        Ok(())
    })
}

/// Runs a suite's trials and leaves with the result as exit code. Unless told otherwise, two
/// trials at a time: time limits are made for that.
pub fn conclude(trials: Vec<Trial>) -> ! {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(2);
    libtest_mimic::run(&arguments, trials).exit()
}
