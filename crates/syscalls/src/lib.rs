//! What every system call of x86-64 Linux takes, writes and does, in one declarative table.
//!
//! The engine asks which way a call takes ([`class`]), whether it may block ([`blocking()`]) and which
//! memory it wrote ([`plan()`] before it, [`outputs()`] after it), `clew dump` writes it down
//! ([`format`]); all of them read the same rows. A row is a line in `table/`, in the file of its family; calls that are many calls in one
//! (`ioctl`, `fcntl`, `prctl`) have a line for each command in `variants/`.
//!
//! The crate neither allocates nor depends on the standard library: it runs within the recorded
//! process. All it reads of the guest is hostile until proven otherwise: lengths are clipped, sums
//! saturate, loops are bounded as the kernel bounds them.
//!
//! Sources: section 2 of the manual, and the kernel's headers each family's file names.
#![no_std]
#![forbid(unsafe_code)]

mod blocking;
pub mod format;
pub mod model;
pub mod names;
mod nested;
mod outputs;
mod plan;
mod shape;
pub mod table;
#[cfg(test)]
mod tests;
pub mod variants;

pub use blocking::blocking;
pub use format::write_call;
pub use model::{
    Answer, Arg, Blocking, Call, Class, GuestMemory, Kind, Len, Nested, Ret, Syscall, Variant,
    Variants, Way, When,
};
pub use names::{errno_name, errno_text, signal_name};
pub use outputs::{Coverage, inputs, outputs, reach};
pub use plan::{Plan, plan};
pub use shape::{Shape, class, shape};
pub use table::lookup;
