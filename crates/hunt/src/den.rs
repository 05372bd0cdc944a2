//! Where the traces of a hunt's runs are until it is known which of them are wanted.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clew_record::confined;
use clew_trace::{Result, ResultExt, Root};
use rustix::fs::{FlockOperation, flock};

const PREFIX: &str = ".hunt-";
/// One that is younger may be about to be locked by its owner.
const YOUNG: Duration = Duration::from_secs(60);

/// See the module's documentation. It disappears when it is dropped.
pub struct Den {
    root: Root,
    dir: PathBuf,
    /// Locked as long as the hunt goes on.
    _lock: File,
}

impl Den {
    pub fn new() -> Result<Self> {
        let root = Root::from_env()?;
        let dir = root.path().join(format!("{PREFIX}{}", std::process::id()));
        let tried = || format!("make a directory for the runs in {}", root.path().display());
        let advice = "Set CLEW_TRACE_DIR to a directory you may write to.";
        remove_stale(&root);
        let lock = DirBuilder::new().recursive(true).mode(0o700).create(&dir).and_then(|()| {
            let lock = File::open(&dir)?;
            flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
            Ok(lock)
        });
        let lock = lock.tried(tried).map_err(|e| e.advise(advice))?;
        Ok(Self { root, dir, _lock: lock })
    }

    /// Where to record run `number`.
    pub fn place(&self, program: &OsStr, number: u64) -> PathBuf {
        let mut name = program.to_owned();
        name.push(format!("-run{number}"));
        self.dir.join(name)
    }

    /// Makes the trace at `place` one of the user's, and the newest.
    pub fn keep(&self, place: &Path, program: &OsStr) -> Result<PathBuf> {
        let kept = self.root.adopt(place, program)?;
        let _ = self.root.set_latest(&kept);
        Ok(kept)
    }

    /// Deletes stored files that no trace uses.
    pub fn prune(&self) {
        let _ = clew_trace::files::prune(&self.root.store());
    }
}

impl Drop for Den {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
        self.prune();
    }
}

/// Ends what hunts have left that were killed.
fn remove_stale(root: &Root) {
    for entry in fs::read_dir(root.path()).into_iter().flatten().flatten() {
        let ours = entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes());
        let age = entry
            .metadata()
            .and_then(|m| m.modified())
            .map(|t| SystemTime::now().duration_since(t));
        let old = matches!(age, Ok(Ok(age)) if age > YOUNG);
        if !ours || !old {
            continue;
        }
        let Ok(lock) = File::open(entry.path()) else { continue };
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok() {
            for run in fs::read_dir(entry.path()).into_iter().flatten().flatten() {
                confined::end_remnants(&run.path());
            }
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
