//! zlib's own checks: its library on buffers and files, and gzip in a pipe.

use std::path::Path;

use anyhow::Result;
use clew_testsuite::process::Outcome;
use clew_testsuite::transparency::{self, Results};

use super::suite::{Case, Suite, succeeds};
use super::{Runner, sources};

pub struct Zlib;

const BUILD: &str =
    "for name in example minigzip; do cc -O1 -w -I. -o $name test/$name.c -lz; done";

/// As in `make check`. `minigzip` says nothing of errors of its output's, hence the comparison.
const CHECKS: &[(&str, &str)] = &[
    ("example", "./example"),
    ("minigzip", "seq 100000 >in; ./minigzip <in | ./minigzip -d | cmp - in"),
    ("minigzip-files", "seq 9999 >in; cp in f; ./minigzip -9 f; ./minigzip -d f.gz; cmp f in"),
];

impl Suite for Zlib {
    fn prepare(&mut self, runner: &Runner) -> Result<()> {
        let dir = sources::of("zlib")?;
        for name in ["example", "minigzip"] {
            let built = sources::built(&dir, name, BUILD, "gcc, zlib1g-dev")?;
            sources::copied(&built, &runner.dir)?;
        }
        Ok(())
    }

    fn names(&self) -> Result<Vec<String>> {
        Ok(CHECKS.iter().map(|(name, _)| name.to_string()).collect())
    }

    fn case(&self, name: &str, runner: &Runner) -> Result<Case> {
        let script = CHECKS.iter().find(|(of, _)| *of == name).map_or("false", |(_, check)| check);
        let dir = runner.dir.to_string_lossy();
        let script = script.replace("./", &format!("{dir}/programs/"));
        let argv = ["bash", "-e", "-o", "pipefail", "-c", &script].map(str::to_string).to_vec();
        Ok(Case::of(transparency::subject(argv, runner.user)))
    }

    fn results(&self, outcome: &Outcome, _: &Path) -> Result<Results, String> {
        succeeds(outcome)
    }
}
