//! Whether this machine has what the engine needs, for `clew doctor`.
//!
//! # Safety
//! System calls on integers; the mappings are made where nothing is, and removed at once.
#![allow(unsafe_code, reason = "personality and fixed mappings")]

use std::io;
use std::ptr;

use clew_abi::layout::{self, CodeWindow, Range};

/// Whether programs may use the instructions that read and write the FS and GS bases.
pub fn fsgsbase() -> bool {
    const HWCAP2_FSGSBASE: u64 = 1 << 1;
    // SAFETY: reads from the auxiliary vector.
    unsafe { libc::getauxval(libc::AT_HWCAP2) & HWCAP2_FSGSBASE != 0 }
}

/// Whether address-space randomisation may be switched off.
pub fn can_disable_randomization() -> bool {
    const QUERY: libc::c_ulong = 0xffff_ffff;
    // SAFETY: changes what this process's next exec does, and changes it back.
    unsafe {
        let now = libc::personality(QUERY);
        let wanted = (now | libc::ADDR_NO_RANDOMIZE) as libc::c_ulong;
        let done = now >= 0 && libc::personality(wanted) >= 0;
        let done = done && libc::personality(QUERY) & libc::ADDR_NO_RANDOMIZE != 0;
        if now >= 0 {
            libc::personality(now as libc::c_ulong);
        }
        done
    }
}

/// A region of the engine's that cannot be mapped, and why.
pub fn unusable_region() -> Option<(&'static str, io::Error)> {
    let (low, high) = (CodeWindow::LOW.range(), CodeWindow::HIGH.range());
    let regions = [
        ("the engine's region", layout::ENGINE),
        ("the engine's second region", layout::BACK),
        ("the guest's code window", low),
        ("the guest's high code window", high),
        ("the shadow map", layout::shadow_of(low)),
    ];
    regions.into_iter().find_map(|(name, range)| map(range).err().map(|e| (name, e)))
}

fn map(range: Range) -> io::Result<()> {
    let at = ptr::without_provenance_mut(range.start as usize);
    let len = range.len() as usize;
    let flags =
        libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_FIXED_NOREPLACE;
    // SAFETY: with MAP_FIXED_NOREPLACE nothing that exists is touched; what was mapped is unmapped.
    unsafe {
        let got = libc::mmap(at, len, libc::PROT_NONE, flags, -1, 0);
        if got == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        libc::munmap(got, len);
        if got == at { Ok(()) } else { Err(io::Error::other("the kernel is too old")) }
    }
}
