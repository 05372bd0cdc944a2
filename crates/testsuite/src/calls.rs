//! Which system calls a recording holds, and which guest exercises a call according to
//! `docs/system-call-table.md` (`cargo xtask calls` makes it).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::paths;
use crate::process::Invocation;

/// A call's number, and the error it came to (0: none).
pub type Made = (u32, i32);

/// The page with the table.
pub fn page() -> PathBuf {
    paths::repository().join("docs/system-call-table.md")
}

/// One line of the table.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub nr: u32,
    /// As the page has them, names with blanks between.
    pub errors: String,
    pub guests: Vec<String>,
}

impl Row {
    /// `None`: this is no line of a call.
    pub fn parse(line: &str) -> Option<Self> {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let [nr, _name, _treatment, errors, guests] = cells[..] else { return None };
        let guests = guests.split_whitespace().map(str::to_string).collect();
        Some(Self { nr: nr.parse().ok()?, errors: errors.to_string(), guests })
    }
}

/// The calls in a trace, of all its processes.
pub fn made(clew: &Path, trace: &Path) -> Result<BTreeSet<Made>, String> {
    let argv = [&clew.to_string_lossy(), "dump", "--json", &trace.to_string_lossy()];
    let dump = Invocation {
        argv: argv.map(str::to_string).to_vec(),
        cwd: trace.parent().unwrap_or(trace).to_path_buf(),
        timeout: Duration::from_secs(60),
        ..Invocation::default()
    };
    let dump = dump.run()?;
    let mut made = BTreeSet::new();
    for line in String::from_utf8_lossy(&dump.stdout).lines() {
        let event: serde_json::Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
        let (Some(nr), Some(result)) = (event["nr"].as_u64(), event["result"].as_i64()) else {
            continue;
        };
        let errno = if (-4095..0).contains(&result) { -result } else { 0 };
        made.insert((nr as u32, errno as i32));
    }
    Ok(made)
}

/// Does the guest whose trace this is make the calls that the table says it exercises?
pub fn check(guest: &str, trace: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(page()).unwrap_or_default();
    let rows = text.lines().filter_map(Row::parse);
    let said: Vec<u32> =
        rows.filter(|row| row.guests.iter().any(|name| name == guest)).map(|row| row.nr).collect();
    if said.is_empty() {
        return Ok(());
    }
    let made = made(&paths::clew()?, trace)?;
    let missing = |nr: &&u32| !made.iter().any(|call| call.0 == **nr);
    match said.iter().find(missing) {
        None => Ok(()),
        Some(nr) => Err(format!(
            "{} says that it makes call {nr}, which its trace does not have: run `cargo xtask calls`",
            page().display()
        )),
    }
}
