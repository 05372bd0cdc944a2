//! Reading a process's event stream, from chunks where they are sound, else from raw segments.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use clew_abi::record::{Kind, SEGMENT_HEADER_LEN};

use crate::chunk::{CHUNK_HEADER_LEN, ChunkHeader, checksum};
use crate::head::{self, Head, Part};
use crate::records::{End, Record, Scan, scan};
use crate::{Result, ResultExt, files, frames};

/// File name of a stream's chunks.
pub fn chunks_path(dir: &Path, stream: u32) -> PathBuf {
    dir.join(format!("events/{stream}.zst"))
}

/// File name of a raw segment.
pub fn raw_path(dir: &Path, stream: u32, sequence: u64) -> PathBuf {
    dir.join(format!("events/{stream}.{sequence:06}.raw"))
}

/// Takes the name of a raw segment apart.
pub fn parse_raw_name(name: &str) -> Option<(u32, u64)> {
    let mut parts = name.strip_suffix(".raw")?.split('.');
    let (stream, sequence) = (parts.next()?, parts.next()?);
    (parts.next().is_none() && sequence.len() >= 6)
        .then(|| Some((stream.parse().ok()?, sequence.parse().ok()?)))?
}

/// Where a segment is, and what its chunk header promises about it.
#[derive(Clone, Copy, Debug)]
enum Place {
    Chunk { offset: u64, header: ChunkHeader },
    Raw,
}

/// The index of one stream: which segments there are and where.
#[derive(Debug)]
pub struct Stream {
    dir: PathBuf,
    number: u32,
    segment_bytes: u64,
    chunks: Option<File>,
    /// Length of the file of chunks when it was read.
    indexed: u64,
    places: Vec<Place>,
    damage: Option<String>,
    /// Compressed bytes, kept for its memory.
    packed: RefCell<Vec<u8>>,
}

/// A segment in memory.
#[derive(Debug)]
pub struct Loaded {
    pub scan: Scan,
    /// Why the stream ends here although it should not.
    pub damage: Option<String>,
}

impl Stream {
    /// Builds the index, reading chunk headers only.
    pub fn open(dir: &Path, number: u32, segment_bytes: u64) -> Result<Self> {
        const TRIES: usize = 5;
        for _ in 1..TRIES {
            let stream = Self::open_once(dir, number, segment_bytes)?;
            if stream.is_current() {
                return Ok(stream);
            }
        }
        Self::open_once(dir, number, segment_bytes)
    }

    fn open_once(dir: &Path, number: u32, segment_bytes: u64) -> Result<Self> {
        let path = chunks_path(dir, number);
        let chunks = match files::open_within(&path) {
            Ok(file) => Some(file),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => Err(e).tried(|| format!("open {}", path.display()))?,
        };
        let mut stream = Self {
            dir: dir.into(),
            number,
            segment_bytes,
            chunks,
            indexed: 0,
            places: Vec::new(),
            damage: None,
            packed: RefCell::default(),
        };
        stream.index_chunks().tried(|| format!("read {}", path.display()))?;
        stream.index_raw();
        Ok(stream)
    }

    /// Whether no chunk was added while the index was made: then a raw segment that is not there
    /// any more is nowhere.
    fn is_current(&self) -> bool {
        let now = std::fs::symlink_metadata(chunks_path(&self.dir, self.number));
        now.map_or(0, |meta| meta.len()) == self.indexed
    }

    fn index_chunks(&mut self) -> io::Result<()> {
        let Some(file) = &self.chunks else { return Ok(()) };
        let len = file.metadata()?.len();
        self.indexed = len;
        let mut offset = 0;
        while offset < len {
            let sequence = self.places.len() as u64;
            match chunk_at(file, offset, len, self.segment_bytes, sequence)? {
                Ok(header) => {
                    self.places.push(Place::Chunk { offset, header });
                    offset += CHUNK_HEADER_LEN as u64 + header.comp_len;
                }
                Err(reason) => {
                    self.damage = Some(self.describe(sequence, &reason));
                    break;
                }
            }
        }
        Ok(())
    }

    fn index_raw(&mut self) {
        while self.has_raw(self.places.len() as u64) {
            self.places.push(Place::Raw);
            // The segment that was being appended when the recorder died is still there raw.
            self.damage = None;
        }
    }

    fn has_raw(&self, sequence: u64) -> bool {
        let path = raw_path(&self.dir, self.number, sequence);
        std::fs::symlink_metadata(path).is_ok_and(|m| m.is_file())
    }

    fn describe(&self, sequence: u64, reason: &str) -> String {
        format!(
            "the trace is damaged: segment {sequence} of stream {}: {reason}; \
             what comes before it is sound",
            self.number
        )
    }

    pub fn number(&self) -> u32 {
        self.number
    }

    /// How many segments there are.
    pub fn segments(&self) -> u64 {
        self.places.len() as u64
    }

    /// What is wrong with the stream as far as the index shows, for the user.
    pub fn damage(&self) -> Option<&str> {
        self.damage.as_deref()
    }

    /// The first event of a segment, read with as little of it as possible; `see` is called with
    /// the records up to it. None if there is no event, or no sound beginning.
    pub fn head(&self, sequence: u64, mut see: impl FnMut(&Record<'_>)) -> Option<Head> {
        let limit = self.segment_bytes;
        if let (Some(Place::Chunk { offset, header }), Some(file)) =
            (self.places.get(sequence as usize), &self.chunks)
        {
            let packed = Part::new(file, offset + CHUNK_HEADER_LEN as u64, header.comp_len);
            let read = |bytes: &mut dyn Read| head::read(bytes, sequence, limit, &mut see);
            let found = frames::begin(packed, read).ok().flatten();
            if found.is_some() || !self.has_raw(sequence) {
                return found;
            }
        }
        let file = files::open_within(&raw_path(&self.dir, self.number, sequence)).ok()?;
        head::read(io::BufReader::new(file), sequence, limit, see)
    }

    /// The number of a segment's first event, 0 if it holds none.
    pub fn first_event(&self, sequence: u64) -> u64 {
        match self.places.get(sequence as usize) {
            Some(Place::Chunk { header, .. }) => header.first_event,
            _ => self.head(sequence, |_| {}).map_or(0, |head| head.event),
        }
    }

    /// Reads a segment into `room`, which is as long as a segment can be. Its sound bytes are the first
    /// [`Scan::used`]; what follows them is of no account.
    pub fn load(&self, sequence: u64, room: &mut [u8]) -> Loaded {
        let mut result = match self.places.get(sequence as usize) {
            None => Err("there is no such segment".into()),
            Some(Place::Raw) => self.read_raw(sequence, room),
            Some(Place::Chunk { offset, header }) => self.read_chunk(*offset, header, room),
        };
        if result.is_err() && self.has_raw(sequence) {
            result = self.read_raw(sequence, room);
        }
        if let (Err(reason), Some(Place::Raw)) = (&result, self.places.get(sequence as usize)) {
            let since = self.read_compressed_since(sequence, room);
            result = since.map_err(|_| reason.clone());
        }
        let len = *result.as_ref().unwrap_or(&0);
        let scan = scan(&room[..len], sequence, |_| {});
        let last = sequence + 1 >= self.segments();
        let reason = match (result, scan.end.clone()) {
            (Err(reason), _) | (Ok(_), End::Broken(reason)) => Some(reason),
            (Ok(_), End::Stopped) if !last => Some("it ends too early".into()),
            (Ok(_), End::Stopped | End::Continued) => None,
        };
        let damage = reason.map(|r| self.describe(sequence, &r));
        Loaded { scan, damage: damage.or_else(|| self.damage.clone().filter(|_| last)) }
    }

    /// Decompresses a chunk into `room`; the length of what it holds.
    fn read_chunk(
        &self,
        offset: u64,
        header: &ChunkHeader,
        room: &mut [u8],
    ) -> Result<usize, String> {
        let file = self.chunks.as_ref().ok_or("no chunks")?;
        let out = room.get_mut(..header.raw_len as usize).ok_or("longer than a segment")?;
        let mut packed = self.packed.borrow_mut();
        packed.resize(header.comp_len as usize, 0);
        file.read_exact_at(&mut packed, offset + CHUNK_HEADER_LEN as u64)
            .map_err(|e| e.to_string())?;
        let len = frames::decompress(&packed, out)
            .map_err(|e| format!("cannot be decompressed ({e})"))?;
        if len as u64 != header.raw_len || checksum(out) != header.checksum {
            return Err("wrong checksum".into());
        }
        Ok(len)
    }

    fn read_raw(&self, sequence: u64, room: &mut [u8]) -> Result<usize, String> {
        let path = raw_path(&self.dir, self.number, sequence);
        let file = files::open_within(&path).map_err(|e| e.to_string())?;
        let room = room.get_mut(..self.segment_bytes as usize).ok_or("no room for a segment")?;
        let len = read_segment(&file, sequence, room).map_err(|e| e.to_string())?;
        // The file may have been given back and used again meanwhile.
        let mut header = [0; SEGMENT_HEADER_LEN];
        let same = file.read_exact_at(&mut header, 0).is_ok() && room[..len].starts_with(&header);
        if same || len < header.len() { Ok(len) } else { Err("it changes".into()) }
    }

    /// Reads a segment that was raw when the index was made. The recorder may be at work.
    fn read_compressed_since(&self, sequence: u64, room: &mut [u8]) -> Result<usize, String> {
        let now = Self::open(&self.dir, self.number, self.segment_bytes);
        let now = now.map_err(|e| e.to_string())?;
        match now.places.get(sequence as usize) {
            Some(Place::Chunk { offset, header }) => now.read_chunk(*offset, header, room),
            _ => Err("it is gone".into()),
        }
    }

    /// A cursor before the first record.
    pub fn cursor(&self) -> Cursor<&Self> {
        self.cursor_at_segment(0)
    }

    /// A cursor before the segment that holds event `event`, or before an earlier segment.
    pub fn cursor_at(&self, event: u64) -> Cursor<&Self> {
        self.cursor_at_segment(self.segment_of(event))
    }

    /// The same, with the stream inside.
    pub fn into_cursor_at(self, event: u64) -> Cursor<Self> {
        let next = self.segment_of(event);
        Cursor::new(self, next)
    }

    /// A cursor before a segment.
    pub fn cursor_at_segment(&self, sequence: u64) -> Cursor<&Self> {
        Cursor::new(self, sequence)
    }

    /// A cursor before the last segment.
    pub fn cursor_at_last_segment(&self) -> Cursor<&Self> {
        self.cursor_at_segment(self.segments().saturating_sub(1))
    }

    /// The segment that holds event `event`, or an earlier one.
    pub fn segment_of(&self, event: u64) -> u64 {
        let before = |place: &Place| match place {
            Place::Chunk { header, .. } => header.first_event <= event,
            Place::Raw => false,
        };
        let after = self.places.iter().take_while(|p| before(p)).count() as u64;
        after.saturating_sub(1)
    }

    /// Whether there may be events from `event` on.
    pub fn reaches(&self, event: u64) -> bool {
        match self.places.last() {
            Some(Place::Chunk { header, .. }) => {
                header.last_event >= event || self.damage.is_some()
            }
            _ => true,
        }
    }
}

fn chunk_at(
    file: &File,
    offset: u64,
    len: u64,
    segment_bytes: u64,
    sequence: u64,
) -> io::Result<Result<ChunkHeader, String>> {
    let room = len - offset;
    if room < CHUNK_HEADER_LEN as u64 {
        return Ok(Err("chunk header cut off".into()));
    }
    let mut bytes = [0; CHUNK_HEADER_LEN];
    file.read_exact_at(&mut bytes, offset)?;
    Ok(ChunkHeader::decode(&bytes, segment_bytes).and_then(|header| {
        if header.sequence != sequence {
            Err(format!("chunk says it is number {}", header.sequence))
        } else if header.comp_len > room - CHUNK_HEADER_LEN as u64 {
            Err("chunk cut off".into())
        } else {
            Ok(header)
        }
    }))
}

/// Reads a raw segment into `room`, in growing pieces, since most of a last segment is empty. Returns
/// the length of what was read: all its records and perhaps what follows them.
pub(crate) fn read_segment(file: &File, sequence: u64, room: &mut [u8]) -> io::Result<usize> {
    let (mut have, mut want) = (0, 64 << 10);
    loop {
        let end = room.len().min(want);
        have += read_up_to(file, have as u64, &mut room[have..end])?;
        // A blank tail means that nothing was written there or beyond.
        let blank = have >= 4096 && room[have - 4096..have].iter().all(|&b| b == 0);
        let over = have == room.len() || have < end;
        if over || (blank && scan(&room[..have], sequence, |_| {}).end == End::Stopped) {
            return Ok(have);
        }
        want *= 8;
    }
}

/// Fills `room` from `offset` on, as far as the file reaches.
fn read_up_to(file: &File, offset: u64, room: &mut [u8]) -> io::Result<usize> {
    let mut have = 0;
    while have < room.len() {
        match file.read_at(&mut room[have..], offset + have as u64) {
            Ok(0) => break,
            Ok(got) => have += got,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(have)
}

/// Walks a stream's records in order.
#[derive(Debug)]
pub struct Cursor<S> {
    stream: S,
    /// The segment after the one in memory.
    next: u64,
    segment: Vec<u8>,
    /// How much of it is sound.
    len: usize,
    pos: usize,
    damage: Option<String>,
}

impl<S: Borrow<Stream>> Cursor<S> {
    fn new(stream: S, next: u64) -> Self {
        Self { stream, next, segment: Vec::new(), len: 0, pos: 0, damage: None }
    }

    /// The next record; none at the stream's end, or where it is damaged (see
    /// [`Cursor::damage`]). `SegmentEnd` records are stepped over.
    pub fn next_record(&mut self) -> Option<Record<'_>> {
        let (at, len) = (self.settle()?, self.peek()?.len());
        self.pos += len;
        Record::parse(&self.segment[at..self.len]).ok().flatten()
    }

    /// The number of the next event, of which nothing is taken; what comes before it is.
    pub fn peek_event(&mut self) -> Option<u64> {
        loop {
            self.settle()?;
            let record = self.peek()?;
            let (len, event) = (record.len(), record.is_event().then_some(record.header.event));
            if event.is_some() {
                return event;
            }
            self.pos += len;
        }
    }

    /// The record at the cursor, within the segment in memory.
    fn peek(&self) -> Option<Record<'_>> {
        Record::parse(self.segment.get(self.pos..self.len)?).ok().flatten()
    }

    /// Goes to where the next record is, which is in memory then; returns its position.
    fn settle(&mut self) -> Option<usize> {
        loop {
            match self.peek().map(|record| (record.len(), record.kind)) {
                Some((len, Kind::SegmentEnd)) => self.pos += len,
                Some(_) => return Some(self.pos),
                None if self.damage.is_some() || self.next >= self.stream.borrow().segments() => {
                    return None;
                }
                None => {
                    let stream = self.stream.borrow();
                    if self.segment.is_empty() {
                        self.segment = vec![0; stream.segment_bytes as usize];
                    }
                    let loaded = stream.load(self.next, &mut self.segment);
                    (self.len, self.damage) = (loaded.scan.used, loaded.damage);
                    self.next += 1;
                    self.pos = SEGMENT_HEADER_LEN;
                }
            }
        }
    }

    /// Why the stream ended before its end, for the user.
    pub fn damage(&self) -> Option<&str> {
        let stream = self.stream.borrow();
        let of_empty = if stream.segments() == 0 { stream.damage() } else { None };
        self.damage.as_deref().or(of_empty)
    }
}
