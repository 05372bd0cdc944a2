//! The events of a plan as one stream of segments, each in a memfd of its own that engines map.
//!
//! A thread decompresses them, a few ahead of the one that was asked for last. Those made long ago are
//! forgotten, and made again if somebody goes back to them.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;

use clew_trace::{Result, ResultExt};
use rustix::fs::ftruncate;

use crate::plan::Part;
use crate::stitch::Stitcher;

/// Segments made ahead of the one that was asked for last.
const AHEAD: u64 = 3;
/// Segments that are kept.
const KEPT: usize = 32;

/// See the module's documentation.
pub struct Segments {
    shared: Arc<Shared>,
    worker: Option<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    made: BTreeMap<u64, Arc<File>>,
    /// The segment asked for last.
    wanted: u64,
    /// One that is to be made again.
    again: Option<u64>,
    /// Those that could not be made again.
    lost: Vec<u64>,
    /// How many have been made; all there are once `complete`.
    count: u64,
    complete: bool,
    damage: Option<String>,
    stop: bool,
}

struct Worker {
    stitcher: Stitcher,
    segment_bytes: u64,
    shared: Arc<Shared>,
    buffer: Vec<u8>,
}

/// What the worker does next.
enum Work {
    Next,
    Again(u64),
}

impl Segments {
    /// `dir` is the trace's.
    pub fn start(dir: PathBuf, parts: Vec<Part>, segment_bytes: u64) -> Result<Self> {
        let state = State {
            made: BTreeMap::new(),
            wanted: 0,
            again: None,
            lost: Vec::new(),
            count: 0,
            complete: false,
            damage: None,
            stop: false,
        };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let mut worker = Worker {
            stitcher: Stitcher::new(dir, segment_bytes, parts),
            segment_bytes,
            shared: shared.clone(),
            buffer: Vec::new(),
        };
        let worker = std::thread::Builder::new()
            .name("segments".into())
            .spawn(move || worker.run())
            .tried(|| "start the thread that reads the trace")?;
        Ok(Self { shared, worker: Some(worker) })
    }

    /// Segment `number`, once it is made; `None` if there is none.
    pub fn get(&self, number: u64) -> Option<Arc<File>> {
        let mut state = self.shared.lock();
        state.wanted = number;
        self.shared.changed.notify_all();
        loop {
            if let Some(file) = state.made.get(&number) {
                return Some(file.clone());
            }
            let over = state.complete && number >= state.count;
            if over || state.lost.contains(&number) || state.stop {
                return None;
            }
            if number < state.count {
                state.again = Some(number);
                self.shared.changed.notify_all();
            }
            state = self.shared.wait(state);
        }
    }

    /// Ends the thread. Returns what was wrong with the events, as far as they were read.
    pub fn stop(&mut self) -> Option<String> {
        self.shared.lock().stop = true;
        self.shared.changed.notify_all();
        let died = self.worker.take().is_some_and(|worker| worker.join().is_err());
        let damage = self.shared.lock().damage.take();
        damage.or(died.then(|| "the thread that reads the trace panicked".into()))
    }
}

impl Drop for Segments {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed.wait(state).unwrap_or_else(|e| e.into_inner())
    }
}

impl State {
    fn work(&self) -> Option<Work> {
        match self.again {
            Some(number) => Some(Work::Again(number)),
            None if !self.complete && self.count <= self.wanted + AHEAD => Some(Work::Next),
            None => None,
        }
    }

    /// Keeps a segment that was made, and forgets the ones farthest behind those that are wanted.
    fn keep(&mut self, number: u64, file: File) {
        self.made.insert(number, Arc::new(file));
        while self.made.len() > KEPT {
            let far = |n: &u64| n.abs_diff(self.wanted);
            let Some(&victim) = self.made.keys().max_by_key(|n| far(n)) else { return };
            self.made.remove(&victim);
        }
    }
}

impl Worker {
    fn run(&mut self) {
        let shared = self.shared.clone();
        loop {
            let mut state = shared.lock();
            let work = loop {
                if state.stop {
                    return;
                }
                match state.work() {
                    Some(work) => break work,
                    None => state = shared.wait(state),
                }
            };
            drop(state);
            match work {
                Work::Next => self.make_next(),
                Work::Again(number) => self.make_again(number),
            }
            shared.changed.notify_all();
        }
    }

    fn make_next(&mut self) {
        let made = self.stitcher.next(&mut self.buffer);
        let file = made.then(|| self.store());
        let mut state = self.shared.lock();
        match file {
            Some(Ok(file)) => {
                let number = state.count;
                state.count += 1;
                state.keep(number, file);
            }
            Some(Err(e)) => state.damage = Some(format!("no memory for the event stream: {e}")),
            None => {}
        }
        state.damage = state.damage.take().or_else(|| self.stitcher.damage().map(str::to_owned));
        state.complete = state.damage.is_some() || self.stitcher.is_at_end();
    }

    fn make_again(&mut self, number: u64) {
        let file = match self.stitcher.again(number, &mut self.buffer) {
            true => self.store().map_err(|e| e.to_string()),
            false => Err(format!("segment {number} of its events cannot be read any more")),
        };
        let mut state = self.shared.lock();
        state.again = None;
        match file {
            Ok(file) => state.keep(number, file),
            Err(damage) => {
                state.damage = Some(damage);
                state.lost.push(number);
            }
        }
    }

    /// A memfd with the segment in memory, followed by zeros: there an engine stops reading.
    fn store(&self) -> std::io::Result<File> {
        let file = clew_launch::memfd::empty("clew-segment").map_err(std::io::Error::other)?;
        ftruncate(&file, self.segment_bytes)?;
        let file = File::from(file);
        file.write_all_at(&self.buffer, 0)?;
        Ok(file)
    }
}
