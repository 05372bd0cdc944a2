//! Views of the event records in a segment, checked before anything is believed.

use std::mem::offset_of;

use clew_abi::record::{
    ATT_MAP, ATTACHMENT_LEN, ChildPayload, ExecPayload, ExitPayload, ForkPayload, HEADER_LEN,
    Header, InstrPayload, Kind, MapPayload, MemoryPayload, SEGMENT_HEADER_LEN, SEGMENT_MAGIC,
    SegmentHeader, SignalPayload, SwitchPayload, SyscallPayload, padded,
};

/// How a segment's records end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// With a [`Kind::SegmentEnd`]: the stream goes on in the next segment.
    Continued,
    /// Nothing more was written.
    Stopped,
    /// What follows is no record, for this reason.
    Broken(String),
}

/// What [`scan`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Bytes of sound records from the segment's start, its header included.
    pub used: usize,
    pub end: End,
    /// First and last event number, 0 if there is no event.
    pub first_event: u64,
    pub last_event: u64,
    pub events: u64,
    /// Whether the process's end is among the records.
    pub exited: bool,
}

/// One attachment of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attachment<'a> {
    /// `ATT_*`.
    pub kind: u32,
    pub addr: u64,
    pub bytes: &'a [u8],
}

impl<'a> Attachment<'a> {
    /// An `ATT_MAP`'s payload and the stored file's key (empty for anonymous memory).
    pub fn map(&self) -> Option<(MapPayload, &'a str)> {
        if self.kind != ATT_MAP {
            return None;
        }
        let (fixed, key) = self.bytes.split_at_checked(size_of::<MapPayload>())?;
        let map = MapPayload {
            len: u64_at(fixed, 0)?,
            prot: u32_at(fixed, 8)?,
            flags: u32_at(fixed, 12)?,
            offset: u64_at(fixed, 16)?,
        };
        Some((map, std::str::from_utf8(key).ok()?))
    }
}

/// What readers outside the engine want of an [`ExecPayload`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exec {
    pub pid: u32,
    pub ppid: u32,
    /// The first instruction.
    pub pc: u64,
    pub realtime_ns: u64,
    /// See [`ExecPayload`].
    pub parent_stream: u64,
    pub parent_event: u64,
}

/// A record whose lengths have been checked.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub header: Header,
    pub kind: Kind,
    body: &'a [u8],
}

impl<'a> Record<'a> {
    /// Reads the record at the start of `bytes`: `Ok(None)` at a zero word or where nothing
    /// remains, the reason if there is something else.
    pub fn parse(bytes: &'a [u8]) -> Result<Option<Self>, String> {
        let first = match u64_at(bytes, 0) {
            None | Some(0) => return Ok(None),
            Some(word) => word,
        };
        let (len, number) = (first as u32 as usize, (first >> 32) as u16);
        let kind = match Kind::from_u16(number) {
            None | Some(Kind::None) => return Err(format!("record of unknown kind {number}")),
            Some(kind) => kind,
        };
        let least = HEADER_LEN + kind.payload_len();
        if !len.is_multiple_of(8) || len < least || len > bytes.len() {
            return Err(format!("{kind:?} record of impossible length {len}"));
        }
        let (head, body) = bytes[..len].split_at(HEADER_LEN);
        let header = header_from(head).ok_or("record header cut off")?;
        let record = Self { header, kind, body };
        let mut attachments = record.attachments();
        attachments.by_ref().for_each(drop);
        if !attachments.rest.is_empty() {
            return Err(format!("{kind:?} record with an attachment that exceeds it"));
        }
        Ok(Some(record))
    }

    /// Length of the whole record in bytes.
    pub fn len(&self) -> usize {
        HEADER_LEN + self.body.len()
    }

    /// Never: a record has a header at least.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The bytes of the fixed payload.
    pub fn payload(&self) -> &'a [u8] {
        &self.body[..self.kind.payload_len()]
    }

    pub fn attachments(&self) -> Attachments<'a> {
        Attachments { rest: &self.body[self.kind.payload_len()..] }
    }

    /// Whether this is an event (rather than a record that only carries data).
    pub fn is_event(&self) -> bool {
        !matches!(self.kind, Kind::SegmentEnd | Kind::Data | Kind::None)
    }

    pub fn exec(&self) -> Option<Exec> {
        let p = self.payload_of(Kind::Exec)?;
        Some(Exec {
            pid: u32_at(p, offset_of!(ExecPayload, pid))?,
            ppid: u32_at(p, offset_of!(ExecPayload, ppid))?,
            pc: u64_at(p, offset_of!(ExecPayload, pc))?,
            realtime_ns: u64_at(p, offset_of!(ExecPayload, realtime_ns))?,
            parent_stream: u64_at(p, offset_of!(ExecPayload, parent_stream))?,
            parent_event: u64_at(p, offset_of!(ExecPayload, parent_event))?,
        })
    }

    pub fn syscall(&self) -> Option<SyscallPayload> {
        let p = self.payload_of(Kind::Syscall)?;
        let mut args = [0; 6];
        for (i, arg) in args.iter_mut().enumerate() {
            *arg = u64_at(p, 16 + 8 * i)?;
        }
        let (nr, result) = (u64_at(p, 0)?, u64_at(p, 8)? as i64);
        Some(SyscallPayload { nr, result, args, pc: u64_at(p, 64)? })
    }

    pub fn instr(&self) -> Option<InstrPayload> {
        let p = self.payload_of(Kind::Instr)?;
        let word = |i: usize| u64_at(p, 8 * i);
        Some(InstrPayload {
            pc: word(0)?,
            op: word(1)?,
            rax: word(2)?,
            rbx: word(3)?,
            rcx: word(4)?,
            rdx: word(5)?,
            rflags: word(6)?,
        })
    }

    pub fn signal(&self) -> Option<SignalPayload> {
        let p = self.payload_of(Kind::Signal)?;
        let mut siginfo = [0; 16];
        for (i, word) in siginfo.iter_mut().enumerate() {
            *word = u64_at(p, 16 + 8 * i)?;
        }
        let (signo, action) = (u32_at(p, 8)?, u32_at(p, 12)?);
        Some(SignalPayload { pc: u64_at(p, 0)?, signo, action, siginfo })
    }

    pub fn exit(&self) -> Option<ExitPayload> {
        let p = self.payload_of(Kind::Exit)?;
        Some(ExitPayload { code: u32_at(p, 0)?, signal: u32_at(p, 4)? })
    }

    pub fn switch(&self) -> Option<SwitchPayload> {
        let p = self.payload_of(Kind::Switch)?;
        Some(SwitchPayload { pc: u64_at(p, 0)?, tid: u64_at(p, 8)? })
    }

    pub fn fork(&self) -> Option<ForkPayload> {
        let p = self.payload_of(Kind::Fork)?;
        let mut args = [0; 6];
        for (i, arg) in args.iter_mut().enumerate() {
            *arg = u64_at(p, offset_of!(ForkPayload, args) + 8 * i)?;
        }
        Some(ForkPayload {
            pid: u32_at(p, offset_of!(ForkPayload, pid))?,
            ppid: u32_at(p, offset_of!(ForkPayload, ppid))?,
            parent_stream: u64_at(p, offset_of!(ForkPayload, parent_stream))?,
            parent_event: u64_at(p, offset_of!(ForkPayload, parent_event))?,
            nr: u64_at(p, offset_of!(ForkPayload, nr))?,
            args,
            pc: u64_at(p, offset_of!(ForkPayload, pc))?,
        })
    }

    pub fn child(&self) -> Option<ChildPayload> {
        let p = self.payload_of(Kind::Child)?;
        Some(ChildPayload { pc: u64_at(p, 0)?, tid: u64_at(p, 8)?, maker: u64_at(p, 16)? })
    }

    pub fn memory(&self) -> Option<MemoryPayload> {
        Some(MemoryPayload { pc: u64_at(self.payload_of(Kind::Memory)?, 0)? })
    }

    fn payload_of(&self, kind: Kind) -> Option<&'a [u8]> {
        (self.kind == kind).then(|| self.payload())
    }
}

/// Iterates over a record's attachments.
#[derive(Clone, Debug)]
pub struct Attachments<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Attachments<'a> {
    type Item = Attachment<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let (head, tail) = self.rest.split_at_checked(ATTACHMENT_LEN)?;
        let (kind, len) = (u32_at(head, 0)?, u32_at(head, 4)? as usize);
        let bytes = tail.get(..len)?;
        self.rest = tail.get(padded(len)..)?;
        Some(Attachment { kind, addr: u64_at(head, 8)?, bytes })
    }
}

/// Iterates over the records of a segment, [`Kind::SegmentEnd`] included, up to the first one that
/// is missing or unsound.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    segment: &'a [u8],
    pos: usize,
    end: End,
}

impl<'a> Records<'a> {
    /// `segment` begins with its header, which is checked first.
    pub fn new(segment: &'a [u8], sequence: u64) -> Result<Self, String> {
        check_header(segment, sequence)?;
        Ok(Self { segment, pos: SEGMENT_HEADER_LEN, end: End::Stopped })
    }

    /// Bytes of the segment read so far.
    pub fn pos(&self) -> usize {
        self.pos
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        if self.end != End::Stopped {
            return None;
        }
        match Record::parse(self.segment.get(self.pos..)?) {
            Ok(None) => None,
            Ok(Some(record)) => {
                self.pos += record.len();
                if record.kind == Kind::SegmentEnd {
                    self.end = End::Continued;
                }
                Some(record)
            }
            Err(reason) => {
                self.end = End::Broken(format!("{reason} at byte {}", self.pos));
                None
            }
        }
    }
}

/// Checks all of a segment and calls `see` with each record.
pub fn scan(segment: &[u8], sequence: u64, mut see: impl FnMut(&Record<'_>)) -> Scan {
    let mut scan = Scan {
        used: 0,
        end: End::Stopped,
        first_event: 0,
        last_event: 0,
        events: 0,
        exited: false,
    };
    let mut records = match Records::new(segment, sequence) {
        Ok(records) => records,
        Err(reason) => {
            let blank = segment.iter().take(SEGMENT_HEADER_LEN).all(|&b| b == 0);
            scan.end = if blank { End::Stopped } else { End::Broken(reason) };
            return scan;
        }
    };
    for record in records.by_ref() {
        if record.is_event() {
            if scan.first_event == 0 {
                scan.first_event = record.header.event;
            }
            scan.last_event = record.header.event;
            scan.events += 1;
            scan.exited |= record.kind == Kind::Exit;
        }
        see(&record);
    }
    scan.used = records.pos;
    scan.end = records.end;
    scan
}

pub(crate) fn check_header(segment: &[u8], sequence: u64) -> Result<(), String> {
    let header = (|| {
        Some(SegmentHeader {
            magic: u64_at(segment, 0)?,
            sequence: u64_at(segment, 8)?,
            version: u32_at(segment, 16)?,
            reserved: u32_at(segment, 20)?,
        })
    })();
    match header {
        None => Err("segment shorter than its header".into()),
        Some(h) if h.magic != SEGMENT_MAGIC => Err("not a segment (wrong magic number)".into()),
        Some(h) if h.version != clew_abi::record::FORMAT_VERSION => {
            Err(format!("segment of format {}", h.version))
        }
        Some(h) if h.sequence != sequence => {
            Err(format!("segment says it is number {}", h.sequence))
        }
        Some(_) => Ok(()),
    }
}

fn header_from(bytes: &[u8]) -> Option<Header> {
    Some(Header {
        len: u32_at(bytes, 0)?,
        kind: u32_at(bytes, 4)? as u16,
        flags: (u32_at(bytes, 4)? >> 16) as u16,
        event: u64_at(bytes, 8)?,
        tick: u64_at(bytes, 16)?,
        check: u32_at(bytes, 24)?,
        tid: u32_at(bytes, 28)?,
    })
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
