//! Telling the user that a long motion goes on.

use std::time::{Duration, Instant};

/// Is told what a motion that takes long is doing, each time anew; `None` once it is done.
pub type Progress = Box<dyn FnMut(Option<&str>)>;

/// Motions that are shorter are not talked about.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Between two messages.
pub(crate) const PACE: Duration = Duration::from_millis(500);

/// One motion.
pub(crate) struct Pulse<'a> {
    progress: Option<&'a mut Progress>,
    next: Instant,
    shown: bool,
}

impl<'a> Pulse<'a> {
    /// A motion begins.
    pub fn new(progress: Option<&'a mut Progress>) -> Self {
        Self { progress, next: Instant::now() + PATIENCE, shown: false }
    }

    /// The motion goes on: says so, if it is time to.
    pub fn beat(&mut self, text: impl FnOnce() -> String) {
        let now = Instant::now();
        if let Some(progress) = &mut self.progress
            && now >= self.next
        {
            progress(Some(&text()));
            (self.next, self.shown) = (now + PACE, true);
        }
    }
}

impl Drop for Pulse<'_> {
    fn drop(&mut self) {
        if let Some(progress) = &mut self.progress
            && self.shown
        {
            progress(None);
        }
    }
}
