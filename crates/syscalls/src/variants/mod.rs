//! Calls that are many calls in one: what each of their commands takes and writes.

mod fcntl;
mod futex;
mod ioctl;
mod ipc;
mod keys;
mod prctl;
mod ptrace;
mod quota;
mod sockopt;
mod system;

pub use fcntl::FCNTL;
pub use futex::FUTEX;
pub use ioctl::{IOCTL, Ioc};
pub use ipc::{MSGCTL, SEMCTL, SHMCTL};
pub use keys::KEYCTL;
pub use prctl::{ARCH_PRCTL, PRCTL};
pub use ptrace::PTRACE;
pub use quota::{QUOTACTL, QUOTACTL_FD};
pub use sockopt::{GETSOCKOPT, SETSOCKOPT};
pub use system::{BPF, MODIFY_LDT, NAME_TO_HANDLE, SECCOMP, SYSFS, SYSLOG};

use crate::model::{Fallback, Variant, Variants};

/// Variants by the low 32 bits of an argument.
const fn by(arg: u8, rows: &'static [Variant], fallback: Fallback) -> Variants {
    Variants { arg, scope: None, mask: 0xffff_ffff, shift: 0, rows, fallback, extra: None }
}

/// Every table, for the tests.
#[cfg(test)]
pub(crate) static ALL: &[&Variants] = &[
    &FCNTL,
    &FUTEX,
    &IOCTL,
    &MSGCTL,
    &SEMCTL,
    &SHMCTL,
    &KEYCTL,
    &ARCH_PRCTL,
    &PRCTL,
    &PTRACE,
    &QUOTACTL,
    &QUOTACTL_FD,
    &GETSOCKOPT,
    &SETSOCKOPT,
    &BPF,
    &MODIFY_LDT,
    &NAME_TO_HANDLE,
    &SECCOMP,
    &SYSFS,
    &SYSLOG,
];
