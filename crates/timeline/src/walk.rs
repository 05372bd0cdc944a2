//! Random walks: wherever a timeline comes from, the state at a position is the same.
//!
//! The strongest test of going back and forth. Positions and their states are remembered, and compared
//! whenever the walk comes to one of them again.

use std::collections::HashMap;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use clew_trace::{Error, Result, ResultExt};

use crate::{
    Access, Breakpoint, Destination, Direction, Motion, Position, Registers, Timeline, Watchpoint,
};

const RSP: usize = 4;

/// What a walk saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    pub moves: u64,
    /// Different positions.
    pub positions: u64,
    /// Times that a position was come to again, and compared.
    pub compared: u64,
}

/// A linear congruential generator: walks can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n.max(1)
    }
}

/// What is remembered of a position.
struct Seen {
    fingerprint: u64,
    registers: Registers,
    tid: u32,
}

/// Makes so many random moves. An error where two visits of a position differ.
pub fn walk(timeline: &mut Timeline, seed: u64, moves: u64) -> Result<Walked> {
    let (quiet, _other) = UnixStream::pair().tried(|| "make a socket")?;
    let mut random = Random(seed);
    let mut seen: HashMap<Position, Seen> = HashMap::new();
    let mut known = Vec::new();
    let mut walked = Walked::default();
    let last = timeline.seek(Destination::End, quiet.as_fd())?.position.event;
    for number in 0..moves {
        let from = timeline.here().clone();
        let said = one_move(timeline, &mut random, &known, last, &quiet)?;
        walked.moves += 1;
        let here = timeline.here().clone();
        let registers = timeline.registers(here.tid)?;
        let now = Seen { fingerprint: timeline.fingerprint()?, registers, tid: here.tid };
        match seen.get(&here.position) {
            None => {
                known.push(here.position);
                seen.insert(here.position, now);
            }
            Some(before) if before.fingerprint == now.fingerprint => walked.compared += 1,
            Some(before) => {
                let what = difference(before, &now);
                return Err(Error::new(
                    format!("compare states (seed {seed}, move {number}: {said} from {from:?})"),
                    format!("{:?} is not what it was before: {what}", here.position),
                ));
            }
        }
    }
    walked.positions = seen.len() as u64;
    Ok(walked)
}

fn one_move(
    timeline: &mut Timeline,
    random: &mut Random,
    known: &[Position],
    last: u64,
    quiet: &UnixStream,
) -> Result<String> {
    let attention = quiet.as_fd();
    let tid = timeline.here().tid;
    let direction = if random.below(2) == 0 { Direction::Forward } else { Direction::Backward };
    let motion = match random.below(10) {
        0..5 => Motion::Step { tid },
        5 | 6 => Motion::Continue,
        _ => {
            let target = match (random.below(3), known.len()) {
                (0, _) | (_, 0) => Destination::Event(random.below(last + 1)),
                (_, len) => Destination::Position(known[random.below(len as u64) as usize]),
            };
            // An event that is not there is no place to go to.
            match timeline.seek(target, attention) {
                Err(e) if matches!(target, Destination::Position(_)) => return Err(e),
                _ => return Ok(format!("{target:?}")),
            }
        }
    };
    // Some bytes of the stack are watched, at times.
    let watched = match (motion, random.below(3)) {
        (Motion::Continue, 0) => {
            let addr = timeline.registers(tid)?.gpr[RSP].wrapping_add(8 * random.below(64));
            vec![Watchpoint { addr, len: 1 << random.below(4), access: Access::Write }]
        }
        _ => Vec::new(),
    };
    timeline.set_watchpoints(watched);
    // Breakpoints are where the walk has been, so that both directions find the same ones.
    let breakpoints = match motion {
        Motion::Continue => (0..3)
            .filter_map(|_| known.get(random.below(known.len() as u64) as usize))
            .map(|position| Breakpoint { addr: position.pc, conditions: Vec::new() })
            .collect(),
        _ => Vec::new(),
    };
    timeline.set_breakpoints(breakpoints);
    timeline.run(direction, motion, attention)?;
    Ok(format!("{direction:?} {motion:?}"))
}

fn difference(before: &Seen, now: &Seen) -> String {
    if before.tid != now.tid {
        return format!("task {} ran, now {} does", before.tid, now.tid);
    }
    let (a, b) = (&before.registers, &now.registers);
    let mut all: Vec<String> = (0..16)
        .filter(|&n| a.gpr[n] != b.gpr[n])
        .map(|n| format!("register {n} {:#x} {:#x}", a.gpr[n], b.gpr[n]))
        .collect();
    if a.rflags != b.rflags {
        all.push(format!("flags {:#x} {:#x}", a.rflags, b.rflags));
    }
    let bytes = a.xsave.iter().zip(&b.xsave).position(|(a, b)| a != b);
    all.extend(bytes.map(|at| format!("extended state at byte {at}")));
    if all.is_empty() {
        all.push("memory, or another task's registers".into());
    }
    all.join(", ")
}
