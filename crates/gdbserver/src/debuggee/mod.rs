//! The process as `gdbstub` drives it. One file per capability.

mod breakpoints;
mod extended;
mod host_io;
mod memory;
mod monitor;
mod registers;
mod resume;
mod syscalls;
mod threads;

use std::os::fd::{AsFd, OwnedFd};

use clew_timeline::{Destination, Direction, Motion, Stopped};
use clew_trace::Error;
use gdbstub::target::ext::base::BaseOps;
use gdbstub::target::{Target, ext};

use crate::arch::X86_64;
use crate::files::Files;
use crate::jump::{self, Jump};
use crate::notes::Notes;
use crate::points::Points;
use crate::session::Session;
use host_io::Opened;

/// A recorded process under a debugger.
pub struct Debuggee<S> {
    pub session: S,
    pub files: Files,
    pub notes: Notes,
    /// What a client is told first.
    pub banner: String,
    pub points: Points,
    /// Where the next motion leads, whatever it is.
    pub jump: Option<Jump>,
    /// What the last packet that moves the process asked for.
    pub wish: (Direction, Motion),
    /// The client's connection: readable when it wants something.
    pub attention: OwnedFd,
    /// Lines for the client's console.
    pub lines: Vec<String>,
    opened: Opened,
}

impl<S: Session> Debuggee<S> {
    pub fn new(session: S, files: Files, banner: String, attention: OwnedFd) -> Self {
        let mut notes = Notes::default();
        notes.stopped(session.here().position);
        Self {
            session,
            files,
            notes,
            banner,
            points: Points::default(),
            jump: None,
            wish: (Direction::Forward, Motion::Continue),
            attention,
            lines: Vec::new(),
            opened: Opened::default(),
        }
    }

    /// A new client begins with nothing set.
    pub fn meet(&mut self, attention: OwnedFd) {
        self.attention = attention;
        self.points.clear();
        self.jump = None;
        self.lines.clear();
        self.opened = Opened::default();
    }

    /// Tells the user something.
    pub fn say(&mut self, line: impl std::fmt::Display) {
        self.lines.push(format!("clew: {line}\n"));
    }

    /// A motion has failed. If it was one beside history, history is still there.
    fn recover(&mut self, e: &Error) -> Stopped {
        self.say(e);
        let here = self.session.here();
        if self.session.diverted() {
            let to = Destination::Position(here.position);
            let back = self.session.seek(to, self.attention.as_fd());
            return back.unwrap_or(here);
        }
        here
    }

    /// Moves as was asked for. Returns whether it was a jump.
    pub fn go(&mut self) -> (Stopped, bool) {
        if let Some(jump) = self.jump.take() {
            return (jump::perform(self, jump), true);
        }
        let (direction, motion) = self.wish;
        self.points.apply(&mut self.session);
        let stopped = self.session.run(direction, motion, self.attention.as_fd());
        (stopped.unwrap_or_else(|e| self.recover(&e)), false)
    }
}

impl<S: Session> Target for Debuggee<S> {
    type Arch = X86_64;
    type Error = Error;

    fn base_ops(&mut self) -> BaseOps<'_, X86_64, Error> {
        BaseOps::MultiThread(self)
    }

    fn guard_rail_implicit_sw_breakpoints(&self) -> bool {
        true
    }

    // Runs of equal digits are rare where it matters, and answers are read by our own layer.
    fn use_rle(&self) -> bool {
        false
    }

    // Children are recordings of their own.
    fn use_fork_stop_reason(&self) -> bool {
        false
    }

    fn use_vfork_stop_reason(&self) -> bool {
        false
    }

    fn use_vforkdone_stop_reason(&self) -> bool {
        false
    }

    fn support_breakpoints(&mut self) -> Option<ext::breakpoints::BreakpointsOps<'_, Self>> {
        Some(self)
    }

    fn support_monitor_cmd(&mut self) -> Option<ext::monitor_cmd::MonitorCmdOps<'_, Self>> {
        Some(self)
    }

    fn support_extended_mode(&mut self) -> Option<ext::extended_mode::ExtendedModeOps<'_, Self>> {
        Some(self)
    }

    fn support_catch_syscalls(
        &mut self,
    ) -> Option<ext::catch_syscalls::CatchSyscallsOps<'_, Self>> {
        Some(self)
    }

    fn support_host_io(&mut self) -> Option<ext::host_io::HostIoOps<'_, Self>> {
        Some(self)
    }
}
