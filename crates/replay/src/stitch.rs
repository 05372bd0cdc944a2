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

    /// Puts the next segment into `out`; false if there is none. There may be one even where
    /// there is damage: what comes before it.
    pub fn next(&mut self, out: &mut Vec<u8>) -> bool {
        while !self.is_at_end() {
            let Some(mut part) = self.current.take().or_else(|| self.begin_part()) else {
                return false;
            };
            let mut made = Made { stream: part.stream.number(), segment: part.next, cut: None };
            let going_on = self.read(&mut part, out, &mut made.cut);
            if going_on {
                self.current = Some(part);
            }
            // A segment that was created but not begun is nothing.
            if out.len() > SEGMENT_HEADER_LEN {
                set_number(out, self.made.len() as u64);
                self.made.push(made);
                return true;
            }
        }
        false
    }

    /// Puts segment `number`, which was yielded before, into `out` once more; false if it cannot be read
    /// any more.
    pub fn again(&self, number: u64, out: &mut Vec<u8>) -> bool {
        let Some(made) = self.made.get(number as usize) else { return false };
        let Ok(stream) = Stream::open(&self.dir, made.stream, self.segment_bytes) else {
            return false;
        };
        stream.load(made.segment, out);
        let whole = match made.cut {
            Some(len) => len <= out.len() && self.end_segment(len, out).is_ok(),
            None => out.len() > SEGMENT_HEADER_LEN,
        };
        if whole {
            set_number(out, number);
        }
        whole
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

    /// Reads the part's next segment into `out`, which is left empty if there is none. Returns
    /// whether the part goes on.
    fn read(&mut self, part: &mut Open, out: &mut Vec<u8>, cut: &mut Option<usize>) -> bool {
        out.clear();
        if part.next >= part.stream.segments() {
            let lost = part.until.map(|until| part.lost(until, "its stream is missing"));
            self.damage = part.stream.damage().map(str::to_owned).or(lost);
            return false;
        }
        let loaded = part.stream.load(part.next, out);
        part.next += 1;
        let Some(until) = part.until else {
            self.damage = loaded.damage;
            return loaded.scan.end == End::Continued && !part.at_end();
        };
        let placed = part.place(&loaded, until, out).and_then(|place| match place {
            Place::LastUpTo(len) => {
                *cut = Some(len);
                self.end_segment(len, out).map(|()| false)
            }
            Place::Last => Ok(false),
            Place::Within => Ok(true),
        });
        placed.unwrap_or_else(|damage| {
            // What is left does not lead to the process that is asked for.
            out.clear();
            self.damage = Some(damage);
            false
        })
    }

    /// Puts a `SegmentEnd` after the segment's first `len` bytes.
    fn end_segment(&self, len: usize, out: &mut Vec<u8>) -> Result<(), String> {
        out.truncate(len);
        if len + HEADER_LEN > self.segment_bytes as usize {
            return Err("the trace is damaged: a segment has no room for its end".into());
        }
        let mut end = [0; HEADER_LEN];
        end[0..4].copy_from_slice(&(HEADER_LEN as u32).to_le_bytes());
        end[4..6].copy_from_slice(&(Kind::SegmentEnd as u16).to_le_bytes());
        out.extend_from_slice(&end);
        Ok(())
    }
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
