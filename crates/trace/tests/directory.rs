//! Names, links and deletion of traces; `meta.json`.

mod common;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use clew_trace::{Meta, Root, Trace, files, root, valid_key};
use common::{make_trace, meta};
use tempfile::TempDir;

fn root_with(names: &[&str]) -> (TempDir, Root) {
    let dir = TempDir::new().unwrap();
    let root = Root::at(dir.path());
    for name in names {
        make_trace(&dir.path().join(name));
    }
    (dir, root)
}

#[test]
fn numbers_count_up() {
    let (dir, root) = root_with(&[]);
    let made = |program: &str| root.create_trace(program.as_ref()).unwrap();
    assert_eq!(made("/bin/ls"), dir.path().join("ls-0"));
    assert_eq!(made("ls"), dir.path().join("ls-1"));
    assert_eq!(made("ls-1"), dir.path().join("ls-1-0"));
    fs::remove_dir_all(dir.path().join("ls-0")).unwrap();
    assert_eq!(made("ls"), dir.path().join("ls-2"));
    assert_eq!(made("-x"), dir.path().join("_-x-0"));
    let mode = fs::metadata(dir.path().join("ls-2")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn traces_are_found_by_name_path_and_age() {
    let (dir, root) = root_with(&["a-0", "b-0"]);
    let path = fs::canonicalize(dir.path()).unwrap();
    assert_eq!(root.resolve(Some("a-0".as_ref())).unwrap(), path.join("a-0"));
    let given = dir.path().join("b-0");
    assert_eq!(root.resolve(Some(given.as_os_str())).unwrap(), path.join("b-0"));
    root.set_latest(&dir.path().join("a-0")).unwrap();
    assert_eq!(fs::read_link(dir.path().join("latest-trace")).unwrap(), OsStr::new("a-0"));
    assert_eq!(root.resolve(None).unwrap(), path.join("a-0"));
    assert_eq!(root.resolve(Some("latest-trace".as_ref())).unwrap(), path.join("a-0"));
    let missing = root.resolve(Some("c-0".as_ref())).unwrap_err().to_string();
    assert!(missing.contains("cannot open the trace c-0: there is no such trace"), "{missing}");
    assert_eq!(root.list().unwrap(), [dir.path().join("a-0"), dir.path().join("b-0")]);
}

#[test]
fn without_traces_there_is_no_newest() {
    let (_dir, root) = root_with(&[]);
    let error = root.resolve(None).unwrap_err().to_string();
    assert!(error.contains("there is none in"), "{error}");
}

#[test]
fn deletion_takes_traces_only_and_mends_the_link() {
    let (dir, root) = root_with(&["a-0", "b-0"]);
    fs::create_dir(dir.path().join("precious")).unwrap();
    root.set_latest(&dir.path().join("b-0")).unwrap();
    root.remove(&dir.path().join("b-0")).unwrap();
    assert!(!dir.path().join("b-0").exists());
    assert_eq!(root.resolve(None).unwrap(), fs::canonicalize(dir.path().join("a-0")).unwrap());
    assert!(root.remove(&dir.path().join("precious")).is_err());
    assert!(dir.path().join("precious").exists());
}

#[test]
fn a_chosen_directory_must_be_empty() {
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("empty")).unwrap();
    root::create_at(&dir.path().join("empty")).unwrap();
    assert!(root::create_at(&dir.path().join("empty")).is_err());
    assert!(root::create_at(&dir.path().join("no/parent")).is_err());
}

#[test]
fn shared_files_go_with_their_last_trace() {
    let (dir, root) = root_with(&["a-0"]);
    let store = root.store();
    fs::create_dir(&store).unwrap();
    let (kept, unused) = (store.join("1-1"), store.join("2-2"));
    fs::write(&kept, "kept").unwrap();
    fs::hard_link(&kept, dir.path().join("a-0/files/1-1")).unwrap();
    fs::write(&unused, "unused").unwrap();
    for note in ["1-1.b3", "2-2.b3"] {
        fs::write(store.join(note), "hash").unwrap();
    }
    files::prune(&store).unwrap();
    let mut left: Vec<_> = fs::read_dir(&store).unwrap().map(|e| e.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["1-1", "1-1.b3"]);
}

#[test]
fn keys_are_plain_names() {
    assert!(valid_key("fd00-12-abc"));
    for bad in ["", "..", "a/b", "A", "a.b", "a\0", &"a".repeat(300)] {
        assert!(!valid_key(bad), "{bad:?}");
    }
}

#[test]
fn newer_formats_are_refused() {
    let (dir, _root) = root_with(&["a-0"]);
    let path = dir.path().join("a-0");
    fs::write(path.join("meta.json"), r#"{"format": 3, "something": "new"}"#).unwrap();
    let error = Trace::open(&path).unwrap_err().to_string();
    assert!(error.contains("it has format 3, this clew reads up to 2"), "{error}");
    assert!(error.contains("newer clew"), "{error}");
}

#[test]
fn damaged_meta_is_an_error() {
    let (dir, _root) = root_with(&["a-0"]);
    let path = dir.path().join("a-0");
    let text = fs::read_to_string(path.join("meta.json")).unwrap();
    for cut in 0..text.len() - 1 {
        fs::write(path.join("meta.json"), &text[..cut]).unwrap();
        assert!(Trace::open(&path).is_err(), "cut at {cut}");
    }
    for segment_bytes in [0, 4095, 1 << 40] {
        let bad = Meta { segment_bytes, ..meta() };
        bad.write(&path).unwrap();
        assert!(Trace::open(&path).is_err(), "segments of {segment_bytes} bytes");
    }
}
