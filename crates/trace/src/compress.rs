//! Compressing segments behind the engine's back.
//!
//! A segment's raw file is given back only once its chunk is completely written, so that a recorder
//! that is killed at any moment leaves every segment in one form or the other. Giving back is
//! renaming it to `.free`: the engine may use it, and its pages, for a later segment.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use clew_abi::record::{ATT_MAP, ATT_MAP_PATH};

use crate::chunk::{CHUNK_HEADER_LEN, ChunkHeader, checksum};
use crate::records::{End, Record, Scan, scan};
use crate::stream::{chunks_path, parse_raw_name, raw_path, read_segment};
use crate::{Result, ResultExt};

/// The log grows by up to some 100 MB/s, which zstd's fastest level keeps up with on one core.
const LEVEL: i32 = 1;
/// Suffix of raw files whose segment is compressed.
const FREE_SUFFIX: &str = "free";
/// How much nicer than the guest the worker is.
const NICE: i32 = 10;

/// What a recording's streams add up to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    pub streams: u64,
    pub events: u64,
    pub raw_bytes: u64,
    pub compressed_bytes: u64,
    /// Streams in which the process's end is recorded.
    pub exited: Vec<u32>,
    /// Stored files: key to the path that was mapped.
    pub files: BTreeMap<String, String>,
    /// What could not be compressed, for the user. Those segments are still there raw.
    pub notes: Vec<String>,
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

    /// Compresses all that is left once no engine runs any more.
    pub fn finish(self) -> Result<Summary> {
        let mut sink = match self.state {
            State::Idle(sink) => sink,
            State::Busy { queue, worker } => {
                drop(queue);
                let panicked = |_| crate::Error::new("compress the events", "the worker panicked");
                worker.join().map_err(panicked)?
            }
        };
        sink.finish()?;
        Ok(sink.summary)
    }
}

fn start_worker(mut sink: Box<Sink>) -> Result<State> {
    let (queue, jobs) = channel();
    let run = move || {
        // Linux's nice value is each thread's own. Failing to be nice is no failure.
        let _ = rustix::process::nice(NICE);
        for (stream, sequence) in jobs {
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
    segment_bytes: u64,
    streams: HashMap<u32, Output>,
    raw: Vec<u8>,
    packed: Vec<u8>,
    zstd: Option<zstd::bulk::Compressor<'static>>,
    summary: Summary,
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
            segment_bytes,
            streams: HashMap::new(),
            raw: Vec::new(),
            packed: Vec::new(),
            zstd: None,
            summary: Summary::default(),
        }
    }

    fn finish(&mut self) -> Result<()> {
        let path = self.dir.join("events");
        let tried = || format!("list {}", path.display());
        let mut left = Vec::new();
        for entry in fs::read_dir(&path).tried(tried)? {
            let name = entry.tried(tried)?.file_name();
            left.extend(name.to_str().and_then(parse_raw_name));
        }
        left.sort_unstable();
        for (stream, sequence) in left {
            self.compress(stream, sequence);
        }
        self.remove_free()?;
        self.summary.streams = self.streams.len() as u64;
        Ok(())
    }

    /// Removes the files that no engine will use again.
    fn remove_free(&self) -> Result<()> {
        let path = self.dir.join("events");
        let tried = || format!("tidy up {}", path.display());
        for entry in fs::read_dir(&path).tried(tried)? {
            let path = entry.tried(tried)?.path();
            if path.extension().is_some_and(|suffix| suffix == FREE_SUFFIX) {
                fs::remove_file(path).tried(tried)?;
            }
        }
        Ok(())
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
        read_segment(&file, self.segment_bytes, sequence, &mut self.raw)?;
        let scan = self.take_stock(stream, sequence);
        self.raw.truncate(scan.used);
        if let End::Broken(reason) = &scan.end {
            return Err(io::Error::other(reason.clone()));
        }
        let output = match self.streams.entry(stream) {
            std::collections::hash_map::Entry::Occupied(e) => e.into_mut(),
            std::collections::hash_map::Entry::Vacant(e) => {
                e.insert(Output::create(&self.dir, stream)?)
            }
        };
        if output.stuck || output.next_sequence != sequence {
            return Ok(());
        }
        let header = pack(&mut self.zstd, &self.raw, &mut self.packed, &scan, sequence)?;
        output.append(&header, &self.packed)?;
        self.summary.compressed_bytes += CHUNK_HEADER_LEN as u64 + header.comp_len;
        fs::rename(&path, path.with_extension(FREE_SUFFIX))
    }

    /// Counts what the segment in memory holds and notes which files it names.
    fn take_stock(&mut self, stream: u32, sequence: u64) -> Scan {
        let files = &mut self.summary.files;
        let scan = scan(&self.raw, sequence, |record| note_files(record, files));
        self.summary.events += scan.events;
        self.summary.raw_bytes += scan.used as u64;
        if scan.exited {
            self.summary.exited.push(stream);
        }
        scan
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

fn pack(
    zstd: &mut Option<zstd::bulk::Compressor<'static>>,
    raw: &[u8],
    packed: &mut Vec<u8>,
    scan: &Scan,
    sequence: u64,
) -> io::Result<ChunkHeader> {
    let compressor = match zstd {
        Some(compressor) => compressor,
        None => zstd.insert(zstd::bulk::Compressor::new(LEVEL)?),
    };
    packed.clear();
    packed.reserve(zstd::zstd_safe::compress_bound(raw.len()));
    compressor.compress_to_buffer(raw, packed)?;
    Ok(ChunkHeader {
        sequence,
        raw_len: raw.len() as u64,
        comp_len: packed.len() as u64,
        first_event: scan.first_event,
        last_event: scan.last_event,
        checksum: checksum(raw),
    })
}

fn note_files(record: &Record<'_>, files: &mut BTreeMap<String, String>) {
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
