//! The gdb remote protocol for a timeline.
//!
//! [`Server`] serves one client after another at a port of the loopback interface. A client's bytes go
//! this way: [`packets::wire`] finds packets, [`packets`] answers what `gdbstub` does not know,
//! [`stub`] hands the rest to `gdbstub`, which calls [`debuggee`], which asks a [`session`]: the
//! timeline. Files come out of the trace ([`files`]), never from this machine.
#![deny(unsafe_code)]

pub mod arch;
pub mod client;
pub mod commands;
pub mod debuggee;
pub mod elf;
pub mod files;
pub mod jump;
pub mod listener;
pub mod notes;
pub mod packets;
pub mod points;
pub mod session;
pub mod signals;
pub mod stop;
pub mod stub;
pub mod sysroot;

use std::io;
use std::net::{Shutdown, TcpStream};

use crate::debuggee::Debuggee;
use crate::files::Files;
use crate::listener::Listener;
use crate::session::Session;

/// A session that waits to be debugged.
pub struct Server<S: Session> {
    listener: Listener,
    debuggee: Debuggee<S>,
}

impl<S: Session> Server<S> {
    /// `banner` says which recording this is. Nobody listens yet to what goes wrong.
    pub fn new(listener: Listener, session: S, files: Files, banner: String) -> io::Result<Self> {
        // Nothing moves while there is no client.
        let (nobody, _) = std::io::pipe()?;
        Ok(Self { listener, debuggee: Debuggee::new(session, files, banner, nobody.into()) })
    }

    /// Serves a client to its end, or more than one; false if none came before `give_up` said so. What
    /// breaks a connection ends that connection only.
    pub fn serve(&mut self, give_up: impl FnMut() -> bool) -> bool {
        let Some(stream) = self.listener.client(give_up) else { return false };
        // The client sees the end of the connection; there is nobody else to tell.
        let _ = self.converse(&stream);
        // First, for a client that sees the end may come back at once.
        self.listener.free();
        // The debuggee still holds it.
        let _ = stream.shutdown(Shutdown::Both);
        true
    }

    fn converse(&mut self, stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let attention = stream.try_clone()?.into();
        client::serve(&mut self.debuggee, stream.try_clone()?, attention)
    }
}
