//! A progress bar on the terminal: for what takes longer than a moment.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::text;

/// Nothing is shown before this has passed, and then so often.
const PATIENCE: Duration = Duration::from_millis(400);
const PERIOD: Duration = Duration::from_millis(100);
const WIDTH: u64 = 30;

/// See the module's documentation. It may be told from several threads.
pub struct Progress {
    what: &'static str,
    state: Option<Mutex<State>>,
}

struct State {
    begun: Instant,
    shown: Option<Instant>,
    done: u64,
}

impl Progress {
    /// `what` is being done. Without a terminal nothing is ever shown.
    pub fn new(what: &'static str) -> Self {
        let state = State { begun: Instant::now(), shown: None, done: 0 };
        Self { what, state: stderr().is_terminal().then(|| Mutex::new(state)) }
    }

    /// So many bytes more are done.
    pub fn add(&self, bytes: u64, total: u64) {
        self.change(total, |state| state.done += bytes);
    }

    /// So many bytes are done in all.
    pub fn set(&self, done: u64, total: u64) {
        self.change(total, |state| state.done = done);
    }

    fn change(&self, total: u64, change: impl FnOnce(&mut State)) {
        let Some(Ok(mut state)) = self.state.as_ref().map(Mutex::lock) else { return };
        change(&mut state);
        let due = match state.shown {
            None => state.begun.elapsed() >= PATIENCE,
            Some(shown) => shown.elapsed() >= PERIOD,
        };
        if due {
            state.shown = Some(Instant::now());
            let line = line(self.what, state.done, total, state.begun.elapsed());
            let _ = stderr().write_all(format!("\r{line}\x1b[K").as_bytes());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let shown = |state: &Mutex<State>| state.lock().is_ok_and(|state| state.shown.is_some());
        if self.state.as_ref().is_some_and(shown) {
            let _ = stderr().write_all(b"\r\x1b[K");
        }
    }
}

fn line(what: &str, done: u64, total: u64, taken: Duration) -> String {
    let total = total.max(done).max(1);
    let share = |of: u64| (u128::from(done) * u128::from(of) / u128::from(total)) as u64;
    let bar: String = (0..WIDTH).map(|i| if i < share(WIDTH) { '#' } else { '-' }).collect();
    let left = taken.as_secs_f64() * (total - done) as f64 / done.max(1) as f64;
    let (done, left) = (text::bytes(done), text::seconds(left));
    format!("{what} [{bar}] {:3} %  {done}  {left} left", share(100))
}
