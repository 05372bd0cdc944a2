//! What `clew ps --json` prints.

use serde_json::Value;

use crate::process::excerpt;

/// A process of a trace.
pub struct Process {
    pub pid: u64,
    /// Its own stream. A child that never left its parent's memory has none: it is replayed with its parent.
    pub stream: Option<u64>,
    pub command: String,
}

/// The processes, in the order in which they are listed.
pub fn processes(printed: &[u8]) -> Result<Vec<Process>, String> {
    let text = String::from_utf8_lossy(printed);
    let all: Option<Vec<_>> = text.lines().map(parse).collect();
    all.ok_or_else(|| format!("clew ps does not list the processes: {}", excerpt(printed)))
}

fn parse(line: &str) -> Option<Process> {
    let value: Value = serde_json::from_str(line).ok()?;
    let argv = value["argv"].as_array().into_iter().flatten();
    let words: Vec<&str> = argv.filter_map(Value::as_str).collect();
    let (pid, stream) = (value["pid"].as_u64()?, value["stream"].as_u64());
    Some(Process { pid, stream, command: words.join(" ") })
}
