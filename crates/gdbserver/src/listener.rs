//! Who may connect: one client at a time. Others are turned away at once instead of being left waiting
//! for answers.

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// A port on the loopback interface.
pub struct Listener {
    port: u16,
    clients: Receiver<TcpStream>,
    busy: Arc<AtomicBool>,
    closed: Arc<AtomicBool>,
}

/// How often the listening thread looks whether it is still needed.
const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

impl Listener {
    /// Port 0 is any that is free.
    pub fn open(port: u16) -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let port = socket.local_addr()?.port();
        let (sender, clients) = sync_channel(1);
        let (busy, closed) = <(Arc<AtomicBool>, Arc<AtomicBool>)>::default();
        let (also_busy, also_closed) = (busy.clone(), closed.clone());
        thread::Builder::new()
            .name("clew-listen".into())
            .spawn(move || accept(&socket, &sender, &also_busy, &also_closed))?;
        Ok(Self { port, clients, busy, closed })
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The client is gone: another may come.
    pub fn free(&self) {
        self.busy.store(false, Ordering::SeqCst);
    }

    /// Waits for a client. None if there will be none, or `give_up` says so; it is asked every now
    /// and then.
    pub fn client(&self, mut give_up: impl FnMut() -> bool) -> Option<TcpStream> {
        loop {
            match self.clients.recv_timeout(Duration::from_millis(50)) {
                Ok(stream) => return Some(stream),
                Err(RecvTimeoutError::Timeout) if !give_up() => {}
                Err(_) => return None,
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
    }
}

fn accept(
    socket: &TcpListener,
    clients: &SyncSender<TcpStream>,
    busy: &AtomicBool,
    closed: &AtomicBool,
) {
    while !closed.load(Ordering::SeqCst) {
        let mut fds = [PollFd::from_borrowed_fd(socket.as_fd(), PollFlags::IN)];
        if !poll(&mut fds, Some(&PATIENCE)).is_ok_and(|ready| ready > 0) {
            continue;
        }
        let Ok((stream, _)) = socket.accept() else { continue };
        // Dropping it turns the client away.
        if !busy.swap(true, Ordering::SeqCst) && clients.send(stream).is_err() {
            return;
        }
    }
}
