//! Checks the stored files that a replay uses against the hashes in `files.json`, beside the replay.
//!
//! A flipped bit in a mapped file need not make a replay diverge: it may just as well change what
//! the guest seems to print.

use std::collections::HashMap;
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use clew_trace::{FileEntry, files};

/// See the module's documentation.
#[derive(Default)]
pub struct Verifier {
    entries: HashMap<String, FileEntry>,
    worker: Option<(Sender<FileEntry>, JoinHandle<Option<String>>)>,
    damage: Option<String>,
}

impl Verifier {
    /// Reads the list of the trace in `dir`. A recorder that was killed leaves none: nothing is
    /// checked then.
    pub fn new(dir: &Path) -> Self {
        match files::read_list(dir) {
            Ok(list) => {
                let entries = list.into_iter().map(|entry| (entry.key.clone(), entry)).collect();
                Self { entries, ..Self::default() }
            }
            Err(e) => Self { damage: Some(e.to_string()), ..Self::default() },
        }
    }

    /// The replay uses this file: check it once.
    pub fn check(&mut self, dir: &Path, key: &str) {
        let Some(entry) = self.entries.remove(key) else { return };
        if self.worker.is_none() {
            self.worker = start(dir);
        }
        if let Some((queue, _)) = &self.worker {
            let _ = queue.send(entry);
        }
    }

    /// Waits for the checks. Returns what is wrong, for the user.
    pub fn finish(&mut self) -> Option<String> {
        if let Some((queue, worker)) = self.worker.take() {
            drop(queue);
            let found = worker.join().unwrap_or_else(|_| Some("checking its files failed".into()));
            self.damage = self.damage.take().or(found);
        }
        self.damage.take()
    }
}

fn start(dir: &Path) -> Option<(Sender<FileEntry>, JoinHandle<Option<String>>)> {
    let (queue, jobs) = channel::<FileEntry>();
    let dir = dir.to_owned();
    let run = move || jobs.into_iter().filter_map(|entry| judge(&dir, &entry)).next();
    let worker = std::thread::Builder::new().name("verify".into()).spawn(run).ok()?;
    Some((queue, worker))
}

fn judge(dir: &Path, entry: &FileEntry) -> Option<String> {
    let reason = match files::matches(dir, entry) {
        Ok(true) => return None,
        Ok(false) => "its content has changed".to_owned(),
        Err(e) => e.to_string(),
    };
    Some(format!("the trace's copy of {} is damaged: {reason}", entry.path))
}
