//! The engine's image, which every recording and replay starts with.
//!
//! It is kept beside the snapshots of translated code; where that cannot be, it is an anonymous file,
//! made anew each time (at some 0.6 ms).

use std::borrow::Cow;
use std::os::fd::OwnedFd;
use std::path::Path;

use clew_abi::orders::{ENGINE_NAME, LEDGER};
use clew_trace::code::{Kept, kept};

use crate::{ENGINE, ENGINE_BUILD, Result, memfd};

/// Opens or makes the file that [`clew_abi::orders::fd::ENGINE`] is. `code`: the directory of snapshots,
/// if there is one; `ledger`: what is known about the files in it, and more afterwards.
pub fn engine(code: Option<&Path>, ledger: &mut [u64; LEDGER]) -> Result<OwnedFd> {
    let image = Kept {
        name: &format!("{ENGINE_NAME}-{ENGINE_BUILD:016x}"),
        len: ENGINE.len() as u64,
        contents: &|| Cow::Borrowed(ENGINE),
        executable: true,
    };
    match code.and_then(|code| kept(code, &image, ledger)) {
        Some(file) => Ok(OwnedFd::from(file)),
        None => memfd::filled(ENGINE_NAME, &(image.contents)()),
    }
}
