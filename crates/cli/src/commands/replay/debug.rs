//! `clew replay` under a debugger: opens the timeline, serves it, starts the debugger.

use std::fs::File;
use std::io::{ErrorKind, IsTerminal, Write};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};

use clew_gdbserver::Server;
use clew_gdbserver::commands::script;
use clew_gdbserver::files::Files;
use clew_gdbserver::listener::Listener;
use clew_gdbserver::sysroot::Sysroot;
use clew_launch::signals::{self, Watcher};
use clew_replay::Target;
use clew_replay::plan::Plan;
use clew_timeline::{Destination, Options, Stop, Timeline};
use clew_trace::{Error, Result, ResultExt, Trace, processes};

use super::Args;
use super::debugger::Debugger;
use crate::text;

/// What a shell says of a process that `SIGINT` ended.
const INTERRUPTED: i32 = 130;

pub fn run(args: &Args, trace: &Trace, target: &Target) -> Result<i32> {
    let debugger = Debugger::new(args);
    if args.dbgport.is_none() {
        debugger.find()?;
        // The terminal's signals are the debugger's. Not one thread may take them, nor an engine.
        signals::leave_terminal_to_another();
    }
    let listener = listen(args.dbgport.unwrap_or(0))?;
    let plan = Plan::new(trace, target)?.ok_or_else(|| empty(trace))?;
    let banner = banner(trace, &plan);
    let options = Options { quiet: args.no_redirect_output, mark: args.mark_stdio };
    let mut timeline = Timeline::open(trace, &plan, &options)?;
    if std::io::stderr().is_terminal() {
        timeline.on_progress(Box::new(show_progress));
    }
    if !start(args, &mut timeline)? {
        return Ok(INTERRUPTED);
    }
    let port = listener.port();
    let executable = timeline.program()?;
    let files = Files::of(trace)?;
    let sysroot = match args.dbgport {
        Some(_) => None,
        None => Some(Sysroot::new(&files).tried(|| "lay out the recorded files for the debugger")?),
    };
    let server = Server::new(listener, timeline, files, banner).tried(|| "make a pipe")?;
    let Some(sysroot) = sysroot else { return serve(args, server, &debugger, port) };
    accompany(server, &debugger, port, &sysroot, &executable)
}

/// Says in one line, which disappears, what takes long.
fn show_progress(text: Option<&str>) {
    const ERASE: &str = "\r\x1b[K";
    match text {
        Some(text) => eprint!("{ERASE}clew: {text} "),
        None => eprint!("{ERASE}"),
    }
}

fn listen(port: u16) -> Result<Listener> {
    Listener::open(port).map_err(|e| {
        let cause = match e.kind() {
            ErrorKind::AddrInUse => "another program uses it".to_owned(),
            _ => e.to_string(),
        };
        Error::new(format!("listen at port {port}"), cause)
            .advise("`-s 0` takes any port that is free.")
    })
}

fn empty(trace: &Trace) -> Error {
    Error::new(format!("debug {}", trace.dir().display()), "it holds no event of the process")
}

/// Goes to where the session is to start; false if the user lost patience.
fn start(args: &Args, timeline: &mut Timeline) -> Result<bool> {
    let to = match args.goto {
        _ if args.goto_exit => Destination::End,
        Some(event) => Destination::Event(event),
        None => return Ok(true),
    };
    let watcher = Watcher::new().map_err(|e| Error::new(e.step, e.source))?;
    Ok(timeline.seek(to, watcher.as_fd())?.stop != Stop::Interrupted)
}

/// Which process of which recording, and what became of it.
fn banner(trace: &Trace, plan: &Plan) -> String {
    let name = trace.dir().file_name().unwrap_or(trace.dir().as_os_str()).to_string_lossy();
    let process = processes::of_stream(trace, plan.stream()).ok().flatten();
    let argv = process.as_ref().map(|process| text::command_line(&process.argv));
    let argv = argv.unwrap_or_default();
    let ended = process.and_then(|process| process.ended).map(text::ended);
    let ended = ended.unwrap_or_else(|| "its end is not recorded".into());
    format!("{name}: process {} ({argv}), {ended}", plan.pid)
}

/// Only serves: the user brings a debugger.
fn serve(args: &Args, mut server: Server<Timeline>, debugger: &Debugger, port: u16) -> Result<i32> {
    clew_launch::say(format!("listening at 127.0.0.1:{port}; connect with"));
    text::print(debugger.command_for_users(port) + "\n")?;
    loop {
        server.serve(|| false);
        if !args.keep_listening {
            return Ok(0);
        }
    }
}

/// Starts the debugger and serves it until it has ended.
fn accompany(
    mut server: Server<Timeline>,
    debugger: &Debugger,
    port: u16,
    sysroot: &Sysroot,
    executable: &str,
) -> Result<i32> {
    let commands = commands_file()?;
    let mut child =
        signals::in_front(|| debugger.spawn(port, commands.as_fd(), sysroot, executable))?;
    while server.serve(|| ended(&mut child).is_some()) {
        if debugger.connects_once() {
            break;
        }
    }
    let status = child.wait().tried(|| "wait for the debugger")?;
    if let Some(signal) = status.signal() {
        clew_launch::say(format!("the debugger was killed by {}", text::signal_name(signal)));
    }
    Ok(status.code().unwrap_or(crate::FAILED))
}

fn ended(child: &mut Child) -> Option<ExitStatus> {
    child.try_wait().ok().flatten()
}

/// The script with our commands, as a file that needs no name and leaves none behind.
fn commands_file() -> Result<File> {
    let file =
        clew_launch::memfd::empty("clew-commands").map_err(|e| Error::new(e.step, e.source))?;
    let mut file = File::from(file);
    file.write_all(script::text().as_bytes()).tried(|| "write the debugger's commands")?;
    Ok(file)
}
