//! Keeping a copy of every file the guest maps.
//!
//! A copy is named by the file's identity (device, inode, size, times). Copies are shared between
//! recordings through the store, a directory beside the traces, by hard links, so a library is
//! copied once per machine. A file that changed within the last seconds may change again without
//! its times showing it, so its copy belongs to one mapping alone.

use crate::crash::Report;
use crate::descriptors::{self, number};
use crate::limits;
use crate::sys::{self, syscall};
use alloc_crate::vec::Vec;
use clew_abi::orders::fd;
use core::fmt::Write;

/// Younger files than this are never shared, in seconds: coarse time stamps and clock skew.
const SETTLED: u64 = 2;
const FICLONE: u64 = 0x4004_9409;

/// Names of the copies made by this process.
#[derive(Default)]
pub struct Store {
    saved: Vec<Vec<u8>>,
    unique: u32,
}

impl Store {
    /// Copies the file behind `file` into the trace. `changing`: the guest can change it through
    /// the mapping. Returns the copy's key and whether it is new to this process, or a negated errno.
    pub fn save(
        &mut self,
        file: i32,
        st: &sys::stat,
        changing: bool,
    ) -> Result<(Vec<u8>, bool), i64> {
        let settled = settled(st) && !changing;
        let mut key = name(st);
        if !settled {
            self.unique += 1;
            let _ = write!(key, "-u{:x}-{:x}", sys::getpid(), self.unique);
        }
        let key = key.bytes().to_vec();
        if self.saved.contains(&key) {
            return Ok((key, false));
        }
        let name = [&key[..], b"\0"].concat();
        if !settled || !link(number(fd::STORE), number(fd::FILES), &name) {
            copy(file, st, &name)?;
            if settled {
                link(number(fd::FILES), number(fd::STORE), &name);
            }
        }
        self.saved.push(key.clone());
        Ok((key, true))
    }
}

/// What identifies a file that is left alone: its key.
pub fn name(st: &sys::stat) -> Report {
    let mut key = Report::new();
    let _ = write!(key, "{:x}-{:x}-{:x}", st.st_dev, st.st_ino, st.st_size);
    let _ = write!(key, "-{:x}-{:x}", st.st_mtime, st.st_mtime_nsec);
    let _ = write!(key, "-{:x}-{:x}", st.st_ctime, st.st_ctime_nsec);
    key
}

/// A file's identity as keys begin with it.
pub fn identity(st: &sys::stat) -> Vec<u8> {
    let mut text = Report::new();
    let _ = write!(text, "{:x}-{:x}", st.st_dev, st.st_ino);
    text.bytes().to_vec()
}

/// Has the file been left alone long enough for its times to identify its content?
pub fn settled(st: &sys::stat) -> bool {
    let mut now = [0u64; 2];
    // SAFETY: writes the array. Clock 5 is CLOCK_REALTIME_COARSE, which file times come from.
    unsafe { syscall!(sys::__NR_clock_gettime, 5, now.as_mut_ptr()) };
    let changed = (st.st_mtime as u64).max(st.st_ctime as u64);
    changed.saturating_add(SETTLED) < now[0]
}

fn link(from: i32, to: i32, name: &[u8]) -> bool {
    let name = name.as_ptr();
    // SAFETY: the name is terminated.
    let r = unsafe { syscall!(sys::__NR_linkat, from as i64, name, to as i64, name, 0) };
    r == 0 || r == -(sys::EEXIST as i64)
}

/// Copies a whole file to `target`, through a temporary name so that no half copy is found.
fn copy(file: i32, st: &sys::stat, target: &[u8]) -> Result<(), i64> {
    let mut tmp = Report::new();
    let _ = write!(tmp, ".tmp-{}\0", sys::getpid());
    let out = descriptors::create(number(fd::FILES), tmp.bytes(), sys::O_WRONLY | sys::O_TRUNC);
    if out < 0 {
        return Err(out);
    }
    let out = out as i32;
    // SAFETY: no memory.
    let cloned = unsafe { syscall!(sys::__NR_ioctl, out, FICLONE, file) } == 0;
    let size = st.st_size as u64;
    let copied = match cloned {
        true => Ok(()),
        false => limits::file_of(size, || copy_content(file, out, st))
            .unwrap_or(Err(-i64::from(sys::EFBIG))),
    };
    sys::close(out);
    copied?;
    // SAFETY: both paths are terminated.
    let r = unsafe {
        syscall!(
            sys::__NR_renameat,
            number(fd::FILES),
            tmp.bytes().as_ptr(),
            number(fd::FILES),
            target.as_ptr()
        )
    };
    if r < 0 { Err(r) } else { Ok(()) }
}

/// Copies what a file has, and leaves holes where it has holes: they can be larger than the disk.
fn copy_content(from: i32, to: i32, st: &sys::stat) -> Result<(), i64> {
    const BLOCK: u64 = 512;
    let size = st.st_size as u64;
    let has_holes = (st.st_blocks as u64).saturating_mul(BLOCK) < size;
    let seeking = if has_holes { reopen(from) } else { -1 };
    if seeking < 0 {
        return copy_range(from, to, 0, size);
    }
    let copied = copy_data(seeking as i32, to, size);
    sys::close(seeking as i32);
    copied
}

/// The file behind a descriptor of the guest's with an offset that is not the guest's.
fn reopen(file: i32) -> i64 {
    let mut path = Report::new();
    let _ = write!(path, "/proc/self/fd/{file}\0");
    descriptors::open(sys::AT_FDCWD, path.bytes(), sys::O_RDONLY | sys::O_CLOEXEC, 0)
}

fn copy_data(from: i32, to: i32, size: u64) -> Result<(), i64> {
    const SEEK_DATA: u64 = 3;
    const SEEK_HOLE: u64 = 4;
    // SAFETY: descriptors only.
    let seek = |at: u64, what: u64| unsafe { syscall!(sys::__NR_lseek, from, at, what) };
    let mut at = 0;
    while at < size {
        let data = match seek(at, SEEK_DATA) {
            none if none == -i64::from(sys::ENXIO) => break,
            // This file system cannot tell.
            ..0 => return copy_range(from, to, at, size),
            data => data as u64,
        };
        let hole = u64::try_from(seek(data, SEEK_HOLE)).unwrap_or(size);
        at = hole.clamp(data, size);
        copy_range(from, to, data, at)?;
    }
    // SAFETY: descriptors only.
    match unsafe { syscall!(sys::__NR_ftruncate, to, size) } {
        error @ ..0 => Err(error),
        _ => Ok(()),
    }
}

fn copy_range(from: i32, to: i32, mut offset: u64, end: u64) -> Result<(), i64> {
    while offset < end {
        let (mut input, mut output) = (offset, offset);
        // SAFETY: the kernel updates the two offsets.
        let n = unsafe {
            syscall!(
                sys::__NR_copy_file_range,
                from,
                &raw mut input,
                to,
                &raw mut output,
                end - offset,
                0
            )
        };
        if n <= 0 {
            return copy_slowly(from, to, offset, end);
        }
        offset += n as u64;
    }
    Ok(())
}

/// Copies what is left by reading and writing (between file systems).
fn copy_slowly(from: i32, to: i32, mut offset: u64, end: u64) -> Result<(), i64> {
    let mut buf = alloc_crate::vec![0u8; 64 << 10];
    while offset < end {
        let piece = (end - offset).min(buf.len() as u64) as usize;
        let n = sys::pread(from, &mut buf[..piece], offset);
        if n <= 0 {
            return if n == 0 { Ok(()) } else { Err(n) };
        }
        // SAFETY: reads the buffer.
        let w = unsafe { syscall!(sys::__NR_pwrite64, to, buf.as_ptr(), n, offset) };
        if w <= 0 {
            return Err(w);
        }
        offset += w as u64;
    }
    Ok(())
}
