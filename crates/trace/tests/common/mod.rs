//! Hand-made segments and traces.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::BTreeMap;
use std::fs;
use std::mem::offset_of;
use std::path::Path;

use clew_abi::record::{
    ATT_ARGV, ATT_EXE, ATTACHMENT_LEN, ExecPayload, FORMAT_VERSION, HEADER_LEN, Kind,
    SEGMENT_HEADER_LEN, SEGMENT_MAGIC, padded,
};
use clew_trace::meta::{Machine, Options};
use clew_trace::stream::{chunks_path, raw_path};
use clew_trace::{Ended, Meta, Outcome, root};

pub const SEGMENT_BYTES: u64 = 16 << 10;

pub fn meta() -> Meta {
    Meta {
        format: FORMAT_VERSION,
        clew: "0".into(),
        argv: vec!["guest".into()],
        program: "/bin/guest".into(),
        environment: vec![],
        cwd: "/".into(),
        machine: Machine::default(),
        started: "2026-01-01T00:00:00Z".into(),
        options: Options::default(),
        stack_limit: None,
        segment_bytes: SEGMENT_BYTES,
        outcome: None,
    }
}

/// How a recording of three processes ended.
pub fn outcome() -> Outcome {
    Outcome {
        ended: Ended::Exited(0),
        complete: true,
        ended_streams: vec![1],
        pids: BTreeMap::new(),
        elapsed_seconds: 0.0,
        events: 17,
        raw_bytes: 0,
        compressed_bytes: 0,
        processes: 3,
        files: 0,
    }
}

/// The recording has ended, and these are the pids that the recorder noted of streams.
pub fn note_pids(dir: &Path, pids: impl IntoIterator<Item = (u32, u32)>) {
    let outcome = Outcome { pids: pids.into_iter().collect(), ..outcome() };
    Meta { outcome: Some(outcome), ..meta() }.write(dir).unwrap();
}

/// Something in the place of a stream that nobody can open.
pub fn trap(dir: &Path, stream: u32) {
    fs::create_dir(chunks_path(dir, stream)).unwrap();
}

/// Makes a trace directory without events.
pub fn make_trace(dir: &Path) {
    root::create_at(dir).unwrap();
    meta().write(dir).unwrap();
}

/// A segment being put together.
pub struct Segment(pub Vec<u8>);

impl Segment {
    pub fn new(sequence: u64) -> Self {
        let mut bytes = Vec::with_capacity(SEGMENT_HEADER_LEN);
        bytes.extend_from_slice(&SEGMENT_MAGIC.to_le_bytes());
        bytes.extend_from_slice(&sequence.to_le_bytes());
        bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
        Self(bytes)
    }

    /// Adds a record with attachments of (kind, address, bytes).
    pub fn record(mut self, kind: Kind, event: u64, attachments: &[(u32, u64, &[u8])]) -> Self {
        let sizes = attachments.iter().map(|(_, _, b)| ATTACHMENT_LEN + padded(b.len()));
        let len = HEADER_LEN + kind.payload_len() + sizes.sum::<usize>();
        self.0.extend_from_slice(&(len as u32).to_le_bytes());
        self.0.extend_from_slice(&(kind as u16).to_le_bytes());
        self.0.extend_from_slice(&[0; 2]);
        self.0.extend_from_slice(&event.to_le_bytes());
        self.0.extend_from_slice(&(event * 100).to_le_bytes());
        self.0.extend_from_slice(&[0; 8]);
        self.0.extend((0..kind.payload_len()).map(|i| i as u8));
        for (kind, addr, bytes) in attachments {
            self.0.extend_from_slice(&kind.to_le_bytes());
            self.0.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
            self.0.extend_from_slice(&addr.to_le_bytes());
            self.0.extend_from_slice(bytes);
            self.0.resize(padded(self.0.len()), 0);
        }
        self
    }

    /// Sets the tid and the first words of the payload of the last record, which has no attachments.
    fn with(mut self, kind: Kind, tid: u32, payload: &[u64]) -> Self {
        let start = self.0.len() - HEADER_LEN - kind.payload_len();
        self.0[start + 28..start + 32].copy_from_slice(&tid.to_le_bytes());
        self.0.truncate(start + HEADER_LEN);
        self.0.extend(payload.iter().flat_map(|word| word.to_le_bytes()));
        self.0.resize(start + HEADER_LEN + kind.payload_len(), 0);
        self
    }

    /// A process's `Fork` record.
    pub fn fork(self, event: u64, pids: (u32, u32), parent: (u64, u64)) -> Self {
        let pids = u64::from(pids.0) | u64::from(pids.1) << 32;
        let payload = [pids, parent.0, parent.1];
        self.record(Kind::Fork, event, &[]).with(Kind::Fork, pids as u32, &payload)
    }

    /// The `Exec` of a program `/bin/NAME`, its words split at blanks.
    pub fn exec(self, event: u64, pids: (u32, u32), parent: (u64, u64), words: &str) -> Self {
        let argv = words.replace(' ', "\0") + "\0";
        let exe = format!("/bin/{}", words.split(' ').next().unwrap());
        let strings = [(ATT_ARGV, 0, argv.as_bytes()), (ATT_EXE, 0, exe.as_bytes())];
        let attachments = Self(Vec::new()).record(Kind::Data, 0, &strings).0;
        let mut payload = [0; size_of::<ExecPayload>() / 8];
        payload[0] = u64::from(pids.0) | u64::from(pids.1) << 32;
        payload[offset_of!(ExecPayload, parent_stream) / 8] = parent.0;
        payload[offset_of!(ExecPayload, parent_event) / 8] = parent.1;
        let start = self.0.len();
        let mut segment = self.record(Kind::Exec, event, &[]).with(Kind::Exec, pids.0, &payload);
        segment.0.extend_from_slice(&attachments[HEADER_LEN..]);
        let len = (segment.0.len() - start) as u32;
        segment.0[start..start + 4].copy_from_slice(&len.to_le_bytes());
        segment
    }

    /// A system call.
    pub fn call(self, event: u64, tid: u32, nr: u64, arg: u64, result: i64) -> Self {
        let payload = [nr, result as u64, arg];
        self.record(Kind::Syscall, event, &[]).with(Kind::Syscall, tid, &payload)
    }

    /// The beginning of a task that shares `maker`'s memory.
    pub fn child(self, event: u64, tid: u64, maker: u64) -> Self {
        let record = self.record(Kind::Child, event, &[]);
        record.with(Kind::Child, maker as u32, &[0, tid, maker])
    }

    /// The end of the process.
    pub fn exit(self, event: u64, code: u64) -> Self {
        self.record(Kind::Exit, event, &[]).with(Kind::Exit, 0, &[code])
    }

    pub fn end(self) -> Self {
        self.record(Kind::SegmentEnd, 0, &[])
    }

    /// Writes it as the engine does, to a sparse file of the segment size.
    pub fn store(&self, dir: &Path, stream: u32, sequence: u64) {
        let path = raw_path(dir, stream, sequence);
        fs::write(&path, &self.0).unwrap();
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(SEGMENT_BYTES).unwrap();
    }
}

/// A stream of `segments` segments with ten system calls each, and an exit.
pub fn store_stream(dir: &Path, segments: u64) {
    for sequence in 0..segments {
        let mut segment = Segment::new(sequence);
        for i in 1..=10 {
            let event = sequence * 10 + i;
            segment = segment.record(Kind::Syscall, event, &[(1, 0x1000, &event.to_le_bytes())]);
        }
        let segment = match sequence + 1 == segments {
            true => segment.record(Kind::Exit, segments * 10 + 1, &[]),
            false => segment.end(),
        };
        segment.store(dir, 1, sequence);
    }
}

/// The event numbers a reader finds, and what it says about damage.
pub fn read_events(dir: &Path) -> (Vec<u64>, Option<String>) {
    let trace = clew_trace::Trace::open(dir).unwrap();
    let stream = trace.stream(1).unwrap();
    let mut cursor = stream.cursor();
    let mut events = Vec::new();
    while let Some(record) = cursor.next_record() {
        events.push(record.header.event);
    }
    (events, cursor.damage().map(str::to_owned))
}
