//! `qXfer:OBJECT:read:ANNEX:OFFSET,LENGTH`: documents of the process, read in pieces.

use std::fmt::Write as _;

use super::FAILED;
use super::frame::{self, MAX_PACKET, number};
use crate::debuggee::Debuggee;
use crate::session::Session;

/// Leaves room for the worst of escaping.
const MAX_PIECE: usize = MAX_PACKET / 2 - 8;

/// What follows `qXfer:`. None for an object that is not ours.
pub fn answer<S: Session>(debuggee: &mut Debuggee<S>, rest: &[u8]) -> Option<Vec<u8>> {
    let mut words = rest.splitn(4, |&b| b == b':');
    let (object, verb) = (words.next()?, words.next()?);
    if verb != b"read" {
        return None;
    }
    let document = match object {
        b"auxv" => debuggee.session.auxv(),
        b"exec-file" => debuggee.session.program().map(String::into_bytes),
        b"siginfo" => debuggee.session.siginfo(),
        b"threads" => Ok(threads(debuggee).into_bytes()),
        _ => return None,
    };
    // Where there is none, the client is told so.
    let document = document.map(|bytes| (!bytes.is_empty()).then_some(bytes));
    let piece = words.nth(1).and_then(|range| {
        let comma = range.iter().position(|&b| b == b',')?;
        Some((number(&range[..comma])?, number(&range[comma + 1..])?))
    });
    Some(match (document, piece) {
        (Ok(Some(document)), Some((offset, len))) => cut(&document, offset, len),
        _ => FAILED.to_vec(),
    })
}

fn cut(document: &[u8], offset: u64, len: u64) -> Vec<u8> {
    let clamp = |n: u64, max: usize| usize::try_from(n).unwrap_or(max).min(max);
    let rest = &document[clamp(offset, document.len())..];
    let piece = &rest[..clamp(len, MAX_PIECE).min(rest.len())];
    let mark = if piece.len() < rest.len() { b'm' } else { b'l' };
    [vec![mark], frame::escape(piece)].concat()
}

/// "Thread List Format" in gdb's manual.
fn threads<S: Session>(debuggee: &mut Debuggee<S>) -> String {
    let pid = debuggee.session.pid();
    let mut xml = String::from("<?xml version=\"1.0\"?>\n<threads>\n");
    for task in debuggee.tasks() {
        let name = attribute(&task.name);
        let _ = writeln!(xml, "<thread id=\"p{pid:x}.{:x}\" name=\"{name}\"/>", task.tid);
    }
    xml + "</threads>\n"
}

fn attribute(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c if c < ' ' => out.push('?'),
            c => out.push(c),
        }
    }
    out
}
