//! Copies of the process: checkpoints, searches, diversions.
//!
//! A copy is made by the kernel as a sibling, so that it is the timeline's child as the original is. What
//! is private to a process is copied as it is touched; memory that replays shared mappings is shared by
//! copies too, so the timeline makes new files of it first.

use crate::crash;
use crate::descriptors::number;
use crate::memory::host_prot;
use crate::state::Engine;
use crate::supervisor;
use crate::sys::{self, syscall};
use alloc_crate::vec::Vec;
use clew_abi::debug::{COPY_FILE, FORKED};
use clew_abi::layout::PAGE;
use clew_abi::orders::fd;

const CLONE_PARENT: u64 = 0x8000;
const SIGCHLD: u64 = 17;
/// The only way in which a replay may make a process (the sandbox knows).
pub const CLONE_FLAGS: u64 = CLONE_PARENT | SIGCHLD;
const PR_SET_PDEATHSIG: u64 = 1;
const SIGKILL: u64 = 9;

impl Engine {
    /// Makes a copy that talks through the socket `control`. True in the copy.
    pub(super) fn make_copy(&mut self, control: i32) -> bool {
        let files: Vec<i64> = self
            .files
            .shared_files()
            .map(|file| supervisor::ask(COPY_FILE, 0, &[], Some(file)))
            .collect();
        let failed = files.iter().any(|&file| file < 0);
        // SAFETY: the copy has a copy of this stack, and goes on in it alone.
        let pid = match failed {
            true => -(sys::ENOMEM as i64),
            false => unsafe { syscall!(sys::__NR_clone, CLONE_FLAGS, 0, 0, 0, 0) },
        };
        if pid == 0 {
            self.become_copy(control, &files);
            return true;
        }
        for file in files.iter().copied().chain([control as i64]).filter(|&file| file >= 0) {
            sys::close(file as i32);
        }
        supervisor::send(FORKED, pid.max(0) as u64, &[]);
        false
    }

    /// Forgets translations of code in shared mappings.
    fn forget_shared_code(&mut self) {
        let shared: Vec<(u64, u64)> = self
            .vmas
            .iter()
            .filter(|v| v.kind == crate::vma::VmaKind::Shared)
            .map(|v| (v.start, v.end))
            .collect();
        shared.into_iter().for_each(|(start, end)| self.forget_code(start, end));
    }

    fn become_copy(&mut self, control: i32, files: &[i64]) {
        // SAFETY: descriptors of this process alone.
        unsafe {
            syscall!(sys::__NR_dup3, control, number(fd::CONTROL), 0);
            syscall!(sys::__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        }
        sys::close(control);
        supervisor::forget_early();
        let vmas = &self.vmas;
        let prot = |at| vmas.find(at).map_or((0, at + PAGE), |v| (host_prot(v.prot), v.end));
        if !self.files.replace_shared(files, prot) {
            crash::fail("a copy of the process cannot have its own shared memory");
        }
        // Pages with translated code are protected once more when it is translated again.
        if !files.is_empty() && self.files.protected_pages {
            self.forget_shared_code();
        }
    }
}
