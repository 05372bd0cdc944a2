//! What lldb asks first. gdbstub's answers give the process's number in decimal, where lldb reads
//! hexadecimal.

use super::frame::hex;
use crate::debuggee::Debuggee;
use crate::session::Session;

const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// `qHostInfo`.
pub fn host() -> Vec<u8> {
    format!("triple:{};endian:little;ptrsize:8;", hex(TRIPLE.as_bytes())).into_bytes()
}

/// `qProcessInfo`.
pub fn process<S: Session>(debuggee: &Debuggee<S>) -> Vec<u8> {
    let (pid, triple) = (debuggee.session.pid(), hex(TRIPLE.as_bytes()));
    format!("pid:{pid:x};triple:{triple};ostype:linux;endian:little;ptrsize:8;").into_bytes()
}
