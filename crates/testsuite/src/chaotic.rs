//! Programs of `tests/chaos`: each has one classic bug, but for those in `correct`.
//!
//! A bug strikes if the program exits with a code that is not 0, dies of a signal, or hangs.

use std::fs;
use std::path::PathBuf;

use crate::{paths, sources};

/// Their names, sorted. `group` is a directory below `tests/chaos`, or nothing.
pub fn names(group: &str) -> Vec<String> {
    let entries = fs::read_dir(directory().join(group)).into_iter().flatten().flatten();
    let names =
        entries.filter_map(|e| Some(e.file_name().to_str()?.strip_suffix(".c")?.to_owned()));
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}

/// Builds one of them, once per content.
pub fn build(group: &str, name: &str) -> Result<String, String> {
    let source = directory().join(group).join(name).with_extension("c");
    let program = sources::threaded(&source, &[directory().join("bug.h")], "chaotic")?;
    Ok(program.to_string_lossy().into_owned())
}

fn directory() -> PathBuf {
    paths::repository().join("tests/chaos")
}
