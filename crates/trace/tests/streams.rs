//! Streams as the engine leaves them, as the compressor leaves them, and damaged ones.

mod common;

use std::fs;
use std::path::Path;

use clew_abi::record::{ATT_MAP, ATT_MAP_PATH, Kind};
use clew_trace::stream::{chunks_path, raw_path};
use clew_trace::{Compressor, Engines, Trace};
use common::{SEGMENT_BYTES, Segment, make_trace, read_events, store_stream};
use proptest::prelude::*;
use tempfile::TempDir;

/// A trace with `segments` segments, compressed if so wanted.
fn trace(segments: u64, compress: bool) -> TempDir {
    let dir = TempDir::new().unwrap();
    make_trace(dir.path());
    store_stream(dir.path(), segments);
    if compress {
        Compressor::new(dir.path(), SEGMENT_BYTES).finish(Engines::Gone).unwrap();
    }
    dir
}

fn all(segments: u64) -> Vec<u64> {
    (1..=segments * 10 + 1).collect()
}

fn count_raw(dir: &Path) -> usize {
    let entries = fs::read_dir(dir.join("events")).unwrap();
    entries.filter(|e| e.as_ref().unwrap().path().extension() == Some("raw".as_ref())).count()
}

#[test]
fn raw_segments_read_back() {
    let dir = trace(3, false);
    assert_eq!(read_events(dir.path()), (all(3), None));
}

#[test]
fn compressed_segments_read_back_and_raw_ones_are_gone() {
    let dir = trace(3, true);
    assert_eq!(count_raw(dir.path()), 0);
    assert_eq!(read_events(dir.path()), (all(3), None));
}

#[test]
fn segments_are_compressed_as_they_complete() {
    let dir = trace(4, false);
    let mut compressor = Compressor::new(dir.path(), SEGMENT_BYTES);
    for sequence in 0..3 {
        compressor.submit(1, sequence).unwrap();
    }
    let summary = compressor.finish(Engines::Gone).unwrap();
    assert_eq!(count_raw(dir.path()), 0);
    assert_eq!((summary.streams, summary.events, summary.exited), (1, 41, vec![1]));
    assert_eq!(read_events(dir.path()), (all(4), None));
}

#[test]
fn a_recorder_killed_between_chunk_and_unlink_loses_nothing() {
    let dir = trace(2, true);
    store_stream(dir.path(), 2);
    assert_eq!(read_events(dir.path()), (all(2), None));
}

#[test]
fn a_recorder_killed_within_a_chunk_loses_nothing() {
    let dir = trace(3, true);
    let path = chunks_path(dir.path(), 1);
    let whole = fs::read(&path).unwrap();
    for cut in 0..whole.len() {
        store_stream(dir.path(), 3);
        fs::write(&path, &whole[..cut]).unwrap();
        // The raw file of a segment whose chunk is complete may be gone already.
        let (events, damage) = read_events(dir.path());
        assert_eq!((events, damage), (all(3), None), "cut at {cut}");
    }
}

#[test]
fn a_killed_guest_leaves_what_it_wrote() {
    let dir = trace(1, false);
    let segment = Segment::new(0).record(Kind::Syscall, 1, &[]).record(Kind::Syscall, 2, &[]);
    segment.store(dir.path(), 1, 0);
    assert_eq!(read_events(dir.path()), (vec![1, 2], None));
    let summary = Compressor::new(dir.path(), SEGMENT_BYTES).finish(Engines::Gone).unwrap();
    assert!(summary.exited.is_empty());
    assert_eq!(read_events(dir.path()), (vec![1, 2], None));
}

/// What a live engine has mapped stays as it is; all else is compressed.
#[test]
fn segments_of_live_processes_are_left_alone() {
    let dir = trace(3, false);
    let call = |event| Segment::new(0).record(Kind::Syscall, event, &[]);
    call(40).end().store(dir.path(), 2, 0);
    Segment::new(1).record(Kind::Syscall, 41, &[]).store(dir.path(), 2, 1);
    call(42).store(dir.path(), 3, 0);
    Segment(Vec::new()).store(dir.path(), 4, 0);
    fs::write(dir.path().join("events/2.000000.free"), "").unwrap();
    let live = [(2, 1), (3, 0), (4, 0)].map(|(stream, seq)| raw_path(dir.path(), stream, seq));
    let before = live.clone().map(|path| fs::read(path).unwrap());
    let mut compressor = Compressor::new(dir.path(), SEGMENT_BYTES);
    compressor.submit(1, 0).unwrap();
    compressor.submit(2, 0).unwrap();
    let summary = compressor.finish(Engines::Running).unwrap();
    assert_eq!((summary.streams, summary.events, summary.exited), (4, 34, vec![1]));
    assert_eq!(count_raw(dir.path()), 3);
    assert_eq!(live.map(|path| fs::read(path).unwrap()), before);
    assert!(chunks_path(dir.path(), 2).exists() && !chunks_path(dir.path(), 3).exists());
    let free = fs::read_dir(dir.path().join("events")).unwrap().flatten();
    assert!(!free.into_iter().any(|e| e.path().extension() == Some("free".as_ref())));
    assert_eq!(read_events(dir.path()), (all(3), None));
    // They go on, and all can be read.
    Segment::new(1).record(Kind::Syscall, 41, &[]).record(Kind::Syscall, 43, &[]).store(
        dir.path(),
        2,
        1,
    );
    let stream = Trace::open(dir.path()).unwrap().stream(2).unwrap();
    let mut cursor = stream.cursor();
    let mut events = Vec::new();
    while let Some(record) = cursor.next_record() {
        events.push(record.header.event);
    }
    assert_eq!((events, cursor.damage()), (vec![40, 41, 43], None));
}

#[test]
fn segments_compressed_since_they_were_found_are_read() {
    let dir = trace(3, false);
    let stream = Trace::open(dir.path()).unwrap().stream(1).unwrap();
    let mut cursor = stream.cursor();
    let first = cursor.next_record().unwrap().header.event;
    Compressor::new(dir.path(), SEGMENT_BYTES).finish(Engines::Gone).unwrap();
    let mut events = vec![first];
    while let Some(record) = cursor.next_record() {
        events.push(record.header.event);
    }
    assert_eq!((events, cursor.damage()), (all(3), None));
}

/// The files of a process that has ended are not kept until the recording ends.
#[test]
fn an_ended_process_leaves_nothing_but_chunks() {
    let dir = trace(3, false);
    fs::write(dir.path().join("events/1.000000.free"), "").unwrap();
    let mut compressor = Compressor::new(dir.path(), SEGMENT_BYTES);
    for sequence in 0..3 {
        compressor.submit(1, sequence).unwrap();
    }
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let left = || fs::read_dir(dir.path().join("events")).unwrap().count();
    while left() != 1 {
        assert!(std::time::Instant::now() < patience);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(compressor.finish(Engines::Running).unwrap().events, 31);
    assert_eq!(read_events(dir.path()), (all(3), None));
}

#[test]
fn a_segment_created_but_not_begun_is_no_damage() {
    let dir = trace(1, false);
    let first = Segment::new(0).record(Kind::Syscall, 1, &[]).end();
    first.store(dir.path(), 1, 0);
    Segment(Vec::new()).store(dir.path(), 1, 1);
    assert_eq!(read_events(dir.path()), (vec![1], None));
}

#[test]
fn a_truncated_file_of_chunks_reads_up_to_the_cut() {
    let dir = trace(3, true);
    let path = chunks_path(dir.path(), 1);
    let len = fs::metadata(&path).unwrap().len();
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(len - 1).unwrap();
    let (events, damage) = read_events(dir.path());
    assert_eq!(events, (1..=20).collect::<Vec<_>>());
    assert!(damage.unwrap().contains("segment 2 of stream 1: chunk cut off"));
}

#[test]
fn a_cursor_finds_its_segment() {
    let dir = trace(5, true);
    let stream = Trace::open(dir.path()).unwrap().stream(1).unwrap();
    for (wanted, first) in [(0, 1), (1, 1), (10, 1), (11, 11), (35, 31), (51, 41), (99, 41)] {
        let mut cursor = stream.cursor_at(wanted);
        assert_eq!(cursor.next_record().unwrap().header.event, first, "for event {wanted}");
    }
    assert_eq!(stream.cursor_at_last_segment().next_record().unwrap().header.event, 41);
}

#[test]
fn the_compressor_lists_mapped_files() {
    let dir = trace(1, false);
    let mut map = vec![0; 24];
    map.extend_from_slice(b"1-2-3");
    let attachments: [(u32, u64, &[u8]); 2] =
        [(ATT_MAP, 0x1000, &map), (ATT_MAP_PATH, 0, b"/lib/libx.so")];
    let segment = Segment::new(0).record(Kind::Exec, 1, &attachments);
    segment.store(dir.path(), 1, 0);
    fs::write(dir.path().join("files/1-2-3"), "content").unwrap();
    let summary = Compressor::new(dir.path(), SEGMENT_BYTES).finish(Engines::Gone).unwrap();
    assert_eq!(summary.files["1-2-3"], "/lib/libx.so");
    clew_trace::files::write_list(dir.path(), None, &summary.files).unwrap();
    let list = Trace::open(dir.path()).unwrap().files().unwrap();
    assert_eq!((list[0].size, &*list[0].path), (7, "/lib/libx.so"));
    assert_eq!(list[0].blake3, blake3::hash(b"content").to_hex().as_str());
}

#[test]
fn symlinks_in_a_trace_are_not_followed() {
    let dir = trace(1, false);
    let raw = raw_path(dir.path(), 1, 0);
    fs::rename(&raw, dir.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink(dir.path().join("elsewhere"), &raw).unwrap();
    assert!(read_events(dir.path()).0.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever happens to a file of chunks, a prefix of the events is read, and damage is told.
    #[test]
    fn damaged_chunks_yield_a_prefix(at in any::<prop::sample::Index>(), flip in 1u8..) {
        let dir = trace(3, true);
        let path = chunks_path(dir.path(), 1);
        let mut bytes = fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        fs::write(&path, bytes).unwrap();
        let (events, damage) = read_events(dir.path());
        prop_assert!(all(3).starts_with(&events));
        // Some bits of a zstd frame do not matter: what is read has the right checksum then.
        prop_assert!(damage.is_some() || events == all(3));
        prop_assert!(events.len().is_multiple_of(10) || events == all(3));
    }

    /// Raw segments have no checksum, but their structure is checked.
    #[test]
    fn damaged_raw_segments_do_no_harm(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let dir = trace(2, false);
        let path = raw_path(dir.path(), 1, 0);
        let mut bytes = fs::read(&path).unwrap();
        for (at, flip) in flips {
            let at = at.index(2000);
            bytes[at] ^= flip;
        }
        fs::write(&path, bytes).unwrap();
        let (events, _) = read_events(dir.path());
        prop_assert!(events.len() <= 21);
        let summary = Compressor::new(dir.path(), SEGMENT_BYTES).finish(Engines::Gone).unwrap();
        prop_assert!(summary.events <= 21);
        prop_assert_eq!(read_events(dir.path()).0, events);
    }

    /// Random bytes as a segment's records.
    #[test]
    fn garbage_is_no_stream(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
        let dir = trace(1, false);
        let mut segment = Segment::new(0).record(Kind::Syscall, 1, &[]);
        segment.0.extend_from_slice(&bytes);
        segment.store(dir.path(), 1, 0);
        let (events, _) = read_events(dir.path());
        prop_assert_eq!(events.first(), Some(&1));
    }
}
