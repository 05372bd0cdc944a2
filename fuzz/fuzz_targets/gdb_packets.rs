//! The gdb server: a client that says anything, at any moment, gets well-formed answers, and comes to
//! its end.
#![no_main]

use std::collections::VecDeque;
use std::io::{self, PipeReader, PipeWriter, Read, Write};

use clew_fuzz::{Bytes, Scratch};
use clew_gdbserver::client;
use clew_gdbserver::debuggee::Debuggee;
use clew_gdbserver::files::Files;
use clew_gdbserver::packets::frame::{Deframer, Input, frame};
use clew_gdbserver::packets::wire::Connection;
use clew_trace::FileEntry;
use libfuzzer_sys::fuzz_target;

#[path = "../../crates/gdbserver/tests/common/fake.rs"]
#[allow(dead_code, reason = "tests use the rest")]
mod fake;

/// The bytes are sent as they are; else they are a packet's body.
const PLAIN: u8 = 1;
/// They arrive while the guest moves, if it does.
const MEANWHILE: u8 = 2;

/// A client that has written down what it is going to say.
struct Script {
    /// Each with whether it is said while the guest moves.
    lines: VecDeque<(bool, Vec<u8>)>,
    /// Whether the server looked for the next line without waiting.
    looked: bool,
    /// Draws the guest's attention, and lets it go on.
    bell: PipeWriter,
    silence: PipeReader,
    rung: bool,
    heard: Vec<u8>,
}

impl Read for Script {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.looked = false;
        if std::mem::take(&mut self.rung) {
            self.silence.read_exact(&mut [0])?;
        }
        let Some((_, mut line)) = self.lines.pop_front() else { return Ok(0) };
        let rest = line.split_off(line.len().min(out.len()));
        out[..line.len()].copy_from_slice(&line);
        if !rest.is_empty() {
            self.lines.push_front((true, rest));
        }
        Ok(line.len())
    }
}

impl Write for Script {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.heard.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The server asks this when the guest is about to move, and when it was interrupted.
struct Shared(std::rc::Rc<std::cell::RefCell<Script>>);

impl Read for Shared {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(out)
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Connection for Shared {
    fn readable(&self) -> io::Result<bool> {
        let mut script = self.0.borrow_mut();
        let meanwhile = script.lines.front().is_none_or(|(meanwhile, _)| *meanwhile);
        if !std::mem::replace(&mut script.looked, true) {
            if meanwhile && !script.rung && !script.lines.is_empty() {
                script.rung = true;
                script.bell.write_all(b"!")?;
            }
            return Ok(false);
        }
        Ok(meanwhile)
    }
}

// Lines: a byte of options, a byte with the length, so many bytes. The first byte says which files
// there are; if its second bit is set, a length in two bytes and what is in the library follow.
fuzz_target!(|data: &[u8]| {
    let mut input = Bytes::new(data);
    let scratch = Scratch::empty();
    let which = input.u8();
    let len = if which & 2 != 0 { usize::from(input.u16()) } else { 0 };
    let library = input.take(len);
    let files = if which & 1 == 0 { Files::default() } else { files(&scratch, library) };
    let mut lines = VecDeque::from([
        (false, frame(b"qSupported:multiprocess+;swbreak+;hwbreak+;exec-events+")),
        (false, frame(b"!")),
    ]);
    while !input.is_empty() {
        let (options, len) = (input.u8(), usize::from(input.u8()));
        let bytes = input.take(len);
        let line = if options & PLAIN == 0 { frame(bytes) } else { bytes.to_vec() };
        // Nothing to read would be the end.
        if !line.is_empty() {
            lines.push_back((options & MEANWHILE != 0, line));
        }
    }
    let (attention, bell) = io::pipe().expect("a pipe");
    let silence = attention.try_clone().expect("descriptors can be copied");
    let script = Script { lines, looked: false, bell, silence, rung: false, heard: Vec::new() };
    let script = std::rc::Rc::new(std::cell::RefCell::new(script));
    let session = fake::Fake {
        programs: vec![(0, "/guest/program".into()), (3000, "/guest/other".into())],
        ..fake::Fake::default()
    };
    let (nobody, _) = io::pipe().expect("a pipe");
    let mut debuggee = Debuggee::new(session, files, "a fake recording".into(), nobody.into());
    let _ = client::serve(&mut debuggee, Shared(script.clone()), attention.into());
    check(&script.borrow().heard);
});

/// What the server writes are acknowledgements and packets.
fn check(heard: &[u8]) {
    let mut deframer = Deframer::unlimited();
    let mut within = false;
    for &byte in heard {
        match deframer.push(byte) {
            Some(Input::Packet(_)) => within = false,
            Some(Input::Nack) => {}
            None if byte == b'$' => within = true,
            None => assert!(within || byte == b'+', "{}", heard.escape_ascii()),
            Some(other) => panic!("the server wrote {other:?}: {}", heard.escape_ascii()),
        }
    }
    assert!(!within, "a packet without an end");
}

/// A library among the stored files.
fn files(scratch: &Scratch, library: &[u8]) -> Files {
    let dir = scratch.path();
    std::fs::create_dir(dir.join("files")).expect("a directory can be made");
    let entry = |(key, path): (&str, &str)| {
        let content = if key == "a" { library } else { b"\x7fELF\x02\x01 } # $ *" };
        std::fs::write(dir.join("files").join(key), content).expect("a file");
        FileEntry { key: key.into(), path: path.into(), size: 14, blake3: key.into() }
    };
    let list = [("a", "/usr/lib/libc.so.6"), ("b", "/guest/program"), ("gone/", "/guest/gone")];
    let mut files: Vec<FileEntry> = list[..2].iter().copied().map(entry).collect();
    let (key, path) = list[2];
    files.push(FileEntry { key: key.into(), path: path.into(), size: 1, blake3: key.into() });
    Files::new(dir, files)
}
