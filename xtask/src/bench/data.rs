//! What the programs work on: generated once, the same on every machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use clew_testsuite::data::log_lines;

use super::source::is_fresh;
use super::{programs, scratch};
use crate::cargo;

/// The files that are read for the size of a trace: so many, of so many bytes each.
const READ: (usize, usize) = (16, 64 << 20);

/// An argument with its placeholders filled in.
pub fn place(word: &str) -> Result<String> {
    let fill = |word: String, name: &str, path: fn() -> Result<PathBuf>| -> Result<String> {
        if !word.contains(name) {
            return Ok(word);
        }
        Ok(word.replace(name, &path()?.to_string_lossy()))
    };
    let word = fill(word.to_string(), "{text}", text)?;
    let word = fill(word, "{large}", large)?;
    fill(word, "{bench}", || Ok(cargo::repository().join("bench")))
}

/// 16 MiB of lines.
fn text() -> Result<PathBuf> {
    let path = scratch().join("text");
    if !path.exists() {
        write_whole(&path, &log_lines(16 << 20))?;
    }
    Ok(path)
}

/// A large C file, preprocessed.
fn large() -> Result<PathBuf> {
    let (source, path) =
        (cargo::repository().join("bench/programs/large.c"), scratch().join("large.i"));
    if !is_fresh(&path, &source) {
        fs::create_dir_all(scratch())?;
        let gcc = programs::find("gcc").unwrap_or_else(|| "gcc".into());
        cargo::run(Command::new(gcc).args(["-E", "-o"]).args([&path, &source]))?;
    }
    Ok(path)
}

/// Files of 1 GiB in all, whose first halves can be compressed and whose second halves cannot.
pub fn to_read() -> Result<Vec<String>> {
    let (count, size) = READ;
    let dir = scratch().join("to-read");
    let paths: Vec<PathBuf> = (0..count).map(|n| dir.join(n.to_string())).collect();
    if !paths.iter().all(|path| path.exists()) {
        let lines = log_lines(count * size / 2);
        let mut state = 88_172_645_463_325_252;
        for (path, lines) in paths.iter().zip(lines.chunks(size / 2)) {
            let mut content = lines.to_vec();
            while content.len() < size {
                content.extend(noise(&mut state).to_le_bytes());
            }
            write_whole(path, &content)?;
        }
    }
    Ok(paths.into_iter().map(|path| path.to_string_lossy().into_owned()).collect())
}

/// The next of a row of numbers that look random.
fn noise(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    state.wrapping_mul(0x2545_f491_4f6c_dd1d)
}

/// So many small files in a directory, named by their numbers.
pub fn small_files(count: usize) -> Result<String> {
    let dir = scratch().join("small-files");
    for n in 0..count {
        let path = dir.join(n.to_string());
        if !path.exists() {
            write_whole(&path, format!("The file with the number {n}.\n").as_bytes())?;
        }
    }
    Ok(dir.to_string_lossy().into_owned())
}

/// Writes a file that appears complete, or not at all.
fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    let partial = path.with_extension("partial");
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    fs::write(&partial, content)?;
    Ok(fs::rename(partial, path)?)
}
