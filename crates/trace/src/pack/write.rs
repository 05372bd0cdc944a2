//! Making a pack of a trace.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use clew_abi::record::SEGMENT_HEADER_LEN;

use super::squeeze::{Block, Job, Squeezer};
use super::{BLOCK, Content, Entry, HASH_LEN, HEADER_LEN, Header, Index, is_pack};
use crate::compress::note_files;
use crate::records::{End, scan};
use crate::{Error, FileEntry, Result, ResultExt, Trace, files, lock, meta};

/// `meta.json` and `files.json` were read, so they are no longer than that.
const MAX_SMALL: u64 = 64 << 20;

/// What was packed.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    /// Bytes of the file made, and of what it holds.
    pub bytes: u64,
    pub unpacked_bytes: u64,
    pub events: u64,
    pub files: u64,
    /// The recording ran on meanwhile: this is what was there.
    pub unfinished: bool,
    /// What is wrong with the trace, for the user: what is sound was packed.
    pub damage: Vec<String>,
}

/// Packs a trace into a file, which is there whole or not at all. `progress` is told the bytes read,
/// of how many (roughly).
pub fn write(trace: &Trace, out: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Packed> {
    let tried = || format!("make {}", out.display());
    check_target(out)?;
    let unfinished = lock::is_recording(trace.dir());
    let place = Unfinished::beside(out).tried(tried)?;
    let mut writer = Writer::new(&place.path, progress).tried(tried)?;
    writer.total = expected(trace);
    writer.done.unfinished = unfinished;
    let full = |e: Error| match rustix::fs::statvfs(&place.path) {
        Ok(s) if s.f_bavail == 0 => e.advise("Free some space, or choose another place."),
        _ => e,
    };
    writer.trace(trace).map_err(full)?;
    let packed = writer.finish(name_of(trace)).tried(tried).map_err(full)?;
    place.keep(out).tried(tried)?;
    Ok(packed)
}

/// An older pack may be replaced, nothing else.
fn check_target(out: &Path) -> Result<()> {
    match fs::symlink_metadata(out) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Ok(meta) if meta.is_file() && (meta.len() == 0 || is_pack(out)) => Ok(()),
        Ok(_) => {
            Err(Error::new(format!("make {}", out.display()), "it exists and is no packed trace")
                .advise("Name another file with `-o`, or delete it first."))
        }
        Err(e) => Err(Error::new(format!("make {}", out.display()), e)),
    }
}

fn name_of(trace: &Trace) -> String {
    trace.dir().file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Bytes there are to read, roughly: of an event stream, what it becomes is not known.
fn expected(trace: &Trace) -> u64 {
    let events = trace.meta().outcome.as_ref().map_or(0, |outcome| outcome.raw_bytes);
    let stored = stored_files(trace.dir()).unwrap_or_default();
    events + stored.iter().map(|(_, size)| size).sum::<u64>()
}

/// A file under a name of its own, which goes with this unless it is kept.
struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    fn beside(out: &Path) -> io::Result<Self> {
        let name = out.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        // The longest name a file may have is 255 bytes.
        let name: String = name.chars().take(40).collect();
        let path = out.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
        let _ = fs::remove_file(&path);
        Ok(Self { path })
    }

    fn keep(self, out: &Path) -> io::Result<()> {
        fs::rename(&self.path, out)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

struct Writer<'a> {
    file: File,
    len: u64,
    squeezer: Squeezer,
    index: Index,
    /// The content that is being written, and its hash so far.
    current: Content,
    hasher: blake3::Hasher,
    known: HashMap<(u64, String), usize>,
    progress: &'a mut dyn FnMut(u64, u64),
    seen: u64,
    total: u64,
    done: Packed,
}

impl<'a> Writer<'a> {
    fn new(path: &Path, progress: &'a mut dyn FnMut(u64, u64)) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        let clew = env!("CARGO_PKG_VERSION").into();
        Ok(Self {
            file,
            len: HEADER_LEN as u64,
            squeezer: Squeezer::new()?,
            index: Index { name: String::new(), clew, files: Vec::new(), contents: Vec::new() },
            current: Content { offset: HEADER_LEN as u64, ..Content::default() },
            hasher: blake3::Hasher::new(),
            known: HashMap::new(),
            progress,
            seen: 0,
            total: 0,
            done: Packed::default(),
        })
    }

    fn trace(&mut self, trace: &Trace) -> Result<()> {
        let listed = match trace.files() {
            Ok(listed) => listed,
            Err(e) => {
                self.done.damage.push(format!("{e}; the list is made anew"));
                Vec::new()
            }
        };
        // A child's stream before its parent's, and events before the files they need: if the
        // recording runs on meanwhile, what was packed first needs nothing that came later.
        let mut paths = BTreeMap::new();
        for number in trace.streams()?.into_iter().rev() {
            self.stream(trace, number, listed.is_empty().then_some(&mut paths))?;
        }
        let made = self.stored(trace.dir(), &listed, &paths)?;
        let list = match listed.is_empty() {
            true => serde_json::to_vec_pretty(&made).tried(|| "list the stored files")?,
            false => as_is(trace, files::LIST)?,
        };
        self.small(files::LIST, list)?;
        self.small(meta::FILE, as_is(trace, meta::FILE)?)
    }

    /// Events, chunk by chunk. `paths` collects the stored files they name.
    fn stream(
        &mut self,
        trace: &Trace,
        number: u32,
        mut paths: Option<&mut BTreeMap<String, String>>,
    ) -> Result<()> {
        let tried = || format!("pack stream {number} of {}", trace.dir().display());
        let stream = trace.stream(number)?;
        for sequence in 0..stream.segments() {
            let mut raw = vec![0; trace.meta().segment_bytes as usize];
            let loaded = stream.load(sequence, &mut raw);
            raw.truncate(loaded.scan.used);
            self.done.damage.extend(loaded.damage.clone());
            if raw.len() <= SEGMENT_HEADER_LEN {
                break;
            }
            self.done.events += loaded.scan.events;
            if let Some(paths) = paths.as_deref_mut() {
                scan(&raw, sequence, |record| note_files(record, paths));
            }
            self.tell(raw.len());
            let last = loaded.damage.is_some() || loaded.scan.end != End::Continued;
            let scan = loaded.scan;
            self.push(Job::Segment { raw, scan, sequence }).tried(tried)?;
            if last {
                break;
            }
        }
        if stream.segments() == 0 {
            self.done.damage.extend(stream.damage().map(str::to_owned));
        }
        self.drain().tried(tried)?;
        if !self.current.blocks.is_empty() {
            self.end(format!("events/{number}.zst"));
        }
        Ok(())
    }

    /// The stored files. Returns a list of them.
    fn stored(
        &mut self,
        dir: &Path,
        listed: &[FileEntry],
        paths: &BTreeMap<String, String>,
    ) -> Result<Vec<FileEntry>> {
        let all = stored_files(dir).tried(|| format!("list {}", dir.join(files::DIR).display()))?;
        let mut sizes = HashSet::new();
        let twins: HashSet<u64> =
            all.iter().filter(|(_, size)| !sizes.insert(*size)).map(|(_, size)| *size).collect();
        let expected: HashMap<&str, &FileEntry> =
            listed.iter().map(|entry| (entry.key.as_str(), entry)).collect();
        let mut made = Vec::new();
        for (key, size) in all {
            let tried = || format!("pack the stored file {key}");
            let path = format!("{}/{key}", files::DIR);
            let file = files::open(dir, &key).tried(tried)?;
            let content = self.file(path, file, twins.contains(&size)).tried(tried)?;
            let content = &self.index.contents[content];
            let (size, blake3) = (content.size, content.blake3.clone());
            if expected.get(&*key).is_some_and(|e| e.blake3 != blake3 || e.size != size) {
                let path = &expected[&*key].path;
                self.done.damage.push(format!("the stored copy of {path} is damaged"));
            }
            self.done.files += 1;
            if let Some(path) = paths.get(&key) {
                made.push(FileEntry { key, path: path.clone(), size, blake3 });
            }
        }
        Ok(made)
    }

    /// Packs a file; `twin` if there is another of its size. Returns its content's place.
    fn file(&mut self, path: String, mut file: File, twin: bool) -> io::Result<usize> {
        if twin {
            let mut hasher = blake3::Hasher::new();
            hasher.update_reader(&file)?;
            let known = (file.metadata()?.len(), hasher.finalize().to_hex().to_string());
            if let Some(content) = self.known.get(&known).copied() {
                self.index.files.push(Entry { path, content });
                self.tell(known.0 as usize);
                return Ok(content);
            }
            io::Seek::rewind(&mut file)?;
        }
        loop {
            let mut raw = Vec::new();
            (&mut file).take(BLOCK as u64).read_to_end(&mut raw)?;
            if raw.is_empty() {
                break;
            }
            self.tell(raw.len());
            self.push(Job::Plain(raw))?;
        }
        self.drain()?;
        Ok(self.end(path))
    }

    fn small(&mut self, path: &str, bytes: Vec<u8>) -> Result<()> {
        for part in bytes.chunks(BLOCK) {
            self.push(Job::Plain(part.to_vec())).tried(|| format!("pack {path}"))?;
        }
        self.drain().tried(|| format!("pack {path}"))?;
        self.end(path.into());
        Ok(())
    }

    fn tell(&mut self, bytes: usize) {
        self.seen += bytes as u64;
        (self.progress)(self.seen, self.total.max(self.seen));
    }

    fn push(&mut self, job: Job) -> io::Result<()> {
        match self.squeezer.push(job)? {
            Some(block) => self.append(&block),
            None => Ok(()),
        }
    }

    fn drain(&mut self) -> io::Result<()> {
        while let Some(block) = self.squeezer.pop()? {
            self.append(&block)?;
        }
        Ok(())
    }

    fn append(&mut self, block: &Block) -> io::Result<()> {
        let packed = block.packed.as_ref().unwrap_or(&block.raw);
        let written = self.file.write_all_at(packed, self.len);
        written.map_err(|e| {
            io::Error::new(e.kind(), format!("the packed file cannot be written ({e})"))
        })?;
        self.len += packed.len() as u64;
        self.hasher.update(&block.raw);
        self.current.size += block.raw.len() as u64;
        self.current.blocks.push((packed.len() as u32, block.raw.len() as u32));
        Ok(())
    }

    /// The current content is complete; `path` has it.
    fn end(&mut self, path: String) -> usize {
        let next = Content { offset: self.len, ..Content::default() };
        let mut content = std::mem::replace(&mut self.current, next);
        content.blake3 = self.hasher.finalize().to_hex().to_string();
        self.hasher.reset();
        self.done.unpacked_bytes += content.size;
        let place = self.index.contents.len();
        self.known.insert((content.size, content.blake3.clone()), place);
        self.index.contents.push(content);
        self.index.files.push(Entry { path, content: place });
        place
    }

    fn finish(mut self, name: String) -> io::Result<Packed> {
        self.index.name = name;
        let index = serde_json::to_vec(&self.index)?;
        self.file.write_all_at(&index, self.len)?;
        let mut index_hash = [0; HASH_LEN];
        index_hash.copy_from_slice(blake3::hash(&index).as_bytes());
        let file_len = self.len + index.len() as u64;
        let header = Header { index: (self.len, index.len() as u64), file_len, index_hash };
        self.file.write_all_at(&header.encode(), 0)?;
        self.file.sync_all()?;
        self.done.bytes = file_len;
        Ok(self.done)
    }
}

/// A small file of the trace, with all its keys, whether or not this clew knows them.
fn as_is(trace: &Trace, name: &str) -> Result<Vec<u8>> {
    let path = trace.dir().join(name);
    meta::read_limited(&path, MAX_SMALL).tried(|| format!("read {}", path.display()))
}

/// Keys and sizes of the stored files, in one order. What is no stored file is passed over.
fn stored_files(dir: &Path) -> io::Result<Vec<(String, u64)>> {
    let mut all = Vec::new();
    let entries = match fs::read_dir(dir.join(files::DIR)) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(all),
        other => other?,
    };
    for entry in entries {
        let entry = entry?;
        let Ok(key) = entry.file_name().into_string() else { continue };
        // One that is gone by now was given up by the engine that made it.
        let Ok(meta) = entry.metadata() else { continue };
        if files::valid_key(&key) && meta.is_file() {
            all.push((key, meta.len()));
        }
    }
    all.sort();
    Ok(all)
}
