//! What a post-mortem tells.

use clew_trace::Ended;
use clew_trace::processes::Process as Recorded;
use serde::Serialize;

/// A process where its recording ends. Keys are stable: scripts read them.
#[derive(Clone, Debug, Serialize)]
pub struct Process {
    pub pid: u32,
    pub argv: Vec<String>,
    /// None if its end is not recorded.
    pub outcome: Option<Ended>,
    pub last_event: u64,
    /// The one that ran last comes first.
    pub threads: Vec<Thread>,
    /// Why there is no more to tell.
    pub obstacle: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Thread {
    pub tid: u32,
    pub name: String,
    /// Whether it ran last: the thread that crashed, if one did.
    pub last: bool,
    /// Innermost first; what was inlined comes before what it was inlined into.
    pub frames: Vec<Frame>,
    /// Whether the stack could be followed to its end.
    pub whole: bool,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Frame {
    pub pc: u64,
    pub function: Option<String>,
    pub file: Option<String>,
    pub line: Option<u32>,
    /// Path of the program or library.
    pub module: Option<String>,
    pub inlined: bool,
    /// Whether this is the first frame that is not the machinery of the language or system.
    pub relevant: bool,
    /// The source line, if the file is there.
    pub source: Option<String>,
}

impl Process {
    pub(crate) fn new(process: &Recorded) -> Self {
        Self {
            pid: process.pid,
            argv: process.argv.to_vec(),
            outcome: process.ended,
            last_event: 0,
            threads: Vec::new(),
            obstacle: None,
        }
    }

    /// The place to look at first.
    pub fn place(&self) -> Option<&Frame> {
        self.threads.first()?.frames.iter().find(|frame| frame.relevant)
    }
}

impl Frame {
    /// `function at file:line`, as far as it is known.
    pub fn describe(&self) -> String {
        let module = self.module.as_ref().map(|path| path.rsplit('/').next().unwrap_or(path));
        match (&self.function, &self.file, self.line, module) {
            (Some(function), Some(file), Some(line), _) => format!("{function} at {file}:{line}"),
            (Some(function), Some(file), None, _) => format!("{function} in {file}"),
            (Some(function), None, _, Some(module)) => format!("{function} in {module}"),
            (Some(function), None, _, None) => function.clone(),
            (None, _, _, Some(module)) => format!("{:#x} in {module}", self.pc),
            (None, ..) => format!("{:#x}", self.pc),
        }
    }
}
