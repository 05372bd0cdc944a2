//! The timeline's side of `clew_abi::debug`: structures as bytes.
//!
//! # Safety
//! The structures that are looked at as bytes here are the abi's: `repr(C)`, of `u64`s and byte arrays, so
//! without padding and valid with any content.
#![allow(unsafe_code, reason = "structures as bytes")]

use clew_abi::debug::{
    Registers, RunOrder, Stopped, TaskEntry, WATCH_ANY, WATCH_READ, WATCH_WRITE, WatchEntry,
};
use clew_trace::{Result, ResultExt};

use crate::{Access, Breakpoint, Watchpoint};

/// A structure of the abi's.
pub trait Plain: Copy {}
impl Plain for RunOrder {}
impl Plain for Stopped {}
impl Plain for Registers {}
impl Plain for TaskEntry {}
impl Plain for WatchEntry {}

pub fn bytes_of<T: Plain>(value: &T) -> &[u8] {
    // SAFETY: see the module's documentation.
    unsafe { std::slice::from_raw_parts((value as *const T).cast(), size_of::<T>()) }
}

/// The structure at the start of `bytes`.
pub fn from_bytes<T: Plain>(bytes: &[u8]) -> Result<T> {
    let bytes = bytes.get(..size_of::<T>()).ok_or("a short answer").tried(|| "ask the replay")?;
    // SAFETY: see the module's documentation; the length is right.
    Ok(unsafe { bytes.as_ptr().cast::<T>().read_unaligned() })
}

/// Breakpoints as payloads of at most `max` bytes; at least one.
pub fn breakpoints(all: &[Breakpoint], max: usize) -> Vec<Vec<u8>> {
    let mut parts = vec![Vec::new()];
    for breakpoint in all {
        let mut one = Vec::new();
        one.extend(breakpoint.addr.to_le_bytes());
        one.extend((breakpoint.conditions.len() as u64).to_le_bytes());
        for code in &breakpoint.conditions {
            one.extend((code.len() as u64).to_le_bytes());
            one.extend(code);
            one.resize(one.len().next_multiple_of(8), 0);
        }
        if parts.last().is_some_and(|part| part.len() + one.len() > max) {
            parts.push(Vec::new());
        }
        if let Some(part) = parts.last_mut() {
            part.extend(one);
        }
    }
    parts
}

pub fn watchpoints(all: &[Watchpoint]) -> Vec<u8> {
    let entry = |w: &Watchpoint| WatchEntry {
        addr: w.addr,
        len: w.len,
        access: match w.access {
            Access::Write => WATCH_WRITE,
            Access::Read => WATCH_READ,
            Access::Any => WATCH_ANY,
        },
    };
    all.iter().flat_map(|w| bytes_of(&entry(w)).to_vec()).collect()
}
