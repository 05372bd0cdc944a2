//! The engine: clew's runtime inside each guest process.
//!
//! It starts where the kernel starts the process ([`start`]), loads the guest program
//! ([`loader`]), and from then on alternates with translated guest code: every exit from the code
//! cache arrives in [`dispatch`], which makes system calls ([`calls`]), emulates nondeterministic
//! instructions ([`intrinsics`]), delivers signals ([`signal`]) and translates more code. What
//! happens is written to the event stream while recording ([`log`]) and taken from it while
//! replaying ([`stream`]).
//!
//! # Safety
//! The engine owns the address ranges of `clew_abi::layout` and runs one task at a time (the one
//! that holds the baton), so its single state ([`state::engine`]) is never used twice at once. Guest
//! memory is only touched through `sys::read_guest` and `sys::write_guest`, which survive faults, or
//! by the kernel.
#![no_std]
#![allow(
    non_upper_case_globals,
    reason = "system calls keep the kernel headers' names in patterns"
)]

extern crate alloc as alloc_crate;

pub mod alloc;
pub mod asm;
pub mod calls;
pub mod chaos;
pub mod checksum;
pub mod choice;
pub mod clock;
pub mod code;
pub mod crash;
pub mod debug;
pub mod descriptors;
pub mod dispatch;
pub mod far;
mod forbidden;
pub mod int80;
mod intrinsics;
mod limits;
pub mod loader;
pub mod log;
pub mod mem;
pub mod memory;
mod pieces;
pub mod procfs;
pub mod replay;
pub mod sandbox;
pub mod shadow;
pub mod sharing;
pub mod signal;
pub mod start;
pub mod state;
pub mod store;
pub mod stream;
pub mod supervisor;
pub mod sys;
pub mod task;
pub mod ticks;
pub mod vma;
pub mod window;
