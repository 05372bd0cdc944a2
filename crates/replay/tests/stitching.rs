//! What a replay of a child is fed, and what becomes of streams that lie about their parents.

#[path = "../../trace/tests/common/mod.rs"]
mod common;

use std::path::Path;

use clew_abi::record::Kind;
use clew_replay::plan::{Part, Plan, Target};
use clew_replay::stitch::Stitcher;
use clew_trace::records::Records;
use clew_trace::{Compressor, Engines, Trace};
use common::{SEGMENT_BYTES, Segment, make_trace, note_pids, trap};
use tempfile::TempDir;

const FORK: u64 = 57;
const WRITE: u64 = 1;

fn plan(dir: &Path, target: Target) -> Result<Plan, String> {
    let trace = Trace::open(dir).unwrap();
    Plan::new(&trace, &target)
        .map(|plan| plan.expect("there are events"))
        .map_err(|e| e.to_string())
}

/// Streams, first segments and ends of a plan's parts.
fn parts(plan: &Plan) -> Vec<(u32, u64, Option<u64>)> {
    plan.parts.iter().map(|part| (part.stream, part.first, part.until)).collect()
}

/// The events that a replay is fed, after a check of the segments' form.
fn fed(dir: &Path, plan: &Plan) -> Result<Vec<u64>, String> {
    let mut stitcher = Stitcher::new(dir.into(), SEGMENT_BYTES, plan.parts.clone());
    let (mut events, mut count, mut ended) = (Vec::new(), 0, true);
    let mut room = vec![0xff; SEGMENT_BYTES as usize];
    while let Some(len) = stitcher.next(&mut room) {
        assert!(ended, "segment {count} follows one without an end");
        let mut last = Kind::None;
        let records = Records::new(&room[..len], count).unwrap();
        for record in records {
            last = record.kind;
            events.extend(record.is_event().then_some(record.header.event));
        }
        ended = last == Kind::SegmentEnd;
        count += 1;
    }
    assert!(stitcher.is_at_end());
    stitcher.damage().map_or(Ok(events), |damage| Err(damage.to_owned()))
}

/// Process 10 executes `sh`, `bash` and `cat`, one segment each; `bash` forks 20 in event 6, which
/// forks 30 in event 9.
fn family(compress: bool) -> TempDir {
    let dir = TempDir::new().unwrap();
    make_trace(dir.path());
    let (first, top) = ((10, 1), (0, 0));
    Segment::new(0).exec(1, first, top, "sh x").call(2, 10, WRITE, 1, 1).end().store(
        dir.path(),
        1,
        0,
    );
    let bash = Segment::new(1).exec(4, first, top, "bash -c y").call(5, 10, WRITE, 1, 1);
    bash.call(6, 10, FORK, 0, 20).call(12, 10, WRITE, 1, 1).end().store(dir.path(), 1, 1);
    Segment::new(2).exec(13, first, top, "cat").exit(14, 0).store(dir.path(), 1, 2);
    let child = Segment::new(0).fork(7, (20, 10), (1, 6)).call(8, 20, WRITE, 1, 1);
    child.call(9, 20, FORK, 0, 30).exit(15, 3).store(dir.path(), 2, 0);
    Segment::new(0).fork(10, (30, 20), (2, 9)).call(11, 30, WRITE, 1, 1).end().store(
        dir.path(),
        3,
        0,
    );
    Segment::new(1).exec(16, (30, 20), top, "ls").exit(17, 0).store(dir.path(), 3, 1);
    if compress {
        Compressor::new(dir.path(), SEGMENT_BYTES).finish(Engines::Gone).unwrap();
    }
    dir
}

#[test]
fn the_first_process_is_its_own_stream() {
    let dir = family(true);
    let plan = plan(dir.path(), Target::First).unwrap();
    assert_eq!((plan.pid, plan.forks(), plan.stream()), (10, 0, 1));
    assert_eq!(fed(dir.path(), &plan).unwrap(), [1, 2, 4, 5, 6, 12, 13, 14]);
}

#[test]
fn a_fork_follows_its_parents_last_exec() {
    for compress in [false, true] {
        let dir = family(compress);
        let plan = plan(dir.path(), Target::Fork(20)).unwrap();
        assert_eq!(parts(&plan), [(1, 1, Some(6)), (2, 0, None)]);
        assert_eq!((plan.pid, plan.forks(), plan.begin), (20, 1, 7));
        assert_eq!(fed(dir.path(), &plan).unwrap(), [4, 5, 7, 8, 9, 15]);
    }
}

#[test]
fn a_fork_of_a_fork_follows_both() {
    for compress in [false, true] {
        let dir = family(compress);
        let plan = plan(dir.path(), Target::Fork(30)).unwrap();
        assert_eq!(parts(&plan), [(1, 1, Some(6)), (2, 0, Some(9)), (3, 0, None)]);
        assert_eq!(plan.forks(), 2);
        assert_eq!(fed(dir.path(), &plan).unwrap(), [4, 5, 7, 8, 10, 11, 16, 17]);
    }
}

#[test]
fn an_exec_needs_nothing_before_it() {
    let dir = family(true);
    let by_pid = plan(dir.path(), Target::Exec(30)).unwrap();
    assert_eq!(fed(dir.path(), &by_pid).unwrap(), [16, 17]);
    assert_eq!(plan(dir.path(), Target::Program("ls".into())).unwrap(), by_pid);
    let bash = plan(dir.path(), Target::Program("bash".into())).unwrap();
    assert_eq!(parts(&bash), [(1, 1, None)]);
    let first = plan(dir.path(), Target::Exec(10)).unwrap();
    assert_eq!(parts(&first), [(1, 0, None)]);
}

#[test]
fn processes_that_cannot_be_meant_are_errors() {
    let dir = family(true);
    let said = |target| plan(dir.path(), target).unwrap_err();
    let never = said(Target::Exec(20));
    assert!(never.contains("never executed a program\n`-f 20`"), "{never}");
    let unknown = said(Target::Fork(99));
    assert!(unknown.contains("no recorded process with that pid\n`clew ps`"), "{unknown}");
    let name = said(Target::Program("vi".into()));
    assert!(name.contains("no recorded process executed"), "{name}");
}

#[test]
fn a_child_in_its_parents_memory_has_no_replay() {
    let dir = TempDir::new().unwrap();
    make_trace(dir.path());
    let segment = Segment::new(0).exec(1, (10, 1), (0, 0), "sh").child(2, 11, 10);
    segment.call(3, 11, 231, 127, 0).exit(4, 0).store(dir.path(), 1, 0);
    for target in [Target::Fork(11), Target::Exec(11)] {
        let said = plan(dir.path(), target).unwrap_err();
        assert!(said.contains("vfork without exec") && said.contains("`-f 10`"), "{said}");
    }
}

#[test]
fn a_pid_means_its_first_process() {
    let dir = family(false);
    Segment::new(0).fork(21, (20, 10), (1, 12)).exit(22, 0).store(dir.path(), 4, 0);
    assert_eq!(plan(dir.path(), Target::Fork(20)).unwrap().stream(), 2);
    Segment::new(0).exec(23, (20, 10), (1, 12), "w").exit(24, 0).store(dir.path(), 5, 0);
    assert_eq!(plan(dir.path(), Target::Exec(20)).unwrap().stream(), 5);
    assert_eq!(plan(dir.path(), Target::Stream(4)).unwrap().begin, 21);
}

/// However many processes there are.
#[test]
fn only_the_process_and_its_ancestors_are_looked_at() {
    let dir = family(true);
    let (fork, exec) = (Target::Fork(30), Target::Exec(30));
    let expected = [&fork, &exec].map(|target| plan(dir.path(), target.clone()).unwrap());
    (4..100).for_each(|stream| trap(dir.path(), stream));
    let others = (4..100).map(|stream| (stream, 1000 + stream));
    note_pids(dir.path(), [(1, 10), (2, 20), (3, 30)].into_iter().chain(others));
    for (target, expected) in [&fork, &exec].into_iter().zip(&expected) {
        assert_eq!(parts(&plan(dir.path(), target.clone()).unwrap()), parts(expected));
    }
    // Without the notes all streams have to be looked at.
    note_pids(dir.path(), []);
    for target in [fork, exec] {
        let said = plan(dir.path(), target).unwrap_err();
        assert!(said.contains("not a regular file"), "{said}");
    }
}

#[test]
fn streams_are_believed_and_notes_are_not() {
    let dir = family(false);
    let lies = [
        vec![(1, 20), (2, 10), (3, 99)],
        vec![(2, 99), (3, 20)],
        vec![(0, 20), (77, 20), (u32::MAX, 20)],
    ];
    for pids in lies {
        note_pids(dir.path(), pids);
        assert_eq!(plan(dir.path(), Target::Fork(20)).unwrap().stream(), 2);
        assert_eq!(plan(dir.path(), Target::Exec(10)).unwrap().stream(), 1);
        assert!(plan(dir.path(), Target::Fork(99)).unwrap_err().contains("no recorded process"));
    }
    // A process that began when nobody took notes any more, and has the pid of an earlier one.
    note_pids(dir.path(), [(1, 10), (2, 20), (3, 30)]);
    Segment::new(0).exec(21, (20, 10), (1, 12), "w").exit(22, 0).store(dir.path(), 4, 0);
    assert_eq!(plan(dir.path(), Target::Fork(20)).unwrap().stream(), 2);
    assert_eq!(plan(dir.path(), Target::Exec(20)).unwrap().stream(), 4);
}

/// A parent that was killed in its fork: its stream ends before the call.
#[test]
fn the_forks_own_event_may_be_missing() {
    let dir = family(false);
    let cut = || Segment::new(1).exec(4, (10, 1), (0, 0), "bash").call(5, 10, WRITE, 1, 1);
    std::fs::remove_file(clew_trace::stream::raw_path(dir.path(), 1, 2)).unwrap();
    for segment in [cut(), cut().end()] {
        segment.store(dir.path(), 1, 1);
        let plan = plan(dir.path(), Target::Fork(20)).unwrap();
        assert_eq!(fed(dir.path(), &plan).unwrap(), [4, 5, 7, 8, 9, 15]);
    }
    Segment(Vec::new()).store(dir.path(), 1, 2);
    let blank_after = plan(dir.path(), Target::Fork(20)).unwrap();
    assert_eq!(fed(dir.path(), &blank_after).unwrap(), [4, 5, 7, 8, 9, 15]);
}

#[test]
fn a_missing_fork_is_damage_if_the_parent_lived_on() {
    let lost = |segment: Segment| {
        let dir = family(false);
        std::fs::remove_file(clew_trace::stream::raw_path(dir.path(), 1, 2)).unwrap();
        segment.store(dir.path(), 1, 1);
        fed(dir.path(), &plan(dir.path(), Target::Fork(20)).unwrap()).unwrap_err()
    };
    let start = || Segment::new(1).exec(4, (10, 1), (0, 0), "bash");
    let said = lost(start().exit(5, 0));
    assert!(said.contains("event 6 of stream 1, a fork: it is missing"), "{said}");
    for other in [start().call(8, 10, WRITE, 1, 1), start().record(Kind::Signal, 6, &[])] {
        let said = lost(other);
        assert!(said.contains("another one is in its place"), "{said}");
    }
}

#[test]
fn the_recorder_knows_which_streams_are_whole() {
    let dir = family(false);
    std::fs::remove_file(clew_trace::stream::raw_path(dir.path(), 1, 2)).unwrap();
    let cut = Segment::new(1).exec(4, (10, 1), (0, 0), "bash");
    cut.store(dir.path(), 1, 1);
    note_pids(dir.path(), []);
    let said = fed(dir.path(), &plan(dir.path(), Target::Fork(20)).unwrap()).unwrap_err();
    assert!(said.contains("it is missing"), "{said}");
}

/// A trace whose second stream claims to come from `parent`.
fn claiming(parent: (u64, u64)) -> TempDir {
    let dir = TempDir::new().unwrap();
    make_trace(dir.path());
    let first = Segment::new(0).exec(3, (10, 1), (0, 0), "sh").call(4, 10, FORK, 0, 20);
    first.call(9, 10, WRITE, 1, 1).exit(10, 0).store(dir.path(), 1, 0);
    Segment::new(0).fork(6, (20, 10), parent).exit(7, 0).store(dir.path(), 2, 0);
    dir
}

#[test]
fn hostile_parents_are_errors() {
    let whole = claiming((1, 4));
    let good = plan(whole.path(), Target::Fork(20)).unwrap();
    assert_eq!(fed(whole.path(), &good).unwrap(), [3, 6, 7]);
    let cases = [
        ((2, 5), "before its parent (stream 2) began"),
        ((2, 6), "says it was made at event 6 of stream 2"),
        ((1, 9), "says it was made at event 9 of stream 1"),
        ((1, 3), "before its parent (stream 1) began"),
        ((1, 0), "before its parent (stream 1) began"),
        ((7, 4), "(stream 7) are missing"),
        ((0, 4), "(stream 0) are missing"),
        ((1 << 32 | 1, 4), "of stream 4294967297"),
        ((u64::MAX, u64::MAX), "damaged"),
    ];
    for (parent, cause) in cases {
        let dir = claiming(parent);
        let said = plan(dir.path(), Target::Stream(2)).unwrap_err();
        assert!(said.contains(cause), "{parent:?}: {said}");
        assert!(said.lines().count() <= 3, "{said}");
    }
    let dir = claiming((1, 5));
    let beside = plan(dir.path(), Target::Fork(20)).unwrap();
    let said = fed(dir.path(), &beside).unwrap_err();
    assert!(said.contains("another one is in its place"), "{said}");
}

#[test]
fn parents_in_a_circle_are_an_error() {
    let dir = claiming((3, 5));
    Segment::new(0).fork(5, (30, 20), (2, 4)).exit(8, 0).store(dir.path(), 3, 0);
    for target in [Target::Fork(20), Target::Fork(30), Target::Exec(20)] {
        assert!(plan(dir.path(), target.clone()).is_err(), "{target:?}");
    }
}

#[test]
fn a_full_segment_has_no_room_for_an_end() {
    let dir = claiming((1, 4));
    let mut full = Segment::new(0).exec(3, (10, 1), (0, 0), "sh");
    while full.0.len() < SEGMENT_BYTES as usize {
        let room = SEGMENT_BYTES as usize - full.0.len();
        let pad = if room > 1000 { 500 } else { room - 48 };
        full = full.record(Kind::Data, 0, &[(2, 0, &vec![0; pad])]);
    }
    full.store(dir.path(), 1, 0);
    let child = plan(dir.path(), Target::Fork(20)).unwrap();
    let said = fed(dir.path(), &child).unwrap_err();
    assert!(said.contains("no room"), "{said}");
}

#[test]
fn a_stream_that_vanished_is_damage() {
    let dir = family(true);
    let part = |stream, until| Part { stream, first: 0, until, whole: false };
    let plan = Plan { pid: 1, parts: vec![part(9, Some(5)), part(2, None)], begin: 7 };
    assert!(fed(dir.path(), &plan).unwrap_err().contains("stream 9"));
}
