//! `qSupported`: what we add to gdbstub's answer.

/// What this layer offers.
const OURS: &str = "QPassSignals+;ConditionalBreakpoints+;qXfer:threads:read+;qXfer:auxv:read+;qXfer:exec-file:read+;qXfer:siginfo:read+";

/// Whether a request is that.
pub fn is(body: &[u8]) -> bool {
    body.starts_with(b"qSupported")
}

/// Whether the client understands that a process executed another program.
pub fn exec_events(body: &[u8]) -> bool {
    body.split(|&b| b == b';' || b == b':').any(|word| word == b"exec-events+")
}

pub fn extend(answer: &[u8], exec_events: bool) -> Vec<u8> {
    let more = if exec_events { ";exec-events+" } else { "" };
    [answer, b";", OURS.as_bytes(), more.as_bytes()].concat()
}
