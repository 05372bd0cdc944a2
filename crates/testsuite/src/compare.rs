//! Comparing what two runs left behind; the errors show the first difference.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::process::excerpt;

/// A directory's files: relative path to content.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Reads every file below `root`.
pub fn read_tree(root: &Path) -> Files {
    let mut files = Files::new();
    read_directory(root, root, &mut files);
    files
}

fn read_directory(root: &Path, dir: &Path, files: &mut Files) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        let relative = path.strip_prefix(root).unwrap_or(&path).to_path_buf();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => read_directory(root, &path, files),
            Ok(kind) if kind.is_file() => {
                files.insert(relative, fs::read(&path).unwrap_or_default());
            }
            _ => {}
        }
    }
}

/// Names and contents must agree.
pub fn same_files(expected: &Files, actual: &Files, names: (&str, &str)) -> Result<(), String> {
    let (expected_names, actual_names): (Vec<_>, Vec<_>) =
        (expected.keys().collect(), actual.keys().collect());
    if expected_names != actual_names {
        return Err(format!(
            "files left differ:\n  {}: {expected_names:?}\n  {}: {actual_names:?}",
            names.0, names.1
        ));
    }
    expected.iter().try_for_each(|(path, content)| {
        same_bytes(&format!("file {}", path.display()), content, &actual[path], names)
    })
}

/// An error that shows the first difference and both texts around it.
pub fn same_bytes(
    what: &str,
    expected: &[u8],
    actual: &[u8],
    names: (&str, &str),
) -> Result<(), String> {
    if expected == actual {
        return Ok(());
    }
    let at = expected.iter().zip(actual).take_while(|(a, b)| a == b).count();
    let line = expected[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    let from = expected[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |n| n + 1);
    let shown = |bytes: &[u8]| excerpt(&bytes[from.min(bytes.len())..bytes.len().min(at + 400)]);
    Err(format!(
        "{what} differs at byte {at} (line {line}) of {} / {}\n--- {}:\n{}\n--- {}:\n{}\n---",
        expected.len(),
        actual.len(),
        names.0,
        shown(expected),
        names.1,
        shown(actual)
    ))
}

/// Output without the lines that clew itself adds.
pub fn without_notes(stderr: &[u8]) -> Vec<u8> {
    stderr
        .split_inclusive(|byte| *byte == b'\n')
        .filter(|line| !line.starts_with(b"clew:"))
        .flatten()
        .copied()
        .collect()
}

/// How often each byte occurs.
pub fn census(bytes: &[u8]) -> [usize; 256] {
    let mut counts = [0; 256];
    bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    counts
}
