//! libuv's tests: event loops over epoll and signals, pipes, sockets, terminals, processes, threads.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clew_testsuite::process::{Outcome, excerpt};
use clew_testsuite::transparency::{self, Limits, PASSED, Results};

use super::suite::{Case, Suite};
use super::{Runner, sources};

#[derive(Default)]
pub struct Libuv {
    /// Its `run-tests`, where every user can reach it, and the files that it reads.
    program: PathBuf,
    fixtures: Vec<(String, Vec<u8>)>,
}

/// The tests, against the library that Debian builds of the same sources.
const BUILD: &str = "cc -O1 -w -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Iinclude -Isrc -o uv-run-tests \\
    $(ls test/*.c | grep -vE 'benchmark|runner-win|dns-server') \\
    $(ls /usr/lib/*/libuv_a.a /usr/lib/*/libuv.a 2>/dev/null | head -1) -lpthread -ldl -lrt";

impl Suite for Libuv {
    fn prepare(&mut self, runner: &Runner) -> Result<()> {
        let dir = sources::of("libuv1")?;
        let built = sources::built(&dir, "uv-run-tests", BUILD, "gcc, libuv1-dev")?;
        self.program = sources::copied(&built, &runner.dir)?;
        let fixtures = Path::new("test/fixtures");
        for entry in std::fs::read_dir(dir.join(fixtures))?.flatten() {
            let name = fixtures.join(entry.file_name()).to_string_lossy().into_owned();
            self.fixtures.push((name, std::fs::read(entry.path())?));
        }
        Ok(())
    }

    fn names(&self) -> Result<Vec<String>> {
        let output = Command::new(&self.program)
            .arg("--list")
            .env("UV_RUN_AS_ROOT", "1")
            .output()
            .context("cannot run libuv's tests")?;
        ensure!(output.status.success(), "libuv's tests do not list themselves");
        let text = String::from_utf8(output.stdout)?;
        // Behind some tests stand the servers that they start.
        let names = text.lines().filter_map(|line| line.split_whitespace().next());
        Ok(names.map(str::to_string).collect())
    }

    fn case(&self, name: &str, runner: &Runner) -> Result<Case> {
        let argv = vec![self.program.to_string_lossy().into_owned(), name.to_string()];
        let mut subject = transparency::subject(argv, runner.user);
        subject.inputs = self.fixtures.clone();
        // Five seconds a test is not enough on a busy machine, recorded or not.
        let env = [("UV_RUN_AS_ROOT", "1"), ("UV_TEST_TIMEOUT_MULTIPLIER", "10")];
        subject.env = env.map(|(name, value)| (name.to_string(), value.to_string())).to_vec();
        Ok(Case::of(subject))
    }

    /// One line: `ok 1 - name`, perhaps `# SKIP why` behind it, or `not ok 1 - name` and more.
    fn results(&self, outcome: &Outcome, _: &Path) -> Result<Results, String> {
        let text = String::from_utf8_lossy(&outcome.stdout);
        let line = text.lines().find_map(|line| line.split_once("ok 1 - "));
        let Some((not, rest)) = line else {
            return Err(format!("it exits {}: {}", outcome.code(), excerpt(&outcome.stderr)));
        };
        let result = match (not, rest.contains("# SKIP")) {
            ("", false) => PASSED,
            ("", true) => "skipped",
            _ => "failed",
        };
        let name = rest.split_whitespace().next().unwrap_or_default();
        Ok(Some([(name.to_string(), result.to_string())].into()))
    }

    fn limits(&self) -> Limits {
        Limits {
            native: Duration::from_secs(60),
            recorded: Duration::from_secs(120),
            replayed: Duration::from_secs(120),
            replays: Duration::from_secs(60),
        }
    }
}
