//! Segments take turns in memory, and those that somebody reads stay what they are.

#[path = "../../trace/tests/common/mod.rs"]
mod common;

use std::collections::HashSet;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use clew_abi::layout::SEGMENT_PLACES;
use clew_replay::plan::{Plan, Target};
use clew_replay::segments::Segments;
use clew_trace::records::scan;
use clew_trace::{Compressor, Engines, Trace};
use common::{SEGMENT_BYTES, Segment, make_trace};
use tempfile::TempDir;

const COUNT: u64 = 50;
const WRITE: u64 = 1;

/// Segments of one event each, the longest first: what follows a segment's end is an older one's.
fn long_trace() -> TempDir {
    let dir = TempDir::new().unwrap();
    make_trace(dir.path());
    let first = Segment::new(0).exec(1, (10, 1), (0, 0), "sh");
    (2..30).fold(first, |s, n| s.call(n, 10, WRITE, 1, 1)).end().store(dir.path(), 1, 0);
    for n in 1..COUNT {
        let segment = Segment::new(n).call(100 + n, 10, WRITE, 1, 1);
        let segment = if n + 1 < COUNT { segment.end() } else { segment };
        segment.store(dir.path(), 1, n);
    }
    Compressor::new(dir.path(), SEGMENT_BYTES).finish(Engines::Gone).unwrap();
    dir
}

fn segments(dir: &Path) -> Segments {
    let plan = Plan::new(&Trace::open(dir).unwrap(), &Target::First).unwrap().unwrap();
    Segments::start(dir.into(), plan.parts, SEGMENT_BYTES).unwrap()
}

/// The last event that a reader of the file finds.
fn last_event(file: std::os::fd::BorrowedFd<'_>, number: u64) -> u64 {
    let mut bytes = vec![0; SEGMENT_BYTES as usize];
    File::from(file.try_clone_to_owned().unwrap()).read_exact_at(&mut bytes, 0).unwrap();
    scan(&bytes, number, |_| {}).last_event
}

#[test]
fn who_goes_forward_needs_few_files() {
    let dir = long_trace();
    let segments = segments(dir.path());
    let mut slots = HashSet::new();
    for n in 0..COUNT {
        let slot = segments.get(n).unwrap();
        assert_eq!(last_event(slot.file(), n), if n == 0 { 29 } else { 100 + n });
        slots.insert(slot.number());
    }
    assert!(segments.get(COUNT).is_none());
    // One more where the thread needs one before the reader has let go.
    assert!(slots.len() as u64 <= SEGMENT_PLACES + 1, "{slots:?}");
}

#[test]
fn what_is_read_stays_what_it_is() {
    let dir = long_trace();
    let segments = segments(dir.path());
    let held: Vec<_> = [0, 3, 7].map(|n| (n, segments.get(n).unwrap())).into();
    for n in (8..COUNT).chain((0..COUNT).rev()) {
        assert_eq!(
            last_event(segments.get(n).unwrap().file(), n),
            if n == 0 { 29 } else { 100 + n }
        );
    }
    for (n, slot) in held {
        assert_eq!(last_event(slot.file(), n), if n == 0 { 29 } else { 100 + n });
    }
}

#[test]
fn engines_cannot_write_to_a_segment() {
    let dir = long_trace();
    let segments = segments(dir.path());
    let slot = segments.get(0).unwrap();
    let file = File::from(slot.file().try_clone_to_owned().unwrap());
    assert!(file.write_at(&[1], 0).is_err());
    assert!(file.set_len(0).is_err());
    assert!(file.set_len(2 * SEGMENT_BYTES).is_err());
}
