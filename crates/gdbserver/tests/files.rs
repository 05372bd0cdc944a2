//! Files out of the trace.

mod common;

use clew_gdbserver::files::Files;
use clew_trace::files::FileEntry;
use common::Client;
use common::fake::Fake;

fn hex(text: &str) -> String {
    text.bytes().map(|b| format!("{b:02x}")).collect()
}

struct Store(tempfile::TempDir);

impl Store {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("files")).unwrap();
        Self(dir)
    }

    fn files(&self, list: &[(&str, &str)]) -> Files {
        let entry = |(i, (path, content)): (usize, &(&str, &str))| {
            let key = format!("key-{i}");
            std::fs::write(self.0.path().join("files").join(&key), content).unwrap();
            let (path, size) = ((*path).to_owned(), content.len() as u64);
            FileEntry { key, path, size, blake3: (*content).to_owned() }
        };
        Files::new(self.0.path(), list.iter().enumerate().map(entry).collect())
    }
}

#[test]
fn a_file_is_opened_read_and_closed() {
    let store = Store::new();
    let files = store.files(&[("/usr/lib/libx.so", "hello } there")]);
    let mut c = Client::with(Fake::default(), files);
    assert_eq!(c.ask("vFile:setfs:0"), "F0");
    let open = format!("vFile:open:{},0,0", hex("/usr/lib/libx.so"));
    assert_eq!(c.ask(&open), "F01");
    assert_eq!(c.ask_bytes(b"vFile:pread:1,5,1"), b"F05;ello ");
    assert_eq!(c.ask_bytes(b"vFile:pread:1,100,6"), b"F07;}] there");
    assert_eq!(c.ask("vFile:pread:1,100,100"), "F00;");
    let stat = c.ask_bytes(b"vFile:fstat:1");
    assert!(stat.starts_with(b"F40;"));
    assert_eq!(c.ask("vFile:close:1"), "F0");
    assert_eq!(c.ask("vFile:close:1"), "F-1,09");
    assert_eq!(c.ask("vFile:pread:1,5,1"), "F-1,09");
    assert_eq!(c.ask(&open), "F02");
}

#[test]
fn only_the_traces_files_exist() {
    let mut c = Client::new();
    for path in ["/etc/passwd", "/proc/self/mem", "../../etc/passwd", "", "/bin/sh"] {
        assert_eq!(c.ask(&format!("vFile:open:{},0,0", hex(path))), "F-1,02", "{path}");
        assert_eq!(c.ask(&format!("vFile:readlink:{}", hex(path))), "F-1,02", "{path}");
    }
    assert_eq!(c.ask(&format!("vFile:open:{},602,1c0", hex("/tmp/new"))), "F-1,1e");
    assert_eq!(c.ask(&format!("vFile:unlink:{}", hex("/tmp/new"))), "");
}

#[test]
fn names_that_links_lead_from() {
    let store = Store::new();
    let files = store.files(&[
        ("/usr/lib/x86_64-linux-gnu/libc.so.6", "c"),
        ("/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "ld"),
        ("/opt/lib/libfoo.so.1.2.3", "foo"),
        ("/a/libtwice.so", "one"),
        ("/b/libtwice.so", "two"),
        ("/c/same.so", "same"),
        ("/d/same.so", "same"),
    ]);
    let found = |name: &str| files.find(name).map(|entry| entry.path.as_str());
    assert_eq!(
        found("/lib/x86_64-linux-gnu/libc.so.6"),
        Some("/usr/lib/x86_64-linux-gnu/libc.so.6")
    );
    assert_eq!(
        found("/lib64/ld-linux-x86-64.so.2"),
        Some("/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
    );
    assert_eq!(found("/opt/lib/../lib/./libfoo.so.1"), Some("/opt/lib/libfoo.so.1.2.3"));
    assert_eq!(found("/b//libtwice.so"), Some("/b/libtwice.so"));
    assert_eq!(found("/c/libtwice.so"), None);
    assert_eq!(found("/e/same.so"), Some("/c/same.so"));
    assert_eq!(found("/usr/lib/debug/libc.so.6.debug"), None);
}
