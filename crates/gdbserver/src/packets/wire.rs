//! The connection: acknowledgements, retransmission, interruptions.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::frame::{Deframer, Input, frame};

/// What connects to a client, so that it can be something else than a socket.
pub trait Connection: Read + Write {
    /// Whether reading would give something, or the end, without waiting.
    fn readable(&self) -> io::Result<bool>;
}

impl Connection for TcpStream {
    fn readable(&self) -> io::Result<bool> {
        let mut fds = [PollFd::from_borrowed_fd(self.as_fd(), PollFlags::IN)];
        match poll(&mut fds, Some(&Timespec::default())) {
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(e) => Err(e.into()),
        }
    }
}

pub struct Wire<C> {
    stream: C,
    deframer: Deframer,
    received: VecDeque<Input>,
    acknowledge: bool,
    sent_last: Vec<u8>,
}

/// What came while the guest ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Nothing,
    Interrupt,
    HungUp,
}

impl<C: Connection> Wire<C> {
    pub fn new(stream: C) -> Self {
        Self {
            stream,
            deframer: Deframer::default(),
            received: VecDeque::new(),
            acknowledge: true,
            sent_last: Vec::new(),
        }
    }

    /// Waits for a packet; none once the client is gone.
    pub fn packet(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            match self.received.pop_front() {
                Some(Input::Packet(body)) => {
                    self.reply_raw(b"+")?;
                    return Ok(Some(body));
                }
                Some(Input::Damaged) => self.reply_raw(b"-")?,
                Some(Input::Nack) if !self.acknowledge => {}
                Some(Input::Nack) => {
                    let again = self.sent_last.clone();
                    self.stream.write_all(&again)?;
                }
                // It came to a stop of its own before that arrived.
                Some(Input::Interrupt) => {}
                None if !self.receive()? => return Ok(None),
                None => {}
            }
        }
    }

    /// Looks, without waiting, whether a client wants a moving guest to stop.
    pub fn called(&mut self) -> io::Result<Call> {
        while self.stream.readable()? {
            if !self.receive()? {
                return Ok(Call::HungUp);
            }
        }
        let interrupts = self.received.iter().any(|input| *input == Input::Interrupt);
        self.received.retain(|input| *input != Input::Interrupt);
        Ok(if interrupts { Call::Interrupt } else { Call::Nothing })
    }

    pub fn send(&mut self, body: &[u8]) -> io::Result<()> {
        self.sent_last = frame(body);
        self.stream.write_all(&self.sent_last)
    }

    /// The client has asked for it, and been answered.
    pub fn stop_acknowledging(&mut self) {
        self.acknowledge = false;
    }

    fn reply_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.acknowledge { self.stream.write_all(bytes) } else { Ok(()) }
    }

    /// Takes what is there, waiting for something; false at the end.
    fn receive(&mut self) -> io::Result<bool> {
        let mut buf = [0; 0x1000];
        let n = loop {
            match self.stream.read(&mut buf) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if e.kind() == io::ErrorKind::ConnectionReset => break 0,
                other => break other?,
            }
        };
        let inputs = buf[..n].iter().filter_map(|&byte| self.deframer.push(byte));
        self.received.extend(inputs);
        Ok(n > 0)
    }
}
