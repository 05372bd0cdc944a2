//! What the fuzzers share.

mod bytes;
mod mutate;
mod scratch;
mod traces;

pub use bytes::Bytes;
pub use mutate::mutate;
pub use scratch::Scratch;
pub use traces::{SEGMENT_BYTES, lay, meta};
