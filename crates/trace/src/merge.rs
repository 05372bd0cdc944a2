//! The events of all processes in one order.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use crate::{Cursor, Record, Result, Stream, Trace};

/// Yields the records of all streams in the order of their events. A stream is open, with one
/// segment in memory, from its first event to its last one, so memory and descriptors are needed
/// for as many as there were processes at a time.
pub struct Merge<'t> {
    trace: &'t Trace,
    from: u64,
    /// The next event of each stream, or something less.
    heads: BinaryHeap<Reverse<(u64, u32)>>,
    open: HashMap<u32, Cursor<Stream>>,
    /// The stream of the event that was yielded last; it is not among the heads.
    last: Option<u32>,
    damage: Vec<String>,
}

impl<'t> Merge<'t> {
    /// Begins at event `from` or before.
    pub fn new(trace: &'t Trace, from: u64) -> Result<Self> {
        let mut heads = BinaryHeap::new();
        for number in trace.streams()? {
            let stream = trace.stream(number)?;
            if stream.reaches(from) {
                heads.push(Reverse((stream.first_event(stream.segment_of(from)), number)));
            }
        }
        let (open, damage) = (HashMap::new(), Vec::new());
        Ok(Self { trace, from, heads, open, last: None, damage })
    }

    /// The next event up to `until`, and its stream.
    pub fn next_event(&mut self, until: u64) -> Result<Option<(u32, Record<'_>)>> {
        if let Some(number) = self.last.take() {
            match self.head(number)? {
                Some(event) => self.heads.push(Reverse((event, number))),
                None => self.close(number),
            }
        }
        let number = loop {
            let Some(Reverse((key, number))) = self.heads.pop() else { return Ok(None) };
            if key > until {
                return Ok(None);
            }
            match self.head(number)? {
                Some(event) if event <= key => break number,
                Some(event) => self.heads.push(Reverse((event, number))),
                None => self.close(number),
            }
        };
        self.last = Some(number);
        let cursor = self.open.get_mut(&number);
        Ok(cursor.and_then(Cursor::next_record).map(|record| (number, record)))
    }

    /// What is wrong with the streams that were read to their ends.
    pub fn damage(&self) -> &[String] {
        &self.damage
    }

    fn head(&mut self, number: u32) -> Result<Option<u64>> {
        use std::collections::hash_map::Entry;
        let cursor = match self.open.entry(number) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                entry.insert(self.trace.stream(number)?.into_cursor_at(self.from))
            }
        };
        Ok(cursor.peek_event())
    }

    fn close(&mut self, number: u32) {
        let cursor = self.open.remove(&number);
        self.damage.extend(cursor.and_then(|c| c.damage().map(str::to_owned)));
    }
}
