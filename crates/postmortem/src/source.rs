//! Lines of source files, if they are on this machine.

use std::fs;
use std::path::Path;

/// Larger files are no sources.
const MAX_LEN: u64 = 16 << 20;

/// A line, without its end.
pub fn line(file: &Path, number: u32) -> Option<String> {
    let lines = excerpt(file, number, 0)?;
    lines.into_iter().next().map(|(_, text)| text)
}

/// The lines up to `around` before and after this one, numbered.
pub fn excerpt(file: &Path, number: u32, around: u32) -> Option<Vec<(u32, String)>> {
    fs::metadata(file).ok().filter(|m| m.is_file() && m.len() <= MAX_LEN)?;
    let bytes = fs::read(file).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let wanted = number.saturating_sub(around).max(1)..=number.saturating_add(around);
    let lines = (1..).zip(text.lines()).filter(|(n, _)| wanted.contains(n));
    let lines: Vec<_> = lines.map(|(n, line)| (n, visible(line))).collect();
    lines.iter().any(|(n, _)| *n == number).then_some(lines)
}

/// Nothing that a terminal would obey.
fn visible(line: &str) -> String {
    line.trim_end().replace('\t', "    ").chars().filter(|c| !c.is_control()).collect()
}
