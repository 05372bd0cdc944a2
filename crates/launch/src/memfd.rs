//! The anonymous files an engine is given.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use clew_abi::orders::ENGINE_NAME;
use rustix::fs::{MemfdFlags, memfd_create};

use crate::{ENGINE, Result, Step};

/// An empty anonymous file.
pub fn empty(name: &'static str) -> Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC;
    // MFD_EXEC says that being executable is intended, which newer kernels may insist on; older
    // ones do not know the flag.
    memfd_create(name, flags | MemfdFlags::EXEC)
        .or_else(|_| memfd_create(name, flags))
        .step("make an anonymous file")
}

/// The engine image as an anonymous file.
pub fn engine() -> Result<OwnedFd> {
    filled(ENGINE_NAME, ENGINE)
}

pub(crate) fn filled(name: &'static str, bytes: &[u8]) -> Result<OwnedFd> {
    let file = File::from(empty(name)?);
    file.write_all_at(bytes, 0).step("fill an anonymous file")?;
    Ok(file.into())
}
