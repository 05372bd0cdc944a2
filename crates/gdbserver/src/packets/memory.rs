//! `m addr,length`: as much as can be read, from the start.

use super::frame::{self, MAX_PACKET};
use super::{FAILED, FAULT};
use crate::debuggee::Debuggee;
use crate::session::Session;

const MAX_READ: usize = MAX_PACKET / 2 - 4;

pub fn answer<S: Session>(debuggee: &mut Debuggee<S>, rest: &[u8]) -> Vec<u8> {
    let mut words = rest.splitn(2, |&b| b == b',').map(frame::number);
    let (Some(Some(addr)), Some(Some(len))) = (words.next(), words.next()) else {
        return FAILED.to_vec();
    };
    let mut buf = vec![0; usize::try_from(len).unwrap_or(MAX_READ).min(MAX_READ)];
    match debuggee.session.read_memory(addr, &mut buf) {
        Ok(0) if !buf.is_empty() => FAULT.to_vec(),
        Ok(n) => frame::hex(&buf[..n.min(buf.len())]).into_bytes(),
        Err(_) => FAULT.to_vec(),
    }
}
