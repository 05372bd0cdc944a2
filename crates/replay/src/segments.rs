//! The events of a plan as one stream of segments, in memfds that engines map and that take turns.
//!
//! A thread decompresses them, a few ahead of the one that was asked for last. Those behind it are
//! forgotten, and made again if somebody goes back to them; from then on more are kept.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;

use clew_abi::layout::SEGMENT_PLACES;
use clew_abi::record::HEADER_LEN;
use clew_trace::{Result, ResultExt};

use crate::plan::Part;
use crate::slot::Slot;
use crate::stitch::Stitcher;

/// Segments made ahead of the one that was asked for last.
const AHEAD: u64 = SEGMENT_PLACES - 1;
/// Segments that are kept for those who only go forward: each has its place in the engine's window.
const KEPT_AHEAD: usize = SEGMENT_PLACES as usize;
/// Segments that are kept once somebody has gone back.
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
    made: BTreeMap<u64, Arc<Slot>>,
    /// How many may be.
    kept: usize,
    /// Slots of segments that were forgotten. Engines may look at them yet.
    spare: Vec<Arc<Slot>>,
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
    /// Slots that were made so far.
    slots: u64,
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
            kept: KEPT_AHEAD,
            spare: Vec::new(),
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
            slots: 0,
        };
        let worker = std::thread::Builder::new()
            .name("segments".into())
            .spawn(move || worker.run())
            .tried(|| "start the thread that reads the trace")?;
        Ok(Self { shared, worker: Some(worker) })
    }

    /// Segment `number`, once it is made; `None` if there is none. It stays what it is while somebody has
    /// what this returns.
    pub fn get(&self, number: u64) -> Option<Arc<Slot>> {
        let mut state = self.shared.lock();
        state.wanted = number;
        self.shared.changed.notify_all();
        loop {
            if let Some(slot) = state.made.get(&number) {
                return Some(slot.clone());
            }
            let over = state.complete && number >= state.count;
            if over || state.lost.contains(&number) || state.stop {
                return None;
            }
            if number < state.count {
                (state.again, state.kept) = (Some(number), KEPT);
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
            None if !self.complete && self.count <= self.wanted.saturating_add(AHEAD) => {
                Some(Work::Next)
            }
            None => None,
        }
    }

    /// Forgets what there is no room for beside one more segment: those behind the one that is wanted
    /// first, the farthest of them.
    fn make_room(&mut self) {
        let wanted = self.wanted;
        while self.made.len() >= self.kept {
            let far = |n: &u64| (*n < wanted, n.abs_diff(wanted));
            let Some(&victim) = self.made.keys().max_by_key(|n| far(n)) else { return };
            self.spare.extend(self.made.remove(&victim));
        }
    }

    /// Memory for one more segment, if there is some that nobody looks at. More than that is given back.
    fn reuse(&mut self) -> Option<Slot> {
        self.make_room();
        let (used, unused) = std::mem::take(&mut self.spare)
            .into_iter()
            .partition(|slot| Arc::strong_count(slot) > 1);
        self.spare = used;
        unused.into_iter().find_map(Arc::into_inner)
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
        let made = self.slot().map(|mut slot| {
            let len = self.stitcher.next(slot.bytes_mut())?;
            Some(end_at(slot, len))
        });
        let mut state = self.shared.lock();
        match made {
            Ok(Some(slot)) => {
                let number = state.count;
                state.count += 1;
                state.made.insert(number, Arc::new(slot));
            }
            Err(e) => state.damage = Some(no_memory(&e)),
            Ok(None) => {}
        }
        state.damage = state.damage.take().or_else(|| self.stitcher.damage().map(str::to_owned));
        state.complete = state.damage.is_some() || self.stitcher.is_at_end();
    }

    fn make_again(&mut self, number: u64) {
        let made = self.slot().map_err(|e| no_memory(&e)).and_then(|mut slot| {
            let len = self.stitcher.again(number, slot.bytes_mut());
            let lost = || format!("segment {number} of its events cannot be read any more");
            Ok(end_at(slot, len.ok_or_else(lost)?))
        });
        let mut state = self.shared.lock();
        state.again = None;
        match made {
            Ok(slot) => {
                state.made.insert(number, Arc::new(slot));
            }
            Err(damage) => {
                state.damage = Some(damage);
                state.lost.push(number);
            }
        }
    }

    /// Memory for one more segment.
    fn slot(&mut self) -> io::Result<Slot> {
        if let Some(slot) = self.shared.lock().reuse() {
            return Ok(slot);
        }
        self.slots += 1;
        Slot::new(self.slots - 1, self.segment_bytes)
    }
}

/// Puts zeros behind a segment's `len` bytes: there an engine stops reading, whatever follows.
fn end_at(mut slot: Slot, len: usize) -> Slot {
    slot.bytes_mut()[len..].iter_mut().take(HEADER_LEN).for_each(|byte| *byte = 0);
    slot
}

fn no_memory(e: &io::Error) -> String {
    format!("no memory for the event stream: {e}")
}
