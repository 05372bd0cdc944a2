//! Traces that somebody made by hand: a recorded one is read, changed, and written as it should be, so that no
//! checksum tells.

use std::fs;
use std::path::{Path, PathBuf};

use clew_abi::record::{ATTACHMENT_LEN, HEADER_LEN, Kind, SEGMENT_HEADER_LEN, padded};
use clew_trace::stream::{chunks_path, raw_path};
use clew_trace::{Records, Trace};

/// A trace in memory.
#[derive(Clone)]
pub struct Forgery {
    /// Where the recorded one is.
    original: PathBuf,
    segment_bytes: usize,
    pub streams: Vec<Stream>,
}

/// The records of one stream, all in one segment.
#[derive(Clone)]
pub struct Stream {
    pub number: u32,
    header: Vec<u8>,
    pub records: Vec<Record>,
}

/// A record, taken apart.
#[derive(Clone)]
pub struct Record {
    /// The header's bytes; its length is set when the trace is written.
    pub head: Vec<u8>,
    pub payload: Vec<u8>,
    pub attachments: Vec<Attachment>,
    /// What the header says its length is, if that is not the truth.
    pub claimed_len: Option<u32>,
}

#[derive(Clone)]
pub struct Attachment {
    pub kind: u32,
    pub addr: u64,
    pub bytes: Vec<u8>,
    /// As with a record.
    pub claimed_len: Option<u32>,
}

/// Offsets in a record's header.
pub const KIND: usize = 4;
pub const FLAGS: usize = 6;
pub const EVENT: usize = 8;
pub const TICK: usize = 16;
pub const CHECK: usize = 24;
pub const TID: usize = 28;

impl Forgery {
    /// Reads a trace whose streams have one segment each.
    pub fn of(trace: &Path) -> Result<Self, String> {
        let opened = Trace::open(trace).map_err(|e| e.to_string())?;
        let segment_bytes = opened.meta().segment_bytes as usize;
        let numbers = opened.streams().map_err(|e| e.to_string())?;
        let streams = numbers.into_iter().map(|number| {
            let stream = opened.stream(number).map_err(|e| e.to_string())?;
            let mut room = vec![0; segment_bytes];
            let len = stream.load(0, &mut room).scan.used;
            read(number, &room[..len])
        });
        let streams = streams.collect::<Result<_, String>>()?;
        Ok(Self { original: trace.into(), segment_bytes, streams })
    }

    /// The records of all streams.
    pub fn records(&mut self) -> impl Iterator<Item = &mut Record> {
        self.streams.iter_mut().flat_map(|stream| &mut stream.records)
    }

    /// The first record of a kind in the first stream for which `fits` holds.
    pub fn find(
        &mut self,
        kind: Kind,
        mut fits: impl FnMut(&Record) -> bool,
    ) -> Result<&mut Record, String> {
        let records = &mut self.streams[0].records;
        let found = records.iter_mut().find(|record| record.kind() == kind as u16 && fits(record));
        found.ok_or_else(|| format!("no such {kind:?} record"))
    }

    /// The number of the trace's last event.
    pub fn last_event(&self) -> u64 {
        let records = self.streams.iter().flat_map(|stream| &stream.records);
        records.map(|record| word(&record.head, EVENT)).max().unwrap_or(0)
    }

    /// Writes the trace to the directory `to`, replacing what is there. Stored files are shared with the
    /// original.
    pub fn write(&self, to: &Path) -> Result<(), String> {
        let failed = |e: std::io::Error| format!("{}: {e}", to.display());
        let _ = fs::remove_dir_all(to);
        for dir in ["events", "files"] {
            fs::create_dir_all(to.join(dir)).map_err(failed)?;
        }
        for file in ["meta.json", "files.json"] {
            fs::copy(self.original.join(file), to.join(file)).map_err(failed)?;
        }
        for entry in fs::read_dir(self.original.join("files")).map_err(failed)?.flatten() {
            let place = to.join("files").join(entry.file_name());
            fs::hard_link(entry.path(), place).map_err(failed)?;
        }
        for stream in &self.streams {
            debug_assert!(!chunks_path(to, stream.number).exists());
            let path = raw_path(to, stream.number, 0);
            fs::write(path, stream.bytes(self.segment_bytes)).map_err(failed)?;
        }
        Ok(())
    }
}

impl Stream {
    /// The same under another number.
    pub fn renumbered(&self, number: u32) -> Self {
        Self { number, ..self.clone() }
    }

    fn bytes(&self, most: usize) -> Vec<u8> {
        let mut bytes = self.header.clone();
        self.records.iter().for_each(|record| record.append(&mut bytes));
        // A zero word ends it.
        bytes.extend([0; HEADER_LEN]);
        bytes.truncate(most);
        bytes
    }
}

impl Record {
    pub fn kind(&self) -> u16 {
        u16::from_le_bytes([self.head[KIND], self.head[KIND + 1]])
    }

    fn append(&self, bytes: &mut Vec<u8>) {
        let start = bytes.len();
        bytes.extend_from_slice(&self.head);
        bytes.extend_from_slice(&self.payload);
        for attachment in &self.attachments {
            let len = attachment.bytes.len();
            bytes.extend(attachment.kind.to_le_bytes());
            bytes.extend(attachment.claimed_len.unwrap_or(len as u32).to_le_bytes());
            bytes.extend(attachment.addr.to_le_bytes());
            bytes.extend_from_slice(&attachment.bytes);
            bytes.resize(bytes.len() + padded(len) - len, 0);
        }
        let len = self.claimed_len.unwrap_or((bytes.len() - start) as u32);
        bytes[start..start + 4].copy_from_slice(&len.to_le_bytes());
    }

    /// The attachment of a kind.
    pub fn attachment(&mut self, kind: u32) -> Option<&mut Attachment> {
        self.attachments.iter_mut().find(|attachment| attachment.kind == kind)
    }
}

fn read(number: u32, bytes: &[u8]) -> Result<Stream, String> {
    let mut records = Vec::new();
    let mut walk = Records::new(bytes, 0)?;
    let mut at = walk.pos();
    while let Some(record) = walk.next() {
        let attachments = record.attachments().map(|attachment| Attachment {
            kind: attachment.kind,
            addr: attachment.addr,
            bytes: attachment.bytes.to_vec(),
            claimed_len: None,
        });
        records.push(Record {
            head: bytes[at..at + HEADER_LEN].to_vec(),
            payload: record.payload().to_vec(),
            attachments: attachments.collect(),
            claimed_len: None,
        });
        at = walk.pos();
    }
    const { assert!(ATTACHMENT_LEN == 16, "`append` writes them so") };
    Ok(Stream { number, header: bytes[..SEGMENT_HEADER_LEN].to_vec(), records })
}

/// The word at an offset.
pub fn word(bytes: &[u8], at: usize) -> u64 {
    let found = bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
    found.map_or(0, u64::from_le_bytes)
}

/// Changes it.
pub fn set_word(bytes: &mut [u8], at: usize, value: u64) {
    if let Some(place) = bytes.get_mut(at..at + 8) {
        place.copy_from_slice(&value.to_le_bytes());
    }
}
