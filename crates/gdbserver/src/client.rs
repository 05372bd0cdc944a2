//! One client, from its connection to its end.

use std::io;
use std::os::fd::OwnedFd;

use clew_timeline::{Direction, Motion, Stop, Stopped};

use crate::debuggee::Debuggee;
use crate::packets::wire::{Call, Connection, Wire};
use crate::packets::{self, frame, supported};
use crate::session::Session;
use crate::stop;
use crate::stub::{Outcome, Stub};

/// Serves a client until it leaves or its connection breaks. `attention` is readable when it wants
/// something: the connection, if that is a descriptor.
pub fn serve<S: Session>(
    debuggee: &mut Debuggee<S>,
    connection: impl Connection,
    attention: OwnedFd,
) -> io::Result<()> {
    debuggee.meet(attention);
    let wire = Wire::new(connection);
    let stub = Stub::new(debuggee);
    let program = debuggee.session.program().unwrap_or_default();
    let mut client = Client { debuggee, wire, stub, exec_events: false, program, held: None };
    while let Some(body) = client.wire.packet()? {
        if client.handle(&body)? == Then::Leave {
            break;
        }
    }
    Ok(())
}

struct Client<'d, S: Session, C> {
    debuggee: &'d mut Debuggee<S>,
    wire: Wire<C>,
    stub: Stub<S>,
    exec_events: bool,
    /// The program that the client believes is running.
    program: String,
    /// A stop that is told at the next motion, which leads nowhere: the client had to hear first that
    /// another program runs, and will go on by itself.
    held: Option<(Stopped, bool)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Listen,
    Leave,
}

impl<S: Session, C: Connection> Client<'_, S, C> {
    fn handle(&mut self, body: &[u8]) -> io::Result<Then> {
        if let Some(answer) = packets::answer(self.debuggee, body) {
            self.wire.send(&answer)?;
            return Ok(Then::Listen);
        }
        match self.stub.handle(self.debuggee, body) {
            Outcome::Answered(answers) => {
                for answer in answers {
                    self.answer(body, &answer)?;
                }
                Ok(Then::Listen)
            }
            Outcome::Resumed => self.go(),
            Outcome::Left(answers) => {
                for answer in answers {
                    self.wire.send(&answer)?;
                }
                Ok(Then::Leave)
            }
        }
    }

    fn answer(&mut self, request: &[u8], answer: &[u8]) -> io::Result<()> {
        if supported::is(request) {
            self.exec_events = supported::exec_events(request);
            return self.wire.send(&supported::extend(answer, self.exec_events));
        }
        self.wire.send(answer)?;
        if request == b"QStartNoAckMode" {
            self.wire.stop_acknowledging();
        }
        Ok(())
    }

    /// Moves, and reports where that ended.
    fn go(&mut self) -> io::Result<Then> {
        if let Some((stopped, jumped)) = self.held.take().filter(|_| self.debuggee.jump.is_none()) {
            self.report(&stopped, jumped)?;
            return Ok(Then::Listen);
        }
        let jump = self.debuggee.jump;
        loop {
            // What came before we looked would not make `attention` readable.
            let early = self.wire.called()?;
            let (mut stopped, jumped) = match early {
                Call::Nothing => match self.move_on() {
                    Some(arrived) => arrived,
                    None => continue,
                },
                Call::HungUp => return Ok(Then::Leave),
                Call::Interrupt => (self.debuggee.session.here(), false),
            };
            let interrupted = early == Call::Interrupt || stopped.stop == Stop::Interrupted;
            if early == Call::Interrupt {
                stopped.stop = Stop::Interrupted;
            } else if interrupted {
                match self.wire.called()? {
                    Call::HungUp => return Ok(Then::Leave),
                    Call::Interrupt => {}
                    // Some other packet: it can wait.
                    Call::Nothing => {
                        self.debuggee.jump = jump;
                        continue;
                    }
                }
            }
            self.debuggee.jump = None;
            if !self.debuggee.session.diverted() {
                self.debuggee.notes.stopped(stopped.position);
            }
            self.report(&stopped, jumped && !interrupted)?;
            return Ok(Then::Listen);
        }
    }

    /// Moves. A program's end by `exec` is a stop that only the client hears of, so that it can set
    /// its breakpoints in the next one, or going back in the one before; none if that call was nothing
    /// of the kind, and the motion goes on.
    fn move_on(&mut self) -> Option<(Stopped, bool)> {
        self.debuggee.points.execs = self.exec_events;
        let wish = self.debuggee.wish;
        let (stopped, jumped) = self.debuggee.go();
        let own = |number| self.debuggee.points.is_own(number);
        match stopped.stop {
            Stop::SyscallEntry(number) if own(number) && !jumped => {}
            Stop::SyscallReturn(number) if own(number) && !jumped => return None,
            _ => return Some((stopped, jumped)),
        }
        if wish.0 == Direction::Backward {
            return self.is_another_program().then_some((stopped, false));
        }
        let step = Motion::Step { tid: stopped.tid };
        self.debuggee.wish = (Direction::Forward, step);
        let (behind, _) = self.debuggee.go();
        self.debuggee.wish = wish;
        let nothing = behind.stop == Stop::Arrived && wish.1 != step && !self.is_another_program();
        (!nothing).then_some((behind, false))
    }

    fn is_another_program(&mut self) -> bool {
        self.debuggee.session.program().is_ok_and(|program| program != self.program)
    }

    fn report(&mut self, stopped: &Stopped, jumped: bool) -> io::Result<()> {
        if let (Stop::End(end), false) = (&stopped.stop, jumped) {
            self.debuggee.say(stop::ending(*end));
        }
        for line in std::mem::take(&mut self.debuggee.lines) {
            self.wire.send(&frame::console(&line))?;
        }
        let reason = stop::reason(stopped, &self.debuggee.points, jumped);
        let report = self.stub.report(self.debuggee, reason);
        match self.changed_program() {
            Some(program) => {
                // At the very change, nothing else is to be told.
                let at_change = matches!(stopped.stop, Stop::Arrived | Stop::SyscallEntry(_));
                self.held = (!at_change || jumped).then(|| (stopped.clone(), jumped));
                let (pid, tid) = (self.debuggee.session.pid(), stopped.tid);
                let program = frame::hex(program.as_bytes());
                self.wire.send(format!("T05thread:p{pid:x}.{tid:x};exec:{program};").as_bytes())
            }
            None => self.wire.send(&report),
        }
    }

    /// The program that runs, if the client must be told.
    fn changed_program(&mut self) -> Option<String> {
        let program = self.debuggee.session.program().ok()?;
        if !self.exec_events || program == self.program {
            return None;
        }
        self.program.clone_from(&program);
        Some(program)
    }
}
