//! What the guest sees of itself and of other recorded processes under /proc, where the kernel would
//! show the engine.
//!
//! Invariants:
//! - A file is recognised by what it is, not by how its path is spelt: relative paths, `..` and
//!   descriptors of directories are resolved by the kernel first. What cannot be one of the files
//!   below by its last component alone costs nothing.
//! - `exe` of each recorded process is the file that is open on its `fd::EXE`, so that whatever the
//!   guest does with the link, the kernel does with the program.

pub mod maps;
pub mod peers;

use crate::crash::Report;
use crate::descriptors::{self, reserved};
use crate::limits;
use crate::state::Engine;
use crate::sys::{self, syscall};
use alloc_crate::vec::Vec;
use clew_abi::orders::fd;
use core::fmt::Write;

pub use maps::{host_leftovers, host_mapping};

/// A file under /proc that the engine answers for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// `exe`: a link to the program.
    Exe,
    /// `maps`.
    Maps,
    /// `smaps`: like `maps`, with the kernel's details.
    Smaps,
    Auxv,
    /// `fd` and `fdinfo`, the directories of descriptors.
    Descriptors,
    /// One of the engine's descriptors in them.
    Reserved,
}

/// Such a file of this process, or of another recorded one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub special: Special,
    /// The other process.
    pub peer: Option<u32>,
}

/// What `path` names, relative to the directory `dir`, if it is one of the special files.
pub fn locate(engine: &Engine, dir: i32, path: &[u8]) -> Option<Entry> {
    let last = path.rsplit(|&b| b == b'/').find(|part| !part.is_empty())?;
    let hidden = || number(last).is_some_and(|n| reserved(n as i32));
    if !matches!(last, b"exe" | b"maps" | b"smaps" | b"auxv" | b"fd" | b"fdinfo") && !hidden() {
        return None;
    }
    let odd = |part: &[u8]| matches!(part, b"" | b"." | b"..");
    let literal =
        path.strip_prefix(b"/proc/").is_some_and(|rest| !rest.split(|&b| b == b'/').any(odd));
    if literal {
        return parse(engine, path);
    }
    let flags = sys::O_PATH | sys::O_NOFOLLOW | sys::O_CLOEXEC;
    let file = descriptors::open(dir, &[path, b"\0"].concat(), flags, 0);
    if file < 0 {
        return None;
    }
    let canonical = fd_path(file as i32);
    sys::close(file as i32);
    parse(engine, &canonical)
}

/// What a file named by its canonical path is.
pub fn parse(engine: &Engine, path: &[u8]) -> Option<Entry> {
    let (who, rest) = split(path.strip_prefix(b"/proc/")?)?;
    let rest = match rest.strip_prefix(b"task/") {
        Some(task) => split(task)?.1,
        None => rest,
    };
    let special = match rest {
        b"exe" => Special::Exe,
        b"maps" => Special::Maps,
        b"smaps" => Special::Smaps,
        b"auxv" => Special::Auxv,
        b"fd" | b"fdinfo" => Special::Descriptors,
        _ => {
            let (directory, file) = split(rest)?;
            let hidden = matches!(directory, b"fd" | b"fdinfo")
                && number(file).is_some_and(|n| reserved(n as i32));
            hidden.then_some(Special::Reserved)?
        }
    };
    if matches!(who, b"self" | b"thread-self") {
        return Some(Entry { special, peer: None });
    }
    let pid = number(who)? as u32;
    // Tasks that share this memory show the same.
    if pid == engine.pid || engine.tasks.find(pid).is_some() {
        return Some(Entry { special, peer: None });
    }
    peers::recorded(pid).then_some(Entry { special, peer: Some(pid) })
}

fn split(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let slash = path.iter().position(|&b| b == b'/')?;
    Some((&path[..slash], &path[slash + 1..]))
}

/// A decimal number.
pub fn number(text: &[u8]) -> Option<u64> {
    core::str::from_utf8(text).ok()?.parse().ok()
}

/// The path, NUL-terminated, that leads the kernel to the program of this process or of another.
pub fn exe_path(engine: &Engine, peer: Option<u32>) -> Vec<u8> {
    let mut path = Report::new();
    let _ = match (peer, descriptors::number(fd::EXE)) {
        (Some(pid), _) => write!(path, "/proc/{pid}/fd/{}\0", peers::exe_number(pid)),
        (None, ..0) => write!(path, "{}\0", engine.exe),
        (None, file) => write!(path, "/proc/self/fd/{file}\0"),
    };
    path.bytes().to_vec()
}

/// The contents of `maps`, `smaps` or `auxv`.
pub fn contents(engine: &Engine, entry: Entry) -> Vec<u8> {
    match (entry.special, entry.peer) {
        (Special::Auxv, None) => auxiliary_vector(engine),
        (Special::Auxv, Some(pid)) => bytes_of(&peers::auxv(pid).unwrap_or_default()),
        (special, peer) => {
            let name = if special == Special::Smaps { "smaps" } else { "maps" };
            let mut path = Report::new();
            let _ = match peer {
                Some(pid) => write!(path, "/proc/{pid}/{name}\0"),
                None => write!(path, "/proc/self/{name}\0"),
            };
            let text = slurp(path.bytes());
            match peer {
                None => maps::filter(Some(&engine.vmas), &text),
                Some(pid) => maps::filter(peers::vmas(pid).as_ref(), &text),
            }
        }
    }
}

/// The guest's auxiliary vector.
pub fn auxiliary_vector(engine: &Engine) -> Vec<u8> {
    bytes_of(engine.auxv.as_flattened())
}

fn bytes_of(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A whole file; nothing if it cannot be read. `path` is NUL-terminated.
pub fn slurp(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let file = descriptors::open(sys::AT_FDCWD, path, sys::O_RDONLY | sys::O_CLOEXEC, 0);
    if file < 0 {
        return out;
    }
    let mut buf = alloc_crate::vec![0u8; 16 << 10];
    loop {
        let n = sys::read(file as i32, &mut buf);
        if n <= 0 {
            break;
        }
        out.extend_from_slice(&buf[..n as usize]);
    }
    sys::close(file as i32);
    out
}

/// The path of an open file, from /proc/self/fd.
pub fn fd_path(file: i32) -> Vec<u8> {
    let mut link = Report::new();
    let _ = write!(link, "/proc/self/fd/{file}\0");
    read_link(link.bytes())
}

/// What a link holds; nothing if it is none. `path` is NUL-terminated.
pub fn read_link(path: &[u8]) -> Vec<u8> {
    let mut buf = alloc_crate::vec![0u8; 4096];
    // SAFETY: the path is terminated; writes the buffer.
    let n = unsafe { syscall!(sys::__NR_readlink, path.as_ptr(), buf.as_mut_ptr(), buf.len()) };
    buf.truncate(n.max(0) as usize);
    buf
}

/// A memfd with `bytes` in it, at offset 0, as the lowest free descriptor. `name` is NUL-terminated.
pub fn memfd(name: &[u8], bytes: &[u8], cloexec: bool) -> i64 {
    // SAFETY: the name is terminated.
    let file = unsafe { syscall!(sys::__NR_memfd_create, name.as_ptr(), u64::from(cloexec)) };
    if file >= 0 {
        limits::file_of(bytes.len() as u64, || sys::write(file as i32, bytes));
        // SAFETY: no memory.
        unsafe { syscall!(sys::__NR_lseek, file, 0, 0) };
    }
    file
}
