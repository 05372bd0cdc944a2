//! Compressing blocks in several threads, in and out in one order.

use std::collections::BTreeMap;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::chunk::{CHUNK_HEADER_LEN, ChunkHeader, checksum};
use crate::records::Scan;

/// Packing is done once, and the result is sent over networks and kept.
const LEVEL: i32 = 6;
const MAX_THREADS: usize = 8;

/// What is to be made smaller.
pub enum Job {
    /// Bytes of a file.
    Plain(Vec<u8>),
    /// A segment of an event stream, which is to become a chunk.
    Segment { raw: Vec<u8>, scan: Scan, sequence: u64 },
}

/// A block as it goes into the pack.
pub struct Block {
    /// What it is to become again.
    pub raw: Vec<u8>,
    /// As stored; none if it is stored as it is.
    pub packed: Option<Vec<u8>>,
}

type Done = (u64, io::Result<Block>);

/// The threads. Blocks come out in the order in which jobs went in.
pub struct Squeezer {
    jobs: Option<Sender<(u64, Job)>>,
    done: Receiver<Done>,
    workers: Vec<JoinHandle<()>>,
    early: BTreeMap<u64, io::Result<Block>>,
    sent: u64,
    taken: u64,
}

impl Squeezer {
    pub fn new() -> io::Result<Self> {
        let (jobs, queue) = channel::<(u64, Job)>();
        let queue = Arc::new(Mutex::new(queue));
        let (results, done) = channel();
        let count = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
        let start = |_| {
            let (queue, results) = (Arc::clone(&queue), results.clone());
            let run = move || work(&queue, &results);
            std::thread::Builder::new().name("pack".into()).spawn(run)
        };
        let workers = (0..count).map(start).collect::<io::Result<_>>()?;
        Ok(Self { jobs: Some(jobs), done, workers, early: BTreeMap::new(), sent: 0, taken: 0 })
    }

    /// Takes a job. A block that is ready comes back if as many are on the way as may be.
    pub fn push(&mut self, job: Job) -> io::Result<Option<Block>> {
        if let Some(jobs) = &self.jobs {
            jobs.send((self.sent, job)).map_err(|_| gone())?;
            self.sent += 1;
        }
        let most = 2 * self.workers.len() as u64;
        if self.sent - self.taken > most { self.pop() } else { Ok(None) }
    }

    /// The next block; none if all are out.
    pub fn pop(&mut self) -> io::Result<Option<Block>> {
        if self.taken == self.sent {
            return Ok(None);
        }
        loop {
            if let Some(block) = self.early.remove(&self.taken) {
                self.taken += 1;
                return block.map(Some);
            }
            let (number, block) = self.done.recv().map_err(|_| gone())?;
            self.early.insert(number, block);
        }
    }
}

impl Drop for Squeezer {
    fn drop(&mut self) {
        self.jobs = None;
        for worker in self.workers.drain(..) {
            let _ = worker.join();
        }
    }
}

fn gone() -> io::Error {
    io::Error::other("a thread that compresses has ended")
}

fn work(queue: &Mutex<Receiver<(u64, Job)>>, results: &Sender<Done>) {
    let mut zstd = match zstd::bulk::Compressor::new(LEVEL) {
        Ok(zstd) => zstd,
        Err(_) => return,
    };
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, job)) = next else { return };
        if results.send((number, squeeze(&mut zstd, job))).is_err() {
            return;
        }
    }
}

fn squeeze(zstd: &mut zstd::bulk::Compressor<'_>, job: Job) -> io::Result<Block> {
    match job {
        Job::Plain(raw) => {
            let packed = zstd.compress(&raw)?;
            let packed = (packed.len() < raw.len()).then_some(packed);
            Ok(Block { raw, packed })
        }
        Job::Segment { raw, scan, sequence } => {
            let packed = zstd.compress(&raw)?;
            let header = ChunkHeader {
                sequence,
                raw_len: raw.len() as u64,
                comp_len: packed.len() as u64,
                first_event: scan.first_event,
                last_event: scan.last_event,
                checksum: checksum(&raw),
            };
            let mut chunk = Vec::with_capacity(CHUNK_HEADER_LEN + packed.len());
            chunk.extend_from_slice(&header.encode());
            chunk.extend_from_slice(&packed);
            Ok(Block { raw: chunk, packed: None })
        }
    }
}
