//! The code cache on disk: what a process has translated is kept for the next one of its program.
//!
//! A snapshot is written when a process ends or executes another program ([`save`]) and mapped when the
//! program is started again ([`load`]): the same build of the engine puts the same things at the same
//! addresses. Which of its blocks are of use is decided where the guest maps files. See
//! docs/code-cache.md.

mod format;
mod hash;
mod ledger;
mod load;
mod save;

use crate::shadow;
use crate::state::{Engine, orders};
use crate::store;
use crate::sys;
use crate::vma::{PROT_EXEC, PROT_WRITE};
use crate::window::{self, window};
use clew_abi::record::{MapPayload, key_unsettled};
use clew_translate::Cache;
use clew_translate::cache::Text;

/// What a snapshot is called; its file by the number's 16 hexadecimal digits.
type Number = u64;
/// A file name, terminated.
type Name = [u8; 17];

/// What the vDSO has in place of a file's identity: snapshots are of one build, and so of one vDSO.
const VDSO: [u64; 2] = [0; 2];

/// Where this process's snapshot lies.
#[derive(Default)]
pub struct Code {
    /// `None` if there shall be none.
    number: Option<Number>,
    /// Identifies the file that was loaded, or 0.
    from: u64,
}

/// The cache to begin with: a snapshot, or an empty one. `program`: the file, while recording.
pub fn begin(program: Option<i32>) -> (Code, &'static mut Cache) {
    let st = program.and_then(sys::fstat).filter(store::settled);
    let number = st.and_then(|st| number_of(store::name(&st).bytes()));
    match number.and_then(load::load) {
        Some((cache, from)) => (Code { number, from }, cache),
        None => (Code { number, from: 0 }, window::empty_cache()),
    }
}

/// What identifies the snapshots of the program whose file has this key.
/// `None` if there are none: indirect branches of other windows than the usual one go through tables
/// that are not in a snapshot.
fn number_of(key: &[u8]) -> Option<Number> {
    if orders().build == 0 || key.is_empty() || key_unsettled(key) || !window().has_shadow() {
        return None;
    }
    let program = hash::key(key);
    let words = [orders().build, window().start, program[0], program[1]];
    Some(hash::words(&words))
}

fn name(number: Number) -> Name {
    let mut name = [0; 17];
    for (n, digit) in name[..16].iter_mut().enumerate() {
        *digit = b"0123456789abcdef"[(number >> (4 * n)) as usize & 15];
    }
    name
}

impl Engine {
    /// While replaying: the program begins whose file has this key. Nothing is mapped yet.
    pub fn begin_replayed(&mut self, key: &[u8]) {
        let Some(number) = number_of(key) else { return };
        if self.cache.probing() {
            // Translations that others made have no probes.
            return;
        }
        let kept = self.cache.kept();
        self.cache = load::load_replayed(number).unwrap_or_else(window::empty_cache);
        self.cache.keep(kept);
    }

    /// A private mapping was made (`map`, at `addr`) and noted. `key` names its file, empty if it is
    /// not one's.
    pub fn code_mapped(&mut self, addr: u64, map: &MapPayload, key: &[u8]) {
        if map.prot & PROT_EXEC == 0 {
            return;
        }
        let end = addr + map.len;
        let steady = map.flags & 3 == sys::MAP_PRIVATE
            && map.prot & PROT_WRITE == 0
            && !key.is_empty()
            && !key_unsettled(key)
            && window().shadow_entry(addr).is_some()
            && window().shadow_entry(end - 1).is_some();
        if !steady {
            return self.displace_awaited(addr, end);
        }
        let file = hash::key(key);
        let text = Text { start: addr, end, offset: map.offset, file, shadow: 0 };
        self.take_ready(&text);
        self.displace_awaited(addr, end);
        self.cache.add_text(text);
    }

    /// The guest's vDSO was mapped, which is the engine's and no file: a text all the same. It is not
    /// if it is `foreign`, that of a recording by another engine.
    pub fn vdso_mapped(&mut self, start: u64, end: u64, foreign: bool) {
        let text = Text { start, end, offset: 0, file: VDSO, shadow: 0 };
        let usual = !foreign && window().shadow_entry(start).is_some();
        if usual {
            self.take_ready(&text);
        }
        while let Some(text) = self.cache.take_awaited_of(VDSO) {
            self.drop_awaited(text);
        }
        if usual {
            self.cache.add_text(text);
        }
    }

    /// The guest has mapped a text: what a snapshot has of it can be used.
    fn take_ready(&mut self, text: &Text) {
        if let Some(ready) = self.cache.take_ready(text) {
            shadow::grant(ready.start, ready.end);
        }
    }

    /// There is executable memory in `start..end`: whatever a snapshot expected there will not come.
    pub fn displace_awaited(&mut self, start: u64, end: u64) {
        while let Some(text) = self.cache.displaced(start, end, VDSO) {
            self.drop_awaited(text);
        }
    }

    fn drop_awaited(&mut self, text: Text) {
        shadow::clear(text.start, text.end);
        self.cache.invalidate(text.start, text.end, &shadow::mapped);
    }
}
