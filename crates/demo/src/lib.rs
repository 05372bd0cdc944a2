//! What `clew demo` shows: a program that loses an update once in a while, and the walk from where that
//! is noticed back to the two writes that raced.
#![forbid(unsafe_code)]

use clew_gdbserver::files::Files;
use clew_postmortem::{Frame, Modules, Symbols, Thread, threads};
use clew_replay::Target;
use clew_replay::plan::Plan;
use clew_timeline::{Attention, Destination, Direction, Motion, Options, Position, Stop, Timeline};
use clew_trace::{Error, Result, ResultExt, Trace};
use object::read::elf::ElfFile64;
use object::{Object, ObjectSymbol};

/// The program, with debug information.
pub static PROGRAM: &[u8] = include_bytes!(env!("CLEW_DEMO_PROGRAM"));
/// What it was built from.
pub static SOURCE: &str = include_str!("../program/bank.rs");
/// Name of that file.
pub const FILE: &str = "bank.rs";

/// What races, by the name of its symbol.
const VARIABLE: &str = "BALANCE";
/// More writes than this are not there.
const MAX_WRITES: usize = 1000;

/// A write of the balance.
#[derive(Clone, Debug)]
pub struct Write {
    pub position: Position,
    pub tid: u32,
    pub before: u64,
    pub after: u64,
    /// The line that writes.
    pub frame: Frame,
}

/// What the walk found.
#[derive(Clone, Debug)]
pub struct Race {
    /// Where the failure was noticed.
    pub symptom: Thread,
    pub balance: u64,
    /// Writes that were looked at.
    pub walked: usize,
    /// The write that was lost, and the one that undid it.
    pub lost: Write,
    pub culprit: Write,
}

/// Walks back through a recording of the program that failed.
pub fn walk(trace: &Trace, attention: Attention<'_>) -> Result<Race> {
    let missing = || Error::new("walk back", "the recording is empty");
    let plan = Plan::new(trace, &Target::First)?.ok_or_else(missing)?;
    let mut timeline = Timeline::open(trace, &plan, &Options { quiet: true, mark: false })?;
    timeline.seek(Destination::End, attention)?;
    let modules = Modules::loaded(&mut timeline, &Files::of(trace)?);
    let bias = modules.all().first().map(|module| module.bias);
    let address =
        variable()?.wrapping_add(bias.ok_or("its program is not there").tried(|| "walk back")?);
    let mut symbols = Symbols::new(&modules);
    let symptom = threads(&mut timeline, &modules, &mut symbols)?.into_iter().next();
    let symptom = symptom.ok_or_else(missing)?;
    let balance = word(&mut timeline, address)?;
    let mut later: Option<Write> = None;
    for walked in 1..MAX_WRITES {
        let write = last_write(&mut timeline, address, &modules, &mut symbols, attention)?;
        let Some(write) = write else { break };
        // Each deposit adds one. One that does not has seen a balance from before the last write.
        match later {
            Some(culprit) => return Ok(Race { symptom, balance, walked, lost: write, culprit }),
            None if write.after != write.before + 1 => later = Some(write),
            None => {}
        }
    }
    Err(Error::new("find the race", "all writes of the balance are in order"))
}

/// Goes back to just before the last write; none if there is none.
fn last_write(
    timeline: &mut Timeline,
    address: u64,
    modules: &Modules,
    symbols: &mut Symbols<'_>,
    attention: Attention<'_>,
) -> Result<Option<Write>> {
    let stopped = timeline.last_write(address, 8, attention)?;
    match stopped.stop {
        Stop::Beginning | Stop::End(_) => return Ok(None),
        Stop::Interrupted => return Err(Error::new("walk back", "you interrupted it")),
        _ => {}
    }
    let before = word(timeline, address)?;
    let all = threads(timeline, modules, symbols)?;
    let frame = all.into_iter().next().and_then(|t| t.frames.into_iter().find(|f| f.relevant));
    timeline.run(Direction::Forward, Motion::Step { tid: stopped.tid }, attention)?;
    let after = word(timeline, address)?;
    timeline.seek(Destination::Position(stopped.position), attention)?;
    let frame = frame.unwrap_or_default();
    Ok(Some(Write { position: stopped.position, tid: stopped.tid, before, after, frame }))
}

fn word(timeline: &mut Timeline, address: u64) -> Result<u64> {
    let mut bytes = [0; 8];
    match timeline.read_memory(address, &mut bytes)? {
        8 => Ok(u64::from_le_bytes(bytes)),
        _ => Err(Error::new("read the balance", "its memory is not there")),
    }
}

/// The variable's address in the program's file.
fn variable() -> Result<u64> {
    let tried = || "find the balance in the program";
    let elf = ElfFile64::<object::Endianness>::parse(PROGRAM).tried(tried)?;
    let found = elf.symbols().find(|symbol| symbol.name() == Ok(VARIABLE)).map(|s| s.address());
    found.ok_or("it has no symbol").tried(tried)
}

/// Lines of the source up to `context` before and after this one, numbered.
pub fn lines(around: u32, context: u32) -> Vec<(u32, String)> {
    let wanted = around.saturating_sub(context)..=around + context;
    let all = (1..).zip(SOURCE.lines()).filter(|(number, _)| wanted.contains(number));
    all.map(|(number, line)| (number, line.to_owned())).collect()
}
