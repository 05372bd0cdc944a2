//! The trace's files as a tree.

use clew_gdbserver::files::Files;
use clew_gdbserver::sysroot::Sysroot;
use clew_trace::files::FileEntry;
use std::fs;

fn entry(key: &str, path: &str) -> FileEntry {
    FileEntry { key: key.into(), path: path.into(), size: 1, blake3: key.into() }
}

#[test]
fn files_have_their_recorded_paths() {
    let trace = tempfile::tempdir().unwrap();
    fs::create_dir(trace.path().join("files")).unwrap();
    for key in ["a", "b", "c", "d"] {
        fs::write(trace.path().join("files").join(key), key).unwrap();
    }
    fs::create_dir_all(trace.path().join(".debug-999999999-x/root")).unwrap();
    let list = vec![
        entry("a", "/usr/lib/libx.so.1.2"),
        entry("b", "/usr/bin/program"),
        entry("c", "/usr/lib/../../etc/escape"),
        entry("d", "/opt/libx.so.1.2"),
        entry("../../x", "/bad"),
        entry("a", "/usr/bin/program/below"),
    ];
    let files = Files::new(trace.path(), list);
    let sysroot = Sysroot::new(&files).unwrap();
    let read = |path: &str| fs::read_to_string(sysroot.root().join(path)).ok();
    assert_eq!(read("usr/lib/libx.so.1.2").as_deref(), Some("a"));
    assert_eq!(read("usr/bin/program").as_deref(), Some("b"));
    assert_eq!(read("etc/escape"), None);
    assert_eq!(read("bad"), None);
    assert_eq!(fs::read_dir(sysroot.libraries()).unwrap().count(), 0, "two are called so");
    assert!(!trace.path().join(".debug-999999999-x").exists());
    let dir = sysroot.root();
    drop(sysroot);
    assert!(!dir.exists());
}

#[test]
fn libraries_have_the_names_of_links() {
    let trace = tempfile::tempdir().unwrap();
    fs::create_dir(trace.path().join("files")).unwrap();
    fs::write(trace.path().join("files/a"), "a").unwrap();
    let files = Files::new(trace.path(), vec![entry("a", "/usr/lib/libx.so.1.2")]);
    let sysroot = Sysroot::new(&files).unwrap();
    for name in ["libx.so", "libx.so.1", "libx.so.1.2"] {
        assert_eq!(fs::read_to_string(sysroot.libraries().join(name)).unwrap(), "a");
    }
}

#[test]
fn nothing_of_a_trace_is_taken_for_a_script_or_leads_out() {
    let outside = tempfile::tempdir().unwrap();
    let trace = tempfile::tempdir().unwrap();
    let stored = trace.path().join("files");
    fs::create_dir(&stored).unwrap();
    fs::write(stored.join("a"), "a").unwrap();
    std::os::unix::fs::symlink(outside.path(), stored.join("b")).unwrap();
    let list = vec![
        entry("a", "/usr/share/gcc/python/libstdcxx/v6/__init__.py"),
        entry("a", "/usr/share/gcc-13/python/libstdcxx/v6/__init__.py"),
        entry("a", "/usr/share/gcc"),
        entry("a", "/usr/share"),
        entry("b", "/x"),
        entry("a", "/x/escaped"),
    ];
    let sysroot = Sysroot::new(&Files::new(trace.path(), list)).unwrap();
    let root = sysroot.root();
    let script = "usr/share/gcc/python/libstdcxx/v6/__init__.py";
    assert_ne!(fs::read_to_string(root.join(script)).ok().as_deref(), Some("a"));
    assert!(!root.join("usr/share/gcc-13").exists());
    // The directory that a link was to be is one.
    assert_eq!(fs::read_to_string(root.join("x/escaped")).unwrap(), "a");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}
