//! A test of the probes: a replay that hits them all over its code, at no purpose, must match all the
//! same (`clew replay --stress-probes`).

use crate::shadow;
use crate::state::{Engine, ctx};
use alloc_crate::collections::BTreeMap;

/// A breakpoint goes once it was hit so often: the guest has to get on.
const HITS: u32 = 2000;

/// What the test remembers.
#[derive(Default)]
pub struct Stress {
    pub on: bool,
    hits: BTreeMap<u64, u32>,
}

impl Engine {
    /// Hits probes from now on. Nothing has been translated yet.
    pub fn stress_probes(&mut self) {
        self.stress.on = true;
        self.cache.stress_probes();
    }

    /// A probe was hit: the guest goes on behind it, or by single instructions.
    pub(super) fn stress_hit(&mut self, number: u32) {
        let pc = ctx().pc;
        let hits = self.stress.hits.entry(pc).or_default();
        *hits += 1;
        match *hits {
            HITS => {
                self.cache.spare(pc, shadow::mapped);
                self.go_behind(number);
            }
            n if n % 3 == 0 => self.resume_alone(),
            _ => self.go_behind(number),
        }
    }
}
