//! Makes one stream of the parts of a plan.

use std::path::PathBuf;

use clew_abi::record::{HEADER_LEN, Kind, SEGMENT_HEADER_LEN};
use clew_trace::Stream;
use clew_trace::records::{End, Records};
use clew_trace::stream::Loaded;

use crate::plan::Part;

/// Yields segments: numbered from 0, all but the last ending in a `SegmentEnd`.
pub struct Stitcher {
    dir: PathBuf,
    segment_bytes: u64,
    /// Parts that are not begun, the next one last.
    parts: Vec<Part>,
    current: Option<Open>,
    /// The segments that were yielded.
    made: Vec<Made>,
    damage: Option<String>,
}

/// Where a segment that was yielded came from.
#[derive(Clone, Copy)]
struct Made {
    stream: u32,
    segment: u64,
    /// Its length before its end was added, if it was cut.
    cut: Option<usize>,
}

/// The part that is being read.
struct Open {
    stream: Stream,
    next: u64,
    until: Option<u64>,
    whole: bool,
}

/// A segment of a part in memory.
struct Read {
    /// 0 if there is none.
    len: usize,
    /// Whether the part goes on.
    going_on: bool,
}

impl Read {
    const NOTHING: Self = Self { len: 0, going_on: false };
}

/// What a segment is to its part.
enum Place {
    /// The next one follows.
    Within,
    /// The last one, as it is: it ends in a `SegmentEnd` already, or is empty.
    Last,
    /// The last one, and only this many bytes of it.
    LastUpTo(usize),
}

impl Stitcher {
    /// `dir` is the trace's.
    pub fn new(dir: PathBuf, segment_bytes: u64, mut parts: Vec<Part>) -> Self {
        parts.reverse();
        Self { dir, segment_bytes, parts, current: None, made: Vec::new(), damage: None }
    }

    /// Why the events end although they should not, for the user.
    pub fn damage(&self) -> Option<&str> {
        self.damage.as_deref()
    }

    /// Whether there is nothing more to come.
    pub fn is_at_end(&self) -> bool {
        self.damage.is_some() || (self.current.is_none() && self.parts.is_empty())
    }

    /// Puts the next segment into `room`, which is as long as a segment can be, and returns its length;
    /// none if there is none. There may be one even where there is damage: what comes before it.
    pub fn next(&mut self, room: &mut [u8]) -> Option<usize> {
        while !self.is_at_end() {
            let mut part = self.current.take().or_else(|| self.begin_part())?;
            let mut made = Made { stream: part.stream.number(), segment: part.next, cut: None };
            let Read { len, going_on } = self.read(&mut part, room, &mut made.cut);
            if going_on {
                self.current = Some(part);
            }
            // A segment that was created but not begun is nothing.
            if len > SEGMENT_HEADER_LEN {
                set_number(room, self.made.len() as u64);
                self.made.push(made);
                return Some(len);
            }
        }
        None
    }

    /// Puts segment `number`, which was yielded before, into `room` once more; none if it cannot be read
    /// any more.
    pub fn again(&self, number: u64, room: &mut [u8]) -> Option<usize> {
        let made = self.made.get(number as usize)?;
        let stream = Stream::open(&self.dir, made.stream, self.segment_bytes).ok()?;
        let have = stream.load(made.segment, room).scan.used;
        let len = match made.cut {
            Some(cut) if cut <= have => end_segment(cut, room).ok()?,
            None if have > SEGMENT_HEADER_LEN => have,
            _ => return None,
        };
        set_number(room, number);
        Some(len)
    }

    fn begin_part(&mut self) -> Option<Open> {
        let part = self.parts.pop()?;
        match Stream::open(&self.dir, part.stream, self.segment_bytes) {
            Ok(stream) => {
                let Part { first, until, whole, .. } = part;
                Some(Open { stream, next: first, until, whole })
            }
            Err(e) => {
                self.damage = Some(e.to_string());
                None
            }
        }
    }

    /// Reads the part's next segment into `room`.
    fn read(&mut self, part: &mut Open, room: &mut [u8], cut: &mut Option<usize>) -> Read {
        if part.next >= part.stream.segments() {
            let lost = part.until.map(|until| part.lost(until, "its stream is missing"));
            self.damage = part.stream.damage().map(str::to_owned).or(lost);
            return Read::NOTHING;
        }
        let loaded = part.stream.load(part.next, room);
        let len = loaded.scan.used;
        part.next += 1;
        let Some(until) = part.until else {
            self.damage = loaded.damage;
            return Read { len, going_on: loaded.scan.end == End::Continued && !part.at_end() };
        };
        let placed = part.place(&loaded, until, &room[..len]).and_then(|place| match place {
            Place::LastUpTo(len) => {
                *cut = Some(len);
                end_segment(len, room).map(|len| Read { len, going_on: false })
            }
            Place::Last => Ok(Read { len, going_on: false }),
            Place::Within => Ok(Read { len, going_on: true }),
        });
        placed.unwrap_or_else(|damage| {
            // What is left does not lead to the process that is asked for.
            self.damage = Some(damage);
            Read::NOTHING
        })
    }
}

/// Puts a `SegmentEnd` after the segment's first `len` bytes; returns its length with that.
fn end_segment(len: usize, room: &mut [u8]) -> Result<usize, String> {
    let place = room.get_mut(len..len + HEADER_LEN);
    let end = place.ok_or("the trace is damaged: a segment has no room for its end")?;
    end.fill(0);
    end[0..4].copy_from_slice(&(HEADER_LEN as u32).to_le_bytes());
    end[4..6].copy_from_slice(&(Kind::SegmentEnd as u16).to_le_bytes());
    Ok(len + HEADER_LEN)
}

fn set_number(segment: &mut [u8], number: u64) {
    segment[8..16].copy_from_slice(&number.to_le_bytes());
}

impl Open {
    fn at_end(&self) -> bool {
        self.next >= self.stream.segments()
    }

    /// What the segment that was loaded is to the part, which ends before event `until`, or at the
    /// stream's end if the process was killed before that event was written.
    fn place(&self, loaded: &Loaded, until: u64, bytes: &[u8]) -> Result<Place, String> {
        if loaded.scan.last_event >= until {
            return self.position(until, bytes).map(Place::LastUpTo);
        }
        match (&loaded.damage, &loaded.scan.end) {
            (Some(damage), _) => Err(damage.clone()),
            (None, End::Continued) if !self.at_end() => Ok(Place::Within),
            (None, _) if self.whole || loaded.scan.exited => Err(self.lost(until, "it is missing")),
            (None, End::Continued) => Ok(Place::Last),
            // Created, but not begun.
            (None, _) if bytes.is_empty() => Ok(Place::Last),
            (None, _) => Ok(Place::LastUpTo(bytes.len())),
        }
    }

    /// Where the record of event `until` begins, or rather the `Data` records that belong to it.
    fn position(&self, until: u64, bytes: &[u8]) -> Result<usize, String> {
        let mut records = Records::new(bytes, self.next - 1)?;
        let mut end_of_event = records.pos();
        while let Some(record) = records.next() {
            if !record.is_event() {
                continue;
            }
            if record.header.event >= until {
                let found = record.header.event == until && record.kind == Kind::Syscall;
                let position = found.then_some(end_of_event);
                return position.ok_or_else(|| self.lost(until, "another one is in its place"));
            }
            end_of_event = records.pos();
        }
        Err(self.lost(until, "the events before it are out of order"))
    }

    fn lost(&self, until: u64, why: &str) -> String {
        let number = self.stream.number();
        format!("the trace is damaged: event {until} of stream {number}, a fork: {why}")
    }
}
