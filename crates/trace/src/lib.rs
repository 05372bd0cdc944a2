//! What a recording leaves on disk.
//!
//! A trace is a directory:
//!
//! - `meta.json`: who recorded what, where and how it ended ([`Meta`]);
//! - `events/<stream>.zst`: the compressed segments of a process's events ([`chunk`]);
//! - `events/<stream>.<sequence>.raw`: segments not yet compressed, written by the engine itself;
//! - `files/<key>`: the files the guest mapped, and `files.json`, which says what they are
//!   ([`files`]).
//!
//! `clew pack` puts all that into one file ([`pack`]).
//!
//! Traces come from strangers, so nothing read here is trusted: every length is checked against
//! what may be allocated for it, and damage ends a stream with a note instead of a panic.
#![deny(unsafe_code)]

pub mod chunk;
pub mod code;
pub mod compress;
mod error;
pub mod files;
mod frames;
pub mod head;
pub mod lock;
pub mod mapping;
mod merge;
pub mod meta;
pub mod pack;
pub mod processes;
pub mod processor;
mod raw;
pub mod records;
pub mod root;
pub mod stream;
mod trace;
mod vforked;

pub use compress::{Compressor, Engines};
pub use error::{Error, Result, ResultExt};
pub use files::{FileEntry, valid_key};
pub use merge::Merge;
pub use meta::{Ended, Meta, Outcome};
pub use records::{Record, Records};
pub use root::Root;
pub use stream::{Cursor, Stream};
pub use trace::Trace;
