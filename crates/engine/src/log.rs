//! Writing the event stream: segments of records in mapped files (see `clew_abi::record`).
//!
//! Fresh pages of a file are expensive, so segments take turns in a few slots that stay mapped: once
//! the supervisor has compressed a segment it renames the raw file from `.raw` to `.free`, and the
//! engine renames it again, to the segment it needs next. A reused file holds stale records behind
//! the new ones, so each record is followed by a zero word until the next one takes its place.
//!
//! # Safety
//! The slots are mapped at `layout::SEGMENT` and written only here.

use crate::crash;
use crate::descriptors::{self, number};
use crate::limits;
use crate::state::{ctx, orders, shared, shared_word};
use crate::supervisor;
use crate::sys;
use clew_abi::control;
use clew_abi::layout::{SEGMENT, SEGMENT_PLACES};
use clew_abi::orders::fd;
use clew_abi::record::*;
use core::fmt::Write;
use core::sync::atomic::{AtomicU64, Ordering};

/// A piece of a record after its payload.
#[derive(Clone, Copy)]
pub enum Att<'a> {
    /// What lies in guest memory now.
    Memory {
        addr: u64,
        len: u64,
    },
    Bytes {
        kind: u32,
        addr: u64,
        bytes: &'a [u8],
    },
    Map {
        addr: u64,
        map: MapPayload,
        key: &'a [u8],
    },
}

impl Att<'_> {
    fn len(&self) -> usize {
        match self {
            Att::Memory { len, .. } => *len as usize,
            Att::Bytes { bytes, .. } => bytes.len(),
            Att::Map { key, .. } => size_of::<MapPayload>() + key.len(),
        }
    }

    fn size(&self) -> usize {
        ATTACHMENT_LEN + padded(self.len())
    }
}

/// Attachments bigger than this go into records of their own before the event's.
const INLINE: usize = 256 << 10;
/// Longest piece of guest memory in one record.
const PIECE: u64 = 128 << 10;

/// What goes into a record's header beside its kind.
#[derive(Clone, Copy, Default)]
pub struct Stamp {
    pub flags: u16,
    pub tick: u64,
    pub check: u32,
    pub tid: u32,
}

/// Segments that stay mapped.
const SLOTS: u64 = SEGMENT_PLACES;

/// How the window is mapped where no segment is.
const RESERVED: u32 = sys::MAP_PRIVATE | sys::MAP_ANONYMOUS | sys::MAP_NORESERVE | sys::MAP_FIXED;

/// How many half milliseconds to wait for a file to become free.
const PATIENCE: u32 = 4000;

/// The writer.
pub struct Log {
    /// Number of the stream.
    pub stream: u64,
    at: u64,
    sequence: u64,
    /// The first segment this image of the engine wrote: older ones' files are not mapped.
    first: u64,
    segment_bytes: u64,
}

impl Log {
    /// Opens the stream's first segment.
    pub fn create() -> Self {
        let segment_bytes = orders().segment_bytes;
        assert!(segment_bytes >= 2 * INLINE as u64 && segment_bytes <= SEGMENT.len() / SLOTS);
        Self::begin_stream(orders().stream, orders().first_segment)
    }

    /// Opens the first segment of a stream of this process's own, whose maker's segments are still
    /// mapped after a `fork`.
    pub fn fork() -> Self {
        // SAFETY: the parent's slots; nothing points into them.
        unsafe { sys::mmap(SEGMENT.start, SEGMENT.len(), 0, RESERVED, -1, 0) };
        Self::begin_stream(next_stream(), 0)
    }

    fn begin_stream(stream: u64, first: u64) -> Self {
        let segment_bytes = orders().segment_bytes;
        let mut log = Self { stream, at: 0, sequence: first, first, segment_bytes };
        log.create_file();
        log.begin();
        log
    }

    /// Where the current segment is mapped.
    fn slot(&self) -> u64 {
        SEGMENT.start + self.sequence % SLOTS * self.segment_bytes
    }

    /// A segment's file name.
    fn name(&self, sequence: u64, suffix: &str) -> crash::Report {
        let mut name = crash::Report::new();
        let _ = write!(name, "{}.{sequence:06}.{suffix}\0", self.stream);
        name
    }

    /// Tells the supervisor that the current segment is complete (at the end of a process: that there
    /// will be none after it). False if it is gone.
    pub fn tell_full(&self) -> bool {
        let mut stream = crash::Report::new();
        let _ = write!(stream, "{}", self.stream);
        supervisor::send(control::SEGMENT_FULL, self.sequence, stream.bytes())
    }

    /// Creates and maps the segment of number `sequence`.
    fn create_file(&mut self) {
        let name = self.name(self.sequence, "raw");
        let flags = sys::O_RDWR | sys::O_EXCL;
        let file = descriptors::create(number(fd::EVENTS), name.bytes(), flags);
        if file < 0 {
            crash::give_up(
                "the recording ends here: its next segment cannot be created (disk full?)",
            );
        }
        self.allocate(file as i32);
        let slot = self.slot();
        // SAFETY: the segment window belongs to the log; the file has the mapped length.
        let got = unsafe {
            sys::mmap(
                slot,
                self.segment_bytes,
                sys::PROT_READ | sys::PROT_WRITE,
                sys::MAP_SHARED | sys::MAP_FIXED,
                file as i32,
                0,
            )
        };
        sys::close(file as i32);
        if got != slot as i64 {
            crash::fail("the trace's next segment cannot be mapped");
        }
        // What a fault reads ahead here is a hole: pages that are cleared and perhaps never used.
        // SAFETY: just mapped.
        unsafe { sys::syscall!(sys::__NR_madvise, slot, self.segment_bytes, sys::MADV_RANDOM) };
    }

    /// Begins the current segment, whose slot is mapped and whose old contents, if any, are
    /// compressed.
    fn begin(&mut self) {
        let slot = self.slot();
        let header = SegmentHeader {
            magic: SEGMENT_MAGIC,
            sequence: self.sequence,
            version: FORMAT_VERSION,
            reserved: 0,
        };
        self.at = slot + SEGMENT_HEADER_LEN as u64;
        // SAFETY: the slot is mapped.
        unsafe {
            *(self.at as *mut u64) = 0;
            *(slot as *mut SegmentHeader) = header;
        }
    }

    /// Ends the current segment because another program, with another image of the engine, goes on
    /// with the stream. Returns the number of the segment it begins with.
    pub fn hand_over(&mut self) -> u64 {
        self.header(Kind::SegmentEnd, 0, HEADER_LEN, Stamp::default());
        self.tell_full();
        self.sequence += 1;
        self.sequence
    }

    /// Goes on after a [`Self::hand_over`] that came to nothing.
    pub fn take_back(&mut self) {
        self.create_file();
        self.begin();
    }

    /// Goes on in the next segment: in its slot's file once that is free, in a new file while there
    /// are slots without one, or when the supervisor is gone and none will become free.
    fn next_segment(&mut self) {
        let told = self.tell_full();
        self.sequence += 1;
        if told && self.sequence >= self.first + SLOTS {
            let free = self.name(self.sequence - SLOTS, "free");
            // A supervisor that cannot compress (its disk is full) frees nothing.
            for _ in 0..PATIENCE {
                if self.take_over(&free) {
                    return;
                }
                if !supervisor::wait_a_little() {
                    break;
                }
            }
        }
        self.create_file();
        self.begin();
    }

    /// Reuses a file the supervisor has freed, if it has.
    fn take_over(&mut self, free: &crash::Report) -> bool {
        let name = self.name(self.sequence, "raw");
        let dir = number(fd::EVENTS);
        // SAFETY: terminated paths.
        let exists =
            unsafe { sys::syscall!(sys::__NR_faccessat, dir, free.bytes().as_ptr(), 0) } == 0;
        if !exists {
            return false;
        }
        // The new header goes in first: under its old name the file counts for nothing.
        self.begin();
        // SAFETY: terminated paths.
        let renamed = unsafe {
            sys::syscall!(
                sys::__NR_renameat,
                dir,
                free.bytes().as_ptr(),
                dir,
                name.bytes().as_ptr()
            )
        };
        renamed == 0
    }

    /// Reserves the segment's blocks, so that a full disk is an error here and not a SIGBUS at some
    /// store. File systems without `fallocate` get a sparse file.
    fn allocate(&self, file: i32) {
        let len = self.segment_bytes;
        // SAFETY: no memory.
        let allocate = || unsafe { sys::syscall!(sys::__NR_fallocate, file, 0, 0, len) };
        let Some(r) = limits::file_of(len, allocate) else {
            crash::give_up("the recording ends here: the guest's limit of file sizes is too low");
        };
        if r == -(sys::ENOSPC as i64) || r == -(sys::EDQUOT as i64) {
            crash::give_up("the recording ends here: the disk is full");
        }
        if r < 0 {
            // SAFETY: no memory.
            let extend = || unsafe { sys::syscall!(sys::__NR_ftruncate, file, len) };
            limits::file_of(len, extend);
        }
    }

    /// Makes room for a record of `size` bytes and a segment's end.
    fn reserve(&mut self, size: usize) {
        // A segment's end, and the zero word behind the last record, fit in any case.
        if self.at + (size + HEADER_LEN + 8) as u64 <= self.slot() + self.segment_bytes {
            return;
        }
        self.header(Kind::SegmentEnd, 0, HEADER_LEN, Stamp::default());
        self.next_segment();
    }

    /// Completes the record of `size` bytes that starts at `self.at`: its first word is written
    /// last, so that a record is either whole or absent.
    fn header(&mut self, kind: Kind, event: u64, size: usize, stamp: Stamp) {
        let header = Header {
            len: size as u32,
            kind: kind as u16,
            flags: stamp.flags,
            event,
            tick: stamp.tick,
            check: stamp.check,
            tid: stamp.tid,
        };
        // SAFETY: `reserve` made room; the store order is fixed by the fence and the architecture.
        unsafe {
            let words: [u64; 4] = core::mem::transmute(header);
            let at = self.at as *mut u64;
            for (i, word) in words.iter().enumerate().skip(1) {
                at.add(i).write(*word);
            }
            at.byte_add(size).write(0);
            AtomicU64::from_ptr(at).store(words[0], Ordering::Release);
        }
        self.at += size as u64;
    }

    /// Writes one event. Returns its number.
    pub fn event<P: Copy>(
        &mut self,
        kind: Kind,
        stamp: Stamp,
        payload: &P,
        attachments: &[Att],
    ) -> u64 {
        let event = next_event();
        self.event_numbered(event, kind, stamp, payload, attachments);
        event
    }

    /// Writes an event whose number was taken before ([`next_event`]).
    pub fn event_numbered<P: Copy>(
        &mut self,
        event: u64,
        kind: Kind,
        stamp: Stamp,
        payload: &P,
        attachments: &[Att],
    ) {
        debug_assert_eq!(size_of::<P>(), kind.payload_len());
        let total: usize = attachments.iter().map(Att::size).sum();
        let inline = if total > INLINE {
            for att in attachments {
                self.spread(att, stamp);
            }
            &[]
        } else {
            attachments
        };
        let size = HEADER_LEN + size_of::<P>() + inline.iter().map(Att::size).sum::<usize>();
        self.reserve(size);
        let mut to = self.at + HEADER_LEN as u64;
        // SAFETY: `reserve` made room; payloads are plain integers.
        unsafe { (to as *mut P).write_unaligned(*payload) };
        to += size_of::<P>() as u64;
        for att in inline {
            to = self.attach(to, att);
        }
        self.header(kind, event, size, stamp);
    }

    /// Writes an attachment as records of its own.
    fn spread(&mut self, att: &Att, stamp: Stamp) {
        let one = |log: &mut Self, att: Att| {
            let size = HEADER_LEN + att.size();
            log.reserve(size);
            log.attach(log.at + HEADER_LEN as u64, &att);
            log.header(Kind::Data, 0, size, stamp);
        };
        match *att {
            Att::Memory { addr, len } => {
                let mut done = 0;
                while done < len {
                    let piece = (len - done).min(PIECE);
                    one(self, Att::Memory { addr: addr + done, len: piece });
                    done += piece;
                }
            }
            Att::Bytes { kind, addr, bytes } => {
                for (i, piece) in bytes.chunks(PIECE as usize).enumerate() {
                    one(self, Att::Bytes { kind, addr: addr + i as u64 * PIECE, bytes: piece });
                }
            }
            Att::Map { .. } => one(self, *att),
        }
    }

    /// Writes an attachment at `to`; returns where the next one goes.
    fn attach(&mut self, to: u64, att: &Att) -> u64 {
        let len = att.len();
        let (kind, addr) = match *att {
            Att::Memory { addr, .. } => (ATT_WRITE, addr),
            Att::Bytes { kind, addr, .. } => (kind, addr),
            Att::Map { addr, .. } => (ATT_MAP, addr),
        };
        let data = (to + ATTACHMENT_LEN as u64) as *mut u8;
        // SAFETY: the caller reserved room for the attachment and its padding; guest memory may
        // have gone, which a safe copy survives (the bytes are then zero).
        unsafe {
            (to as *mut Attachment).write_unaligned(Attachment { kind, len: len as u32, addr });
            if len % 8 != 0 {
                data.add(padded(len) - 8).cast::<u64>().write_unaligned(0);
            }
            match *att {
                Att::Memory { addr, .. } => {
                    sys::read_guest_to(addr, data, len);
                }
                Att::Bytes { bytes, .. } => data.copy_from_nonoverlapping(bytes.as_ptr(), len),
                Att::Map { map, key, .. } => {
                    data.cast::<MapPayload>().write_unaligned(map);
                    data.add(size_of::<MapPayload>())
                        .copy_from_nonoverlapping(key.as_ptr(), key.len());
                }
            }
        }
        to + (ATTACHMENT_LEN + padded(len)) as u64
    }
}

/// The number of a new stream.
pub fn next_stream() -> u64 {
    shared_word(&shared().next_stream).fetch_add(1, Ordering::Relaxed)
}

/// The number of a new event.
pub fn next_event() -> u64 {
    shared_word(&shared().next_event).fetch_add(1, Ordering::Relaxed)
}

/// The registers' check word: a hash of the general registers.
#[inline]
pub fn registers_check() -> u32 {
    check_of(&ctx().gpr)
}

/// The same of other registers.
#[inline]
pub fn check_of(g: &[u64; 16]) -> u32 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    // Four independent lanes keep the multiplications off each other's critical path.
    let mut lane = [0u64; 4];
    for row in g.chunks_exact(4) {
        for (l, &r) in lane.iter_mut().zip(row) {
            *l = (*l ^ r).wrapping_mul(K).rotate_left(29);
        }
    }
    let h = (lane[0] ^ lane[1].rotate_left(17)).wrapping_mul(K)
        ^ lane[2].wrapping_mul(K | 2)
        ^ lane[3].rotate_left(41).wrapping_mul(K);
    (h ^ h >> 32) as u32
}
