//! Starts the engine: everything between "run this program under the engine" and the engine's first
//! instruction, for recording and replaying alike.
//!
//! [`ENGINE`] is the engine image. [`memfd`] makes the files it finds at the reserved descriptors of
//! `clew_abi::orders::fd`, [`orders`] its orders, [`spawn`] the process, and [`control`] is the
//! supervisor's end of the socket to it.
#![deny(unsafe_code)]

pub mod control;
pub mod image;
pub mod memfd;
pub mod orders;
pub mod probe;
pub mod signals;
pub mod spawn;

use std::fmt;
use std::io::{self, Write};

/// The engine image, a static executable.
/// Tells builds of the image apart.
pub const ENGINE_BUILD: u64 = {
    // There is no other way to parse in a constant yet.
    let digits = env!("CLEW_ENGINE_BUILD").as_bytes();
    let (mut n, mut value) = (0, 0u64);
    while n < digits.len() {
        value = value * 10 + (digits[n] - b'0') as u64;
        n += 1;
    }
    value
};

pub static ENGINE: &[u8] = include_bytes!(env!("CLEW_ENGINE_IMAGE"));

/// Prints a line for the user, unless stderr is gone: that must not end a recording.
pub fn say(text: impl fmt::Display) {
    // In one piece: the guest may be writing, too.
    let _ = io::stderr().write_all(format!("clew: {text}\n").as_bytes());
}

/// A step of starting the engine that failed.
#[derive(Debug)]
pub struct Error {
    /// Completes "cannot …".
    pub step: &'static str,
    pub source: io::Error,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.step, self.source)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Says which step an I/O error belongs to.
pub(crate) trait Step<T> {
    fn step(self, step: &'static str) -> Result<T>;
}

impl<T, E: Into<io::Error>> Step<T> for std::result::Result<T, E> {
    fn step(self, step: &'static str) -> Result<T> {
        self.map_err(|e| Error { step, source: e.into() })
    }
}
