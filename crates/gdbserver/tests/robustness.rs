//! Clients that misbehave.

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use common::fake::Fake;
use common::{Client, server};

/// A small deterministic generator (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

#[test]
fn garbage_is_not_answered_and_does_no_harm() {
    let mut c = Client::new();
    let mut random = Random(1);
    let garbage: Vec<u8> =
        (0..100_000).map(|_| random.next() as u8).filter(|b| *b != b'$').collect();
    c.raw(&garbage);
    assert_eq!(c.ask("qC"), "QCp64.64");
}

#[test]
fn packets_without_end_or_sense() {
    let mut c = Client::new();
    c.raw(b"$");
    c.raw(&vec![b'a'; 100_000]);
    c.raw(b"#00");
    assert_eq!(c.ask("qC"), "QCp64.64");
    for packet in [
        "", "Hg-1", "vCont;s", "vCont;x", "vCont;", "T", "G", "p", "Z0", "Z9,0,0", "m,", "vRun",
        "z", "D;zz",
    ] {
        if packet.starts_with('D') {
            continue;
        }
        let (_, answer) = c.told(packet);
        assert!(answer.is_empty() || answer.starts_with(['E', 'O', 'T']), "{packet}: {answer}");
    }
    assert_eq!(c.ask("qC"), "QCp64.64");
    assert_eq!(c.ask("vCont;s:p64.64;c"), "T05thread:p64.64;");
}

#[test]
fn mutations_of_good_packets() {
    const GOOD: [&str; 24] = [
        "qSupported:multiprocess+;swbreak+",
        "g",
        "p10",
        "P10=0000400000000000",
        "m400000,40",
        "M500000,2:beef",
        "vCont;c:p64.-1",
        "vCont;r400000,400020:p64.64;c",
        "bs",
        "bc",
        "Z0,40000a,1",
        "z0,40000a,1",
        "Z2,500000,8",
        "z2,500000,8",
        "Z0,40000a,1;X3,260027",
        "QPassSignals:e;f",
        "QCatchSyscalls:1;27",
        "vFile:open:2f6574632f706173737764,0,0",
        "vFile:pread:1,10,0",
        "qXfer:features:read:target.xml:0,400",
        "qXfer:threads:read::0,fff",
        "qRcmd,7768656e",
        "vRun;;35",
        "Hgp64.64",
    ];
    let (port, thread) = server(Fake::default(), Default::default(), 1);
    let mut c = Client::connect(port);
    c.greet();
    let mut random = Random(7);
    for _ in 0..20_000 {
        let mut packet = GOOD[random.below(GOOD.len())].as_bytes().to_vec();
        for _ in 0..=random.below(3) {
            let at = random.below(packet.len().max(1));
            match random.below(3) {
                0 if !packet.is_empty() => drop(packet.remove(at)),
                1 => packet.insert(at, b"0123456789abcdefXZ;:,.-+p"[random.below(25)]),
                _ if !packet.is_empty() => packet[at] = random.next() as u8 & 0x7f,
                _ => {}
            }
        }
        packet.retain(|b| !matches!(b, b'$' | b'#'));
        // Those end the connection, or would wait for nothing.
        if packet.starts_with(b"D") {
            continue;
        }
        c.send(&packet);
        loop {
            let answer = c.receive().expect("an answer to each packet");
            if !answer.starts_with(b"O") || answer == b"OK" {
                break;
            }
        }
    }
    drop(c);
    thread.join().expect("the server lives");
}

#[test]
fn damaged_packets_are_asked_for_again() {
    let (port, thread) = server(Fake::default(), Default::default(), 1);
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut heard = |sent: &[u8], expected: &[u8]| {
        stream.write_all(sent).unwrap();
        let mut buf = vec![0; expected.len()];
        stream.read_exact(&mut buf).unwrap();
        assert_eq!(String::from_utf8_lossy(&buf), String::from_utf8_lossy(expected));
    };
    heard(b"$qC#00", b"-");
    heard(b"$qC#b4", b"+$QC64#88".as_slice().get(..1).unwrap());
    let mut rest = [0; 8];
    stream.read_exact(&mut rest).unwrap();
    stream.write_all(b"-").unwrap();
    let mut again = [0; 8];
    stream.read_exact(&mut again).unwrap();
    assert_eq!(rest, again);
    drop(stream);
    thread.join().unwrap();
}

#[test]
fn a_second_client_is_turned_away() {
    let mut c = Client::new();
    let mut second = TcpStream::connect(("127.0.0.1", c.port)).unwrap();
    second.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    assert_eq!(second.read(&mut [0; 10]).unwrap(), 0);
    assert_eq!(c.ask("qC"), "QCp64.64");
}

#[test]
fn a_client_that_dies_in_a_motion_ends_it() {
    let (port, thread) = server(Fake { slow: true, ..Fake::default() }, Default::default(), 1);
    let mut c = Client::connect(port);
    c.greet();
    c.send(b"vCont;c");
    std::thread::sleep(Duration::from_millis(100));
    drop(c);
    thread.join().unwrap();
}
