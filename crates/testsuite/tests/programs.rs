//! Real programs: native, recorded and replayed runs must agree, in output, exit code and files.
//!
//! Each is a single process. Programs the machine lacks are skipped.

use std::path::Path;
use std::time::Duration;

use clew_testsuite::cycle::Subject;
use clew_testsuite::data;
use clew_testsuite::trials::{conclude, trial};
use libtest_mimic::Trial;

#[path = "programs/catalogue.rs"]
mod catalogue;

/// A program and how to judge it.
struct Program {
    name: &'static str,
    subject: Subject,
    later: bool,
}

impl Program {
    /// `words` are arguments; `@x` stands for the file `x` of the generated data.
    fn new(name: &'static str, words: &[&str]) -> Self {
        let argv = words.iter().map(|word| expand(word)).collect();
        let timeout = Duration::from_secs(120);
        let subject = Subject { argv, timeout, exit: Some(0), ..Subject::default() };
        Self { name, subject, later: false }.env("HOME", "/nonexistent")
    }

    /// Two native runs may differ.
    fn nondeterministic(mut self) -> Self {
        self.subject.nondeterministic = true;
        self
    }

    /// Expects this exit code; 128+N for signal N.
    fn exits(mut self, code: i32) -> Self {
        self.subject.exit = Some(code);
        self
    }

    /// Input through a pipe.
    fn stdin(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.subject.stdin = input.into();
        self
    }

    /// A file in the working directory.
    fn input(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.subject.inputs.push((name.to_string(), content.into()));
        self
    }

    /// Clew warns about what it does not follow; the program works all the same.
    fn warns(mut self) -> Self {
        self.subject.warns = true;
        self
    }

    /// Needs children, threads or `execve` to be followed: run only with `--ignored` until then.
    fn later(mut self) -> Self {
        self.later = true;
        self
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.subject.env.push((name.to_string(), value.to_string()));
        self
    }

    /// Compares the files it leaves, too.
    fn files(mut self) -> Self {
        self.subject.compare_files = true;
        self
    }

    fn present(&self) -> bool {
        let program = &self.subject.argv[0];
        !program.starts_with('/') || Path::new(program).exists()
    }

    fn into_trial(self) -> Trial {
        let ignored = self.later || !self.present();
        let subject = self.subject;
        trial("programs", self.name, move |dir| {
            data::prepare()?;
            subject.check(dir)
        })
        .with_ignored_flag(ignored)
    }
}

fn expand(word: &str) -> String {
    match word.strip_prefix('@') {
        Some(name) => data::directory().join(name).to_string_lossy().into_owned(),
        None => word.to_string(),
    }
}

fn main() {
    conclude(catalogue::programs().into_iter().map(Program::into_trial).collect());
}
