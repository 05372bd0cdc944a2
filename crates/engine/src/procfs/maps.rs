//! `maps` and `smaps` as the guest knows them, made from the kernel's.

use super::slurp;
use crate::crash::Report;
use crate::vma::{PROT_EXEC, PROT_READ, PROT_WRITE, VmaKind, Vmas};
use crate::window::guest_may_map;
use alloc_crate::vec::Vec;
use clew_abi::layout::Range;
use core::fmt::Write;

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
/// `vmas` are the process's mappings as the guest knows them, if they are known.
pub fn filter(vmas: Option<&Vmas>, text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut keep = true;
    for line in text.split_inclusive(|&b| b == b'\n') {
        match line_range(line) {
            None => {}
            Some(range) => {
                keep = is_guests(vmas, range, line);
                if keep {
                    push_mapping(vmas, range, line, &mut out);
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

fn is_guests(vmas: Option<&Vmas>, range: Range, line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    if line.ends_with(b"[vsyscall]") {
        return true;
    }
    let kernel_only = [b"[vdso]".as_slice(), b"[vvar]", b"[vvar_vclock]"];
    guest_may_map(range)
        && !kernel_only.iter().any(|name| line.ends_with(name))
        && vmas.is_none_or(|vmas| vmas.overlapping(range.start, range.end).next().is_some())
}

/// One mapping of the kernel's, as one line per protection the guest knows.
fn push_mapping(vmas: Option<&Vmas>, range: Range, line: &[u8], out: &mut Vec<u8>) {
    let mut any = false;
    let spaces = line.iter().position(|&b| b == b' ').unwrap_or(0);
    let rest = &line[spaces + 1..];
    for v in vmas.iter().flat_map(|vmas| vmas.overlapping(range.start, range.end)) {
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
            _ => push_shifted(tail, start - range.start, out),
        }
    }
    if !any {
        out.extend_from_slice(line);
    }
}

/// The columns from the offset on, of the part of a mapping that begins `by` bytes behind its start.
fn push_shifted(tail: &[u8], by: u64, out: &mut Vec<u8>) {
    let mut columns = tail.split(|&b| b == b' ').skip(1);
    let column = |text: Option<&[u8]>, radix| {
        u64::from_str_radix(core::str::from_utf8(text?).ok()?, radix).ok()
    };
    let first = columns.next();
    let (offset, inode) = (column(first, 16), column(columns.nth(1), 10));
    match (offset, inode) {
        (Some(offset), Some(1..)) if by > 0 => {
            let mut head = Report::new();
            let _ = write!(head, " {:08x}", offset + by);
            out.extend_from_slice(head.bytes());
            out.extend_from_slice(&tail[1 + first.map_or(0, <[u8]>::len)..]);
        }
        _ => out.extend_from_slice(tail),
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
