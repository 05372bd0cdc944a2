//! Compressing segments behind the engine's back.
//!
//! A segment's raw file is given back only once its chunk is completely written, so that a recorder
//! that is killed at any moment leaves every segment in one form or the other. Giving back is
//! renaming it to `.free`: the engine may use it, and its pages, for a later segment of its stream.
//!
//! A segment that an engine may still write to is never touched. It is one that neither ends in a
//! `SegmentEnd` nor holds the process's end, while there are engines: nobody but they knows which
//! of them has which stream.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use clew_abi::record::{ATT_MAP, ATT_MAP_PATH};

use crate::chunk::{CHUNK_HEADER_LEN, ChunkHeader, checksum};
use crate::raw::{Raw, RawFiles};
use crate::records::{End, Record, Scan, scan};
use crate::stream::{chunks_path, parse_raw_name, raw_path};
use crate::{Result, ResultExt, processes};

/// What a core compresses at this level, some 500 MB/s of data and much more of what repeats itself, is
/// more than most logs grow by.
const LEVEL: i32 = 1;
/// The level for data that comes faster: twice as fast, and half as good.
const HASTY_LEVEL: i32 = -7;
/// Segments of one stream waiting, from which on compression is hasty: the engine is about to wait for a
/// free file.
const MANY_WAITING: usize = 2;
/// What shrinks to less than one part in so many repeats itself, and haste would not be faster.
const REPETITIVE: u64 = 16;
/// Suffix of raw files whose segment is compressed.
const FREE_SUFFIX: &str = "free";
/// How much nicer than the guest the worker is.
const NICE: i32 = 10;

/// What a recording's streams add up to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    pub streams: u64,
    /// Events and bytes that are there, those of raw segments included.
    pub events: u64,
    pub raw_bytes: u64,
    pub compressed_bytes: u64,
    /// Streams in which the process's end is recorded, ascending.
    pub exited: Vec<u32>,
    /// The pid of each stream's process, as far as it is told.
    pub pids: BTreeMap<u32, u32>,
    /// Stored files: key to the path that was mapped.
    pub files: BTreeMap<String, String>,
    /// What could not be compressed, for the user. Those segments are still there raw.
    pub notes: Vec<String>,
}

/// Whether there may be engines that write to the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engines {
    Running,
    Gone,
}

/// Compresses segments as they are completed, in a thread that is started when there is work.
pub struct Compressor {
    state: State,
}

enum State {
    Idle(Box<Sink>),
    Busy { queue: Sender<(u32, u64)>, worker: JoinHandle<Box<Sink>> },
}

impl Compressor {
    /// `dir` is the trace's.
    pub fn new(dir: &Path, segment_bytes: u64) -> Self {
        Self { state: State::Idle(Box::new(Sink::new(dir, segment_bytes))) }
    }

    /// Segment `sequence` of `stream` is complete.
    pub fn submit(&mut self, stream: u32, sequence: u64) -> Result<()> {
        if let State::Idle(sink) = &mut self.state {
            let sink = std::mem::replace(sink, Box::new(Sink::new(Path::new(""), 0)));
            self.state = start_worker(sink)?;
        }
        if let State::Busy { queue, .. } = &self.state {
            // If the worker has panicked, `finish` says so; the segments are still there raw.
            let _ = queue.send((stream, sequence));
        }
        Ok(())
    }

    /// Compresses all that is left and that no engine may still write to. Engines that run must know
    /// that nobody gives files back any more (their control socket is closed).
    pub fn finish(self, engines: Engines) -> Result<Summary> {
        let mut sink = match self.state {
            State::Idle(sink) => sink,
            State::Busy { queue, worker } => {
                drop(queue);
                let panicked = |_| crate::Error::new("compress the events", "the worker panicked");
                worker.join().map_err(panicked)?
            }
        };
        sink.finish(engines)?;
        Ok(sink.summary)
    }

    /// Stops, for a trace that nobody wants. Nothing touches it afterwards.
    pub fn abandon(self) {
        if let State::Busy { queue, worker } = self.state {
            drop(queue);
            let _ = worker.join();
        }
    }
}

fn start_worker(mut sink: Box<Sink>) -> Result<State> {
    let (queue, jobs) = channel();
    let run = move || {
        // Linux's nice value is each thread's own. Failing to be nice is no failure.
        let _ = rustix::process::nice(NICE);
        let mut waiting = VecDeque::new();
        while let Some((stream, sequence)) = waiting.pop_front().or_else(|| jobs.recv().ok()) {
            waiting.extend(jobs.try_iter());
            let behind = waiting.iter().filter(|(other, _)| *other == stream);
            sink.packer.hasty = behind.count() >= MANY_WAITING;
            sink.compress(stream, sequence);
        }
        sink
    };
    let worker = std::thread::Builder::new()
        .name("compress".into())
        .spawn(run)
        .tried(|| "start the thread that compresses events")?;
    Ok(State::Busy { queue, worker })
}

/// Turns raw segments into chunks.
struct Sink {
    dir: PathBuf,
    /// Those with chunks, unless their processes have ended.
    streams: HashMap<u32, Output>,
    seen: BTreeSet<u32>,
    ended: BTreeSet<u32>,
    engines: Engines,
    /// The last look at what is there: everything counts, whether it is compressed or not.
    finishing: bool,
    raw: RawFiles,
    packer: Packer,
    summary: Summary,
}

/// Compresses segments.
#[derive(Default)]
struct Packer {
    zstd: Option<zstd::bulk::Compressor<'static>>,
    /// More segments of the stream are waiting.
    hasty: bool,
    /// The last segment shrank to next to nothing.
    repetitive: bool,
    packed: Vec<u8>,
}

/// A stream's file of chunks.
struct Output {
    file: File,
    len: u64,
    next_sequence: u64,
    /// A chunk could not be written; later ones must not follow the gap.
    stuck: bool,
}

impl Sink {
    fn new(dir: &Path, segment_bytes: u64) -> Self {
        Self {
            dir: dir.into(),
            streams: HashMap::new(),
            seen: BTreeSet::new(),
            ended: BTreeSet::new(),
            engines: Engines::Running,
            finishing: false,
            raw: RawFiles::new(segment_bytes),
            packer: Packer::default(),
            summary: Summary::default(),
        }
    }

    fn finish(&mut self, engines: Engines) -> Result<()> {
        (self.engines, self.finishing) = (engines, true);
        let mut left = Vec::new();
        self.each_file(|path| {
            left.extend(path.file_name().and_then(|name| parse_raw_name(name.to_str()?)));
            Ok(())
        })?;
        left.sort_unstable();
        for segments in left.chunk_by(|a, b| a.0 == b.0) {
            for &(stream, sequence) in segments {
                self.compress(stream, sequence);
            }
            // There may be more streams than files that can be open.
            self.streams.remove(&segments[0].0);
        }
        self.remove_free()?;
        self.summary.streams = self.seen.len() as u64;
        self.summary.exited = self.ended.iter().copied().collect();
        Ok(())
    }

    fn each_file(&self, mut act: impl FnMut(&Path) -> io::Result<()>) -> Result<()> {
        let path = self.dir.join("events");
        let tried = || format!("look through {}", path.display());
        for entry in fs::read_dir(&path).tried(tried)? {
            act(&entry.tried(tried)?.path()).tried(tried)?;
        }
        Ok(())
    }

    /// Removes the files that are waiting for a later segment. An engine that is about to use one
    /// may have it before us.
    fn remove_free(&self) -> Result<()> {
        self.each_file(|path| match path.extension().is_some_and(|suffix| suffix == FREE_SUFFIX) {
            true => remove(path),
            false => Ok(()),
        })
    }

    fn compress(&mut self, stream: u32, sequence: u64) {
        if let Err(e) = self.try_compress(stream, sequence) {
            if let Some(output) = self.streams.get_mut(&stream) {
                output.stuck = true;
            }
            let note = format!(
                "segment {sequence} of stream {stream} is left uncompressed ({e}); \
                 the trace can be replayed nevertheless"
            );
            self.summary.notes.push(note);
        }
    }

    fn try_compress(&mut self, stream: u32, sequence: u64) -> io::Result<()> {
        let path = raw_path(&self.dir, stream, sequence);
        let file = match File::open(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other?,
        };
        let raw = match self.finishing {
            true => self.raw.read(&file, sequence)?,
            false => self.raw.get(&file, sequence)?,
        };
        let scan = self.look(&raw, stream, sequence);
        if self.finishing {
            self.count(&scan);
        }
        if let End::Broken(reason) = &scan.end {
            return Err(io::Error::other(reason.clone()));
        }
        let may_grow = scan.end == End::Stopped && !scan.exited;
        if may_grow && self.engines == Engines::Running {
            return Ok(());
        }
        let output = match self.streams.entry(stream) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(Output::create(&self.dir, stream)?),
        };
        if output.stuck || output.next_sequence != sequence {
            return Ok(());
        }
        let header = self.packer.pack(&raw.bytes()[..scan.used], &scan, sequence)?;
        output.append(&header, &self.packer.packed)?;
        self.summary.compressed_bytes += CHUNK_HEADER_LEN as u64 + header.comp_len;
        if !self.finishing {
            self.count(&scan);
        }
        if scan.exited {
            self.raw.forget();
            self.streams.remove(&stream);
            for earlier in 0..sequence {
                remove(&raw_path(&self.dir, stream, earlier).with_extension(FREE_SUFFIX))?;
            }
            return remove(&path);
        }
        self.raw.keep(raw);
        match self.finishing {
            true => remove(&path),
            false => fs::rename(&path, path.with_extension(FREE_SUFFIX)),
        }
    }

    /// Checks the segment in memory, and notes whose it is and which files it names.
    fn look(&mut self, raw: &Raw, stream: u32, sequence: u64) -> Scan {
        let Summary { files, pids, .. } = &mut self.summary;
        let scan = scan(raw.bytes(), sequence, |record| {
            note_files(record, files);
            if let Some(pid) = processes::pid(record) {
                pids.entry(stream).or_insert(pid);
            }
        });
        self.seen.insert(stream);
        if scan.exited {
            self.ended.insert(stream);
        }
        scan
    }

    fn count(&mut self, scan: &Scan) {
        self.summary.events += scan.events;
        self.summary.raw_bytes += scan.used as u64;
    }
}

/// Removes a file that may be gone already.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

impl Output {
    fn create(dir: &Path, stream: u32) -> io::Result<Self> {
        let path = chunks_path(dir, stream);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        Ok(Self { file, len: 0, next_sequence: 0, stuck: false })
    }

    fn append(&mut self, header: &ChunkHeader, packed: &[u8]) -> io::Result<()> {
        let body = self.len + CHUNK_HEADER_LEN as u64;
        let written = self
            .file
            .write_all_at(packed, body)
            .and_then(|()| self.file.write_all_at(&header.encode(), self.len));
        if let Err(e) = written {
            // Half a chunk would be taken for damage.
            let _ = self.file.set_len(self.len);
            return Err(e);
        }
        self.len = body + packed.len() as u64;
        self.next_sequence += 1;
        Ok(())
    }
}

impl Packer {
    /// Compresses a segment into `packed`.
    fn pack(&mut self, raw: &[u8], scan: &Scan, sequence: u64) -> io::Result<ChunkHeader> {
        let level = if self.hasty && !self.repetitive { HASTY_LEVEL } else { LEVEL };
        let zstd = match &mut self.zstd {
            Some(zstd) => zstd,
            none => none.insert(zstd::bulk::Compressor::new(level)?),
        };
        zstd.set_compression_level(level)?;
        self.packed.clear();
        self.packed.reserve(zstd::zstd_safe::compress_bound(raw.len()));
        zstd.compress_to_buffer(raw, &mut self.packed)?;
        let header = ChunkHeader {
            sequence,
            raw_len: raw.len() as u64,
            comp_len: self.packed.len() as u64,
            first_event: scan.first_event,
            last_event: scan.last_event,
            checksum: checksum(raw),
        };
        self.repetitive = header.comp_len < header.raw_len / REPETITIVE;
        Ok(header)
    }
}

/// Notes which stored files a record maps: key to path.
pub(crate) fn note_files(record: &Record<'_>, files: &mut BTreeMap<String, String>) {
    let mut key = None;
    for attachment in record.attachments() {
        match attachment.kind {
            ATT_MAP => key = attachment.map().map(|(_, key)| key).filter(|k| !k.is_empty()),
            ATT_MAP_PATH => {
                if let Some(key) = key.take().filter(|k| !files.contains_key(*k)) {
                    let path = String::from_utf8_lossy(attachment.bytes).into_owned();
                    files.insert(key.into(), path);
                }
            }
            _ => {}
        }
    }
}
