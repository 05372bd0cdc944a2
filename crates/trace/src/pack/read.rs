//! Opening a pack and taking files out of it.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rustix::fs::OFlags;

use super::{Content, HASH_LEN, HEADER_LEN, Header, Index, MAGIC, Place};
use crate::{Error, Result, ResultExt, files, frames, meta};

const MAX_THREADS: usize = 8;
/// Stretches of this length without anything in them become holes.
const HOLE: usize = 64 << 10;

/// Which files to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    All,
    /// All but the stored files: enough to show events.
    Events,
}

impl What {
    fn includes(self, path: &str) -> bool {
        self == Self::All || !matches!(Place::of(path), Some(Place::Stored(_)))
    }
}

/// An opened pack.
#[derive(Debug)]
pub struct Pack {
    path: PathBuf,
    file: File,
    bytes: u64,
    index: Index,
}

/// Whether a file is a packed trace, or begins as one.
pub fn is_pack(path: &Path) -> bool {
    let mut magic = [0; MAGIC.len()];
    open(path).and_then(|file| file.read_exact_at(&mut magic, 0)).is_ok() && magic == MAGIC
}

fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("not a regular file")) }
}

impl Pack {
    /// Opens a pack and checks all of it but the contents.
    pub fn open(path: &Path) -> Result<Self> {
        let tried = || format!("open the packed trace {}", path.display());
        let file = open(path).tried(tried)?;
        let bytes = file.metadata().tried(tried)?.len();
        let index = read_index(&file, bytes).map_err(|cause| {
            let newer = cause.contains("newer");
            let error = Error::new(tried(), cause);
            let again = "Pack the trace again, or copy the file again, in binary mode.";
            error.advise(if newer { "Open it with a newer clew." } else { again })
        })?;
        Ok(Self { path: path.into(), file, bytes, index })
    }

    /// Bytes of the pack itself.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The packed trace's name, which may be used as a file name.
    pub fn name(&self) -> String {
        let plain = |c: &char| c.is_ascii_alphanumeric() || "-_.+@".contains(*c);
        let name: String = self.index.name.chars().filter(plain).take(100).collect();
        match name.trim_start_matches(['.', '-']) {
            "" => "trace".into(),
            name => name.into(),
        }
    }

    /// Bytes of what would be taken out.
    pub fn unpacked_bytes(&self, what: What) -> u64 {
        let taken = self.index.files.iter().filter(|entry| what.includes(&entry.path));
        let sizes = taken.map(|entry| self.index.contents[entry.content].size);
        sizes.fold(0, u64::saturating_add)
    }

    /// Makes the trace's directory, which must not exist. `progress` is told of bytes written. What
    /// a failure leaves is no trace; it is the caller's to remove.
    pub fn extract(&self, dir: &Path, what: What, progress: &(dyn Fn(u64) + Sync)) -> Result<()> {
        let tried = || format!("unpack {}", self.path.display());
        self.check_room(dir, what)?;
        for path in [dir, &dir.join("events"), &dir.join(files::DIR)] {
            DirBuilder::new().mode(0o700).create(path).tried(tried)?;
        }
        // Files of the same content, under all their names; meta.json comes last and alone, for with
        // it a directory is a trace.
        let mut wanted: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        for entry in self.index.files.iter().filter(|entry| what.includes(&entry.path)) {
            if entry.path != meta::FILE {
                wanted.entry(entry.content).or_default().push(&entry.path);
            }
        }
        let wanted: Vec<_> = wanted.into_iter().collect();
        self.extract_all(dir, &wanted, progress).map_err(|cause| Error::new(tried(), cause))?;
        let last = self.index.files.iter().find(|entry| entry.path == meta::FILE);
        let meta: Vec<_> =
            last.iter().map(|entry| (entry.content, vec![entry.path.as_str()])).collect();
        self.extract_all(dir, &meta, progress).map_err(|cause| {
            let _ = fs::remove_file(dir.join(meta::FILE));
            Error::new(tried(), cause)
        })
    }

    fn check_room(&self, dir: &Path, what: What) -> Result<()> {
        let needed = self.unpacked_bytes(what);
        let parent = dir.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let free = rustix::fs::statvfs(parent).map(|s| s.f_bavail.saturating_mul(s.f_frsize));
        match free {
            Ok(free) if free < needed => Err(Error::new(
                format!("unpack {}", self.path.display()),
                format!("{needed} bytes are needed in {}, {free} are free", parent.display()),
            )
            .advise("Free some space, or choose another place: `unpack -o DIR`, TMPDIR.")),
            _ => Ok(()),
        }
    }

    fn extract_all(
        &self,
        dir: &Path,
        wanted: &[(usize, Vec<&str>)],
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<(), String> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
        let failure = Mutex::new(None);
        let run = || {
            while !failed.load(Ordering::Relaxed) {
                let Some((content, paths)) = wanted.get(next.fetch_add(1, Ordering::Relaxed))
                else {
                    return;
                };
                let content = &self.index.contents[*content];
                if let Err(cause) = self.extract_one(dir, content, paths, progress) {
                    failed.store(true, Ordering::Relaxed);
                    let cause = format!("{}: {cause}", paths[0]);
                    failure.lock().map(|mut first| first.get_or_insert(cause).len()).ok();
                    return;
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads.min(MAX_THREADS).min(wanted.len()) {
                // Without more threads it takes longer.
                let _ = std::thread::Builder::new().spawn_scoped(scope, run);
            }
            run();
        });
        match failure.into_inner() {
            Ok(Some(cause)) => Err(cause),
            _ if failed.into_inner() => Err("a thread failed".into()),
            _ => Ok(()),
        }
    }

    fn extract_one(
        &self,
        dir: &Path,
        content: &Content,
        paths: &[&str],
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<(), String> {
        let (first, others) = paths.split_first().ok_or("no name")?;
        let first = dir.join(first);
        let text = |e: io::Error| e.to_string();
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&first);
        let file = file.map_err(text)?;
        self.copy_out(content, &file, progress)?;
        for other in others {
            let other = dir.join(other);
            // Nobody writes to a stored file, and a link takes no room.
            if fs::hard_link(&first, &other).is_err() {
                fs::copy(&first, &other).map_err(text)?;
            }
        }
        Ok(())
    }

    fn copy_out(
        &self,
        content: &Content,
        out: &File,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<(), String> {
        let text = |e: io::Error| e.to_string();
        let mut hasher = blake3::Hasher::new();
        let (mut from, mut to) = (content.offset, 0u64);
        let (mut packed, mut raw) = (Vec::new(), Vec::new());
        for (packed_len, raw_len) in &content.blocks {
            packed.resize(*packed_len as usize, 0);
            self.file.read_exact_at(&mut packed, from).map_err(text)?;
            let bytes = if packed_len == raw_len {
                &packed
            } else {
                raw.clear();
                raw.reserve_exact(*raw_len as usize);
                let done = frames::decompress(&packed, &mut raw);
                done.map_err(|e| format!("it is damaged: it cannot be decompressed ({e})"))?;
                &raw
            };
            if bytes.len() != *raw_len as usize {
                return Err("it is damaged: a block of another length".into());
            }
            hasher.update(bytes);
            write_sparse(out, bytes, to).map_err(text)?;
            from += u64::from(*packed_len);
            to += u64::from(*raw_len);
            progress(u64::from(*raw_len));
        }
        out.set_len(to).map_err(text)?;
        match hasher.finalize().to_hex().as_str() == content.blake3 {
            true => Ok(()),
            false => Err("it is damaged: wrong checksum".into()),
        }
    }
}

fn write_sparse(out: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    let mut at = at;
    for part in bytes.chunks(HOLE) {
        if part.len() < HOLE || part.iter().any(|byte| *byte != 0) {
            out.write_all_at(part, at)?;
        }
        at += part.len() as u64;
    }
    Ok(())
}

fn read_index(file: &File, len: u64) -> Result<Index, String> {
    let mut header = [0; HEADER_LEN];
    match file.read_exact_at(&mut header, 0) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
            let begun = header.starts_with(&MAGIC);
            return Err(if begun { "it is cut off" } else { "it is no packed trace" }.into());
        }
        Err(e) => return Err(e.to_string()),
    }
    let header = Header::decode(&header, len)?;
    let mut bytes = vec![0; header.index.1 as usize];
    file.read_exact_at(&mut bytes, header.index.0).map_err(|e| e.to_string())?;
    let mut hash = [0; HASH_LEN];
    hash.copy_from_slice(blake3::hash(&bytes).as_bytes());
    if hash != header.index_hash {
        return Err("it is damaged (its index has a wrong checksum)".into());
    }
    let index: Index =
        serde_json::from_slice(&bytes).map_err(|e| format!("its index is damaged ({e})"))?;
    index.check(header.index.0)?;
    Ok(index)
}
