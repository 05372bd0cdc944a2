//! The tests of Go's standard library: its runtime makes system calls, threads and signals of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clew_testsuite::process::{Outcome, excerpt};
use clew_testsuite::transparency::{self, Limits, PASSED, Results};

use super::suite::{Case, LONG, Suite};
use super::{Runner, sources};
use crate::cargo;

#[derive(Default)]
pub struct Go {
    root: PathBuf,
}

const PACKAGES: &[&str] = &[
    "context",
    "internal/poll",
    "io",
    "io/fs",
    "net",
    "net/http",
    "net/rpc",
    "os",
    "os/exec",
    "os/signal",
    "os/user",
    "path/filepath",
    "runtime",
    "runtime/debug",
    "runtime/pprof",
    "sync",
    "sync/atomic",
    "syscall",
    "time",
];

const KNOWN: &[(&str, &str)] = &[(
    "TestLinuxSendfile",
    "it runs itself under strace; ptrace between recorded processes is refused",
)];

impl Suite for Go {
    fn prepare(&mut self, _: &Runner) -> Result<()> {
        let output = Command::new("go").args(["env", "GOROOT"]).output();
        let output = output.ok().filter(|output| output.status.success());
        let output = output.context("Go is missing: install golang-go")?;
        self.root = String::from_utf8(output.stdout)?.trim().into();
        Ok(())
    }

    fn names(&self) -> Result<Vec<String>> {
        Ok(PACKAGES.iter().map(|name| name.to_string()).collect())
    }

    /// The package's tests, in the directory that they expect to be in.
    fn case(&self, name: &str, runner: &Runner) -> Result<Case> {
        let program = sources::copied(&self.built(name)?, &runner.dir)?;
        let source = self.root.join("src").join(name);
        let script = "cd \"$1\" && exec \"$2\" -test.v -test.short -test.timeout 600s";
        let words =
            ["sh", "-c", script, "sh", &source.to_string_lossy(), &program.to_string_lossy()];
        let mut subject = transparency::subject(words.map(str::to_string).to_vec(), runner.user);
        subject.env = vec![("HOME".into(), "/nonexistent".into())];
        Ok(Case::of(subject))
    }

    /// Lines such as `--- PASS: TestName (0.00s)`, indented where they are parts of tests.
    fn results(&self, outcome: &Outcome, _: &Path) -> Result<Results, String> {
        let text = String::from_utf8_lossy(&outcome.stdout);
        let result = |line: &str| {
            let (result, rest) = line.trim_start().strip_prefix("--- ")?.split_once(": ")?;
            let name = rest.split_whitespace().next()?;
            let result = if result == "PASS" { PASSED.into() } else { result.to_lowercase() };
            Some((name.to_string(), result))
        };
        let results: std::collections::BTreeMap<_, _> = text.lines().filter_map(result).collect();
        match results.is_empty() {
            true => Err(format!("it exits {}: {}", outcome.code(), excerpt(&outcome.stderr))),
            false => Ok(Some(results)),
        }
    }

    fn known(&self) -> &'static [(&'static str, &'static str)] {
        KNOWN
    }

    fn limits(&self) -> Limits {
        Limits { replays: Duration::from_secs(300), ..LONG }
    }
}

impl Go {
    fn built(&self, name: &str) -> Result<PathBuf> {
        let dir = cargo::target().join("suites/go");
        std::fs::create_dir_all(&dir)?;
        let program = dir.join(format!("{}.test", name.replace('/', "-")));
        if !program.exists() {
            let mut build = Command::new("go");
            build.args(["test", "-c", "-o"]).arg(&program).arg(name).current_dir(&dir);
            let output = build.output().context("go")?;
            let said = String::from_utf8_lossy(&output.stderr);
            ensure!(output.status.success(), "cannot build the tests of {name}: {said}");
        }
        Ok(program)
    }
}
