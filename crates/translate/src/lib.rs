//! The translator: guest machine code in, code cache out.
//!
//! [`block`] turns the guest code at one address into a superblock, [`cache`] owns the translated
//! blocks, links them to each other and finds them again, [`context`] is the memory that translated
//! code and the engine share, [`emit`] encodes the few instructions the translator adds, [`insn`]
//! says what has to be done about a guest instruction, [`access`] which memory it touches, [`quick`] decodes the common ones, [`liveness`] proves status flags dead.
//!
//! # Safety
//!
//! Translated code and the tables around it live at fixed addresses (`clew_abi::layout`). The crate
//! writes there through raw pointers; whoever creates a [`cache::Cache`] promises that the regions
//! are mapped and that nothing else uses them.
#![no_std]

extern crate alloc;

pub mod access;
pub mod block;
pub mod cache;
pub mod context;
pub mod emit;
pub mod insn;
pub mod liveness;
pub mod quick;

pub use cache::{Cache, Features, Site, SiteKind, Watching};
pub use context::GuestContext;
