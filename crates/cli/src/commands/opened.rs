//! Opening the trace that a command means: a directory, or a pack, which is unpacked to a place that
//! goes when the command has ended, however it ends.

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder};
use std::io::{self, Read};
use std::ops::Deref;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use clew_trace::pack::{self, Pack, What};
use clew_trace::{Result, ResultExt, Root, Trace};
use rustix::io::{Errno, read, retry_on_intr};
use rustix::net::{SendFlags, send};

use crate::progress::Progress;

/// The first word of a process that makes a directory, its second, and removes it once the other end
/// of its input is closed.
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

/// A directory that goes with this. A process of its own makes it and sees to it, so it goes if this
/// one is killed, too, at whatever moment.
struct Temporary {
    path: PathBuf,
    sweeper: Option<Sweeper>,
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
            let made = match Sweeper::start(&path) {
                Ok((sweeper, made)) => made.map(|()| Some(sweeper)),
                // Without one, what is left after a kill stays.
                Err(_) => make(&path).map(|()| None),
            };
            match made {
                Ok(sweeper) => return Ok(Self { path, sweeper }),
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
        if let Some(Sweeper { mut child, lifeline }) = self.sweeper.take() {
            drop(lifeline);
            let _ = child.wait();
        }
    }
}

fn make(dir: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(dir)
}

/// The process that makes and removes the directory. It is there before the directory is: were it
/// started afterwards, a kill in between would leave the directory to nobody.
struct Sweeper {
    child: Child,
    /// Connected to its input; the kernel closes it when this process ends.
    lifeline: UnixStream,
}

impl Sweeper {
    /// Its group is its own, so that a terminal's Ctrl-C does not reach it. Also returns whether it
    /// has made the directory; if not, it ends by itself.
    fn start(dir: &Path) -> io::Result<(Self, io::Result<()>)> {
        let (mut lifeline, input) = UnixStream::pair()?;
        let mut command = Command::new("/proc/self/exe");
        command.arg(SWEEPER).arg(dir).current_dir("/").process_group(0);
        command.stdin(OwnedFd::from(input)).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        // It keeps our copy of the other end, which would hide the sweeper's death.
        drop(command);
        let mut errno = [0];
        if let Err(e) = lifeline.read_exact(&mut errno) {
            let _ = child.wait();
            return Err(e);
        }
        let made = match errno {
            [0] => Ok(()),
            [errno] => {
                let _ = child.wait();
                Err(io::Error::from_raw_os_error(errno.into()))
            }
        };
        Ok((Self { child, lifeline }, made))
    }
}

/// Whether this process is to make and remove a directory; if so it has.
pub fn swept(words: &[OsString]) -> bool {
    let [_, first, dir] = words else { return false };
    if first != SWEEPER {
        return false;
    }
    let dir = Path::new(dir);
    let errno = make(dir)
        .map_or_else(|e| e.raw_os_error().unwrap_or(Errno::IO.raw_os_error()) as u8, |()| 0);
    let input = io::stdin();
    // If nobody hears that any more, no signal may keep us from removing it.
    let _ = send(&input, &[errno], SendFlags::NOSIGNAL);
    if errno != 0 {
        return true;
    }
    while retry_on_intr(|| read(&input, &mut [0; 64])).is_ok_and(|got| got > 0) {}
    let _ = fs::remove_dir_all(dir);
    true
}
