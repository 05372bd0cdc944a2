//! The index of a trace's processes.

mod common;

use std::path::Path;

use clew_abi::record::{ATT_ARGV, ATT_EXE, Kind};
use clew_trace::processes::{self, Process};
use clew_trace::{Compressor, Ended, Engines, Merge, Trace};
use common::{SEGMENT_BYTES, Segment, make_trace, note_pids, trap};
use proptest::prelude::*;
use tempfile::TempDir;

const FORK: u64 = 57;
const CLONE: u64 = 56;
const VFORK: u64 = 58;
const EXECVE: u64 = 59;
const EXIT: u64 = 60;
const EXIT_GROUP: u64 = 231;

fn list(dir: &Path) -> Vec<Process> {
    let (all, damage) = processes::list(&Trace::open(dir).unwrap()).unwrap();
    assert!(damage.is_empty(), "{damage:?}");
    all
}

/// Pid, command line and stream of each process.
fn shown(dir: &Path) -> Vec<(u32, String, Option<u32>)> {
    list(dir).into_iter().map(|p| (p.pid, p.argv.join(" "), p.stream)).collect()
}

fn row(pid: u32, command: &str, stream: u32) -> (u32, String, Option<u32>) {
    (pid, command.into(), Some(stream).filter(|s| *s != 0))
}

/// 10 makes 20 and then 40, 20 makes 30 later than that; 10 executes another program in between.
fn family(compress: bool) -> TempDir {
    let dir = TempDir::new().unwrap();
    make_trace(dir.path());
    let first = Segment::new(0).exec(1, (10, 1), (0, 0), "sh -x").call(2, 10, FORK, 0, 20);
    first.end().store(dir.path(), 1, 0);
    let second = Segment::new(1).exec(5, (10, 1), (0, 0), "make all").call(6, 10, VFORK, 0, 40);
    second.exit(20, 2).store(dir.path(), 1, 1);
    let child = Segment::new(0).fork(3, (20, 10), (1, 2)).call(9, 20, FORK, 0, 30);
    child.record(Kind::Exit, 12, &[]).store(dir.path(), 2, 0);
    Segment::new(0).exec(8, (40, 10), (1, 6), "cc a.c").exit(13, 1).store(dir.path(), 3, 0);
    Segment::new(0).fork(10, (30, 20), (2, 9)).call(11, 30, 1, 1, 1).store(dir.path(), 4, 0);
    if compress {
        Compressor::new(dir.path(), SEGMENT_BYTES).finish(Engines::Gone).unwrap();
    }
    dir
}

#[test]
fn children_follow_their_parents() {
    for compress in [false, true] {
        let dir = family(compress);
        let expected = [
            row(10, "make all", 1),
            row(20, "sh -x", 2),
            row(30, "sh -x", 4),
            row(40, "cc a.c", 3),
        ];
        assert_eq!(shown(dir.path()), expected);
        let all = list(dir.path());
        let forked: Vec<_> = all.iter().map(Process::forked_without_exec).collect();
        assert_eq!(forked, [false, true, true, false]);
        assert_eq!(all.iter().map(|p| p.ppid).collect::<Vec<_>>(), [1, 10, 20, 10]);
        assert_eq!((all[0].ended, all[2].ended), (Some(Ended::Exited(2)), None));
        let programs: Vec<_> =
            all[0].programs.iter().map(|p| (p.event, p.segment, &*p.exe)).collect();
        assert_eq!(programs, [(1, 0, "/bin/sh"), (5, 1, "/bin/make")]);
    }
}

#[test]
fn each_is_found_by_itself() {
    for compress in [false, true] {
        let dir = family(compress);
        let trace = Trace::open(dir.path()).unwrap();
        for process in list(dir.path()) {
            let alone = processes::of_stream(&trace, process.stream.unwrap()).unwrap();
            assert_eq!(alone, Some(process));
        }
        assert_eq!(processes::of_stream(&trace, 99).unwrap(), None);
    }
}

#[test]
fn the_recorder_notes_whose_each_stream_is() {
    let dir = family(false);
    let summary = Compressor::new(dir.path(), SEGMENT_BYTES).finish(Engines::Running).unwrap();
    let pids = [(1, 10), (2, 20), (3, 40), (4, 30)];
    assert_eq!(summary.pids, pids.into());
    note_pids(dir.path(), pids);
    (5..100).for_each(|stream| trap(dir.path(), stream));
    let trace = Trace::open(dir.path()).unwrap();
    for (stream, pid) in pids {
        let found = processes::noted(&trace, pid).unwrap();
        assert_eq!(found.iter().map(|o| (o.stream, o.pid)).collect::<Vec<_>>(), [(stream, pid)]);
    }
    assert_eq!(processes::noted(&trace, 50).unwrap(), []);
}

#[test]
fn children_that_never_left_their_parents_memory_are_found() {
    let dir = TempDir::new().unwrap();
    make_trace(dir.path());
    let parent = Segment::new(0).exec(1, (10, 1), (0, 0), "sh");
    // One that exits, one that executes a program, one that does neither, then 11 once more.
    let made = parent.child(2, 11, 10).call(3, 11, EXIT_GROUP, 127, 0).call(4, 10, VFORK, 0, 11);
    let made = made.child(5, 14, 10).call(6, 14, EXECVE, 0, 0).call(8, 10, VFORK, 0, 14);
    let made = made.child(9, 16, 10).call(10, 10, VFORK, 0, 16).child(11, 11, 10);
    // A clone that shares memory, a thread, a fork whose stream is lost.
    let made = made.call(12, 10, CLONE, 0x111, 12).call(13, 12, EXIT, 3, 0);
    let made = made.call(14, 10, CLONE, 0x10f00, 13).call(15, 13, EXIT, 0, 0);
    made.call(16, 10, FORK, 0, 15).exit(18, 0).store(dir.path(), 1, 0);
    Segment::new(0).exec(7, (14, 10), (1, 6), "ls").exit(17, 0).store(dir.path(), 2, 0);
    let pids = [(11, 0), (14, 2), (16, 0), (11, 0), (12, 0)];
    let name = |stream| if stream == 2 { "ls" } else { "sh" };
    let children = pids.map(|(pid, stream)| row(pid, name(stream), stream));
    assert_eq!(shown(dir.path()), [&[row(10, "sh", 1)], &children[..]].concat());
    let ends: Vec<_> = list(dir.path()).iter().map(|p| p.ended).collect();
    let code = |code| Some(Ended::Exited(code));
    assert_eq!(ends, [code(0), code(127), code(0), None, None, code(3)]);
}

#[test]
fn what_is_too_long_for_an_exec_precedes_it() {
    let dir = TempDir::new().unwrap();
    make_trace(dir.path());
    let strings: [(u32, u64, &[u8]); 2] = [(ATT_ARGV, 0, b"long\0"), (ATT_EXE, 0, b"/bin/long")];
    Segment::new(0).record(Kind::Data, 0, &strings).end().store(dir.path(), 1, 0);
    let rest = [(ATT_ARGV, 5, &b"arg\0"[..])];
    let exec = Segment::new(1).record(Kind::Data, 0, &rest).record(Kind::Exec, 1, &[]);
    exec.end().store(dir.path(), 1, 1);
    Segment::new(2).call(2, 10, 1, 1, 1).end().store(dir.path(), 1, 2);
    Compressor::new(dir.path(), SEGMENT_BYTES).finish(Engines::Gone).unwrap();
    let stream = Trace::open(dir.path()).unwrap().stream(1).unwrap();
    let programs = processes::programs(&stream);
    assert_eq!((programs.len(), programs[0].segment, programs[0].event), (1, 0, 1));
    assert_eq!(programs[0].argv.join(" "), "long arg");
    assert_eq!(processes::exec_before(&stream, 2), Some(0));
    assert_eq!(processes::exec_before(&stream, 1), None);
}

/// Streams and numbers of the events in a range.
fn merged(dir: &Path, from: u64, until: u64) -> Vec<(u32, u64)> {
    let trace = Trace::open(dir).unwrap();
    let mut merge = Merge::new(&trace, from).unwrap();
    let mut found = Vec::new();
    while let Some((stream, record)) = merge.next_event(until).unwrap() {
        found.push((stream, record.header.event));
    }
    assert!(merge.damage().is_empty());
    found
}

#[test]
fn events_of_all_processes_come_in_one_order() {
    let all = [1, 1, 2, 1, 1, 3, 2, 4, 4, 2, 3, 1].into_iter();
    let numbers = [1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 13, 20];
    let all: Vec<_> = all.zip(numbers).collect();
    for compress in [false, true] {
        let dir = family(compress);
        assert_eq!(merged(dir.path(), 0, u64::MAX), all);
        for (from, until) in [(5, 12), (12, 12), (14, 30), (21, 30), (0, 3)] {
            let wanted = |list: Vec<(u32, u64)>| -> Vec<_> {
                list.into_iter().filter(|(_, event)| *event >= from).collect()
            };
            let expected = all.iter().copied().filter(|(_, event)| *event <= until).collect();
            assert_eq!(wanted(merged(dir.path(), from, until)), wanted(expected));
        }
    }
}

/// More processes than files that may be open.
#[test]
fn many_processes_need_no_more_than_live_at_a_time() {
    const COUNT: u64 = 3000;
    let dir = TempDir::new().unwrap();
    make_trace(dir.path());
    let mut parent = Segment::new(0).exec(1, (1, 0), (0, 0), "sh");
    for i in 1..=COUNT {
        let (event, pid) = (4 * i, i as u32 + 1);
        parent = parent.call(event, 1, FORK, 0, pid.into());
        let child = Segment::new(0).fork(event + 1, (pid, 1), (1, event));
        child.call(event + 2, pid, EXIT, 0, 0).exit(event + 3, 0).store(dir.path(), pid, 0);
        if i % 100 == 0 {
            parent.end().store(dir.path(), 1, i / 100 - 1);
            parent = Segment::new(i / 100);
        }
    }
    parent.exit(4 * COUNT + 4, 0).store(dir.path(), 1, COUNT / 100);
    let summary = Compressor::new(dir.path(), SEGMENT_BYTES).finish(Engines::Gone).unwrap();
    assert_eq!((summary.streams, summary.notes.len()), (COUNT + 1, 0));
    let events: Vec<_> = merged(dir.path(), 0, u64::MAX).iter().map(|(_, event)| *event).collect();
    let expected: Vec<_> = [1].into_iter().chain(4..=4 * COUNT + 4).collect();
    assert_eq!(events, expected);
    assert_eq!(list(dir.path()).len() as u64, COUNT + 1);
}

/// Nothing is known of a parent whose stream is gone.
#[test]
fn orphans_come_after_all_that_began_before() {
    let dir = family(false);
    std::fs::remove_file(clew_trace::stream::raw_path(dir.path(), 2, 0)).unwrap();
    let expected = [row(10, "make all", 1), row(40, "cc a.c", 3), row(30, "", 4)];
    assert_eq!(shown(dir.path()), expected);
}

#[test]
fn a_stream_that_lies_is_left_out_and_told() {
    let dir = family(false);
    Segment::new(0).fork(3, (20, 10), (4, 10)).exit(12, 0).store(dir.path(), 2, 0);
    let (all, damage) = processes::list(&Trace::open(dir.path()).unwrap()).unwrap();
    assert_eq!(all.len(), 3);
    assert!(damage[0].contains("the trace is damaged: stream 2 begins at event 3"), "{damage:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Whatever streams say of their parents, each sound one is listed once, none before its
    /// parent.
    #[test]
    fn any_parents_give_an_order(parents in prop::collection::vec((0u64..8, 0u64..20), 1..8)) {
        let dir = TempDir::new().unwrap();
        make_trace(dir.path());
        for (i, parent) in parents.iter().enumerate() {
            let segment = Segment::new(0).fork(2 * i as u64 + 1, (i as u32 + 1, 1), *parent);
            segment.exit(2 * i as u64 + 2, 0).store(dir.path(), i as u32 + 1, 0);
        }
        let (all, damage) = processes::list(&Trace::open(dir.path()).unwrap()).unwrap();
        prop_assert_eq!(all.len() + damage.len(), parents.len());
        for (at, process) in all.iter().enumerate() {
            let up = process.parent.unwrap();
            let is_up = |p: &Process| p.stream == Some(up.stream) && p.begin < up.event;
            let later = all[at..].iter().any(is_up);
            prop_assert!(!later, "{:?}", all);
        }
    }
}
