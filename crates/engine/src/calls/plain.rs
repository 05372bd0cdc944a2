//! Calls that the kernel makes and the trace remembers.

use super::Outcome;
use super::hidden::{is_changed, is_engines};
use super::scratch::Scratch;
use crate::state::Engine;
use crate::supervisor;
use crate::sys::{self, Memory};
use crate::vma::PROT_WRITE;
use alloc_crate::vec::Vec;
use clew_abi::record::{REC_STDERR, REC_STDOUT};
use clew_syscalls::{Blocking, Call, Coverage, Syscall};

/// Longest in-string kept for people.
const STRING_LIMIT: usize = 4096;
/// How often a call is made again because shared memory was another process's meanwhile.
const MOST_TRIES: u32 = 100;
/// Bytes watched behind a pointer of a call the table does not know.
const WATCH_LIMIT: u64 = 64 << 10;

impl Engine {
    /// Lets the kernel do a call and notes what it wrote.
    pub fn plain(&mut self, call: &Call) -> Outcome {
        let row = clew_syscalls::lookup(call.nr);
        let strings = row.map(|row| in_strings(row, call)).unwrap_or_default();
        let mask = self.temporary_mask(call);
        let plan = clew_syscalls::plan(call, &Memory);
        let mut engines = false;
        let coverage = clew_syscalls::reach(&plan, &Memory, &mut |addr, len| {
            engines |= len > 0 && is_engines(addr);
        });
        // A vector leads there. The guest has nothing there, and the kernel must not write it. What is said to
        // be there may be far more than will be written, so that where it ends tells nothing.
        if engines && !is_changed(call) {
            return Outcome::of(-(sys::EFAULT as i64));
        }
        // What the table cannot describe is compared with a copy from before.
        let watch = match coverage {
            Coverage::Exact => None,
            Coverage::Unknown => Some(self.watch(call)),
        };
        self.open_for_kernel(&plan);
        let may_block = self.blocks(call);
        let at_once = if may_block { self.write_at_once(call) } else { None };
        let blocks = may_block && at_once.is_none();
        let mut scratch =
            if blocks { Scratch::new(self, &plan) } else { Scratch::instead_of_nothing(call) };
        let mut real = scratch.call(call);
        self.shorten(call, &mut real);
        let make = if blocks { Self::kernel_blocking } else { Self::kernel };
        let mut result = at_once.unwrap_or_else(|| make(self, &real));
        if result == -(sys::EFAULT as i64) && self.unprotect_all() {
            result = make(self, &real);
        }
        // Another thread may have given up what this call was about to use.
        for _ in 0..MOST_TRIES {
            if result != -(sys::EFAULT as i64) || !self.get_call_pages(call) {
                break;
            }
            result = make(self, &real);
        }
        scratch.look_at_headers();
        if let (Some(mask), true) = (mask, self.task.pending != 0) {
            self.task.signals.restore = Some(self.task.signals.blocked);
            self.task.signals.blocked = mask;
        }
        let mut written = Vec::new();
        clew_syscalls::outputs(&plan, result, &scratch, &mut |addr, len| {
            if len > 0 {
                written.push((addr, len));
            }
        });
        if blocks {
            for &(addr, len) in &written {
                self.get_range(addr, len);
            }
        }
        let failed = result == -(sys::EFAULT as i64);
        if !scratch.copy_back(self, &written, failed) {
            result = -(sys::EFAULT as i64);
        }
        if call.nr == sys::__NR_futex && self.sharing.holds(call.args[0]) {
            // The kernel may have marked a lock whose owner died.
            self.get_range(call.args[0], 4);
            written.push((call.args[0] & !3, 4));
        }
        if let Some(watch) = watch {
            watch.changes(&mut written);
            if result != -(sys::ENOSYS as i64) {
                self.warn_unknown(call);
            }
        }
        self.note_descriptors(call, result);
        let flags = self.echo_flags(call, result);
        let known = written.len();
        let resized = self.watched_files(call, result, &mut written);
        for &(addr, len) in &written[known..] {
            self.get_range(addr, len);
        }
        Outcome { result, flags, written, strings, resized, ..Outcome::default() }
    }

    /// The kernel is about to write somewhere: the engine's protection must not be in its way. (It
    /// might write a part, or lose what it has read.)
    fn open_for_kernel(&mut self, plan: &clew_syscalls::Plan) {
        if !self.files.protected_pages {
            return;
        }
        let mut ranges = Vec::new();
        clew_syscalls::reach(plan, &Memory, &mut |addr, len| ranges.push((addr, len)));
        for (addr, len) in ranges {
            self.unprotect_range(addr, addr.saturating_add(len));
        }
    }

    /// Might other tasks have to wait for this call?
    fn blocks(&self, call: &Call) -> bool {
        use sys::*;
        let alone = !self.tasks.several() && !self.sharing.takes_part();
        if alone || clew_syscalls::blocking(call) == Blocking::Never {
            return false;
        }
        match call.nr {
            // Calls on descriptors that do not block if these are files.
            __NR_read | __NR_write | __NR_pread64 | __NR_pwrite64 | __NR_readv | __NR_writev
            | __NR_preadv | __NR_pwritev | __NR_preadv2 | __NR_pwritev2 => {
                const FILES: [u32; 3] = [0o100000, 0o040000, 0o060000];
                const TYPE: u32 = 0o170000;
                let st = fstat(call.args[0] as i32);
                !st.is_some_and(|st| FILES.contains(&(st.st_mode & TYPE)))
            }
            _ => true,
        }
    }

    /// Is this output to what were the guest's standard streams?
    pub(super) fn echo_flags(&self, call: &Call, result: i64) -> u16 {
        let writes = matches!(call.nr, sys::__NR_write | sys::__NR_writev | sys::__NR_sendto);
        if !writes || result <= 0 {
            return 0;
        }
        match self.files.stdio(call.args[0] as i32) {
            1 => REC_STDOUT,
            2 => REC_STDERR,
            _ => 0,
        }
    }

    /// The mask that a call sets for its own duration.
    fn temporary_mask(&self, call: &Call) -> Option<u64> {
        use sys::*;
        let at = match call.nr {
            __NR_rt_sigsuspend => call.args[0],
            __NR_ppoll => call.args[3],
            __NR_epoll_pwait | __NR_epoll_pwait2 => call.args[4],
            __NR_pselect6 => read_u64(call.args[5])?,
            _ => return None,
        };
        if at == 0 { None } else { read_u64(at) }
    }

    /// Copies what the arguments of an unknown call point at.
    fn watch(&self, call: &Call) -> Watch {
        let mut watch = Watch::default();
        for &arg in &call.args {
            watch.add(self, arg);
            let mut words = [0u8; 128];
            if self.vmas.find(arg).is_some() && sys::read_guest(arg, &mut words) {
                for word in words.chunks_exact(8) {
                    watch.add(self, u64::from_le_bytes(word.try_into().unwrap_or([0; 8])));
                }
            }
        }
        watch
    }

    fn warn_unknown(&mut self, call: &Call) {
        let key = (call.nr as u64) << 32 | call.args[1] & 0xffff_ffff;
        if self.files.warned.contains(&key) {
            return;
        }
        self.files.warned.push(key);
        let mut text = crate::crash::Report::new();
        use core::fmt::Write;
        let name = clew_syscalls::lookup(call.nr).map_or("unknown", |row| row.name);
        let _ = write!(
            text,
            "system call {} ({name}, second argument {:#x}) is not in the table; \
             recorded by watching the memory it was given",
            call.nr, call.args[1]
        );
        supervisor::warn(core::str::from_utf8(text.bytes()).unwrap_or("unknown system call"));
    }
}

fn in_strings(row: &Syscall, call: &Call) -> Vec<(u64, Vec<u8>)> {
    use clew_syscalls::Kind;
    row.args
        .iter()
        .enumerate()
        .filter(|(_, arg)| matches!(arg.kind, Kind::Path | Kind::Str))
        .filter_map(|(i, _)| {
            let mut buf = [0u8; STRING_LIMIT];
            sys::read_cstr(call.args[i], &mut buf).map(|text| (i as u64, text.to_vec()))
        })
        .collect()
}

/// Copies of memory that a call may write.
#[derive(Default)]
struct Watch {
    pieces: Vec<(u64, Vec<u8>)>,
}

impl Watch {
    fn add(&mut self, engine: &Engine, addr: u64) {
        let Some(v) = engine.vmas.find(addr).filter(|v| v.prot & PROT_WRITE != 0) else { return };
        if self
            .pieces
            .iter()
            .any(|(start, old)| (*start..*start + old.len() as u64).contains(&addr))
        {
            return;
        }
        let len = (v.end - addr).min(WATCH_LIMIT);
        let mut copy = alloc_crate::vec![0u8; len as usize];
        if sys::read_guest(addr, &mut copy) {
            self.pieces.push((addr, copy));
        }
    }

    /// Appends the ranges that differ now, in runs of 64-byte lines.
    fn changes(&self, out: &mut Vec<(u64, u64)>) {
        for (start, old) in &self.pieces {
            let mut new = alloc_crate::vec![0u8; old.len()];
            if !sys::read_guest(*start, &mut new) {
                continue;
            }
            for (i, (a, b)) in old.chunks(64).zip(new.chunks(64)).enumerate() {
                if a != b {
                    out.push((start + 64 * i as u64, a.len() as u64));
                }
            }
        }
    }
}
