//! Printing JSON on stdout.

use std::io::{self, Write};

use clew_trace::{Result, ResultExt};
use serde::Serialize;

/// Prints one document.
pub fn document(value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value).tried(|| "make JSON")?;
    crate::text::print(format!("{text}\n"))
}

/// Prints one item on a line of its own.
pub fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
