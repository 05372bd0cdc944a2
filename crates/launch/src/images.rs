//! The files every engine is given, whatever it does: its own image, and pages for the shadow map.
//!
//! They are kept beside the snapshots of translated code; where that cannot be, they are anonymous files,
//! made anew each time (at some 0.8 ms).

use std::borrow::Cow;
use std::os::fd::OwnedFd;
use std::path::Path;

use clew_abi::layout::{CodeWindow, SHADOW_CHUNK};
use clew_abi::orders::{ENGINE_NAME, LEDGER};
use clew_trace::code::{Kept, kept};

use crate::{ENGINE, ENGINE_BUILD, Result, memfd};

/// Bytes of the pattern: what the entries of one chunk of guest code take.
const PATTERN_LEN: usize = 8 * SHADOW_CHUNK as usize;

/// See the module's documentation.
pub struct Images {
    /// To be executed, see `clew_abi::orders::fd::ENGINE`.
    pub engine: OwnedFd,
    /// See `clew_abi::orders::fd::PATTERN`.
    pub pattern: OwnedFd,
}

impl Images {
    /// Opens or makes them. `code`: the directory of snapshots, if there is one; `ledger`: what is known
    /// about the files in it, and more afterwards.
    pub fn get(code: Option<&Path>, ledger: &mut [u64; LEDGER]) -> Result<Self> {
        let mut file =
            |name: &'static str, what: &Kept| match code.and_then(|c| kept(c, what, ledger)) {
                Some(file) => Ok(OwnedFd::from(file)),
                None => memfd::filled(name, &(what.contents)()),
            };
        let engine = Kept {
            name: &format!("{ENGINE_NAME}-{ENGINE_BUILD:016x}"),
            len: ENGINE.len() as u64,
            contents: &|| Cow::Borrowed(ENGINE),
            executable: true,
        };
        let start = CodeWindow::LOW.cache().start;
        let pattern = Kept {
            name: &format!("pattern-{start:x}"),
            len: PATTERN_LEN as u64,
            contents: &|| Cow::Owned(start.to_le_bytes().repeat(PATTERN_LEN / 8)),
            executable: false,
        };
        Ok(Self { engine: file(ENGINE_NAME, &engine)?, pattern: file("clew-pattern", &pattern)? })
    }
}
