//! What an exec asks for, and the kernel's own opinion of it.
//!
//! The kernel checks an exec in this order: the path and the file, the argument vectors, the file's
//! format. Its own answer to the first two is had without an exec that might succeed: the first by a
//! vector that it cannot read, the second by a file that is no program.

use crate::descriptors::{self, number};
use crate::procfs::{self, Special};
use crate::state::Engine;
use crate::sys::{self, *};
use alloc_crate::vec::Vec;
use clew_abi::orders::fd;
use clew_syscalls::Call;

const AT_EMPTY_PATH: u64 = 0x1000;
const AT_SYMLINK_NOFOLLOW: u64 = 0x100;
/// Only say whether the file could be executed.
pub const AT_EXECVE_CHECK: u64 = 0x1_0000;
/// An address that no process can read.
const UNREADABLE: u64 = 0xffff_ffff_ffff_f000;
/// Longest path, its NUL included.
const PATH_MAX: usize = 4096;

/// `execve` or `execveat`.
pub struct Request {
    /// The path's place among the call's arguments.
    pub at: usize,
    dir: i32,
    /// NUL-terminated.
    path: Vec<u8>,
    pub argv: u64,
    pub envp: u64,
    flags: u64,
}

impl Request {
    /// The call's arguments, or the error if the path cannot be read.
    pub fn read(call: &Call) -> Result<Self, i64> {
        let a = &call.args;
        let (at, dir, flags) = match call.nr {
            __NR_execve => (0, AT_FDCWD, 0),
            _ => (1, a[0] as i32, u64::from(a[4] as u32)),
        };
        let path = read_path(a[at])?;
        Ok(Self { at, dir, path, argv: a[at + 1], envp: a[at + 2], flags })
    }

    /// What opening a script's interpreter, or a program's, asks for.
    pub fn interpreter(path: &[u8]) -> Self {
        let path = [path, b"\0"].concat();
        Self { at: 0, dir: AT_FDCWD, path, argv: 0, envp: 0, flags: 0 }
    }

    /// The path as the guest gave it.
    pub fn path(&self) -> &[u8] {
        self.path.strip_suffix(b"\0").unwrap_or(&self.path)
    }

    pub fn only_checks(&self) -> bool {
        self.flags & AT_EXECVE_CHECK != 0
    }

    /// Is it relative to a descriptor, or the descriptor itself?
    fn by_descriptor(&self) -> bool {
        self.dir != AT_FDCWD && !self.path.starts_with(b"/")
    }

    /// Is it the descriptor itself?
    pub fn of_descriptor(&self) -> bool {
        self.by_descriptor() && self.path() == b""
    }

    /// Will the path to the file mean nothing to an interpreter?
    pub fn inaccessible(&self) -> bool {
        self.by_descriptor() && descriptors::is_cloexec(self.dir)
    }

    /// The file's name as the next program learns it.
    pub fn file_name(&self) -> Vec<u8> {
        use core::fmt::Write;
        if !self.by_descriptor() {
            return self.path().to_vec();
        }
        let mut name = crate::crash::Report::new();
        let _ = write!(name, "/dev/fd/{}", self.dir);
        match self.path() {
            b"" => name.bytes().to_vec(),
            path => [name.bytes(), b"/", path].concat(),
        }
    }

    /// The kernel's checks of the file: does it exist, may it be executed, does nobody write to it?
    pub fn check_file(&self) -> Result<(), i64> {
        let args =
            [self.dir as u64, self.path.as_ptr() as u64, UNREADABLE, UNREADABLE, self.flags, 0];
        // SAFETY: cannot succeed, since the vector cannot be read.
        match unsafe { sys::syscall6(__NR_execveat, args) } {
            result if result == -i64::from(EFAULT) => Ok(()),
            result => Err(result),
        }
    }

    /// Is the file, for the kernel, the engine's image?
    pub fn is_engine(&self) -> bool {
        let path = if self.of_descriptor() { own_descriptor(self.dir) } else { self.path.clone() };
        let dir = if self.of_descriptor() { AT_FDCWD } else { self.dir };
        let file = descriptors::open(dir, &path, O_PATH | O_CLOEXEC, 0);
        let engine = file >= 0 && is_engine(file as i32);
        sys::close(file as i32);
        engine
    }

    /// Opens the file, which passed [`Self::check_file`], for reading.
    pub fn open(&self, engine: &Engine) -> Result<i32, i64> {
        let nofollow = if self.flags & AT_SYMLINK_NOFOLLOW != 0 { O_NOFOLLOW } else { 0 };
        let file = if self.of_descriptor() {
            open(AT_FDCWD, &own_descriptor(self.dir), 0)?
        } else {
            open(self.dir, &self.path, nofollow)?
        };
        if !is_engine(file) {
            return Ok(file);
        }
        sys::close(file);
        let exe = self.program_link(engine).ok_or(-i64::from(ENOENT))?;
        open(AT_FDCWD, &exe, 0)
    }

    /// The path of the program whose `exe` link this is.
    fn program_link(&self, engine: &Engine) -> Option<Vec<u8>> {
        const LINKS: usize = 40;
        let mut path = match self.of_descriptor() {
            true => procfs::read_link(&own_descriptor(self.dir)),
            false => self.path().to_vec(),
        };
        let mut dir = self.dir;
        for _ in 0..LINKS {
            if let Some(entry) = procfs::locate(engine, dir, &path)
                && entry.special == Special::Exe
            {
                return Some(procfs::exe_path(engine, entry.peer));
            }
            (dir, path) = (AT_FDCWD, follow(dir, &path)?);
        }
        None
    }
}

/// Where a symbolic link leads.
fn follow(dir: i32, path: &[u8]) -> Option<Vec<u8>> {
    let link = descriptors::open(dir, &[path, b"\0"].concat(), O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
    if link < 0 {
        return None;
    }
    let place = procfs::fd_path(link as i32);
    let mut target = alloc_crate::vec![0u8; PATH_MAX];
    // SAFETY: an empty path names the descriptor; writes the buffer.
    let len =
        unsafe { syscall!(__NR_readlinkat, link, c"".as_ptr(), target.as_mut_ptr(), target.len()) };
    sys::close(link as i32);
    target.truncate(usize::try_from(len).ok()?);
    if target.starts_with(b"/") {
        return Some(target);
    }
    let end = place.iter().rposition(|&b| b == b'/')?;
    Some([&place[..=end], &target].concat())
}

fn own_descriptor(file: i32) -> Vec<u8> {
    use core::fmt::Write;
    let mut path = crate::crash::Report::new();
    let _ = write!(path, "/proc/self/fd/{file}\0");
    path.bytes().to_vec()
}

fn open(dir: i32, path: &[u8], flags: u32) -> Result<i32, i64> {
    let file = descriptors::open(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags, 0);
    if file < 0 { Err(file) } else { Ok(file as i32) }
}

/// Is this the engine's image, which the kernel takes for the program of recorded processes?
fn is_engine(file: i32) -> bool {
    let identity = |file| sys::fstat(file).map(|st| (st.st_dev, st.st_ino));
    identity(file) == identity(number(fd::ENGINE))
}

/// The kernel's checks of argument vectors: can they be read, are they too long?
pub fn check_vectors(argv: u64, envp: u64) -> Result<(), i64> {
    const TELLING: [u32; 4] = [EFAULT, E2BIG, ENOMEM, EAGAIN];
    let args = [number(fd::ORDERS) as u64, c"".as_ptr() as u64, argv, envp, AT_EMPTY_PATH, 0];
    // SAFETY: cannot succeed: the orders are no program.
    let result = unsafe { sys::syscall6(__NR_execveat, args) };
    match TELLING.iter().any(|&errno| result == -i64::from(errno)) {
        true => Err(result),
        false => Ok(()),
    }
}

fn read_path(addr: u64) -> Result<Vec<u8>, i64> {
    let mut buf = alloc_crate::vec![0u8; PATH_MAX];
    if let Some(path) = sys::read_cstr(addr, &mut buf) {
        return Ok([path, b"\0"].concat());
    }
    let readable = sys::read_guest(addr, &mut buf);
    Err(-i64::from(if readable { ENAMETOOLONG } else { EFAULT }))
}
