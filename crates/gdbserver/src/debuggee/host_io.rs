//! Files for the debugger: those in the trace, under their recorded names, to be read. Nothing here
//! reaches this machine's own files.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;

use gdbstub::target::ext::host_io::{
    FsKind, HostIo, HostIoClose, HostIoCloseOps, HostIoErrno, HostIoError, HostIoFstat,
    HostIoFstatOps, HostIoOpen, HostIoOpenFlags, HostIoOpenMode, HostIoOpenOps, HostIoPread,
    HostIoPreadOps, HostIoReadlink, HostIoReadlinkOps, HostIoResult, HostIoSetfs, HostIoSetfsOps,
    HostIoStat,
};

use super::Debuggee;
use crate::session::Session;

/// What a client has open.
#[derive(Debug, Default)]
pub struct Opened {
    files: BTreeMap<u32, File>,
    last: u32,
}

const MAX_OPEN: usize = 256;
const BLOCK: u64 = 4096;
/// Answers are escaped, so that in the worst case they are twice as long.
const MAX_READ: usize = crate::packets::frame::MAX_PACKET / 2 - 64;

impl<S: Session> HostIo for Debuggee<S> {
    fn support_open(&mut self) -> Option<HostIoOpenOps<'_, Self>> {
        Some(self)
    }
    fn support_close(&mut self) -> Option<HostIoCloseOps<'_, Self>> {
        Some(self)
    }
    fn support_pread(&mut self) -> Option<HostIoPreadOps<'_, Self>> {
        Some(self)
    }
    fn support_fstat(&mut self) -> Option<HostIoFstatOps<'_, Self>> {
        Some(self)
    }
    fn support_readlink(&mut self) -> Option<HostIoReadlinkOps<'_, Self>> {
        Some(self)
    }
    fn support_setfs(&mut self) -> Option<HostIoSetfsOps<'_, Self>> {
        Some(self)
    }
}

impl<S: Session> HostIoOpen for Debuggee<S> {
    fn open(
        &mut self,
        name: &[u8],
        flags: HostIoOpenFlags,
        _: HostIoOpenMode,
    ) -> HostIoResult<u32, Self> {
        let written =
            HostIoOpenFlags::O_WRONLY | HostIoOpenFlags::O_RDWR | HostIoOpenFlags::O_CREAT;
        if flags.intersects(written) {
            return Err(HostIoError::Errno(HostIoErrno::EROFS));
        }
        if self.opened.files.len() >= MAX_OPEN {
            return Err(HostIoError::Errno(HostIoErrno::EMFILE));
        }
        let missing = HostIoError::Errno(HostIoErrno::ENOENT);
        let Some(entry) = std::str::from_utf8(name).ok().and_then(|name| self.files.find(name))
        else {
            return Err(missing);
        };
        let file = self.files.open(entry)?;
        self.opened.last += 1;
        self.opened.files.insert(self.opened.last, file);
        Ok(self.opened.last)
    }
}

impl<S: Session> Debuggee<S> {
    fn opened(&self, fd: u32) -> HostIoResult<&File, Self> {
        self.opened.files.get(&fd).ok_or(HostIoError::Errno(HostIoErrno::EBADF))
    }
}

impl<S: Session> HostIoClose for Debuggee<S> {
    fn close(&mut self, fd: u32) -> HostIoResult<(), Self> {
        self.opened(fd)?;
        self.opened.files.remove(&fd);
        Ok(())
    }
}

impl<S: Session> HostIoPread for Debuggee<S> {
    fn pread(
        &mut self,
        fd: u32,
        count: usize,
        offset: u64,
        buf: &mut [u8],
    ) -> HostIoResult<usize, Self> {
        let len = count.min(buf.len()).min(MAX_READ);
        Ok(self.opened(fd)?.read_at(&mut buf[..len], offset)?)
    }
}

impl<S: Session> HostIoFstat for Debuggee<S> {
    fn fstat(&mut self, fd: u32) -> HostIoResult<HostIoStat, Self> {
        let size = self.opened(fd)?.metadata()?.len();
        Ok(HostIoStat {
            st_dev: 0,
            st_ino: fd,
            st_mode: HostIoOpenMode::S_IFREG | HostIoOpenMode::S_IRUSR,
            st_nlink: 1,
            st_uid: 0,
            st_gid: 0,
            st_rdev: 0,
            st_size: size,
            st_blksize: BLOCK,
            st_blocks: size.div_ceil(512),
            st_atime: 0,
            st_mtime: 0,
            st_ctime: 0,
        })
    }
}

impl<S: Session> HostIoReadlink for Debuggee<S> {
    /// Links are not recorded, only what they lead to.
    fn readlink(&mut self, name: &[u8], _: &mut [u8]) -> HostIoResult<usize, Self> {
        let known = std::str::from_utf8(name).is_ok_and(|name| self.files.find(name).is_some());
        Err(HostIoError::Errno(if known { HostIoErrno::EINVAL } else { HostIoErrno::ENOENT }))
    }
}

impl<S: Session> HostIoSetfs for Debuggee<S> {
    fn setfs(&mut self, _: FsKind) -> HostIoResult<(), Self> {
        Ok(())
    }
}
