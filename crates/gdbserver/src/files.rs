//! The files a guest mapped, by the names under which a debugger asks for them.
//!
//! The trace knows each file by the path it had once all links were followed. A debugger asks by the
//! names that the dynamic linker used, on a machine whose links may differ, so a name that is no
//! recorded path is looked for by what links commonly do: `/lib` is `/usr/lib`, and `libc.so.6` is
//! some `libc.so.6.1`.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use clew_trace::files::{self, FileEntry};
use clew_trace::{Result, ResultExt, Trace};

/// See the module's documentation.
#[derive(Clone, Debug, Default)]
pub struct Files {
    dir: PathBuf,
    list: Vec<FileEntry>,
}

impl Files {
    pub fn of(trace: &Trace) -> Result<Self> {
        let dir = trace.dir().canonicalize().tried(|| format!("find {}", trace.dir().display()))?;
        Ok(Self::new(&dir, files::read_list(trace.dir())?))
    }

    pub fn new(dir: &Path, list: Vec<FileEntry>) -> Self {
        Self { dir: dir.to_owned(), list }
    }

    pub fn find(&self, name: &str) -> Option<&FileEntry> {
        let name = normal(name);
        let same = |wanted: &str| self.list.iter().find(|entry| entry.path == wanted);
        same(&name)
            .or_else(|| same(&merged(&name)?))
            .or_else(|| self.only(|path| file_name(path) == file_name(&name)))
            .or_else(|| self.only(|path| is_version_of(file_name(path), file_name(&name))))
    }

    /// The trace's directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn list(&self) -> &[FileEntry] {
        &self.list
    }

    /// Where the copy is; none if there is something else, such as a link that leads out of the trace.
    pub fn stored(&self, entry: &FileEntry) -> Option<PathBuf> {
        self.open(entry).ok()?;
        Some(self.dir.join(files::DIR).join(&entry.key))
    }

    /// Names without directories that mean one file only: libraries' own, and shorter ones as links to
    /// them have.
    pub fn names(&self) -> BTreeMap<&str, &FileEntry> {
        let mut names: BTreeMap<&str, Option<&FileEntry>> = BTreeMap::new();
        for entry in &self.list {
            for name in versions(file_name(&entry.path)) {
                let known = names.entry(name).or_insert(Some(entry));
                if known.is_some_and(|known| known.blake3 != entry.blake3) {
                    *known = None;
                }
            }
        }
        names.into_iter().filter_map(|(name, entry)| Some((name, entry?))).collect()
    }

    pub fn open(&self, entry: &FileEntry) -> std::io::Result<File> {
        files::open(&self.dir, &entry.key)
    }

    /// The one content that a path fits.
    fn only(&self, fits: impl Fn(&str) -> bool) -> Option<&FileEntry> {
        let mut found = self.list.iter().filter(|entry| fits(&entry.path));
        let first = found.next()?;
        found.all(|other| other.blake3 == first.blake3).then_some(first)
    }
}

/// The path without `.`, `..` and doubled slashes.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// What a path is where `/lib` and its kin are links into `/usr`.
fn merged(path: &str) -> Option<String> {
    let top = path.split('/').nth(1)?;
    (top.starts_with("lib") || matches!(top, "bin" | "sbin")).then(|| format!("/usr{path}"))
}

/// `libx.so.1.2`, `libx.so.1`, `libx.so`; nothing for what is no library.
fn versions(name: &str) -> impl Iterator<Item = &str> {
    let base = name.find(".so").map(|at| at + 3);
    let ends = base.into_iter().flat_map(|base| {
        let dots = name[base..].match_indices('.').map(move |(at, _)| base + at);
        dots.chain([name.len()])
    });
    ends.map(|end| &name[..end])
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_version_of(file: &str, link: &str) -> bool {
    link.contains(".so") && file.strip_prefix(link).is_some_and(|rest| rest.starts_with('.'))
}
