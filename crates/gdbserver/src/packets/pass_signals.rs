//! `QPassSignals`: signals that gdb has no interest in, so that they do not stop.

use super::FAILED;
use super::frame::number;
use crate::debuggee::Debuggee;
use crate::session::Session;
use crate::signals::from_gdb;

pub fn answer<S: Session>(debuggee: &mut Debuggee<S>, rest: &[u8]) -> Vec<u8> {
    let words = rest.split(|&b| b == b';').filter(|word| !word.is_empty());
    let numbers: Option<Vec<u64>> = words.map(number).collect();
    let Some(numbers) = numbers else { return FAILED.to_vec() };
    let guests = numbers.into_iter().filter_map(|n| u8::try_from(n).ok().and_then(from_gdb));
    debuggee.points.passed = guests.fold(0, |set, signal| set | 1 << (signal - 1));
    b"OK".to_vec()
}
