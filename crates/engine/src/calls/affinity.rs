//! The cores a guest may use, as it sees them: the engine keeps threads that take turns on one.

use super::Outcome;
use crate::state::{Engine, orders};
use crate::sys::{self, *};
use crate::task::TaskRef;
use clew_syscalls::Call;

/// A set of cores, as `sched_setaffinity` takes it.
pub type Cores = [u64; 16];

/// As many as the guest is to see, if that was ordered.
fn ordered() -> Option<Cores> {
    let number = orders().num_cores as usize;
    let mut cores: Cores = [0; 16];
    (0..number.min(1024)).for_each(|core| cores[core / 64] |= 1 << (core % 64));
    (number != 0).then_some(cores)
}

impl Engine {
    /// `sched_setaffinity` of one of the guest's tasks whose real cores are the engine's choice.
    pub fn set_affinity(&mut self, call: &Call) -> Option<Outcome> {
        let allowed = ordered().or(self.affinity)?;
        let mut task = self.affinity_target(call)?;
        let mut wanted: Cores = [0; 16];
        let len = (call.args[1] as usize).min(size_of::<Cores>());
        let mut bytes = [0u8; size_of::<Cores>()];
        if !sys::read_guest(call.args[2], &mut bytes[..len]) {
            return Some(Outcome::of(-i64::from(EFAULT)));
        }
        for (i, word) in wanted.iter_mut().enumerate() {
            *word = u64::from_le_bytes(core::array::from_fn(|k| bytes[8 * i + k])) & allowed[i];
        }
        if wanted == [0; 16] {
            return Some(Outcome::of(-i64::from(EINVAL)));
        }
        task.affinity = Some(wanted);
        Some(Outcome::of(0))
    }

    /// `sched_getaffinity`: the guest sees as many cores as it was given, and what it chose itself.
    pub fn get_affinity(&mut self, call: &Call) -> Option<Outcome> {
        let given = ordered();
        let target = self.affinity_target(call);
        let own = target.and_then(|task| task.affinity);
        let cores = own.or(given).or(self.affinity.filter(|_| target.is_some()))?;
        let outcome = self.plain(call);
        if outcome.result > 0 {
            let len = outcome.result as usize;
            let mut mask = alloc_crate::vec![0u8; len];
            let bytes = cores.map(u64::to_le_bytes);
            mask.iter_mut().zip(bytes.as_flattened()).for_each(|(to, from)| *to = *from);
            sys::write_guest(call.args[2], &mask);
        }
        Some(outcome)
    }

    fn affinity_target(&self, call: &Call) -> Option<TaskRef> {
        match call.args[0] as u32 {
            0 => Some(self.task),
            tid => self.tasks.find(tid),
        }
    }
}
