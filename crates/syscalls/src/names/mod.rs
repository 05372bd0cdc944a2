//! What constants are called: flags, enumerations, errors and signals. For the log only.

mod errno;
mod fs;
mod mem;
mod net;
mod process;
mod signal;

pub use errno::{errno_name, errno_text};
pub use fs::*;
pub use mem::*;
pub use net::*;
pub use process::*;
pub use signal::{SIGNALS, signal_name};

/// One name for each value.
#[derive(Clone, Copy, Debug)]
pub struct Names(pub &'static [(u64, &'static str)]);

impl Names {
    pub fn of(&self, value: u64) -> Option<&'static str> {
        self.0.iter().find(|(known, _)| *known == value).map(|(_, name)| *name)
    }
}

/// Names for single bits, and for the values of fields within the same word.
#[derive(Clone, Copy, Debug)]
pub struct Flags {
    /// The bits of a field and the names of its values. A field is written even if zero, if zero
    /// has a name.
    pub fields: &'static [(u64, Names)],
    /// Names of bits; those of several bits come before their parts.
    pub bits: &'static [(u64, &'static str)],
}

/// Flags that are single bits only.
pub(crate) const fn bits(bits: &'static [(u64, &'static str)]) -> Flags {
    Flags { fields: &[], bits }
}
