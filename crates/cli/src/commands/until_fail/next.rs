//! The commands that go on from a caught failure.

use clew_hunt::core::{Dump, DumpPlace};
use clew_hunt::{Catch, How, Options};
use clew_trace::Trace;

use super::Finding;
use crate::text;

/// A command and what it is for.
pub type Next = (String, String);

pub fn commands(options: &Options, finding: &Finding) -> Vec<Next> {
    match &finding.failure.catch {
        Catch::Trace(_) => {
            finding.trace.as_ref().map(|t| of_trace(options, finding, t)).unwrap_or_default()
        }
        Catch::Core(dump) => of_core(dump),
    }
}

fn of_trace(options: &Options, finding: &Finding, trace: &Trace) -> Vec<Next> {
    let name = name(trace);
    let first = trace.streams().ok().and_then(|all| all.first().copied());
    // The process to look at, if it is not the first.
    let process = finding.processes.first().filter(|process| {
        let all = clew_trace::processes::list(trace).map(|(all, _)| all).unwrap_or_default();
        all.iter().any(|p| p.pid == process.pid && p.stream != first)
    });
    let which = process.map(|process| format!("-f {} ", process.pid)).unwrap_or_default();
    let how = match finding.failure.how {
        How::Hung => "at the end, in gdb: `thread apply all bt`, then `reverse-continue`",
        _ => {
            "at the end, in gdb: `reverse-continue` leads back to the failure, `last-write EXPRESSION` to a value's origin"
        }
    };
    let mut all = vec![
        (format!("clew replay -e {which}{name}"), how.into()),
        (format!("clew replay {which}{name}"), "from the beginning".into()),
        (format!("clew replay -a {name}"), "only prints what it printed".into()),
    ];
    let argv: Vec<String> =
        options.argv.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let schedule = finding.failure.schedule.options();
    if !schedule.is_empty() {
        let command = text::command_line(&argv);
        let again = format!("clew record {} -- {command}", schedule.join(" "));
        all.push((again, "records it once more with this seed".into()));
    }
    all
}

/// As commands take it: short if it is one of the user's traces.
pub fn name(trace: &Trace) -> String {
    let name = trace.dir().file_name().unwrap_or_default().to_string_lossy().into_owned();
    text::command_line(&[name])
}

fn of_core(dump: &Dump) -> Vec<Next> {
    let program = text::command_line(&[dump.program.display().to_string()]);
    match &dump.place {
        DumpPlace::File(core) => {
            let core = text::command_line(&[core.display().to_string()]);
            vec![
                (format!("gdb {program} {core}"), "then `thread apply all bt`".into()),
                (format!("lldb -c {core} {program}"), "then `bt all`".into()),
            ]
        }
        DumpPlace::Systemd => {
            vec![(format!("coredumpctl gdb {}", dump.pid), "then `thread apply all bt`".into())]
        }
        DumpPlace::Handler(_) | DumpPlace::None => Vec::new(),
    }
}

/// What else there is to say about a core dump.
pub fn remark(dump: &Dump) -> Option<String> {
    match &dump.place {
        DumpPlace::File(_) | DumpPlace::Systemd => None,
        DumpPlace::Handler(handler) => {
            Some(format!("its core dump went to {handler} (/proc/sys/kernel/core_pattern)"))
        }
        DumpPlace::None => Some("it left no core dump".into()),
    }
}
