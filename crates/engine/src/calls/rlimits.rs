//! Limits that must not bind the engine: of address space, of which the engine has reserved much more than
//! guests may have, and the hard ones of file sizes and open files, within which the engine makes room for
//! itself for a moment. The guest sees the limits it has set, and the engine keeps to them for it; the
//! kernel is not told. While recording.

use super::Outcome;
use super::process::has_capability;
use crate::limits::{self, ADDRESS_SPACE, FILE_SIZE, NOFILE};
use crate::state::Engine;
use crate::sys::{self, *};
use crate::vma::VmaKind;
use clew_abi::orders::Orders;
use clew_syscalls::Call;

const CAP_SYS_RESOURCE: u32 = 24;
/// What the kernel counts of a stack that has not grown.
const STACK_AT_FIRST: u64 = 0x21000;

/// What a process has set.
#[derive(Clone, Copy, Default)]
pub struct Limits {
    /// Soft and hard.
    address_space: Option<[u64; 2]>,
    /// Hard ones, in the order of [`HARD`].
    hard: [Option<u64>; 2],
}

/// What only the hard limit is kept of.
const HARD: [u64; 2] = [FILE_SIZE, NOFILE];

/// As a word of the orders, where 0 says that there is none. Unlimited is as good as that.
fn word(limit: Option<u64>) -> u64 {
    limit.map_or(0, |limit| limit.wrapping_add(1))
}

fn limit(word: u64) -> Option<u64> {
    word.checked_sub(1)
}

impl Limits {
    pub fn from_orders(orders: &Orders) -> Self {
        let [soft, hard] = orders.address_space.map(limit);
        let unlimited = |limit: Option<u64>| limit.unwrap_or(u64::MAX);
        Self {
            address_space: soft.or(hard).map(|_| [unlimited(soft), unlimited(hard)]),
            hard: orders.hard_limits.map(limit),
        }
    }

    pub fn address_space_words(&self) -> [u64; 2] {
        self.address_space.map_or([0; 2], |limits| limits.map(|limit| word(Some(limit))))
    }

    pub fn hard_words(&self) -> [u64; 2] {
        self.hard.map(word)
    }
}

impl Engine {
    /// `prlimit64`, `getrlimit`, `setrlimit` of the process itself, if the limit is one of these.
    pub(super) fn own_limit(&mut self, call: &Call) -> Option<Outcome> {
        let a = &call.args;
        let (pid, resource, new, old) = match call.nr {
            __NR_getrlimit => (0, a[0], 0, a[1]),
            __NR_setrlimit => (0, a[0], a[1], 0),
            _ => (a[0] as u32, a[1], a[2], a[3]),
        };
        let own = pid == 0 || pid == self.task.process().pid;
        if !own || resource != ADDRESS_SPACE && !HARD.contains(&resource) {
            return None;
        }
        let fault = Some(Outcome::of(-i64::from(EFAULT)));
        let before = self.shown_limit(resource);
        // setrlimit without a limit is a fault, too.
        if new != 0 || call.nr == __NR_setrlimit {
            let (Some(soft), Some(hard)) = (sys::read_u64(new), sys::read_u64(new.wrapping_add(8)))
            else {
                return fault;
            };
            if soft > hard {
                return Some(Outcome::of(-i64::from(EINVAL)));
            }
            if hard > before[1] && !has_capability(CAP_SYS_RESOURCE) {
                return Some(Outcome::of(-i64::from(EPERM)));
            }
            if !self.set_own_limit(resource, [soft, hard]) {
                return Some(Outcome::of(-i64::from(EPERM)));
            }
        }
        if old == 0 && call.nr != __NR_getrlimit {
            return Some(Outcome::default());
        }
        if !sys::write_guest(old, &before.map(u64::to_le_bytes).concat()) {
            return fault;
        }
        Some(Outcome { written: alloc_crate::vec![(old, 16)], ..Outcome::default() })
    }

    fn shown_limit(&self, resource: u64) -> [u64; 2] {
        let [soft, hard] = limits::get(resource);
        let own = &self.task.process().limits;
        match HARD.iter().position(|kept| *kept == resource) {
            Some(at) => [soft, own.hard[at].unwrap_or(hard)],
            None => own.address_space.unwrap_or([soft, hard]),
        }
    }

    /// False if the kernel refuses.
    fn set_own_limit(&mut self, resource: u64, [soft, hard]: [u64; 2]) -> bool {
        let own = &mut self.task.process().limits;
        let Some(at) = HARD.iter().position(|kept| *kept == resource) else {
            own.address_space = Some([soft, hard]);
            return true;
        };
        let most = limits::get(resource)[1].max(hard);
        let set = limits::set(resource, [soft, most]);
        if set {
            own.hard[at] = Some(hard);
        }
        set
    }

    /// May the guest not have so many bytes more of address space?
    pub fn lacks_address_space(&self, more: u64) -> bool {
        let Some([soft, _]) = self.task.process().limits.address_space else { return false };
        let used = self.vmas.iter().map(|v| match v.kind {
            VmaKind::Stack => (v.end - v.start).min(STACK_AT_FIRST),
            _ => v.end - v.start,
        });
        self.recording() && more > 0 && used.sum::<u64>().saturating_add(more) > soft
    }
}
