//! The reader of traces: whatever is in the directory, reading it ends, without a panic, with little
//! memory; and a trace that is compressed or packed says what it said before.
#![no_main]

use std::path::Path;

use clew_cli::show;
use clew_fuzz::{Scratch, lay, mutate};
use clew_trace::compress::{Compressor, Engines};
use clew_trace::pack::{self, Pack, What};
use clew_trace::{Merge, Record, Stream, Trace, files, processes};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

/// Options of an input.
const COMPRESS: u8 = 1;
const PACK: u8 = 2;

fuzz_target!(|data: &[u8]| {
    let scratch = Scratch::empty();
    let dir = scratch.path().join("t-0");
    let wishes = lay(data, &dir);
    let Ok(trace) = Trace::open(&dir) else { return };
    let events = read(&trace);
    if wishes & PACK != 0 {
        packed(&scratch, &trace, &events);
    }
    if wishes & COMPRESS != 0 {
        compressed(&dir, &trace, &events);
    }
    assert_eq!(scratch.names(), ["t-0"], "something was written elsewhere");
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate(data, size, max_size, seed)
});

/// Asks everything there is to ask; returns what the events are in words, stream by stream.
fn read(trace: &Trace) -> Vec<String> {
    let numbers = trace.streams().expect("the directory can be read");
    let mut events = Vec::new();
    for &number in &numbers {
        let Ok(stream) = trace.stream(number) else { continue };
        walk(&stream, &mut events);
        ask(&stream);
        let _ = processes::of_stream(trace, number);
    }
    for from in [0, 5, u64::MAX] {
        let Ok(mut merge) = Merge::new(trace, from) else { continue };
        while let Ok(Some((_, record))) = merge.next_event(u64::MAX - 1) {
            describe(&record);
        }
        merge.damage();
    }
    let _ = processes::list(trace);
    let _ = processes::noted(trace, 100);
    let _ = processes::started(trace);
    for entry in trace.files().unwrap_or_default() {
        let _ = files::matches(trace.dir(), &entry);
    }
    trace.disk_bytes();
    let _ = trace.meta().machine.abilities.missing_here();
    events
}

fn walk(stream: &Stream, events: &mut Vec<String>) {
    let mut cursor = stream.cursor();
    while let Some(record) = cursor.next_record() {
        if record.is_event() {
            events.push(format!("{} {}", record.header.event, describe(&record)));
        }
    }
    cursor.damage();
}

fn ask(stream: &Stream) {
    for sequence in 0..stream.segments() {
        let event = stream.first_event(sequence);
        stream.head(sequence, |record| drop(describe(record)));
        stream.reaches(event);
        let mut cursor = stream.cursor_at(event);
        cursor.peek_event();
        cursor.next_record();
        processes::exec_before(stream, event.wrapping_add(1));
    }
    processes::programs(stream);
    processes::ended(stream);
    stream.damage();
}

fn describe(record: &Record<'_>) -> String {
    for attachment in record.attachments() {
        let _ = attachment.map().map(|(_, key)| clew_trace::valid_key(key));
    }
    let text = show::describe(record);
    assert!(!text.contains('\n'), "an event is a line");
    text
}

/// A pack of what could be read says the same.
fn packed(scratch: &Scratch, trace: &Trace, events: &[String]) {
    let (file, dir) = (scratch.path().join("t.clew"), scratch.path().join("t-1"));
    if let Ok(packed) = pack::write(trace, &file, &mut |_, _| {}) {
        let pack = Pack::open(&file).expect("what was packed can be opened");
        pack.extract(&dir, What::All, &|_| {}).expect("what was packed can be unpacked");
        let again = Trace::open(&dir).expect("what was unpacked is a trace");
        if packed.damage.is_empty() {
            assert_eq!(events, read(&again), "packing changed the events");
        }
        std::fs::remove_dir_all(&dir).expect("it is there");
        std::fs::remove_file(&file).expect("it is there");
    }
}

/// Compressing what is raw changes nothing that a reader sees.
fn compressed(dir: &Path, trace: &Trace, events: &[String]) {
    let compressor = Compressor::new(dir, trace.meta().segment_bytes);
    if compressor.finish(Engines::Gone).is_ok() {
        assert_eq!(events, read(trace), "compressing changed the events");
    }
}
