//! Reading the event stream (replaying).
//!
//! The supervisor hands out segments in a few memfds, which take turns and stay mapped: fresh pages, and
//! mapping them, cost more than all else. The trace may be hostile: every length is checked before it is
//! used, and guest memory is written through `sys::write_guest`, which refuses the engine's regions.
//!
//! # Safety
//! The current segment is mapped read-only within `layout::SEGMENT` while `Stream` hands out views, and
//! the supervisor leaves it alone until the next one is asked for.

use crate::crash;
use crate::state::orders;
use crate::supervisor;
use crate::sys;
use clew_abi::control::{self, NEED_SEGMENT};
use clew_abi::layout::SEGMENT;
use clew_abi::record::*;

/// A record of the mapped segment.
#[derive(Clone, Copy)]
pub struct Record {
    pub header: Header,
    pub kind: Kind,
    payload: &'static [u8],
    attachments: &'static [u8],
}

impl Record {
    /// The fixed payload. `P` must be the type of the record's kind.
    pub fn payload<P: Copy>(&self) -> P {
        assert_eq!(size_of::<P>(), self.payload.len());
        // SAFETY: payload types are plain integers and the length is right.
        unsafe { self.payload.as_ptr().cast::<P>().read_unaligned() }
    }

    pub fn attachments(&self) -> Attachments {
        Attachments { rest: self.attachments }
    }
}

/// The attachments of a record; a malformed one ends the iteration.
pub struct Attachments {
    rest: &'static [u8],
}

impl Iterator for Attachments {
    type Item = (Attachment, &'static [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let head = self.rest.get(..ATTACHMENT_LEN)?;
        // SAFETY: plain integers, length checked.
        let att = unsafe { head.as_ptr().cast::<Attachment>().read_unaligned() };
        let len = att.len as usize;
        let bytes = self.rest.get(ATTACHMENT_LEN..ATTACHMENT_LEN + len)?;
        self.rest = self.rest.get(ATTACHMENT_LEN + padded(len)..).unwrap_or(&[]);
        Some((att, bytes))
    }
}

/// The reader.
pub struct Stream {
    /// Where the current segment is mapped.
    base: u64,
    /// Offset in it of the next record.
    at: usize,
    sequence: u64,
    mapped: bool,
    /// The stream has ended (or its rest is damaged).
    ended: bool,
    pub last_event: u64,
}

impl Stream {
    pub fn open() -> Self {
        Self { base: SEGMENT.start, at: 0, sequence: 0, mapped: false, ended: false, last_event: 0 }
    }

    /// The next record, without taking it. `None` at the end of the stream.
    pub fn peek(&mut self) -> Option<Record> {
        loop {
            if self.ended || (!self.mapped && !self.map()) {
                return None;
            }
            let Some(record) = self.parse() else {
                self.ended = true;
                return None;
            };
            if record.kind != Kind::SegmentEnd {
                return Some(record);
            }
            self.leave();
        }
    }

    /// Steps over the record that [`Self::peek`] shows. Its views stay valid until the next call.
    pub fn advance(&mut self, record: &Record) {
        self.at += record.header.len as usize;
        if record.header.event != 0 {
            self.last_event = record.header.event;
        }
    }

    fn parse(&self) -> Option<Record> {
        let segment_bytes = orders().segment_bytes as usize;
        // SAFETY: the segment is mapped with this length.
        let segment = unsafe { core::slice::from_raw_parts(self.base as *const u8, segment_bytes) };
        let rest = segment.get(self.at..)?;
        let head = rest.get(..HEADER_LEN)?;
        // SAFETY: plain integers, length checked.
        let header = unsafe { head.as_ptr().cast::<Header>().read_unaligned() };
        let kind = Kind::from_u16(header.kind).filter(|k| *k != Kind::None)?;
        let len = header.len as usize;
        if len % 8 != 0 || len < HEADER_LEN + kind.payload_len() {
            return None;
        }
        let body = rest.get(HEADER_LEN..len)?;
        let (payload, attachments) = body.split_at(kind.payload_len());
        Some(Record { header, kind, payload, attachments })
    }

    /// Has the next segment, which the supervisor hands out, in the window.
    fn map(&mut self) -> bool {
        let answer = supervisor::ask_for(NEED_SEGMENT, self.sequence, &[], None);
        let Some(answer) = answer.filter(|answer| answer.kind == control::SEGMENT) else {
            self.ended = true;
            return false;
        };
        let segment_bytes = orders().segment_bytes;
        let place = answer.arg.saturating_mul(segment_bytes);
        if place.saturating_add(segment_bytes) > SEGMENT.len() {
            crash::fail("a segment of the trace is to be mapped outside the window");
        }
        self.base = SEGMENT.start + place;
        if let Some(file) = answer.file {
            map_at(self.base, segment_bytes, file);
        }
        self.mapped = true;
        self.at = SEGMENT_HEADER_LEN;
        // SAFETY: mapped, plain integers.
        let header = unsafe { *(self.base as *const SegmentHeader) };
        if header.magic != SEGMENT_MAGIC || header.sequence != self.sequence {
            self.ended = true;
        }
        !self.ended
    }

    /// Is through with the segment. Views of it are gone (`peek` took `&mut self`, and records are not
    /// kept across it); it stays mapped for another one in its place.
    fn leave(&mut self) {
        self.mapped = false;
        self.sequence += 1;
    }
}

/// Maps a file with segments to come.
fn map_at(base: u64, len: u64, file: i32) {
    // SAFETY: the window is the stream's; the mapping needs the descriptor no longer.
    let got = unsafe {
        let flags = sys::MAP_SHARED | sys::MAP_FIXED;
        sys::mmap(base, len, sys::PROT_READ, flags, file, 0)
    };
    sys::close(file);
    if got != base as i64 {
        crash::fail("a segment of the trace cannot be mapped");
    }
}
