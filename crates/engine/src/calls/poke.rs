//! Writes to the guest's memory around its protections: through `/proc/self/mem`, and by
//! `process_vm_writev` to the process itself.

use super::Outcome;
use super::marks::MEMORY;
use crate::state::Engine;
use crate::sys::{self, *};
use crate::window::guest_may_map;
use alloc_crate::vec::Vec;
use clew_abi::layout::Range;
use clew_syscalls::Call;

/// `UIO_MAXIOV`.
const MAX_VECTORS: u64 = 1024;

impl Engine {
    /// Reads and writes of a descriptor that is open on this process's memory, while recording. The
    /// kernel ignores protections, the engine's included.
    pub fn memory_file(&mut self, call: &Call) -> Option<Outcome> {
        let a = &call.args;
        let file = a[0] as i32;
        if self.files.tables.mark(file) & MEMORY == 0 {
            return None;
        }
        let start = match call.nr {
            // SAFETY: descriptors only. SEEK_CUR.
            __NR_read | __NR_write | __NR_readv | __NR_writev => unsafe {
                syscall!(__NR_lseek, file, 0, 1) as u64
            },
            _ => a[3],
        };
        let len = match call.nr {
            __NR_read | __NR_write | __NR_pread64 | __NR_pwrite64 => a[2],
            _ => vectors(a[1], a[2])?.iter().fold(0u64, |sum, v| sum.saturating_add(v.1)),
        };
        if !guest_may_map(Range::new(start, start.saturating_add(len))) {
            // Nothing is there, as far as the guest knows.
            return Some(Outcome::of(-i64::from(EIO)));
        }
        self.get_range(start, len);
        let mut outcome = self.plain(call);
        let writes = matches!(
            call.nr,
            __NR_write | __NR_writev | __NR_pwrite64 | __NR_pwritev | __NR_pwritev2
        );
        if writes && outcome.result > 0 {
            let len = outcome.result as u64;
            self.forget_code(start, start + len);
            outcome.written.push((start, len));
        }
        Some(outcome)
    }

    /// `process_vm_writev` to this process, while recording.
    pub fn write_own_memory(&mut self, call: &Call) -> Option<Outcome> {
        let [pid, _, _, remote, count, _] = call.args;
        self.tasks.find(pid as u32)?;
        let ranges = vectors(remote, count)?;
        let within =
            |&(addr, len): &(u64, u64)| guest_may_map(Range::new(addr, addr.saturating_add(len)));
        if !ranges.iter().all(within) {
            return Some(Outcome::of(-i64::from(EFAULT)));
        }
        for &(addr, len) in &ranges {
            self.get_range(addr, len);
            self.unprotect_range(addr, addr.saturating_add(len));
        }
        let mut outcome = Outcome::of(self.kernel(call));
        let mut left = outcome.result.max(0) as u64;
        for (addr, len) in ranges {
            let len = len.min(left);
            left -= len;
            if len > 0 {
                outcome.written.push((addr, len));
            }
        }
        Some(outcome)
    }
}

/// Address and length of a `struct iovec[]`'s vectors; `None` if there are too many.
fn vectors(addr: u64, count: u64) -> Option<Vec<(u64, u64)>> {
    let word = |n: u64| sys::read_u64(addr.wrapping_add(8 * n));
    let vector = |i| Some((word(2 * i)?, word(2 * i + 1)?));
    if count > MAX_VECTORS { None } else { (0..count).map(vector).collect() }
}
