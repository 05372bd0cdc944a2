//! Packs: what goes in comes out; what is damaged or hostile does no harm.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use clew_abi::record::{ATT_MAP, ATT_MAP_PATH, Kind};
use clew_trace::pack::{self, Pack, Packed, What, is_pack};
use clew_trace::stream::{chunks_path, raw_path};
use clew_trace::{Compressor, Engines, Trace, lock};
use common::{SEGMENT_BYTES, Segment, make_trace};
use proptest::prelude::*;
use tempfile::TempDir;

/// A trace with two streams, one of them in two segments, and stored files, two of them alike.
fn trace(dir: &Path, compressed: bool) -> PathBuf {
    let trace = dir.join("guest-7");
    make_trace(&trace);
    for (key, content) in stored() {
        fs::write(trace.join("files").join(key), content).unwrap();
    }
    let mut map = vec![0; 24];
    map.extend_from_slice(b"1-a");
    let first = Segment::new(0)
        .record(Kind::Syscall, 1, &[(ATT_MAP, 0, &map), (ATT_MAP_PATH, 0, b"/lib/a.so")])
        .record(Kind::SegmentEnd, 0, &[]);
    fs::write(raw_path(&trace, 1, 0), first.0).unwrap();
    let second = Segment::new(1).record(Kind::Syscall, 3, &[(9, 0x1000, &[7; 3000])]);
    fs::write(raw_path(&trace, 1, 1), second.0).unwrap();
    let other = Segment::new(0).record(Kind::Syscall, 2, &[]);
    fs::write(raw_path(&trace, 2, 0), other.0).unwrap();
    if compressed {
        Compressor::new(&trace, SEGMENT_BYTES).finish(Engines::Gone).unwrap();
    }
    trace
}

fn stored() -> [(&'static str, Vec<u8>); 4] {
    let large: Vec<u8> = (0..9_000_000u32).map(|i| (i / 1000) as u8).collect();
    [("1-a", large.clone()), ("1-b", large), ("2-c", Vec::new()), ("3-d", vec![1; 100])]
}

fn pack(trace: &Path, out: &Path) -> Packed {
    pack::write(&Trace::open(trace).unwrap(), out, &mut |_, _| {}).unwrap()
}

fn extract(file: &Path, dir: &Path) -> Result<(), String> {
    let pack = Pack::open(file).map_err(|e| e.to_string())?;
    pack.extract(dir, What::All, &|_| {}).map_err(|e| e.to_string())
}

/// The events of all streams, as (stream, event).
fn events(dir: &Path) -> Vec<(u32, u64)> {
    let trace = Trace::open(dir).unwrap();
    let mut all = Vec::new();
    for number in trace.streams().unwrap() {
        let stream = trace.stream(number).unwrap();
        let mut cursor = stream.cursor();
        while let Some(record) = cursor.next_record() {
            all.push((number, record.header.event));
        }
        assert_eq!(cursor.damage(), None);
    }
    all
}

#[test]
fn what_goes_in_comes_out() {
    for compressed in [true, false] {
        let dir = TempDir::new().unwrap();
        let trace = trace(dir.path(), compressed);
        let (file, out) = (dir.path().join("x.clew"), dir.path().join("out"));
        let packed = pack(&trace, &file);
        assert_eq!((packed.events, packed.files, packed.unfinished), (3, 4, false));
        assert!(packed.damage.is_empty());
        // The large file is there once only, and as much is said.
        assert!(packed.unpacked_bytes < 12_000_000);
        assert!(is_pack(&file));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Pack::open(&file).unwrap().name(), "guest-7");

        extract(&file, &out).unwrap();
        assert_eq!(events(&out), events(&trace));
        for (key, content) in stored() {
            let path = out.join("files").join(key);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            assert!(fs::read(path).unwrap() == content, "{key}");
        }
        assert_eq!(
            fs::read(out.join("meta.json")).unwrap(),
            fs::read(trace.join("meta.json")).unwrap()
        );
        // Raw segments became chunks.
        assert!(chunks_path(&out, 1).exists() && !raw_path(&out, 1, 0).exists());
        assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o700);
        // The recording did not come to listing its files; the pack says what its events tell.
        let list = Trace::open(&out).unwrap().files().unwrap();
        assert_eq!(list.len(), 1);
        assert_eq!((&*list[0].key, &*list[0].path, list[0].size), ("1-a", "/lib/a.so", 9_000_000));
        // Nothing else is left anywhere.
        let mut names: Vec<_> =
            fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["guest-7", "out", "x.clew"]);
    }
}

#[test]
fn events_can_be_had_without_the_files() {
    let dir = TempDir::new().unwrap();
    let (file, out) = (dir.path().join("x.clew"), dir.path().join("out"));
    let trace = trace(dir.path(), true);
    pack(&trace, &file);
    let opened = Pack::open(&file).unwrap();
    assert!(opened.unpacked_bytes(What::Events) < 20_000);
    opened.extract(&out, What::Events, &|_| {}).unwrap();
    assert_eq!(events(&out), events(&trace));
    assert_eq!(fs::read_dir(out.join("files")).unwrap().count(), 0);
}

#[test]
fn a_damaged_stream_is_packed_up_to_the_damage() {
    let dir = TempDir::new().unwrap();
    let trace = trace(dir.path(), true);
    let chunks = chunks_path(&trace, 1);
    let mut bytes = fs::read(&chunks).unwrap();
    let last = bytes.len() - 10;
    bytes[last] ^= 0xff;
    fs::write(&chunks, bytes).unwrap();
    let (file, out) = (dir.path().join("x.clew"), dir.path().join("out"));
    let packed = pack(&trace, &file);
    assert_eq!(packed.events, 2);
    assert!(packed.damage[0].contains("damaged: segment 1 of stream 1"), "{:?}", packed.damage);
    extract(&file, &out).unwrap();
    assert_eq!(events(&out), [(1, 1), (2, 2)]);
}

#[test]
fn a_recording_that_runs_is_packed_as_far_as_it_is() {
    let dir = TempDir::new().unwrap();
    let trace = trace(dir.path(), false);
    let events_dir = fs::File::open(trace.join("events")).unwrap();
    lock::mark(&events_dir);
    let file = dir.path().join("x.clew");
    assert!(pack(&trace, &file).unfinished);
    drop(events_dir);
    assert!(!pack(&trace, &file).unfinished);
}

#[test]
fn only_packs_are_replaced() {
    let dir = TempDir::new().unwrap();
    let trace = trace(dir.path(), true);
    let opened = Trace::open(&trace).unwrap();
    let refused = |path: &Path| {
        let error = pack::write(&opened, path, &mut |_, _| {}).unwrap_err().to_string();
        assert!(error.contains("exists and is no packed trace"), "{error}");
    };
    let other = dir.path().join("notes");
    fs::write(&other, "notes").unwrap();
    refused(&other);
    assert_eq!(fs::read(&other).unwrap(), b"notes");
    let link = dir.path().join("link");
    symlink("/dev/null", &link).unwrap();
    refused(&link);
    refused(&trace);
    let file = dir.path().join("x.clew");
    pack(&trace, &file);
    pack(&trace, &file);
}

#[test]
fn links_and_devices_are_not_followed() {
    let dir = TempDir::new().unwrap();
    let trace = trace(dir.path(), true);
    symlink("/etc/passwd", trace.join("files/9-e")).unwrap();
    symlink("/etc", trace.join("files/9-f")).unwrap();
    let (file, out) = (dir.path().join("x.clew"), dir.path().join("out"));
    pack(&trace, &file);
    extract(&file, &out).unwrap();
    assert_eq!(fs::read_dir(out.join("files")).unwrap().count(), 4);
}

#[test]
fn what_is_there_is_not_written_over() {
    let dir = TempDir::new().unwrap();
    let (file, out) = (dir.path().join("x.clew"), dir.path().join("out"));
    pack(&trace(dir.path(), true), &file);
    extract(&file, &out).unwrap();
    assert!(extract(&file, &out).is_err());
}

/// A small pack, whose parts are easily hit.
fn small() -> Vec<u8> {
    let dir = TempDir::new().unwrap();
    let trace = dir.path().join("guest-7");
    make_trace(&trace);
    fs::write(trace.join("files/1-a"), vec![5; 3000]).unwrap();
    let segment = Segment::new(0).record(Kind::Syscall, 1, &[(9, 0x1000, &[7; 3000])]);
    fs::write(raw_path(&trace, 1, 0), segment.0).unwrap();
    let file = dir.path().join("x.clew");
    pack(&trace, &file);
    fs::read(file).unwrap()
}

/// Opens and unpacks whatever this is; it is to fail or to make a plain trace, and nothing else.
fn survives(bytes: &[u8]) -> Result<(), String> {
    let dir = TempDir::new().unwrap();
    let (file, out) = (dir.path().join("x.clew"), dir.path().join("in/out"));
    fs::create_dir(dir.path().join("in")).unwrap();
    fs::write(&file, bytes).unwrap();
    let result = extract(&file, &out);
    if let Err(message) = &result {
        assert!(message.lines().count() <= 3 && message.len() < 600, "{message}");
    }
    if result.is_err() {
        assert!(!out.join("meta.json").exists());
    }
    let mut found = BTreeMap::new();
    collect(dir.path(), dir.path(), &mut found);
    for (path, kind) in found {
        assert!(kind.is_dir() || kind.is_file(), "{path:?}");
        let ours = path == Path::new("x.clew") || path.starts_with("in");
        assert!(ours, "{path:?}");
    }
    result
}

fn collect(root: &Path, dir: &Path, found: &mut BTreeMap<PathBuf, fs::FileType>) {
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        found.insert(entry.path().strip_prefix(root).unwrap().into(), kind);
        if kind.is_dir() {
            collect(root, &entry.path(), found);
        }
    }
}

/// Changes the index and signs it anew, as an attacker would.
fn forge(bytes: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let offset = word(16) as usize;
    let mut index = bytes[offset..].to_vec();
    change(&mut index);
    let mut forged = bytes[..offset].to_vec();
    forged.extend_from_slice(&index);
    forged[24..32].copy_from_slice(&(index.len() as u64).to_le_bytes());
    let len = forged.len() as u64;
    forged[32..40].copy_from_slice(&len.to_le_bytes());
    forged[40..72].copy_from_slice(blake3::hash(&index).as_bytes());
    let check: Vec<u8> = blake3::hash(&forged[..72]).as_bytes()[..8].to_vec();
    forged[72..80].copy_from_slice(&check);
    forged
}

fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    forge(bytes, |index| {
        let text = String::from_utf8(index.clone()).unwrap();
        assert!(text.contains(from), "{text}");
        *index = text.replace(from, to).into();
    })
}

#[test]
fn forged_indices_do_no_harm() {
    let bytes = small();
    survives(&bytes).unwrap();
    survives(&forge(&bytes, |_| {})).unwrap();
    let wrong = [
        ("files/1-a", "../../escaped"),
        ("files/1-a", "/tmp/clew-escaped"),
        ("files/1-a", "files/../../x"),
        ("files/1-a", "meta.json"),
        ("files/1-a", "events/1.zst/x"),
        ("meta.json", "files/2-b"),
        ("\"size\":3000", "\"size\":300000000000000"),
        ("\"content\":1", "\"content\":1000000"),
        ("\"content\":1", "\"content\":-1"),
        (",3000]", ",4294967295]"),
        (",3000]", ",2999]"),
        ("\"offset\":", "\"offset\":9"),
        ("\"contents\":", "\"other\":"),
        ("\"blake3\":\"", "\"blake3\":\"0"),
    ];
    for (from, to) in wrong {
        assert!(survives(&replaced(&bytes, from, to)).is_err(), "{from} to {to}");
    }
    survives(&replaced(&bytes, "\"name\":", "\"later\":[1,{\"x\":2}],\"name\":")).unwrap();
    let newer = {
        let mut newer = bytes.clone();
        newer[8] = 2;
        forge(&newer, |_| {})
    };
    assert!(survives(&newer).unwrap_err().contains("newer clew"));
}

#[test]
fn each_truncation_is_told() {
    let bytes = small();
    for len in 0..bytes.len() {
        let message = survives(&bytes[..len]).unwrap_err();
        let expected = if len < 8 { "no packed trace" } else { "cut off" };
        assert!(message.contains(expected), "{len}: {message}");
    }
}

#[test]
fn each_changed_byte_is_told() {
    let bytes = small();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x41;
        assert!(survives(&changed).is_err(), "byte {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_signed_is_survived(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        insert in prop::collection::vec(any::<u8>(), 0..8),
        place in any::<prop::sample::Index>(),
    ) {
        let bytes = forge(&small(), |index| {
            for (at, byte) in &cuts {
                let at = at.index(index.len());
                index[at] = *byte;
            }
            let place = place.index(index.len());
            index.splice(place..place, insert.iter().copied());
        });
        let _ = survives(&bytes);
    }

    #[test]
    fn numbers_in_an_index_are_survived(
        digits in any::<u64>(),
        which in any::<prop::sample::Index>(),
    ) {
        let bytes = forge(&small(), |index| {
            let text = String::from_utf8(index.clone()).unwrap();
            let starts: Vec<usize> = text
                .char_indices()
                .filter(|(i, c)| c.is_ascii_digit() && !text[..*i].ends_with(|c: char| c.is_ascii_hexdigit()))
                .map(|(i, _)| i)
                .collect();
            let start = starts[which.index(starts.len())];
            let end = text[start..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |n| start + n);
            *index = format!("{}{digits}{}", &text[..start], &text[end..]).into();
        });
        let _ = survives(&bytes);
    }

    #[test]
    fn noise_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = survives(&bytes);
        let mut signed = b"clewpack".to_vec();
        signed.extend(bytes);
        let _ = survives(&signed);
    }
}
