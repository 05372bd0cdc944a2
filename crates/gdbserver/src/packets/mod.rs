//! Packets that `gdbstub` does not know, or answers too coarsely, are answered here before it sees
//! them. Each file is one family.

pub mod conditional;
pub mod frame;
pub mod lldb;
pub mod memory;
pub mod pass_signals;
pub mod supported;
pub mod thread_info;
pub mod tls;
pub mod transfer;
pub mod wire;

use crate::debuggee::Debuggee;
use crate::session::Session;

/// An error without a better number.
pub const FAILED: &[u8] = b"E01";
/// "There is no memory."
pub const FAULT: &[u8] = b"E0e";

/// The answer's body, or none if the packet is gdbstub's.
pub fn answer<S: Session>(debuggee: &mut Debuggee<S>, body: &[u8]) -> Option<Vec<u8>> {
    let after = |prefix: &str| body.strip_prefix(prefix.as_bytes());
    if let Some(rest) = after("qXfer:") {
        return transfer::answer(debuggee, rest);
    }
    if let Some(rest) = after("QPassSignals:") {
        return Some(pass_signals::answer(debuggee, rest));
    }
    if let Some(rest) = after("qThreadExtraInfo,") {
        return Some(thread_info::answer(debuggee, rest));
    }
    if let Some(rest) = after("qGetTLSAddr:") {
        return Some(tls::answer(debuggee, rest));
    }
    match body {
        b"qHostInfo" => Some(lldb::host()),
        b"qProcessInfo" => Some(lldb::process(debuggee)),
        [b'm', rest @ ..] => Some(memory::answer(debuggee, rest)),
        [b'Z', rest @ ..] if rest.contains(&b';') => conditional::answer(debuggee, rest),
        _ => None,
    }
}
