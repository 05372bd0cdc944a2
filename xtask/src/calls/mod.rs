//! `cargo xtask calls`: the table of all system calls, docs/system-call-table.md. How a call is treated
//! comes from the table that the engine goes by, who exercises it from recordings of the guests.

mod measure;
mod page;
mod treatment;

use std::fs;

use anyhow::{Context, Result, ensure};
use clap::Args;
use clew_testsuite::calls;

use crate::cargo;
use measure::Seen;

#[derive(Args)]
pub struct Options {
    /// Runs no guest and only says whether the page is what the table of calls makes of it.
    #[arg(long)]
    check: bool,
    /// Runs no guest: the traces are there, from `CLEW_KEEP=1 cargo test -p clew-testsuite --test guests`.
    #[arg(long)]
    kept: bool,
}

pub fn run(options: &Options) -> Result<()> {
    if options.check {
        return check();
    }
    let clew = cargo::build_clew()?;
    if !options.kept {
        let suite = ["test", "--release", "-p", "clew-testsuite", "--test", "guests"];
        cargo::run(cargo::command(&suite).env("CLEW_BIN", &clew).env("CLEW_KEEP", "1"))?;
    }
    let seen = Seen::kept(&clew)?;
    fs::write(calls::page(), page::render(&seen.rows())).context("write the page")
}

/// Is the page current, but for what only a recording could tell?
fn check() -> Result<()> {
    let path = calls::page();
    let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    let rows = page::parse(&text);
    ensure!(
        text == page::render(&rows),
        "{} is out of date: run `cargo xtask calls`",
        path.display()
    );
    let guests = clew_testsuite::guests::discover().map_err(anyhow::Error::msg)?;
    for name in rows.values().flat_map(|row| &row.guests) {
        ensure!(
            guests.iter().any(|guest| guest.name == *name),
            "{} names the guest {name}, which is no more: run `cargo xtask calls`",
            path.display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_is_current() {
        super::check().unwrap();
    }
}
