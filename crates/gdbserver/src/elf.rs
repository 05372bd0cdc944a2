//! As much of ELF as it takes to read a named object out of a library's file.

use std::fs::File;
use std::os::unix::fs::FileExt;

const HEADER: usize = 64;
const PROGRAM_HEADER: usize = 56;
const SECTION_HEADER: usize = 64;
const SYMBOL: usize = 24;
const PT_LOAD: u32 = 1;
const SHT_DYNSYM: u32 = 11;
/// No table that we read is larger.
const MAX_TABLE: u64 = 64 << 20;

/// The first bytes of the object that a dynamic symbol names.
pub fn object<const N: usize>(file: &File, name: &str) -> Option<[u8; N]> {
    let header = read(file, 0, HEADER as u64)?;
    if !header.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let sections = table(file, word(&header, 40)?, half(&header, 60)?, SECTION_HEADER)?;
    let symbols = sections.iter().find(|section| int(section, 4) == Some(SHT_DYNSYM))?;
    let names = sections.get(int(symbols, 40)? as usize)?;
    let names = read(file, word(names, 24)?, word(names, 32)?)?;
    let symbols = read(file, word(symbols, 24)?, word(symbols, 32)?)?;
    let called = |symbol: &&[u8]| {
        let rest = int(symbol, 0).and_then(|at| names.get(at as usize..)).unwrap_or_default();
        rest.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.first() == Some(&0))
    };
    let address = word(symbols.chunks_exact(SYMBOL).find(called)?, 8)?;
    let segments = table(file, word(&header, 32)?, half(&header, 56)?, PROGRAM_HEADER)?;
    let offset = segments.iter().find_map(|segment| {
        let (offset, start, size) = (word(segment, 8)?, word(segment, 16)?, word(segment, 32)?);
        let within = address.checked_sub(start).filter(|within| *within < size)?;
        (int(segment, 0)? == PT_LOAD).then(|| offset.checked_add(within))?
    })?;
    let mut bytes = [0; N];
    file.read_exact_at(&mut bytes, offset).ok()?;
    Some(bytes)
}

fn table(file: &File, offset: u64, count: u16, entry: usize) -> Option<Vec<Vec<u8>>> {
    let bytes = read(file, offset, u64::from(count) * entry as u64)?;
    Some(bytes.chunks_exact(entry).map(<[u8]>::to_vec).collect())
}

fn read(file: &File, offset: u64, len: u64) -> Option<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(len).ok().filter(|_| len <= MAX_TABLE)?];
    file.read_exact_at(&mut bytes, offset).ok()?;
    Some(bytes)
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn int(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}
