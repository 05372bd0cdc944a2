//! Printing what the guest printed.

use std::io::{self, Write};

/// Output is collected up to this many bytes while the engine has more to say.
const FULL: usize = 64 << 10;

/// Passes output on to stdout and stderr, in order.
pub struct Output {
    quiet: bool,
    /// The pid that marks lines, if they are marked.
    mark: Option<u32>,
    /// Whether the collected bytes are for stderr.
    to_stderr: bool,
    collected: Vec<u8>,
    /// Whether stdout and stderr are at the start of a line.
    line_start: [bool; 2],
}

impl Output {
    pub fn new(quiet: bool, mark: Option<u32>) -> Self {
        Self { quiet, mark, to_stderr: false, collected: Vec::new(), line_start: [true; 2] }
    }

    /// Prints what the guest wrote at `event`.
    pub fn print(&mut self, to_stderr: bool, event: u64, bytes: &[u8]) {
        if self.quiet {
            return;
        }
        if self.to_stderr != to_stderr || self.collected.len() >= FULL {
            self.flush();
            self.to_stderr = to_stderr;
        }
        let Some(pid) = self.mark else {
            self.collected.extend_from_slice(bytes);
            return;
        };
        for line in bytes.split_inclusive(|&b| b == b'\n') {
            let at_start = &mut self.line_start[usize::from(to_stderr)];
            if *at_start {
                self.collected.extend_from_slice(format!("[clew {pid} {event}] ").as_bytes());
            }
            *at_start = line.ends_with(b"\n");
            self.collected.extend_from_slice(line);
        }
    }

    /// Writes what was collected. A reader that is gone wants no more of it.
    pub fn flush(&mut self) {
        if self.collected.is_empty() {
            return;
        }
        let bytes = &self.collected[..];
        let _ = match self.to_stderr {
            true => io::stderr().write_all(bytes),
            false => io::stdout().write_all(bytes).and_then(|()| io::stdout().flush()),
        };
        self.collected.clear();
    }
}
