//! What people read at the end of a hunt.

use std::io::{self, Write};
use std::path::Path;

use clew_hunt::{Catch, Engine, How, Options, Summary};
use clew_postmortem::{Frame, Process, Thread, excerpt};

use super::{Finding, next};
use crate::text;

/// Lines of the program's output that are shown, from the end.
const OUTPUT_LINES: usize = 40;
/// Threads whose stacks are shown; those that only wait are many alike.
const MAX_THREADS: usize = 24;
/// Lines of source around the place.
const AROUND: u32 = 2;

/// Prints it on stderr, in one piece.
pub fn print(options: &Options, summary: &Summary, findings: &[Finding]) {
    let mut out = String::new();
    for finding in findings {
        out.push_str(&of_failure(options, finding));
        out.push('\n');
    }
    out.push_str(&format!("clew: {}\n", conclusion(options, summary)));
    let _ = io::stderr().write_all(out.as_bytes());
}

/// The last line.
fn conclusion(options: &Options, summary: &Summary) -> String {
    let progress = summary.progress;
    let runs = plural(progress.runs, "run");
    let failed = match progress.failed {
        0 => "none failed".into(),
        n => format!("{n} failed"),
    };
    let elapsed = text::seconds(progress.elapsed.as_secs_f64());
    let seed = match (options.engine, options.chaos) {
        (Engine::Clew, true) => format!(", seed {}", options.seed),
        _ => String::new(),
    };
    let interrupted = match summary.interrupted {
        Some(signal) => format!(" until {}", text::signal_name(signal)),
        None => String::new(),
    };
    format!("{runs} in {elapsed}{interrupted}, {failed}{seed}")
}

fn plural(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// How a run failed, in a few words.
pub fn how(finding: &Finding) -> String {
    match finding.failure.how {
        How::Exited(code) => format!("exit code {code}"),
        How::Signaled(signal) => text::signal_name(signal),
        How::Hung => {
            format!("hung, stopped after {}", text::seconds(finding.failure.elapsed.as_secs_f64()))
        }
    }
}

fn of_failure(options: &Options, finding: &Finding) -> String {
    let failure = &finding.failure;
    let seed = failure.schedule.seed.map(|seed| format!(", seed {seed}")).unwrap_or_default();
    let mut out = format!("clew: run {} failed: {}{seed}\n", failure.run, how(finding));
    for note in &failure.notes {
        out.push_str(&format!("clew: {note}\n"));
    }
    out.push_str(&output(&failure.output));
    for process in &finding.processes {
        out.push_str(&of_process(process, failure.how == How::Hung));
    }
    if let Catch::Core(dump) = &failure.catch
        && let Some(remark) = next::remark(dump)
    {
        out.push_str(&format!("\n{remark}\n"));
    }
    let commands = next::commands(options, finding);
    if !commands.is_empty() {
        out.push_str("\nWhat to type next:\n");
        for (command, purpose) in commands {
            out.push_str(&format!("  {command}\n      {purpose}\n"));
        }
    }
    out
}

/// The end of what the program printed.
fn output(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return String::new();
    }
    let all = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = all.lines().collect();
    let left_out = lines.len().saturating_sub(OUTPUT_LINES);
    let mut out = match left_out {
        0 => "\nOutput:\n".to_owned(),
        n => format!("\nOutput, without its first {n} lines:\n"),
    };
    for line in &lines[left_out..] {
        let line: String = line.chars().filter(|c| *c == '\t' || !c.is_control()).collect();
        out.push_str(&format!("  | {line}\n"));
    }
    out
}

/// A process's threads and the place in its source. One that hangs has no such place: every thread
/// waits in its own.
pub fn of_process(process: &Process, hung: bool) -> String {
    let ended = process.outcome.map_or("its end is not recorded".into(), text::ended);
    let command = text::command_line(&process.argv);
    let mut out = format!("\nProcess {} ({command}): {ended}\n", process.pid);
    if let Some(obstacle) = &process.obstacle {
        out.push_str(&format!("  {obstacle}\n"));
    }
    if let Some(place) = process.place().filter(|_| !hung) {
        out.push_str(&of_place(place));
    }
    let shown = process.threads.len().min(MAX_THREADS);
    for thread in &process.threads[..shown] {
        out.push_str(&of_thread(thread));
    }
    if shown < process.threads.len() {
        out.push_str(&format!("\n{} more threads\n", process.threads.len() - shown));
    }
    out
}

/// The place to look at, with its source if that is there.
fn of_place(place: &Frame) -> String {
    let mut out = format!("  in {}\n", place.describe());
    let source = place.file.as_ref().zip(place.line);
    let lines =
        source.and_then(|(file, line)| Some((line, excerpt(Path::new(file), line, AROUND)?)));
    if let Some((wanted, lines)) = lines {
        out.push_str(&of_lines(wanted, &lines));
    }
    out
}

/// Numbered source lines, one of them marked.
pub fn of_lines(wanted: u32, lines: &[(u32, String)]) -> String {
    let mark = |number: u32| if number == wanted { '>' } else { ' ' };
    lines.iter().map(|(number, text)| format!("  {} {number:5}  {text}\n", mark(*number))).collect()
}

fn of_thread(thread: &Thread) -> String {
    let last = if thread.last { ", the last that ran" } else { "" };
    let name = if thread.name.is_empty() { String::new() } else { format!(" ({})", thread.name) };
    let mut out = format!("\nThread {}{name}{last}\n", thread.tid);
    for (number, frame) in thread.frames.iter().enumerate() {
        let mark = if frame.relevant { '>' } else { ' ' };
        out.push_str(&format!("{mark} #{number:<3}{}\n", frame.describe()));
        if let Some(source) = frame.source.as_ref().filter(|_| frame.relevant) {
            out.push_str(&format!("         {}\n", source.trim_start()));
        }
    }
    if !thread.whole {
        out.push_str("  (the stack cannot be followed further)\n");
    }
    out
}
