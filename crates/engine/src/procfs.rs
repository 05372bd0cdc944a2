//! What the guest sees of itself under /proc, where the kernel would show the engine.

use crate::crash::Report;
use crate::state::Engine;
use crate::sys::{self, syscall};
use crate::vma::{PROT_EXEC, PROT_READ, PROT_WRITE, VmaKind};
use alloc_crate::string::String;
use alloc_crate::vec::Vec;
use crate::window::guest_may_map;
use clew_abi::layout::Range;
use core::fmt::Write;

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
}

/// Is `path` one of this process's special files?
pub fn special(engine: &Engine, path: &[u8]) -> Option<Special> {
    let rest = path.strip_prefix(b"/proc/")?;
    let (who, rest) = split(rest)?;
    let own = who == b"self" || who == b"thread-self" || number(who) == Some(engine.pid as u64);
    if !own {
        return None;
    }
    let rest = match rest.strip_prefix(b"task/") {
        Some(task) => split(task)?.1,
        None => rest,
    };
    Some(match rest {
        b"exe" => Special::Exe,
        b"maps" => Special::Maps,
        b"smaps" => Special::Smaps,
        b"auxv" => Special::Auxv,
        _ => return None,
    })
}

/// Is `path` this process's directory of descriptors?
pub fn is_fd_directory(engine: &Engine, path: &[u8]) -> bool {
    let Some(rest) = path.strip_prefix(b"/proc/") else { return path == b"/dev/fd" };
    let Some((who, rest)) = split(rest) else { return false };
    let own = who == b"self" || who == b"thread-self" || number(who) == Some(engine.pid as u64);
    own && matches!(rest, b"fd" | b"fd/" | b"fdinfo" | b"fdinfo/")
}

fn split(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let slash = path.iter().position(|&b| b == b'/')?;
    Some((&path[..slash], &path[slash + 1..]))
}

/// A decimal number.
pub fn number(text: &[u8]) -> Option<u64> {
    core::str::from_utf8(text).ok()?.parse().ok()
}

/// The contents of a special file, except `exe`.
pub fn contents(engine: &Engine, special: Special) -> Vec<u8> {
    match special {
        Special::Exe => Vec::new(),
        Special::Maps => filter_maps(engine, &slurp(b"/proc/self/maps\0")),
        Special::Smaps => filter_maps(engine, &slurp(b"/proc/self/smaps\0")),
        Special::Auxv => engine.auxv.iter().flatten().flat_map(|w| w.to_le_bytes()).collect(),
    }
}

fn slurp(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let file = sys::openat(-100, path, sys::O_RDONLY | sys::O_CLOEXEC, 0);
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

/// The range at the beginning of a line of `maps`.
fn line_range(line: &[u8]) -> Option<Range> {
    let text = core::str::from_utf8(line.split(|&b| b == b' ').next()?).ok()?;
    let (start, end) = text.split_once('-')?;
    Some(Range::new(u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(end, 16).ok()?))
}

/// The kernel's mapping that contains `addr`.
pub fn host_mapping(addr: u64) -> Option<Range> {
    slurp(b"/proc/self/maps\0")
        .split(|&b| b == b'\n')
        .filter_map(line_range)
        .find(|range| range.contains(addr))
}

/// The kernel's mappings that are not the engine's: what a replay unmaps at its start.
pub fn host_leftovers() -> Vec<Range> {
    slurp(b"/proc/self/maps\0")
        .split(|&b| b == b'\n')
        .filter(|line| !line.ends_with(b"[vsyscall]"))
        .filter_map(line_range)
        .filter(|range| guest_may_map(*range))
        .collect()
}

/// Rewrites `maps` or `smaps`: the engine's mappings go, protections and names are the guest's.
fn filter_maps(engine: &Engine, text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut keep = true;
    for line in text.split_inclusive(|&b| b == b'\n') {
        match line_range(line) {
            None => {}
            Some(range) => {
                keep = is_guests(engine, range, line);
                if keep {
                    push_mapping(engine, range, line, &mut out);
                }
                continue;
            }
        }
        if keep {
            out.extend_from_slice(line);
        }
    }
    out
}

fn is_guests(engine: &Engine, range: Range, line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    if line.ends_with(b"[vsyscall]") {
        return true;
    }
    let kernel_only = [b"[vdso]".as_slice(), b"[vvar]", b"[vvar_vclock]"];
    guest_may_map(range)
        && !kernel_only.iter().any(|name| line.ends_with(name))
        && engine.vmas.overlapping(range.start, range.end).next().is_some()
}

/// One mapping of the kernel's, as one line per protection the guest knows.
fn push_mapping(engine: &Engine, range: Range, line: &[u8], out: &mut Vec<u8>) {
    let mut any = false;
    let spaces = line.iter().position(|&b| b == b' ').unwrap_or(0);
    let rest = &line[spaces + 1..];
    for v in engine.vmas.overlapping(range.start, range.end) {
        any = true;
        let start = if v.kind == VmaKind::Stack { range.start } else { v.start.max(range.start) };
        let mut head = Report::new();
        let flag = |bit, c| if v.prot & bit != 0 { c } else { '-' };
        let _ = write!(
            head,
            "{:x}-{:x} {}{}{}{}",
            start,
            v.end.min(range.end),
            flag(PROT_READ, 'r'),
            flag(PROT_WRITE, 'w'),
            flag(PROT_EXEC, 'x'),
            rest.get(3).map_or('p', |&b| b as char),
        );
        out.extend_from_slice(head.bytes());
        let tail = &rest[4.min(rest.len())..];
        match v.kind {
            VmaKind::Vdso => push_named(tail, b"[vdso]", out),
            VmaKind::Heap => push_named(tail, b"[heap]", out),
            _ => out.extend_from_slice(tail),
        }
    }
    if !any {
        out.extend_from_slice(line);
    }
}

/// The columns of a line of an anonymous mapping, with a name.
fn push_named(tail: &[u8], name: &[u8], out: &mut Vec<u8>) {
    let columns = tail.trim_ascii_end();
    let start = out.len();
    out.extend_from_slice(columns);
    // Names start at column 73; the range and protection before the tail are 25 to 31 wide.
    while out.len() - start < 44 {
        out.push(b' ');
    }
    out.extend_from_slice(name);
    out.push(b'\n');
}

/// The path of an open file, from /proc/self/fd.
pub fn fd_path(file: i32) -> Vec<u8> {
    let mut link = Report::new();
    let _ = write!(link, "/proc/self/fd/{file}\0");
    read_link(link.bytes())
}

fn read_link(path: &[u8]) -> Vec<u8> {
    let mut buf = alloc_crate::vec![0u8; 4096];
    // SAFETY: the path is terminated; writes the buffer.
    let n = unsafe {
        syscall!(sys::__NR_readlink, path.as_ptr(), buf.as_mut_ptr(), buf.len())
    };
    buf.truncate(n.max(0) as usize);
    buf
}

/// The absolute path of the program, links resolved as the kernel would for `/proc/self/exe`.
pub fn absolute(path: &[u8]) -> String {
    let terminated = [path, b"\0"].concat();
    let file = sys::openat(-100, &terminated, sys::O_PATH | sys::O_CLOEXEC, 0);
    let resolved = if file >= 0 {
        let resolved = fd_path(file as i32);
        sys::close(file as i32);
        resolved
    } else {
        path.to_vec()
    };
    String::from_utf8_lossy(&resolved).into_owned()
}

/// A memfd with `bytes` in it, at offset 0, as the lowest free descriptor.
pub fn memfd(bytes: &[u8], cloexec: bool) -> i64 {
    // SAFETY: the name is terminated.
    let file =
        unsafe { syscall!(sys::__NR_memfd_create, c"proc".as_ptr(), u64::from(cloexec)) };
    if file >= 0 {
        sys::write(file as i32, bytes);
        // SAFETY: no memory.
        unsafe { syscall!(sys::__NR_lseek, file, 0, 0) };
    }
    file
}
