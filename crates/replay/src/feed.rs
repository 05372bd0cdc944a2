//! Decompresses the events of a plan into shared memory, a few segments ahead of the engine.
//!
//! To the engine they are one stream: segments are numbered from 0, and a part that ends before an
//! event ends in a `SegmentEnd` there.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use clew_abi::orders::STREAM_SLOTS;
use clew_launch::orders::{Shared, publish, wait};
use clew_trace::{Result, ResultExt};

use crate::plan::Part;
use crate::stitch::Stitcher;
use rustix::fs::ftruncate;

/// How long the feeder sleeps before it looks whether it shall stop.
const NAP: Duration = Duration::from_millis(20);

/// Fills the stream's memfd, in a thread if it is longer than one segment.
pub struct Feeder {
    stop: Arc<AtomicBool>,
    worker: Option<JoinHandle<Feed>>,
    damage: Option<String>,
}

struct Feed {
    stitcher: Stitcher,
    segment_bytes: u64,
    target: File,
    shared: Arc<Shared>,
    stop: Arc<AtomicBool>,
    buffer: Vec<u8>,
    next: u64,
    complete: bool,
    damage: Option<String>,
}

impl Feeder {
    /// Makes the first segment ready before it returns. `dir` is the trace's.
    pub fn start(
        dir: PathBuf,
        parts: Vec<Part>,
        segment_bytes: u64,
        target: OwnedFd,
        shared: Arc<Shared>,
    ) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut feed = Feed {
            stitcher: Stitcher::new(dir, segment_bytes, parts),
            segment_bytes,
            target: target.into(),
            shared,
            stop: stop.clone(),
            buffer: Vec::new(),
            next: 0,
            complete: false,
            damage: None,
        };
        feed.step();
        if feed.complete {
            return Ok(Self { stop, worker: None, damage: feed.damage });
        }
        let worker = std::thread::Builder::new()
            .name("feed".into())
            .spawn(move || {
                feed.run();
                feed
            })
            .tried(|| "start the thread that reads the trace")?;
        Ok(Self { stop, worker: Some(worker), damage: None })
    }

    /// Ends the thread. Returns what was wrong with the events, as far as they were read.
    pub fn stop(&mut self) -> Option<String> {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(worker) = self.worker.take() {
            self.damage = match worker.join() {
                Ok(feed) => feed.damage,
                Err(_) => Some("the thread that reads the trace panicked".into()),
            };
        }
        self.damage.take()
    }
}

impl Drop for Feeder {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Feed {
    fn run(&mut self) {
        while !self.complete && !self.stop.load(Ordering::Relaxed) {
            let done = self.shared.segments_done().load(Ordering::Acquire).min(self.next);
            if self.next < done + STREAM_SLOTS {
                self.step();
            } else {
                wait(self.shared.segments_done(), done, NAP);
            }
        }
    }

    /// Makes one more segment ready, or finds that there are no more.
    fn step(&mut self) {
        if self.stitcher.next(&mut self.buffer) {
            if let Err(e) = self.store() {
                self.damage = Some(format!("no memory for the event stream: {e}"));
            } else {
                self.next += 1;
                publish(self.shared.segments_ready(), self.next);
            }
        }
        self.damage = self.damage.take().or_else(|| self.stitcher.damage().map(str::to_owned));
        self.complete = self.damage.is_some() || self.stitcher.is_at_end();
        if self.complete {
            publish(self.shared.stream_complete(), 1);
            // The engine sleeps on this word and then looks at the other.
            clew_launch::orders::wake(self.shared.segments_ready());
        }
    }

    /// Writes the segment in memory to its slot, with a zero word behind it where the slot's last
    /// segment may have left something: there the engine stops reading.
    fn store(&mut self) -> std::io::Result<()> {
        let start = self.next % STREAM_SLOTS * self.segment_bytes;
        if self.next < STREAM_SLOTS {
            ftruncate(&self.target, start + self.segment_bytes)?;
        }
        let room = self.segment_bytes.saturating_sub(self.buffer.len() as u64);
        self.buffer.resize(self.buffer.len() + room.min(8) as usize, 0);
        self.target.write_all_at(&self.buffer, start)
    }
}
