//! The pages of `docs/guide`: what they show of gdb must be what `tests/gdb/guide_PAGE.txt` says.

use std::fs;
use std::path::Path;

use crate::{paths, transcript};

/// Looks at each page that has a session.
pub fn check() -> Result<(), String> {
    let pages = paths::repository().join("docs/guide");
    let sessions = paths::repository().join("tests/gdb");
    let mut checked = 0;
    for entry in fs::read_dir(&pages).map_err(|e| format!("docs/guide: {e}"))?.flatten() {
        let page = entry.path();
        let name = page.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let Ok(said) = fs::read_to_string(sessions.join(format!("guide_{name}.txt"))) else {
            continue;
        };
        let text = fs::read_to_string(&page).map_err(|e| format!("{}: {e}", page.display()))?;
        check_page(&page, &text, &said)?;
        checked += 1;
    }
    (checked > 0).then_some(()).ok_or_else(|| "no page of docs/guide has a session".into())
}

/// All that the page shows, in its order, with gaps at most.
fn check_page(page: &Path, text: &str, said: &str) -> Result<(), String> {
    let mut said = said.lines().map(general);
    for line in shown(text).map(general).filter(|line| !line.is_empty() && line != "[...]") {
        if !said.any(|other| other == line) {
            return Err(format!("{}: gdb does not say this, or not here: {line}", page.display()));
        }
    }
    Ok(())
}

/// The lines of blocks in which somebody types to gdb, but for those of another program, `text`.
fn shown(text: &str) -> impl Iterator<Item = &str> {
    let blocks = text.split("\n```").skip(1).step_by(2);
    let ours = |block: &&str| block.starts_with('\n') && block.contains("(gdb) ");
    blocks.filter(ours).flat_map(|block| block.lines().skip(1))
}

/// Without numbers: processes, threads and what is counted have others in each recording.
fn general(line: &str) -> String {
    let mut line = transcript::general(line).replace("DIR/", "./");
    if let Some((start, process)) = line.split_once(": process ")
        && start.starts_with("clew: ")
    {
        line = format!("clew: TRACE: process {process}");
    }
    let mut out = String::new();
    let mut name = false;
    for c in line.chars() {
        match c {
            // Digits in names stay.
            '0'..='9' if !name => {
                if !out.ends_with('#') {
                    out.push('#');
                }
            }
            _ => out.push(c),
        }
        name = c.is_ascii_alphabetic() || c == '_' || name && c.is_ascii_digit();
    }
    out
}
