//! Reading a segment's first records without decompressing what follows them.
//!
//! What is read here has not been checked against the segment's checksum: it says where to look,
//! and whoever believes more than that loads the segment.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;

use clew_abi::record::{HEADER_LEN, Kind, SEGMENT_HEADER_LEN};

use crate::records::{Record, check_header, u32_at};

/// The first event of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub kind: Kind,
    pub event: u64,
}

/// Reads a part of a file from its start.
pub(crate) struct Part<'f> {
    file: &'f File,
    at: u64,
    end: u64,
}

impl<'f> Part<'f> {
    pub fn new(file: &'f File, at: u64, len: u64) -> Self {
        Self { file, at, end: at.saturating_add(len) }
    }
}

impl Read for Part<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(out.len());
        let got = self.file.read_at(&mut out[..room], self.at)?;
        self.at += got as u64;
        Ok(got)
    }
}

/// Calls `see` with each record up to the first event, which it returns; none if the segment holds
/// no event, or does not begin as one should.
pub(crate) fn read(
    mut segment: impl Read,
    sequence: u64,
    segment_bytes: u64,
    mut see: impl FnMut(&Record<'_>),
) -> Option<Head> {
    let mut start = [0; SEGMENT_HEADER_LEN];
    segment.read_exact(&mut start).ok()?;
    check_header(&start, sequence).ok()?;
    let mut bytes = Vec::new();
    let mut room = segment_bytes.saturating_sub(SEGMENT_HEADER_LEN as u64);
    loop {
        bytes.resize(HEADER_LEN, 0);
        segment.read_exact(&mut bytes).ok()?;
        let len = u64::from(u32_at(&bytes, 0)?);
        room = room.checked_sub(len)?;
        bytes.resize(usize::try_from(len).ok()?.max(HEADER_LEN), 0);
        segment.read_exact(&mut bytes[HEADER_LEN..]).ok()?;
        let record = Record::parse(&bytes).ok()??;
        see(&record);
        if record.is_event() {
            return Some(Head { kind: record.kind, event: record.header.event });
        }
        if record.kind == Kind::SegmentEnd {
            return None;
        }
    }
}
