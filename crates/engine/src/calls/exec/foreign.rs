//! Formats that somebody registered with the kernel (binfmt_misc).

use crate::crash::Report;
use crate::procfs;
use crate::sys::{self, *};
use alloc_crate::vec::Vec;
use clew_abi::script::HEAD;
use core::fmt::Write;

const DIRECTORY: &[u8] = b"/proc/sys/fs/binfmt_misc\0";

/// Would the kernel hand the file to a registered interpreter? `path` is how it is executed.
pub fn registered(head: &[u8], path: &[u8]) -> bool {
    let directory = sys::openat(AT_FDCWD, DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if directory < 0 {
        return false;
    }
    let mut padded = [0u8; HEAD];
    padded[..head.len()].copy_from_slice(head);
    let mut entries = alloc_crate::vec![0u8; 32 << 10];
    // SAFETY: writes the buffer.
    let len = unsafe { syscall!(__NR_getdents64, directory, entries.as_mut_ptr(), entries.len()) };
    sys::close(directory as i32);
    entries.truncate(len.max(0) as usize);
    let mut rest = entries.as_slice();
    while let Some(size) = rest.get(16..18).map(|b| u16::from_le_bytes([b[0], b[1]]) as usize) {
        let Some(entry) = rest.get(..size).filter(|_| size > 19) else { break };
        let name = entry[19..].split(|&b| b == 0).next().unwrap_or(&[]);
        let mut file = Report::new();
        let _ = write!(
            file,
            "/proc/sys/fs/binfmt_misc/{}\0",
            core::str::from_utf8(name).unwrap_or(".")
        );
        if matches(&procfs::slurp(file.bytes()), &padded, path) {
            return true;
        }
        rest = &rest[size..];
    }
    false
}

/// Does an entry's description fit a file?
fn matches(description: &[u8], head: &[u8; HEAD], path: &[u8]) -> bool {
    let mut lines = description.split(|&b| b == b'\n');
    if lines.next() != Some(b"enabled") {
        return false;
    }
    let (mut offset, mut magic, mut mask) = (0, Vec::new(), Vec::new());
    for line in lines {
        let (word, value) = line.split_at(line.iter().position(|&b| b == b' ').unwrap_or(0));
        let value = value.trim_ascii();
        match word {
            b"extension" => return path.ends_with(value),
            b"offset" => offset = procfs::number(value).unwrap_or(0) as usize,
            b"magic" => magic = hex(value),
            b"mask" => mask = hex(value),
            _ => {}
        }
    }
    let Some(there) = head.get(offset..offset + magic.len()).filter(|_| !magic.is_empty()) else {
        return false;
    };
    let mask = |i: usize| mask.get(i).copied().unwrap_or(0xff);
    there.iter().zip(&magic).enumerate().all(|(i, (a, b))| (a ^ b) & mask(i) == 0)
}

fn hex(text: &[u8]) -> Vec<u8> {
    text.chunks_exact(2)
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap_or("0"), 16).unwrap_or(0))
        .collect()
}
