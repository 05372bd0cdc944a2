//! What the processor may have, or the superuser may do, and a guest cannot have: it is told what it would
//! be told where that is missing.

use super::Outcome;
use crate::sys::*;
use clew_syscalls::Call;

const ARCH_SHSTK_STATUS: u64 = 0x5005;
const ARCH_GET_MAX_TAG_BITS: u64 = 0x4003;

/// `pkey_alloc`: keys would bind the engine as well. There are none left.
pub fn key_allocated(a: &[u64; 6]) -> i64 {
    const RIGHTS: u64 = 3;
    -i64::from(if a[0] != 0 || a[1] & !RIGHTS != 0 { EINVAL } else { ENOSPC })
}

/// Shadow stacks: what is translated returns to other addresses than it was called from. As a kernel that
/// has them says on a processor that has not, or a kernel that has not.
pub fn shadow_stack(call: &Call) -> Option<Outcome> {
    const FEATURES: core::ops::RangeInclusive<u64> = 1..=2;
    let known = asks(ARCH_SHSTK_STATUS);
    let errno = match call.nr {
        __NR_map_shadow_stack if known => EOPNOTSUPP,
        __NR_map_shadow_stack => ENOSYS,
        _ if known && FEATURES.contains(&call.args[1]) => EOPNOTSUPP,
        // Whatever the processor has.
        _ => EINVAL,
    };
    Some(Outcome::of(-i64::from(errno)))
}

/// Addresses with tags would have to be known as what they are by all of the engine.
pub fn tagged_addresses(_call: &Call) -> Option<Outcome> {
    let errno = if asks(ARCH_GET_MAX_TAG_BITS) { ENODEV } else { EINVAL };
    Some(Outcome::of(-i64::from(errno)))
}

/// Does the kernel answer this question of `arch_prctl`'s?
fn asks(question: u64) -> bool {
    let mut word = 0u64;
    // SAFETY: writes the word.
    unsafe { syscall!(__NR_arch_prctl, question, &raw mut word) == 0 }
}

/// What ports say would have to be recorded, so nobody gets at them: EPERM, as for an ordinary user.
pub fn port_access(call: &Call) -> Option<Outcome> {
    const PORTS: u64 = 65536;
    let [first, count, turn_on, ..] = call.args;
    let refused = match call.nr {
        __NR_iopl => matches!(first as u32, 1..=3),
        _ => turn_on as u32 != 0 && first.checked_add(count).is_some_and(|end| end <= PORTS),
    };
    // SAFETY: gives nobody anything.
    let known = || unsafe { syscall!(__NR_ioperm, 0, 0, 0) } != -i64::from(ENOSYS);
    (refused && known()).then(|| Outcome::of(-i64::from(EPERM)))
}
