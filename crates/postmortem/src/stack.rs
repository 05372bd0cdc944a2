//! The threads' stacks.

use clew_timeline::{Registers, Timeline};
use clew_trace::Result;
use framehop::Unwinder;
use framehop::x86_64::{CacheX86_64, UnwindRegsX86_64};

use crate::machinery;
use crate::memory::Memory;
use crate::model::Thread;
use crate::modules::Modules;
use crate::symbols::Symbols;

/// Deeper stacks are cut off: recursion without end.
const MAX_FRAMES: usize = 200;

const RSP: usize = 4;
const RBP: usize = 5;

/// All threads at the timeline's position, the one that runs there first.
pub fn threads(
    timeline: &mut Timeline,
    modules: &Modules,
    symbols: &mut Symbols<'_>,
) -> Result<Vec<Thread>> {
    let last = timeline.here().tid;
    let mut tasks = timeline.tasks()?;
    tasks.sort_by_key(|task| (task.tid != last, task.tid));
    let unwinder = modules.unwinder();
    let mut cache = CacheX86_64::new();
    let mut found = Vec::new();
    for task in tasks {
        let Ok(registers) = timeline.registers(task.tid) else { continue };
        let mut memory = Memory::new(timeline);
        let (pcs, whole) = unwind(&unwinder, &mut cache, &registers, &mut memory);
        let mut frames: Vec<_> =
            pcs.into_iter().flat_map(|(pc, lookup)| symbols.frames(pc, lookup)).collect();
        machinery::mark(&mut frames);
        let (tid, name) = (task.tid, task.name);
        found.push(Thread { tid, name, last: tid == last, frames, whole });
    }
    Ok(found)
}

/// Program counters, each with an address within its instruction, and whether these are all.
fn unwind(
    unwinder: &framehop::x86_64::UnwinderX86_64<Vec<u8>>,
    cache: &mut CacheX86_64,
    registers: &Registers,
    memory: &mut Memory<'_>,
) -> (Vec<(u64, u64)>, bool) {
    let start = UnwindRegsX86_64::new(registers.rip, registers.gpr[RSP], registers.gpr[RBP]);
    let mut read = |addr| memory.word(addr).ok_or(());
    let mut frames = unwinder.iter_frames(registers.rip, start, cache, &mut read);
    let mut found = Vec::new();
    loop {
        match frames.next() {
            Ok(Some(frame)) if found.len() < MAX_FRAMES => {
                found.push((frame.address(), frame.address_for_lookup()));
            }
            Ok(None) => return (found, true),
            Ok(Some(_)) | Err(_) => return (found, false),
        }
    }
}
