//! The trace's files as a directory tree, for a debugger on this machine: it reads them without asking
//! us, and without telling its user so for each of them.
//!
//! They are hard links if the tree can lie in the trace, for gdb follows symbolic ones and would show
//! the names of stored files instead of the recorded ones.
//!
//! A trace may come from anyone. No file of its leads out of the tree, and none is where the debugger looks
//! for scripts: those are this machine's.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

use crate::files::Files;

/// See the module's documentation. It disappears when it is dropped.
pub struct Sysroot {
    dir: TempDir,
}

/// What follows is the number of the process that made it.
const PREFIX: &str = ".debug-";

/// Where distributions put scripts for libraries, such as C++'s pretty printers.
const AUTO_LOAD: &str = "/usr/share/gdb/auto-load";

/// Where those of GCC are.
const PRINTERS: &str = "/usr/share/gcc";

impl Sysroot {
    pub fn new(files: &Files) -> io::Result<Self> {
        remove_stale(files.dir());
        let prefix = format!("{PREFIX}{}-", std::process::id());
        let within = tempfile::Builder::new().prefix(&prefix).tempdir_in(files.dir());
        let dir = match within {
            Ok(dir) => dir,
            Err(_) => tempfile::Builder::new().prefix("clew-").tempdir()?,
        };
        let dir = Self { dir };
        dir.fill(files)?;
        Ok(dir)
    }

    fn fill(&self, files: &Files) -> io::Result<()> {
        fs::create_dir(self.root())?;
        fs::create_dir(self.libraries())?;
        let mut known = BTreeSet::new();
        for entry in files.list() {
            let (Some(stored), Some(place)) = (files.stored(entry), self.place(&entry.path)) else {
                continue;
            };
            if known.insert(&entry.path) {
                let parent = place.parent().unwrap_or(&place);
                // Something else may be in the way: a path that was a directory once, a file later.
                let _ = fs::create_dir_all(parent).and_then(|()| link(&stored, &place));
            }
        }
        for (name, entry) in files.names() {
            if let Some(place) = self.place(&entry.path) {
                symlink(place, self.libraries().join(name))?;
            }
        }
        self.adopt_scripts()
    }

    /// gdb looks for a library's scripts under the library's whole name, and C++'s then look for the
    /// rest of them from there.
    fn adopt_scripts(&self) -> io::Result<()> {
        let root = self.root();
        let rest = root.join(PRINTERS.trim_start_matches('/'));
        if !Path::new(PRINTERS).exists() || rest.exists() {
            return Ok(());
        }
        fs::create_dir_all(rest.parent().unwrap_or(&rest))?;
        symlink(PRINTERS, rest)?;
        let Some(parent) = root.strip_prefix("/").ok().and_then(Path::parent) else {
            return Ok(());
        };
        let place = self.scripts().join(parent);
        fs::create_dir_all(&place)?;
        symlink(AUTO_LOAD, place.join("root"))
    }

    /// Under this, files have their recorded paths.
    pub fn root(&self) -> PathBuf {
        self.dir.path().join("root")
    }

    /// Here, libraries lie side by side under all names that links may have led from.
    pub fn libraries(&self) -> PathBuf {
        self.dir.path().join("libraries")
    }

    /// The system's scripts, for libraries under [`Self::root`].
    pub fn scripts(&self) -> PathBuf {
        self.dir.path().join("scripts")
    }

    /// Where a path of the trace goes; none for one that would leave the tree, or be taken for a script.
    pub fn place(&self, path: &str) -> Option<PathBuf> {
        let relative = Path::new(path.strip_prefix('/')?);
        let normal = |part| matches!(part, Component::Normal(_));
        // Some distributions add a version to that directory's name.
        let of_scripts = path.starts_with(PRINTERS) || Path::new(PRINTERS).starts_with(path);
        (relative.components().all(normal) && !path.ends_with('/') && !of_scripts)
            .then(|| self.root().join(relative))
    }
}

/// Removes what processes left that were killed.
fn remove_stale(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        let Some(pid) = owner.and_then(|rest| rest.split('-').next()) else { continue };
        if pid.parse::<u32>().is_ok() && !Path::new("/proc").join(pid).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn link(stored: &Path, place: &Path) -> io::Result<()> {
    fs::hard_link(stored, place).or_else(|_| symlink(stored, place))
}
