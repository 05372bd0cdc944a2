//! Hunts that cannot be.

use std::path::Path;

use super::{Check, clew, clew_with, expect, write};

pub const CHECKS: [(&str, Check); 5] = [
    ("hunt_without_program", without_program),
    ("hunt_with_bad_options", bad_options),
    ("hunt_report_that_cannot_be_written", report),
    ("hunt_nowhere_to_record", nowhere),
    ("hunt_of_what_cannot_be_followed", unfollowable),
];

fn without_program(dir: &Path) -> Result<(), String> {
    expect(
        &clew(dir, &["until-fail", "--", "no-such-program"])?,
        &[127],
        &["no such program in path"],
    )?;
    expect(&clew(dir, &["until-fail", "--", "/tmp"])?, &[126], &["it is a directory"])?;
    let core = ["until-fail", "--engine", "core", "--", "no-such-program"];
    expect(&clew(dir, &core)?, &[127], &["no such program in path"])
}

fn bad_options(dir: &Path) -> Result<(), String> {
    let all: [&[&str]; 6] = [
        &["--shard", "4/3"],
        &["--shard", "x"],
        &["-n", "0"],
        &["--keep", "0"],
        &["--timeout", "-1"],
        &["--timeout", "0"],
    ];
    for words in all {
        let argv = [&["until-fail"], words, &["--", "true"]].concat();
        expect(&clew(dir, &argv)?, &[2], &["error:"])?;
    }
    Ok(())
}

/// That is found out before the hunt.
fn report(dir: &Path) -> Result<(), String> {
    let argv = ["until-fail", "--junit", "no/such/directory.xml", "--", "false"];
    expect(&clew(dir, &argv)?, &[125], &["cannot write no/such/directory.xml"])
}

fn nowhere(dir: &Path) -> Result<(), String> {
    let outcome = clew_with(dir, &["until-fail", "true"], &[("CLEW_TRACE_DIR", "/proc/nowhere")])?;
    expect(&outcome, &[125], &["clew_trace_dir"])
}

fn unfollowable(dir: &Path) -> Result<(), String> {
    // The head of a 32-bit program is all that is looked at.
    let mut head = b"\x7fELF\x01\x01\x01".to_vec();
    head.resize(16, 0);
    head.extend([2, 0, 3, 0]);
    head.resize(200, 0);
    let program = write(&dir.join("old"), head, 0o755)?;
    expect(&clew(dir, &["until-fail", "--", &program])?, &[125], &["32-bit", "--engine core"])
}
