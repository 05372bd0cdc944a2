//! `Z0,addr,kind;X…`: breakpoints with conditions, which are programs in gdb's bytecode.

use super::FAILED;
use super::frame::{self, number};
use crate::debuggee::Debuggee;
use crate::points::Kind;
use crate::session::Session;

/// What follows `Z`. None if it is no breakpoint.
pub fn answer<S: Session>(debuggee: &mut Debuggee<S>, rest: &[u8]) -> Option<Vec<u8>> {
    let kind = match rest {
        [b'0', b',', ..] => Kind::Software,
        [b'1', b',', ..] => Kind::Hardware,
        _ => return None,
    };
    let Some((addr, conditions)) = parse(&rest[2..]) else { return Some(FAILED.to_vec()) };
    debuggee.points.insert(addr, kind, conditions);
    Some(b"OK".to_vec())
}

/// `addr,kind;X len,bytes X len,bytes … ;cmds:…`. Commands are not offered, so not sent.
fn parse(text: &[u8]) -> Option<(u64, Vec<Vec<u8>>)> {
    let mut parts = text.split(|&b| b == b';');
    let addr = number(parts.next()?.split(|&b| b == b',').next()?)?;
    let mut conditions = Vec::new();
    let mut rest = parts.next()?;
    while let [b'X', text @ ..] = rest {
        let comma = text.iter().position(|&b| b == b',')?;
        let len = usize::try_from(number(&text[..comma])?).ok()?.checked_mul(2)?;
        let (code, others) = text[comma + 1..].split_at_checked(len)?;
        conditions.push(frame::unhex(code)?);
        rest = others;
    }
    rest.is_empty().then_some((addr, conditions))
}
