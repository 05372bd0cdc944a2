//! How numbers, times and commands look to people.

use std::io::{self, Write};

use clew_trace::{Ended, Meta, Result, ResultExt};
use jiff::tz::TimeZone;

/// Prints to stdout.
pub fn print(text: impl AsRef<[u8]>) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_ref()).and_then(|()| out.flush()).tried(|| "write to stdout")
}

/// A number of bytes with a binary unit.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    let mut value = count as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// A duration in seconds with three significant digits or so.
pub fn seconds(value: f64) -> String {
    match value {
        v if v < 1.0 => format!("{:.0} ms", v * 1e3),
        v if v < 100.0 => format!("{v:.2} s"),
        v => format!("{}:{:02} min", v as u64 / 60, v as u64 % 60),
    }
}

/// A recorded RFC 3339 time in the local time zone; as it is if it is none.
pub fn local_time(recorded: &str) -> String {
    match recorded.parse::<jiff::Timestamp>() {
        Ok(time) => time.to_zoned(TimeZone::system()).strftime("%F %T").to_string(),
        Err(_) => recorded.to_owned(),
    }
}

/// How a recording ended, in a few words.
pub fn outcome(meta: &Meta) -> String {
    match &meta.outcome {
        None => "unfinished".into(),
        Some(outcome) => ended(outcome.ended),
    }
}

/// How a process ended, in a few words.
pub fn ended(ended: Ended) -> String {
    match ended {
        Ended::Exited(code) => format!("exit {code}"),
        Ended::Signaled(signal) => signal_name(signal),
    }
}

/// A signal's name, or its number.
pub fn signal_name(signal: i32) -> String {
    clew_syscalls::signal_name(signal).map_or_else(|| format!("signal {signal}"), Into::into)
}

/// A word of a trace's without what a terminal would act on, and not long.
pub fn printable(word: &str) -> String {
    const MOST: usize = 60;
    word.chars().filter(|c| !c.is_control()).take(MOST).collect()
}

/// A command line, quoted for a shell where that is needed.
pub fn command_line(argv: &[String]) -> String {
    let quoted: Vec<String> = argv.iter().map(|word| quote(word)).collect();
    quoted.join(" ")
}

fn quote(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./=:,+@%^".contains(c);
    match word {
        w if !w.is_empty() && w.chars().all(plain) => w.to_owned(),
        w => {
            let visible: String = w.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
            format!("'{}'", visible.replace('\'', r"'\''"))
        }
    }
}

/// Lines up cells in columns; the last column is not padded.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |i: usize| {
        rows.iter().filter_map(|r| r.get(i)).map(|c| c.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in rows {
        for (i, cell) in row.iter().enumerate() {
            match i + 1 == row.len() {
                true => out.push_str(cell),
                false => out.push_str(&format!("{cell:<width$}  ", width = widths[i])),
            }
        }
        out.push('\n');
    }
    out
}
