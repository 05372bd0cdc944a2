//! A client that speaks in packets, and the server it speaks to.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod fake;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use clew_gdbserver::Server;
use clew_gdbserver::files::Files;
use clew_gdbserver::listener::Listener;
use clew_gdbserver::packets::frame::{Deframer, Input, frame, hex, unhex};
use fake::Fake;

pub struct Client {
    stream: TcpStream,
    deframer: Deframer,
    pub port: u16,
    server: Option<JoinHandle<()>>,
}

/// A server for so many clients, and its first.
pub fn server(fake: Fake, files: Files, clients: usize) -> (u16, JoinHandle<()>) {
    let listener = Listener::open(0).unwrap();
    let port = listener.port();
    let mut server = Server::new(listener, fake, files, "a fake recording".into()).unwrap();
    let thread = thread::spawn(move || {
        for _ in 0..clients {
            server.serve(|| false);
        }
    });
    (port, thread)
}

impl Client {
    /// A client that has shaken hands.
    pub fn new() -> Self {
        Self::with(Fake::default(), Files::default())
    }

    pub fn with(fake: Fake, files: Files) -> Self {
        let (port, server) = server(fake, files, 1);
        let mut client = Self::connect(port);
        client.server = Some(server);
        client.greet();
        client
    }

    pub fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self { stream, deframer: Deframer::unlimited(), port, server: None }
    }

    pub fn greet(&mut self) {
        self.ask("qSupported:multiprocess+;swbreak+;hwbreak+;exec-events+");
        assert_eq!(self.ask("QStartNoAckMode"), "OK");
        assert_eq!(self.ask("!"), "OK");
    }

    pub fn send(&mut self, body: &[u8]) {
        self.raw(&frame(body));
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// The next packet; none at the connection's end.
    pub fn receive(&mut self) -> Option<Vec<u8>> {
        loop {
            let mut byte = [0];
            if !self.stream.read(&mut byte).is_ok_and(|n| n == 1) {
                return None;
            }
            match self.deframer.push(byte[0]) {
                Some(Input::Packet(body)) => return Some(body),
                Some(other) => panic!("the server sent {other:?}"),
                None => {}
            }
        }
    }

    pub fn ask_bytes(&mut self, body: &[u8]) -> Vec<u8> {
        self.send(body);
        self.receive().expect("an answer")
    }

    pub fn ask(&mut self, body: &str) -> String {
        String::from_utf8_lossy(&self.ask_bytes(body.as_bytes())).into_owned()
    }

    /// What is printed, and the packet after that.
    pub fn told(&mut self, body: &str) -> (String, String) {
        self.send(body.as_bytes());
        let mut text = String::new();
        loop {
            let packet = self.receive().expect("an answer");
            match packet.strip_prefix(b"O") {
                Some(printed) if packet != b"OK" => {
                    text += &String::from_utf8(unhex(printed).unwrap()).unwrap();
                }
                _ => return (text, String::from_utf8_lossy(&packet).into_owned()),
            }
        }
    }

    pub fn monitor(&mut self, command: &str) -> String {
        let (text, end) = self.told(&format!("qRcmd,{}", hex(command.as_bytes())));
        assert_eq!(end, "OK");
        text
    }

    /// Goes somewhere by a command and any motion.
    pub fn jump(&mut self, to: &str) -> (String, String) {
        let error = self.monitor(&format!("jump {to}"));
        let (text, stop) = self.told("vCont;s:p64.64;c:p64.-1");
        (error + &text, stop)
    }

    pub fn interrupt(&mut self) {
        self.raw(&[3]);
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
        if let Some(server) = self.server.take() {
            let ended = server.join();
            assert!(thread::panicking() || ended.is_ok(), "the server panicked");
        }
    }
}
