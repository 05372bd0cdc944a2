//! Opening the trace that a command means: a directory, or a pack, which is unpacked to a place that
//! goes when the command has ended, however it ends.

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder};
use std::io::{self, Read};
use std::ops::Deref;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use clew_trace::pack::{self, Pack, What};
use clew_trace::{Result, ResultExt, Root, Trace};

use crate::progress::Progress;

/// The first word of a process that removes a directory, its second, once its input is closed.
const SWEEPER: &str = "--remove-when-closed";

/// An opened trace.
pub struct Opened {
    trace: Trace,
    packed: Option<Packed>,
}

/// The pack that the trace is from.
struct Packed {
    path: PathBuf,
    bytes: u64,
    _place: Temporary,
}

impl Opened {
    /// The trace as the user knows it.
    pub fn path(&self) -> &Path {
        self.packed.as_ref().map_or(self.trace.dir(), |packed| &packed.path)
    }

    /// Bytes it takes on disk.
    pub fn disk_bytes(&self) -> u64 {
        self.packed.as_ref().map_or_else(|| self.trace.disk_bytes(), |packed| packed.bytes)
    }
}

impl Deref for Opened {
    type Target = Trace;

    fn deref(&self) -> &Trace {
        &self.trace
    }
}

/// Opens the trace that a command means; of a pack, what the command needs.
pub fn open_trace(given: Option<&OsStr>, what: What) -> Result<Opened> {
    let root = Root::from_env();
    if let Some(path) = given.map(Path::new)
        && means_pack(path, root.as_ref().ok())
    {
        return open_pack(path, what, root.ok().as_ref());
    }
    Ok(Opened { trace: Trace::open(&root?.resolve(given)?)?, packed: None })
}

/// Whether a word means a packed trace: not if there is a trace of that name.
pub fn means_pack(path: &Path, root: Option<&Root>) -> bool {
    let named = |root: &Root| {
        path.components().count() == 1 && clew_trace::root::is_trace(&root.path().join(path))
    };
    pack::is_pack(path) && !root.is_some_and(named)
}

fn open_pack(path: &Path, what: What, root: Option<&Root>) -> Result<Opened> {
    let pack = Pack::open(path)?;
    let needed = pack.unpacked_bytes(what);
    let place = Temporary::new(needed, root)
        .tried(|| format!("make a place to unpack {} to", path.display()))
        .map_err(|e| e.advise("Set TMPDIR to a directory you may write to."))?;
    let dir = place.path.join(pack.name());
    let progress = Progress::new("unpacking");
    pack.extract(&dir, what, &|bytes| progress.add(bytes, needed))?;
    let trace = Trace::open(&dir)?;
    let packed = Packed { path: path.into(), bytes: pack.bytes(), _place: place };
    Ok(Opened { trace, packed: Some(packed) })
}

/// A directory that goes with this. A process of its own sees to it, so it goes if this one is
/// killed, too.
struct Temporary {
    path: PathBuf,
    sweeper: Option<Child>,
}

impl Temporary {
    /// Where temporary files go, unless there is more room beside the traces.
    fn new(needed: u64, root: Option<&Root>) -> io::Result<Self> {
        let free = |dir: &Path| {
            rustix::fs::statvfs(dir).map_or(0, |s| s.f_bavail.saturating_mul(s.f_frsize))
        };
        let mut places = vec![std::env::temp_dir()];
        if let Some(root) = root
            && clew_trace::root::private_dir_all(root.path()).is_ok()
        {
            places.push(root.path().to_owned());
        }
        places.sort_by_key(|place| free(place) <= needed);
        let mut last = io::ErrorKind::NotFound.into();
        for place in places {
            match Self::within(&place) {
                Ok(made) => return Ok(made),
                Err(e) => last = e,
            }
        }
        Err(last)
    }

    fn within(place: &Path) -> io::Result<Self> {
        const TRIES: u32 = 100;
        let place = std::path::absolute(place)?;
        for n in 0..TRIES {
            let path = place.join(format!(".clew-{}-{n}", std::process::id()));
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => {
                    let sweeper = sweeper(&path).ok();
                    return Ok(Self { path, sweeper });
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
        if let Some(sweeper) = &mut self.sweeper {
            drop(sweeper.stdin.take());
            let _ = sweeper.wait();
        }
    }
}

/// Its group is its own, so that a terminal's Ctrl-C does not reach it.
fn sweeper(dir: &Path) -> io::Result<Child> {
    let mut command = Command::new("/proc/self/exe");
    command.arg(SWEEPER).arg(dir).current_dir("/").process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

/// Whether this process is to remove a directory; if so it has.
pub fn swept(words: &[OsString]) -> bool {
    let [_, first, dir] = words else { return false };
    if first != SWEEPER {
        return false;
    }
    let mut nothing = [0; 64];
    let mut input = io::stdin().lock();
    while input.read(&mut nothing).is_ok_and(|got| got > 0) {}
    let _ = fs::remove_dir_all(dir);
    true
}
