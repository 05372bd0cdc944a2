//! System V shared memory.
//!
//! While recording a segment is attached for real; replay has anonymous memory with the contents it
//! had. What other processes write to it later is recorded as for all shared memory (see `sharing`).

use super::Outcome;
use crate::memory::Mapped;
use crate::state::Engine;
use crate::sys::{self, *};
use crate::vma::{PROT_EXEC, PROT_READ, PROT_WRITE, VmaKind, page_up};
use crate::window::guest_may_map;
use alloc_crate::vec::Vec;
use clew_abi::layout::Range;
use clew_abi::record::MapPayload;
use clew_syscalls::Call;

const SHM_RDONLY: u64 = 0o10000;
const SHM_EXEC: u64 = 0o100000;
const IPC_STAT: u64 = 2;
/// `shm_nattch` in `struct shmid64_ds`: behind permissions, size, three times and two pids.
const SHM_NATTCH: u64 = 88;

impl Engine {
    /// `shmat`, while recording.
    pub fn shmat(&mut self, call: &Call) -> Outcome {
        let [id, wanted, flags, ..] = call.args;
        let Some(size) = segment_size(id) else { return Outcome::of(self.kernel(call)) };
        let len = page_up(size);
        if wanted != 0 && !guest_may_map(Range::new(wanted, wanted.saturating_add(len))) {
            return Outcome::of(-(EINVAL as i64));
        }
        let mut args = call.args;
        args[2] &= !SHM_EXEC;
        let result = self.kernel(&Call { nr: call.nr, args });
        if sys::is_error(result) {
            return Outcome::of(result);
        }
        let mut prot = PROT_READ;
        if flags & SHM_RDONLY == 0 {
            prot |= PROT_WRITE;
        }
        if flags & SHM_EXEC != 0 {
            prot |= PROT_EXEC;
        }
        let addr = result as u64;
        self.mapped(addr, len, prot, true);
        let id = (crate::sharing::SYSV, call.args[0]);
        self.note_shared_map(addr, len, 0, id, prot & PROT_WRITE != 0);
        let map = MapPayload { len, prot, flags: MAP_SHARED | MAP_ANONYMOUS, offset: 0 };
        let (key, path) = (Vec::new(), Vec::new());
        let mapped = Some(Mapped { addr, map, key, path, contents: true });
        Outcome { result, mapped, ..Outcome::default() }
    }

    /// `shmctl`, while recording: protecting single pages cuts a segment's mapping into several, and the
    /// kernel counts each as an attachment.
    pub fn shmctl(&mut self, call: &Call) -> Option<Outcome> {
        let [id, command, state, ..] = call.args;
        if command != IPC_STAT || !crate::sharing::by_several() {
            return None;
        }
        let outcome = self.plain(call);
        let (real, counted) = (sys::read_u64(state + SHM_NATTCH), self.sharing.attachments(id));
        if let (0, Some(real), Some(counted)) = (outcome.result, real, counted) {
            sys::write_guest(state + SHM_NATTCH, &real.min(counted).to_le_bytes());
        }
        Some(outcome)
    }

    /// `shmdt`, on both sides.
    pub fn shmdt(&mut self, addr: u64, replaying: bool) -> i64 {
        let Some(vma) = self.vmas.find(addr).copied() else { return -(EINVAL as i64) };
        if vma.start != addr || vma.kind != VmaKind::Shared {
            return -(EINVAL as i64);
        }
        if replaying {
            return self.munmap(vma.start, vma.end - vma.start);
        }
        // SAFETY: the guest's mapping.
        let result = unsafe { syscall!(__NR_shmdt, addr) };
        if result == 0 {
            self.forget_code(vma.start, vma.end);
            self.vmas.remove(vma.start, vma.end);
            self.forget_mapping(Range::new(vma.start, vma.end));
        }
        result
    }
}

/// `shm_segsz` of a segment: behind the 48 bytes of `struct ipc64_perm`.
fn segment_size(id: u64) -> Option<u64> {
    let mut buf = [0u64; 14];
    // SAFETY: `struct shmid64_ds` has 112 bytes.
    let result = unsafe { syscall!(__NR_shmctl, id, IPC_STAT, buf.as_mut_ptr()) };
    (result == 0).then_some(buf[6])
}
