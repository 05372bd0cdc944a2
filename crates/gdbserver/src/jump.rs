//! Going to a place in one leap.
//!
//! gdb must see a leap as motion, or what it has cached would be stale. So a command only says where
//! to go, and the next packet that moves the process, whichever it is, goes there instead. `vRun` is
//! the same in one packet, for those that have no commands of ours.

use std::os::fd::AsFd;

use clew_timeline::{Destination, Stop, Stopped};
use clew_trace::{Error, Result};

use crate::debuggee::Debuggee;
use crate::session::Session;

/// See the module's documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jump {
    To(Destination),
    LastWrite {
        addr: u64,
        len: u64,
    },
    /// Nowhere, because the command was in error.
    Stay,
}

/// Understands `begin`, `end`, `event N`, `tick N`, `checkpoint N`, `back`, `forward` and
/// `last-write ADDR LEN`.
pub fn parse<S: Session>(debuggee: &mut Debuggee<S>, words: &[&str]) -> Result<Jump> {
    let notes = &mut debuggee.notes;
    let to = match *words {
        ["begin"] => Destination::Beginning,
        ["end"] => Destination::End,
        ["event", n] => Destination::Event(count(n)?),
        ["tick", n] => Destination::Tick(count(n)?),
        ["checkpoint", n] => {
            let number = count(n)?;
            let found = u32::try_from(number).ok().and_then(|n| notes.checkpoints.get(&n));
            Destination::Position(found.ok_or_else(|| no_such_checkpoint(number))?.position)
        }
        ["back"] => Destination::Position(notes.back().ok_or_else(|| edge("back", "before"))?),
        ["forward"] => {
            Destination::Position(notes.forward().ok_or_else(|| edge("forward", "after"))?)
        }
        ["last-write", addr, len] => {
            return Ok(Jump::LastWrite { addr: count(addr)?, len: count(len)? });
        }
        _ => return Err(Error::new("go there", format!("{:?} is no place", words.join(" ")))),
    };
    Ok(Jump::To(to))
}

/// What follows `run` when it is not our command: `N`, `event N`, `cN` for a checkpoint and the rest.
pub fn parse_run<S: Session>(debuggee: &mut Debuggee<S>, words: &[&str]) -> Result<Jump> {
    match *words {
        [] => Ok(Jump::To(Destination::Beginning)),
        [n] if n.starts_with(|c: char| c.is_ascii_digit()) => parse(debuggee, &["event", n]),
        [c] if c.strip_prefix('c').is_some_and(|n| n.parse::<u32>().is_ok()) => {
            parse(debuggee, &["checkpoint", &c[1..]])
        }
        _ => parse(debuggee, words),
    }
}

/// Goes there. If that is impossible, the process stays where it is and the user is told.
pub fn perform<S: Session>(debuggee: &mut Debuggee<S>, jump: Jump) -> Stopped {
    let attention = &debuggee.attention;
    let result = match jump {
        Jump::To(to) => debuggee.session.seek(to, attention.as_fd()),
        Jump::LastWrite { addr, len } => debuggee.session.last_write(addr, len, attention.as_fd()),
        Jump::Stay => Ok(debuggee.session.here()),
    };
    match result {
        Ok(stopped) => {
            if let (Jump::LastWrite { addr, len }, Stop::Beginning) = (jump, &stopped.stop) {
                debuggee
                    .say(format!("nothing before this point wrote the {len} bytes at {addr:#x}"));
            }
            stopped
        }
        Err(e) => {
            debuggee.say(e);
            debuggee.session.here()
        }
    }
}

/// A number as a user writes it, or gdb prints it.
pub fn count(word: &str) -> Result<u64> {
    let digits = word.strip_prefix("0x").map(|hex| u64::from_str_radix(hex, 16));
    digits
        .unwrap_or_else(|| word.parse())
        .map_err(|_| Error::new("go there", format!("{word:?} is not a number")))
}

pub fn no_such_checkpoint(number: u64) -> Error {
    Error::new(format!("find checkpoint {number}"), "there is none with that number")
        .advise("`info checkpoints` lists them.")
}

fn edge(way: &str, side: &str) -> Error {
    Error::new(format!("go {way}"), format!("the session stopped nowhere {side} this place"))
}
