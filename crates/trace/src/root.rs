//! Where traces live, and what they are called.

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use crate::{Error, Result, ResultExt, files, meta};

/// Name of the link to the newest trace.
pub const LATEST: &str = "latest-trace";

/// The directory that traces are kept in. It need not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root(PathBuf);

impl Root {
    /// `$CLEW_TRACE_DIR`, else `$XDG_DATA_HOME/clew`, else `~/.local/share/clew`.
    pub fn from_env() -> Result<Self> {
        let var = |name| std::env::var_os(name).filter(|v| !v.is_empty());
        let path = if let Some(dir) = var("CLEW_TRACE_DIR") {
            PathBuf::from(dir)
        } else if let Some(data) = var("XDG_DATA_HOME") {
            PathBuf::from(data).join("clew")
        } else if let Some(home) = var("HOME") {
            PathBuf::from(home).join(".local/share/clew")
        } else {
            return Err(Error::new("find the directory for traces", "HOME is not set")
                .advise("Set CLEW_TRACE_DIR to a directory, or pass `-o DIR`."));
        };
        std::path::absolute(&path).map(Self).tried(|| format!("use {}", path.display()))
    }

    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The directory of stored files that traces share.
    pub fn store(&self) -> PathBuf {
        self.0.join(files::STORE)
    }

    /// Makes the directory of a new trace of `program`, `<program>-<n>`.
    pub fn create_trace(&self, program: &OsStr) -> Result<PathBuf> {
        let tried = || format!("make a trace in {}", self.0.display());
        let advice = "Set CLEW_TRACE_DIR to a directory you may write to, or pass `-o DIR`.";
        let made = private_dir_all(&self.0)
            .and_then(|()| self.next_number(program))
            .and_then(|first| self.claim(program, first));
        made.tried(tried).map_err(|e| e.advise(advice))
    }

    fn claim(&self, program: &OsStr, first: u64) -> io::Result<PathBuf> {
        // Others may be recording too, so a number counts only once its directory is ours.
        for number in first.. {
            let path = self.0.join(numbered(program, number));
            match create_layout(&path) {
                Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
                other => return other.map(|()| path),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    fn next_number(&self, program: &OsStr) -> io::Result<u64> {
        let prefix = numbered_prefix(program);
        let mut next = 0;
        for entry in fs::read_dir(&self.0)? {
            let name = entry?.file_name();
            let rest = name.as_encoded_bytes().strip_prefix(prefix.as_encoded_bytes());
            let digits = rest.and_then(|r| std::str::from_utf8(r).ok());
            if let Some(number) = digits.and_then(|d| d.parse::<u64>().ok()) {
                next = next.max(number.saturating_add(1));
            }
        }
        Ok(next)
    }

    /// Makes a trace that lies elsewhere on the same file system one of those here, `<program>-<n>`.
    pub fn adopt(&self, dir: &Path, program: &OsStr) -> Result<PathBuf> {
        let tried = || format!("keep the trace {}", dir.display());
        for number in self.next_number(program).tried(tried)?.. {
            let path = self.0.join(numbered(program, number));
            match renameat_with(CWD, dir, CWD, &path, RenameFlags::NOREPLACE) {
                Err(Errno::EXIST) => {}
                // Not all file systems know the flag.
                Err(Errno::INVAL) if !path.exists() => {
                    return fs::rename(dir, &path).tried(tried).map(|()| path);
                }
                other => return other.tried(tried).map(|()| path),
            }
        }
        Err(Error::new(tried(), "all numbers are taken"))
    }

    /// Lets `latest-trace` name the trace at `dir`.
    pub fn set_latest(&self, dir: &Path) -> io::Result<()> {
        private_dir_all(&self.0)?;
        let target = match dir.strip_prefix(&self.0) {
            Ok(name) if name.components().count() == 1 => name,
            _ => dir,
        };
        let tmp = self.0.join(format!(".{LATEST}.{}", std::process::id()));
        let _ = fs::remove_file(&tmp);
        symlink(target, &tmp)?;
        fs::rename(&tmp, self.0.join(LATEST))
    }

    /// The trace that a command means: a path, a name here, or the newest if nothing is given.
    pub fn resolve(&self, given: Option<&OsStr>) -> Result<PathBuf> {
        let Some(given) = given else { return self.latest() };
        let here = Path::new(given);
        // A name is looked for among the traces first, as `record` names them; a path may be used
        // wherever it leads.
        let named = self.0.join(here);
        let bare = here.components().count() == 1 && !given.as_encoded_bytes().contains(&b'/');
        if bare && given != "." && given != ".." && is_trace(&named) {
            return canonical(&named);
        }
        if is_trace(here) {
            return canonical(here);
        }
        let cause = match fs::metadata(here) {
            Ok(m) if m.is_dir() => "that directory has no meta.json".to_owned(),
            Ok(_) => "not a directory".to_owned(),
            Err(_) if bare => format!("there is no such trace in {}", self.0.display()),
            Err(e) => e.to_string(),
        };
        let name = here.display();
        Err(Error::new(format!("open the trace {name}"), cause)
            .advise("`clew ls` lists the traces."))
    }

    fn latest(&self) -> Result<PathBuf> {
        let link = self.0.join(LATEST);
        if is_trace(&link) {
            return canonical(&link);
        }
        let newest = self
            .list()
            .unwrap_or_default()
            .into_iter()
            .max_by_key(|dir| fs::metadata(dir).and_then(|m| m.modified()).ok());
        newest.ok_or_else(|| {
            Error::new("open the newest trace", format!("there is none in {}", self.0.display()))
                .advise("Record one with `clew record PROGRAM`.")
        })
    }

    /// All traces here, sorted by name.
    pub fn list(&self) -> Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(&self.0) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.tried(|| format!("list {}", self.0.display()))?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.tried(|| format!("list {}", self.0.display()))?;
            let is_dir = entry.file_type().is_ok_and(|t| t.is_dir());
            if is_dir && is_trace(&entry.path()) {
                found.push(entry.path());
            }
        }
        found.sort();
        Ok(found)
    }

    /// Deletes a trace and the stored files that only it used.
    pub fn remove(&self, dir: &Path) -> Result<()> {
        let tried = || format!("delete {}", dir.display());
        if !is_trace(dir) {
            return Err(Error::new(tried(), "it is not a trace"));
        }
        // meta.json goes last, so that what an interrupted deletion leaves can be deleted again.
        for inner in ["events", files::DIR] {
            match fs::remove_dir_all(dir.join(inner)) {
                Err(e) if e.kind() != ErrorKind::NotFound => Err(e).tried(tried)?,
                _ => {}
            }
        }
        fs::remove_dir_all(dir).tried(tried)?;
        let link = self.0.join(LATEST);
        if fs::symlink_metadata(&link).is_ok() && !link.exists() {
            let _ = fs::remove_file(&link);
            if let Ok(newest) = self.latest() {
                let _ = self.set_latest(&newest);
            }
        }
        Ok(())
    }
}

/// Makes the directory of a new trace at a path the user chose. It may exist if it is empty.
pub fn create_at(path: &Path) -> Result<PathBuf> {
    let tried = || format!("make the trace {}", path.display());
    let path = std::path::absolute(path).tried(tried)?;
    match create_layout(&path) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            let empty = fs::read_dir(&path).tried(tried)?.next().is_none();
            if !empty {
                return Err(Error::new(tried(), "the directory exists and is not empty")
                    .advise("Choose another, or delete it first (`clew rm` deletes a trace)."));
            }
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).tried(tried)?;
            create_inner(&path).tried(tried)?;
        }
        other => other.tried(tried).map_err(|e| {
            e.advise("Its parent directory must exist and be one you may write to.")
        })?,
    }
    Ok(path)
}

/// Whether there is a trace in `dir`.
pub fn is_trace(dir: &Path) -> bool {
    fs::symlink_metadata(dir.join(meta::FILE)).is_ok_and(|m| m.is_file())
}

fn canonical(path: &Path) -> Result<PathBuf> {
    fs::canonicalize(path).tried(|| format!("open the trace {}", path.display()))
}

fn create_layout(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)?;
    create_inner(path)
}

/// Makes the directories within that of a trace. A guest of root's may become somebody else, who goes on
/// writing to them through the descriptors it has; the trace's own directory keeps others out.
fn create_inner(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = if rustix::process::geteuid().is_root() { 0o777 } else { 0o700 };
    for name in ["events", files::DIR] {
        let path = path.join(name);
        DirBuilder::new().mode(0o700).create(&path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

/// Makes a directory and its parents, with mode 0700.
pub fn private_dir_all(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).recursive(true).create(path)
}

fn numbered(program: &OsStr, number: u64) -> OsString {
    let mut name = numbered_prefix(program);
    name.push(number.to_string());
    name
}

fn numbered_prefix(program: &OsStr) -> OsString {
    let base = Path::new(program).file_name().unwrap_or(OsStr::new("program"));
    // Room for the number within the 255 bytes a file name may have; a name that starts with a dot
    // or dash would be hidden or taken for an option.
    let bytes = base.as_encoded_bytes();
    let mut name = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    if name.starts_with(['.', '-']) {
        name.insert(0, '_');
    }
    name.push('-');
    name.into()
}
