//! What the guest has forbidden itself about its memory: to change sealed ranges (`mseal`), and to make
//! memory executable (`PR_SET_MDWE`). The kernel is not told: it would bind the engine, which protects
//! pages that it has translated, and writes what it executes. Kept while recording and replaying.
//! Sources: `mm/mseal.c`, `mm/madvise.c`, `map_deny_write_exec` in `include/linux/mman.h`.

use crate::calls::Outcome;
use crate::memory::PROT_MASK;
use crate::state::Engine;
use crate::sys::{self, *};
use crate::vma::{PROT_EXEC, PROT_READ, PROT_WRITE, Vma, VmaKind, page_up};
use alloc_crate::vec::Vec;
use clew_abi::layout::PAGE;
use clew_abi::record::{FORBIDDEN_MDWE, FORBIDDEN_TSC};

const MDWE_REFUSE_EXEC_GAIN: u64 = 1;
const MDWE_NO_INHERIT: u64 = 2;
const WRITE_EXEC: u32 = PROT_WRITE | PROT_EXEC;

#[derive(Default)]
pub struct Forbidden {
    /// Start and end.
    sealed: Vec<(u64, u64)>,
    /// `PR_MDWE_*`.
    mdwe: u64,
}

impl Forbidden {
    /// The first sealed address in a range.
    pub fn sealed(&self, start: u64, end: u64) -> Option<u64> {
        let within = self.sealed.iter().filter(|s| s.0 < end && start < s.1);
        within.map(|s| s.0.max(start)).min()
    }

    fn is_empty(&self) -> bool {
        self.mdwe == 0 && self.sealed.is_empty()
    }

    /// May memory be mapped so?
    pub fn may_map(&self, prot: u32) -> bool {
        self.mdwe == 0 || prot & WRITE_EXEC != WRITE_EXEC
    }

    fn may_protect(&self, old: u32, new: u32) -> bool {
        self.mdwe == 0 || new & PROT_EXEC == 0 || new & PROT_WRITE == 0 && old & PROT_EXEC != 0
    }

    /// What a child, and the next program, gets of `PR_SET_MDWE`.
    pub fn inherited_mdwe(&self) -> u64 {
        if self.mdwe & MDWE_NO_INHERIT != 0 { 0 } else { self.mdwe }
    }

    pub fn in_child(&mut self) {
        self.mdwe = self.inherited_mdwe();
    }
}

impl Engine {
    /// `mseal`, on both sides.
    pub fn mseal(&mut self, addr: u64, len: u64, flags: u64) -> i64 {
        if !self.replaying() {
            // SAFETY: seals nothing.
            let known = unsafe { syscall!(__NR_mseal, 0, 0, 0) };
            if known == -i64::from(ENOSYS) {
                return known;
            }
        }
        let rounded = page_up(len) & !(PAGE - 1);
        let Some(end) = addr.checked_add(rounded) else { return -i64::from(EINVAL) };
        if flags != 0 || addr % PAGE != 0 || (rounded == 0 && len != 0) || len > u64::MAX - PAGE {
            return -i64::from(EINVAL);
        }
        if end == addr {
            return 0;
        }
        if self.mapped_from(addr, end) < end {
            return -i64::from(ENOMEM);
        }
        self.forbidden.sealed.push((addr, end));
        0
    }

    /// How far the guest has mappings without a hole.
    pub fn mapped_from(&self, start: u64, end: u64) -> u64 {
        let next = |at: u64, v: &Vma| if v.start <= at { v.end.max(at) } else { at };
        self.vmas.overlapping(start, end).fold(start, next).min(end)
    }

    /// The address at which `mprotect` of a range must stop, and the error then.
    pub fn stops_protecting(&self, start: u64, end: u64, prot: u32) -> Option<(u64, i64)> {
        if self.forbidden.is_empty() {
            return None;
        }
        let gains = |v: &&Vma| !self.forbidden.may_protect(v.prot, prot & PROT_MASK);
        let gain = self.vmas.overlapping(start, end).find(gains).map(|v| v.start.max(start));
        match (gain, self.forbidden.sealed(start, end)) {
            (Some(gain), sealed) if sealed.is_none_or(|sealed| gain <= sealed) => {
                Some((gain, -i64::from(EACCES)))
            }
            (_, sealed) => Some((sealed?, -i64::from(EPERM))),
        }
    }

    /// The first address in a range whose contents must not be discarded: sealed memory that the guest
    /// could not write itself.
    pub fn stops_discarding(&self, start: u64, end: u64) -> Option<u64> {
        if self.forbidden.is_empty() {
            return None;
        }
        let kept = self
            .vmas
            .overlapping(start, end)
            .filter(|v| v.prot & PROT_WRITE == 0 && v.kind != VmaKind::Shared);
        kept.filter_map(|v| self.forbidden.sealed(v.start.max(start), v.end.min(end))).min()
    }

    /// What the next program is forbidden as well (`ATT_FORBIDDEN`).
    pub fn forbidden_bits(&self) -> u64 {
        let tsc = if self.task.tsc_faults { FORBIDDEN_TSC } else { 0 };
        tsc | self.forbidden.inherited_mdwe() << FORBIDDEN_MDWE
    }

    /// A program begins with what it is forbidden already.
    pub fn forbid_again(&mut self, bits: u64) {
        self.task.tsc_faults = bits & FORBIDDEN_TSC != 0;
        self.task.cpuid_faults = false;
        let mdwe = bits >> FORBIDDEN_MDWE & (MDWE_REFUSE_EXEC_GAIN | MDWE_NO_INHERIT);
        self.forbidden = Forbidden { sealed: Vec::new(), mdwe };
    }

    /// `PR_SET_MDWE`, on both sides.
    pub fn set_mdwe(&mut self, a: &[u64; 6]) -> i64 {
        let bits = a[1];
        let unknown = bits & !(MDWE_REFUSE_EXEC_GAIN | MDWE_NO_INHERIT) != 0;
        if a[2] | a[3] | a[4] != 0 || unknown || bits == MDWE_NO_INHERIT {
            return -i64::from(EINVAL);
        }
        let now = self.forbidden.mdwe;
        if now != 0 && now != bits {
            return -i64::from(EPERM);
        }
        self.forbidden.mdwe = bits;
        0
    }

    pub fn get_mdwe(&self, a: &[u64; 6]) -> i64 {
        match a[1] | a[2] | a[3] | a[4] {
            0 => self.forbidden.mdwe as i64,
            _ => -i64::from(EINVAL),
        }
    }

    /// `process_madvise`, on both sides. What changes memory the kernel allows for the caller's own only,
    /// and the engine gives that advice itself.
    pub fn process_madvise(&mut self, a: &[u64; 6], recorded: Option<i64>) -> Outcome {
        let [_, vectors, count, advice, ..] = *a;
        let (count, advice) = (u64::from(count as u32), u64::from(advice as u32));
        let hints = only_hints(advice);
        if let Some(result) = recorded {
            if let (false, Ok(done)) = (hints, u64::try_from(result)) {
                self.advise_each(vectors, count, advice, done);
            }
            return Outcome::of(result);
        }
        if hints {
            // SAFETY: changes nothing.
            return Outcome::of(unsafe { sys::syscall6(__NR_process_madvise, *a) });
        }
        // Is that one's own memory, and this known as advice? Nothing is asked for yet.
        let mut args = *a;
        args[2] = 0;
        // SAFETY: no vectors.
        let allowed = unsafe { sys::syscall6(__NR_process_madvise, args) };
        // The kernel looks at the flags first, then at the vectors.
        match check_vectors(vectors, count) {
            _ if a[4] as u32 != 0 => Outcome::of(-i64::from(EINVAL)),
            Some(error) => Outcome::of(error),
            None if allowed != 0 => Outcome::of(allowed),
            None => self.advise_each(vectors, count, advice, u64::MAX),
        }
    }

    /// Advice for `most` bytes of the vectors. The result is how many bytes were advised before one
    /// failed, or its error; what that one may have changed is recorded.
    fn advise_each(&mut self, vectors: u64, count: u64, advice: u64, most: u64) -> Outcome {
        let mut done = 0;
        let mut written = Vec::new();
        for (addr, len) in (0..count).map_while(|i| vector(vectors, i)) {
            if done >= most {
                break;
            }
            let result = self.madvise(addr, len, advice);
            if result != 0 {
                let end = addr.saturating_add(len);
                let parts = self.vmas.overlapping(addr, end).filter(|v| v.prot & PROT_READ != 0);
                written.extend(parts.map(|v| {
                    let start = v.start.max(addr);
                    (start, v.end.min(end) - start)
                }));
                let result = if done > 0 { done as i64 } else { result };
                return Outcome { result, written, ..Outcome::default() };
            }
            done += len;
        }
        Outcome::of(done as i64)
    }
}

/// Advice that changes no contents, and nothing that a child gets.
fn only_hints(advice: u64) -> bool {
    const WILLNEED: u64 = 3;
    const COLD: u64 = 20;
    const PAGEOUT: u64 = 21;
    const COLLAPSE: u64 = 25;
    matches!(advice, WILLNEED | COLD | PAGEOUT | COLLAPSE)
}

fn vector(vectors: u64, index: u64) -> Option<(u64, u64)> {
    let at = vectors.checked_add(16 * index)?;
    Some((sys::read_u64(at)?, sys::read_u64(at.checked_add(8)?)?))
}

/// What the kernel says of vectors that it cannot take.
fn check_vectors(vectors: u64, count: u64) -> Option<i64> {
    const MOST: u64 = 1024;
    if count > MOST {
        return Some(-i64::from(EINVAL));
    }
    for i in 0..count {
        let Some((addr, len)) = vector(vectors, i) else { return Some(-i64::from(EFAULT)) };
        if len > i64::MAX as u64 {
            return Some(-i64::from(EINVAL));
        }
        if addr.checked_add(len).is_none_or(|end| end > TASK_SIZE) {
            return Some(-i64::from(EFAULT));
        }
    }
    None
}
