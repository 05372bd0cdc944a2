//! What a debugger asks of a replaying engine.

mod extents;
mod stress;
pub mod watch;

pub use stress::Stress;

use crate::shadow;
use crate::state::{Engine, ctx};
use clew_translate::context::reg;

impl Engine {
    /// The guest stops at these addresses, and no others, from now on.
    pub fn set_breakpoints(&mut self, addresses: impl IntoIterator<Item = u64>) {
        self.cache.set_breakpoints(addresses, shadow::mapped);
    }

    /// Control left through the probe of this number, before the instruction at `ctx().pc`.
    pub(crate) fn probed(&mut self, number: u32) {
        if self.stress.on {
            return self.stress_hit(number);
        }
        self.go_behind(number);
    }

    /// Goes on with the instruction before which control left through the probe of this number (in
    /// this generation of the cache), past its probes of the same kind.
    pub fn go_behind(&mut self, number: u32) {
        match self.cache.behind(number) {
            Some(host) => {
                // The block may rely on it.
                ctx().spill_rcx = ctx().gpr[reg::RCX];
                ctx().resume = host;
            }
            None => self.resume_alone(),
        }
    }
}
