//! `gdbstub`, fed with packets instead of bytes, and revived where a packet is too much for it.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use gdbstub::conn::Connection;
use gdbstub::stub::state_machine::GdbStubStateMachine as Machine;
use gdbstub::stub::{GdbStub, MultiThreadStopReason};

use crate::debuggee::Debuggee;
use crate::packets::FAILED;
use crate::packets::frame::{Deframer, Input, MAX_PACKET, frame};
use crate::session::Session;

/// What gdbstub writes.
#[derive(Clone, Default)]
struct Sink(Rc<RefCell<Vec<u8>>>);

impl Connection for Sink {
    type Error = Infallible;

    fn write(&mut self, byte: u8) -> Result<(), Infallible> {
        self.0.borrow_mut().push(byte);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// See the module's documentation.
pub struct Stub<S: Session> {
    machine: Option<Machine<'static, Debuggee<S>, Sink>>,
    sink: Sink,
    multiprocess: bool,
}

/// What came of a packet. Bodies of packets to send, in order.
pub enum Outcome {
    Answered(Vec<Vec<u8>>),
    /// The process is to move, and gdbstub waits to hear why it stopped.
    Resumed,
    /// The client says good-bye.
    Left(Vec<Vec<u8>>),
}

impl<S: Session> Stub<S> {
    pub fn new(debuggee: &mut Debuggee<S>) -> Self {
        let mut stub = Self { machine: None, sink: Sink::default(), multiprocess: false };
        stub.revive(debuggee);
        stub
    }

    pub fn handle(&mut self, debuggee: &mut Debuggee<S>, body: &[u8]) -> Outcome {
        if body.starts_with(b"qSupported") {
            self.multiprocess = body.windows(13).any(|word| word == b"multiprocess+");
        }
        self.feed(debuggee, body);
        let answers = self.written();
        match &self.machine {
            Some(Machine::Idle(_)) => Outcome::Answered(answers),
            Some(Machine::Running(_)) => Outcome::Resumed,
            Some(Machine::Disconnected(_)) => {
                self.revive(debuggee);
                Outcome::Left(answers)
            }
            Some(Machine::CtrlCInterrupt(_)) | None => {
                self.revive(debuggee);
                Outcome::Answered(vec![FAILED.to_vec()])
            }
        }
    }

    /// Turns a reason to have stopped into a packet.
    pub fn report(
        &mut self,
        debuggee: &mut Debuggee<S>,
        reason: MultiThreadStopReason<u64>,
    ) -> Vec<u8> {
        if let Some(Machine::Running(running)) = self.machine.take() {
            self.machine = running.report_stop(debuggee, reason).ok();
        }
        let report = self.written().pop();
        if !matches!(self.machine, Some(Machine::Idle(_))) {
            self.revive(debuggee);
        }
        report.unwrap_or_else(|| b"S05".to_vec())
    }

    fn feed(&mut self, debuggee: &mut Debuggee<S>, body: &[u8]) {
        for byte in frame(body) {
            self.machine = match self.machine.take() {
                Some(Machine::Idle(idle)) => idle.incoming_data(debuggee, byte).ok(),
                other => other,
            };
        }
    }

    /// A new gdbstub that knows what the old one did of the client.
    fn revive(&mut self, debuggee: &mut Debuggee<S>) {
        let stub = GdbStub::builder(self.sink.clone()).packet_buffer_size(MAX_PACKET).build();
        self.machine = stub.ok().and_then(|stub| stub.run_state_machine(debuggee).ok());
        if self.multiprocess {
            self.feed(debuggee, b"qSupported:multiprocess+");
        }
        self.feed(debuggee, b"Hg0");
        self.feed(debuggee, b"Hc0");
        self.sink.0.borrow_mut().clear();
    }

    fn written(&mut self) -> Vec<Vec<u8>> {
        let mut deframer = Deframer::unlimited();
        let bytes = std::mem::take(&mut *self.sink.0.borrow_mut());
        let inputs = bytes.into_iter().filter_map(|byte| deframer.push(byte));
        inputs
            .filter_map(|input| match input {
                Input::Packet(body) => Some(body),
                _ => None,
            })
            .collect()
    }
}
