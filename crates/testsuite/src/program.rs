//! The entries of the catalogues: real programs, built with one call per property.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::time::Duration;

use libtest_mimic::Trial;

use crate::cycle::Subject;
use crate::server::Service;
use crate::sources::Source;
use crate::trials::trial;
use crate::{data, paths, sources};

/// A program and how to judge it.
pub struct Program {
    name: &'static str,
    subject: Subject,
    /// Files the machine must have for it.
    needs: Vec<String>,
    /// Why it runs only with `--ignored`.
    ignored: Option<&'static str>,
    source: Option<Source>,
    service: Option<Service>,
    unprivileged: bool,
}

impl Program {
    /// `words` are arguments; `@x` stands for the file `x` of the generated data, `{src}` for the
    /// directory `tests/programs-src`, `{out}` for that of what was [`built`](Self::built), `{work}`
    /// for the working directory, `{port}` for a [`server`](Self::server)'s port.
    pub fn new(name: &'static str, words: &[&str]) -> Self {
        let argv: Vec<String> = words.iter().map(|word| expand(word)).collect();
        let needs =
            argv.first().filter(|word| word.starts_with('/')).cloned().into_iter().collect();
        let timeout = Duration::from_secs(120);
        let subject = Subject { argv, timeout, exit: Some(0), ..Subject::default() };
        let program = Self {
            name,
            subject,
            needs,
            ignored: None,
            source: None,
            service: None,
            unprivileged: false,
        };
        program.env("HOME", "/nonexistent")
    }

    /// Records the whole process tree, at least so many processes, and replays each of them.
    pub fn tree(mut self, least: usize) -> Self {
        self.subject.tree.get_or_insert_default().least = least;
        self
    }

    /// Of its tree, only the first process writes to stdout.
    pub fn first_writes(mut self) -> Self {
        self.subject.tree.get_or_insert_default().first_writes = true;
        self
    }

    /// Some of its tree's output is not shown by any replay.
    pub fn unaccounted(mut self) -> Self {
        self.subject.tree.get_or_insert_default().unaccounted = true;
        self
    }

    /// Two native runs may differ.
    pub fn nondeterministic(mut self) -> Self {
        self.subject.nondeterministic = true;
        self
    }

    /// Its stdout contains this, even if it differs otherwise.
    pub fn prints(mut self, text: &str) -> Self {
        self.subject.prints.push(text.to_string());
        self
    }

    /// Expects this exit code; 128+N for signal N.
    pub fn exits(mut self, code: i32) -> Self {
        self.subject.exit = Some(code);
        self
    }

    /// Input through a pipe.
    pub fn stdin(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.subject.stdin = input.into();
        self
    }

    /// A file in the working directory.
    pub fn input(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.subject.inputs.push((name.to_string(), content.into()));
        self
    }

    /// Several of them.
    pub fn inputs(mut self, files: impl IntoIterator<Item = (String, String)>) -> Self {
        self.subject.inputs.extend(files.into_iter().map(|(name, text)| (name, text.into())));
        self
    }

    /// Clew warns about what it does not follow; the program works all the same.
    pub fn warns(mut self) -> Self {
        self.subject.warns = true;
        self
    }

    /// What the program wants is impossible in a recording, and clew says so, with this text; the
    /// program goes another way than natively.
    pub fn refused(mut self, text: &str) -> Self {
        self.subject.says = Some(text.to_string());
        self.subject.exit = None;
        self.nondeterministic()
    }

    /// Runs only with `--ignored`: it waits for something, or takes long. Say which.
    pub fn ignored(mut self, why: &'static str) -> Self {
        self.ignored = Some(why);
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.subject.env.retain(|(other, _)| other != name);
        self.subject.env.push((name.to_string(), value.to_string()));
        self
    }

    /// Compares the files it leaves, too.
    pub fn files(mut self) -> Self {
        self.subject.compare_files = true;
        self
    }

    /// Seconds until it must have ended.
    pub fn timeout(mut self, seconds: u64) -> Self {
        self.subject.timeout = Duration::from_secs(seconds);
        self
    }

    /// Files (programs, headers, libraries) without which it cannot run.
    pub fn needs(mut self, files: &[&str]) -> Self {
        self.needs.extend(files.iter().map(|file| file.to_string()));
        self
    }

    /// Built before it runs.
    pub fn built(mut self, source: Source) -> Self {
        self.needs.push(source.compiler().to_string());
        self.source = Some(source);
        self
    }

    /// A server, recorded while unrecorded clients use it.
    pub fn server(mut self, service: Service) -> Self {
        self.needs.extend(service.programs());
        self.service = Some(service);
        self.nondeterministic().tree(1)
    }

    /// Refuses to run as root: is run as another user then, outside the target directory, which
    /// that user may not reach.
    pub fn unprivileged(mut self) -> Self {
        self.unprivileged = true;
        self
    }

    /// Can be done by root only.
    pub fn root(mut self) -> Self {
        if !is_root() {
            self.needs.push("/root's rights".into());
        }
        self
    }

    /// Its trial; none, after a note, if the machine lacks something it needs.
    pub fn into_trial(self, suite: &'static str) -> Option<Trial> {
        if let Some(missing) = self.needs.iter().find(|file| !Path::new(file).exists()) {
            eprintln!("left out: {}, for want of {missing}", self.name);
            return None;
        }
        let (name, ignored) = (self.name, self.ignored.is_some());
        Some(trial(suite, name, move |dir| self.check(dir)).with_ignored_flag(ignored))
    }

    fn check(&self, dir: &Path) -> Result<(), String> {
        data::prepare()?;
        let mut subject = self.subject.clone();
        if let Some(source) = &self.source {
            subject.place("{out}", &source.build()?.to_string_lossy());
        }
        if self.unprivileged && is_root() {
            return with_directory_of(NOBODY, self.name, |dir| {
                subject.user = Some(NOBODY);
                self.cycle(subject, dir)
            });
        }
        self.cycle(subject, dir)
    }

    fn cycle(&self, mut subject: Subject, dir: &Path) -> Result<(), String> {
        subject.place("{work}", &dir.join("work").to_string_lossy());
        match &self.service {
            Some(service) => service.check(&subject, dir),
            None => subject.check(dir),
        }
    }
}

fn is_root() -> bool {
    // SAFETY: a plain system call.
    unsafe { libc::geteuid() == 0 }
}

const NOBODY: u32 = 65534;

/// Calls `check` with a directory that belongs to a user, and removes it if all is well.
fn with_directory_of(
    user: u32,
    name: &str,
    check: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<(), String> {
    let dir: PathBuf = std::env::temp_dir().join(format!("clew-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir)
        .and_then(|()| chown(&dir, Some(user), Some(user)))
        .map_err(|e| format!("{}: {e}", dir.display()))?;
    check(&dir)?;
    paths::discard(&dir);
    Ok(())
}

fn expand(word: &str) -> String {
    match word.strip_prefix('@') {
        Some(name) => data::directory().join(name).to_string_lossy().into_owned(),
        None => word.replace("{src}", &sources::directory().to_string_lossy()),
    }
}
