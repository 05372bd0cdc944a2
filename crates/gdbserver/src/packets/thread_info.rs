//! `qThreadExtraInfo`: a thread's name, for clients that do not read `qXfer:threads`.

use super::FAILED;
use super::frame::{hex, number};
use crate::debuggee::Debuggee;
use crate::session::Session;

pub fn answer<S: Session>(debuggee: &mut Debuggee<S>, id: &[u8]) -> Vec<u8> {
    // `pPID.TID`, or `TID` alone.
    let tid = id.rsplit(|&b| b == b'.').next().and_then(number);
    let tasks = debuggee.tasks();
    match tasks.iter().find(|task| Some(u64::from(task.tid)) == tid) {
        Some(task) => hex(task.name.as_bytes()).into_bytes(),
        None => FAILED.to_vec(),
    }
}
