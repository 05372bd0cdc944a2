//! Scripted debugger sessions: `tests/gdb/NAME.gdb` and what it prints, `NAME.txt`.
//!
//! A script begins with directives: `# guest: FILE [ARGUMENTS]` names its program in `tests/gdb/guests`
//! or `tests/guide`, `# options: …` what `clew replay` is given (`CHILD1` is the pid of the first
//! process that the program's makes), `# hunt: …` that the recording is the first failure which `clew
//! until-fail` catches with these options, `# needs: FILE` what the machine must have, `# waits: WHY`
//! that it cannot pass yet. Other comments are for people.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::process::Invocation;
use crate::transcript;
use crate::{debuggees, paths};

/// A scripted session.
#[derive(Clone, Debug)]
pub struct Session {
    pub name: String,
    guest: String,
    arguments: Vec<String>,
    options: Vec<String>,
    hunt: Option<Vec<String>>,
    needs: Option<String>,
    commands: Vec<String>,
    /// Why it cannot pass yet.
    pub waits: Option<String>,
}

/// Settings that make gdb say the same everywhere.
const SETTINGS: [&str; 5] = [
    "set pagination off",
    "set width 0",
    "set style enabled off",
    "set debuginfod enabled off",
    "set debug-file-directory /none",
];

const RECORDING: Duration = Duration::from_secs(60);
const SESSION: Duration = Duration::from_secs(120);

fn directory() -> PathBuf {
    paths::repository().join("tests/gdb")
}

/// All of them, by name.
pub fn discover() -> Result<Vec<Session>, String> {
    let entries = fs::read_dir(directory()).map_err(|e| format!("tests/gdb: {e}"))?;
    let mut scripts: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "gdb"))
        .collect();
    scripts.sort();
    scripts.iter().map(|path| Session::load(path)).collect()
}

impl Session {
    fn load(path: &Path) -> Result<Self, String> {
        let at = |message: &str| format!("{}: {message}", path.display());
        let text = fs::read_to_string(path).map_err(|e| at(&e.to_string()))?;
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let mut session = Self {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            guest: String::new(),
            arguments: Vec::new(),
            options: Vec::new(),
            hunt: None,
            needs: None,
            commands: Vec::new(),
            waits: None,
        };
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line.strip_prefix('#').map(|comment| comment.trim().split_once(": ")) {
                None => session.commands.push(line.to_owned()),
                Some(Some(("guest", rest))) => {
                    let mut rest = words(rest);
                    session.guest = rest.remove(0);
                    session.arguments = rest;
                }
                Some(Some(("options", rest))) => session.options = words(rest),
                Some(Some(("hunt", rest))) => session.hunt = Some(words(rest)),
                Some(Some(("needs", file))) => session.needs = Some(file.to_owned()),
                Some(Some(("waits", why))) => session.waits = Some(why.to_owned()),
                Some(_) => {}
            }
        }
        match session.guest.is_empty() {
            true => Err(at("it names no guest")),
            false => Ok(session),
        }
    }

    /// Records the guest, debugs the recording, compares (or with `CLEW_BLESS` writes) the transcript.
    pub fn check(&self, dir: &Path) -> Result<(), String> {
        let program = debuggees::build(&self.guest)?;
        let clew = paths::clew()?.to_string_lossy().into_owned();
        let program = program.to_string_lossy().into_owned();
        let recorded = self.record(dir, &clew, &program)?;
        let mut replay = vec![clew.clone(), "replay".into()];
        for option in &self.options {
            replay.push(match option.strip_prefix("CHILD") {
                Some(number) => child(dir, &clew, &recorded, number)?,
                None => option.clone(),
            });
        }
        replay.extend([&recorded, "--", "-nx", "-batch"].map(str::to_owned));
        for command in SETTINGS {
            replay.extend(["-iex".to_owned(), command.to_owned()]);
        }
        for command in &self.commands {
            let shown = command.replace('\\', "\\\\").replace('"', "\\\"");
            replay.extend(["-ex".to_owned(), format!("echo (gdb) {shown}\\n")]);
            replay.extend(["-ex".to_owned(), command.clone()]);
        }
        let session = invocation(dir, replay, SESSION);
        let outcome = session.run()?;
        let mut said = transcript::normalise(&String::from_utf8_lossy(&outcome.stdout), &program);
        if self.hunt.is_some() {
            // Which threads there were already, each failure has its own way.
            let known = said.lines().filter(|line| !line.starts_with("[New Thread "));
            said = known.map(|line| format!("{line}\n")).collect::<String>();
            said = said.replace(recorded.trim_start_matches("./"), "trace");
        }
        self.compare(&said).map_err(|difference| format!("{difference}\n  reproduce: {session}"))
    }

    /// Returns the trace's name.
    fn record(&self, dir: &Path, clew: &str, program: &str) -> Result<String, String> {
        let mut words = vec![clew.to_owned()];
        match &self.hunt {
            None => words.extend(["record", "-o", "trace"].map(str::to_owned)),
            Some(options) => {
                words.push("until-fail".into());
                words.extend(options.iter().cloned());
            }
        }
        words.extend(["--".to_owned(), program.to_owned()]);
        words.extend(self.arguments.iter().cloned());
        let mut invocation = invocation(dir, words, RECORDING);
        invocation.env.push(("CLEW_TRACE_DIR".into(), dir.to_string_lossy().into_owned()));
        let mut said = invocation.run()?.stdout;
        if self.hunt.is_none() {
            return Ok("trace".into());
        }
        let name = Path::new(program).file_name().unwrap_or_default().to_string_lossy();
        // On a machine that is too busy, runs count as hung that have not begun yet.
        let mut number = 0;
        while number < 3 && String::from_utf8_lossy(&said).contains("its end is not recorded") {
            number += 1;
            said = invocation.run()?.stdout;
        }
        let trace = format!("./{name}-{number}");
        match dir.join(&trace).exists() {
            true => Ok(trace),
            false => Err(format!("nothing was caught:\n{}", String::from_utf8_lossy(&said))),
        }
    }

    /// What it needs and the machine lacks.
    pub fn lacks(&self) -> Option<&str> {
        self.needs.as_deref().filter(|file| !Path::new(file).exists())
    }

    fn compare(&self, said: &str) -> Result<(), String> {
        let path = directory().join(format!("{}.txt", self.name));
        if std::env::var_os("CLEW_BLESS").is_some() {
            return fs::write(&path, said).map_err(|e| format!("{}: {e}", path.display()));
        }
        let expected = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        transcript::same(&expected, said)
    }
}

/// Its output and its errors in one, in their order.
fn invocation(dir: &Path, argv: Vec<String>, timeout: Duration) -> Invocation {
    let mut together = ["sh", "-c", "exec \"$@\" 2>&1", "sh"].map(str::to_owned).to_vec();
    together.extend(argv);
    Invocation { argv: together, cwd: dir.to_owned(), timeout, ..Invocation::default() }
}

/// The pid of the process that was made as such.
fn child(dir: &Path, clew: &str, trace: &str, number: &str) -> Result<String, String> {
    let words = [clew, "ps", "--json", trace].map(str::to_owned).to_vec();
    let listed = invocation(dir, words, RECORDING).run()?;
    let number: usize = number.parse().map_err(|_| format!("CHILD{number} is no child"))?;
    let processes = crate::listing::processes(&listed.stdout)?;
    let child = processes.get(number);
    child.map(|process| process.pid.to_string()).ok_or_else(|| format!("no child {number}"))
}
