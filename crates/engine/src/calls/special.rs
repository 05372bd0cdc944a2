//! Calls that the engine makes differently from what the guest asked, to the effect the guest
//! expects without an engine in its process.

use super::Outcome;
use crate::descriptors;
use crate::procfs::{self, Special};
use crate::signal::host::kernel_vdso;
use crate::state::Engine;
use crate::supervisor;
use crate::sys::{self, *};
use alloc_crate::vec::Vec;
use clew_abi::orders::fd;
use clew_syscalls::{Call, Kind};

const EBADF_RESULT: i64 = -(EBADF as i64);
const ADDR_NO_RANDOMIZE: i64 = 0x40000;
const PR_GET_TID_ADDRESS: u64 = 40;
/// `CLOCK_TAI`: greater numbers belong to processes and threads, or to devices.
const LAST_FIXED_CLOCK: u64 = 11;

impl Engine {
    /// Makes a call its special way, or returns `None` if it has none.
    pub fn special(&mut self, call: &Call) -> Option<Outcome> {
        let a = &call.args;
        if a.iter().any(|&arg| is_reserved(arg)) {
            vacate_target(call);
            if let Some(refused) = refuse_reserved(call) {
                return Some(refused);
            }
        }
        match call.nr {
            __NR_clock_gettime => time_by_vdso(a).map(|result| match result {
                0 => Outcome { written: alloc_crate::vec![(a[1], 16)], ..Outcome::default() },
                error => Outcome::of(error),
            }),
            __NR_exit | __NR_exit_group => self.exit(call),
            __NR_futex => self.futex(call),
            __NR_get_robust_list => self.robust_list(call),
            __NR_futex_wake | __NR_futex_wait | __NR_futex_requeue | __NR_futex_waitv => {
                self.futex2(call)
            }
            __NR_rt_sigpending => self.sigpending(call),
            __NR_rt_sigtimedwait => self.take_sent(call),
            __NR_kill | __NR_tkill | __NR_tgkill => self.send_stop(call),
            __NR_open | __NR_openat | __NR_openat2 | __NR_readlink | __NR_readlinkat
            | __NR_stat | __NR_access | __NR_newfstatat | __NR_faccessat | __NR_faccessat2
            | __NR_statx | __NR_chdir | __NR_statfs | __NR_getxattr => self.proc_path(call),
            __NR_getdents64 if self.is_fd_directory(a[0] as i32) => Some(self.fd_entries(call)),
            __NR_close_range => Some(self.close_range(call)),
            __NR_personality => {
                let result = self.kernel(call);
                Some(Outcome::of(if result < 0 { result } else { result & !ADDR_NO_RANDOMIZE }))
            }
            __NR_sched_getaffinity => self.get_affinity(call),
            __NR_sched_setaffinity => self.set_affinity(call),
            __NR_sched_yield if self.tasks.several() => {
                self.chaotic_yield();
                self.yield_baton();
                Some(Outcome::of(0))
            }
            __NR_ptrace => Some(self.ptrace(call).unwrap_or_else(|| self.refuse_ptrace(call))),
            __NR_wait4 if self.tasks.several() => self.wait_for_traced(call),
            __NR_prctl if a[0] == PR_GET_TID_ADDRESS => Some(self.tid_address(call)),
            __NR_seccomp | __NR_prctl => self.seccomp(call),
            __NR_prlimit64 | __NR_getrlimit | __NR_setrlimit => self.own_limit(call),
            __NR_sendfile | __NR_copy_file_range | __NR_splice => self.moved_output(call),
            __NR_read | __NR_write | __NR_readv | __NR_writev | __NR_pread64 | __NR_pwrite64
            | __NR_preadv | __NR_pwritev | __NR_preadv2 | __NR_pwritev2 => self.memory_file(call),
            __NR_process_vm_writev => self.write_own_memory(call),
            __NR_shmat => Some(self.shmat(call)),
            __NR_shmctl => self.shmctl(call),
            // Deprecated, and no different from several mappings; programs fall back to those.
            __NR_remap_file_pages => Some(Outcome::of(-(ENOSYS as i64))),
            __NR_clone | __NR_clone3 | __NR_fork | __NR_vfork => Some(self.make_task(call)),
            __NR_execve | __NR_execveat => Some(self.exec(call)),
            _ => None,
        }
    }

    /// `PR_GET_TID_ADDRESS`: the kernel knows the address that the engine wants cleared.
    fn tid_address(&mut self, call: &Call) -> Outcome {
        let outcome = self.plain(call);
        if outcome.result == 0 {
            sys::write_guest(call.args[1], &self.task.clear_child_tid.to_le_bytes());
        }
        outcome
    }

    /// Paths under /proc of this process or of another recorded one.
    fn proc_path(&mut self, call: &Call) -> Option<Outcome> {
        let row = clew_syscalls::lookup(call.nr)?;
        let index = row.args.iter().position(|arg| matches!(arg.kind, Kind::Path))?;
        let mut buf = [0u8; 256];
        let path = sys::read_cstr(call.args[index], &mut buf)?;
        let dir = match index.checked_sub(1).map(|i| row.args[i].kind) {
            Some(Kind::DirFd) => call.args[index - 1] as i32,
            _ => sys::AT_FDCWD,
        };
        let entry = if path.is_empty() && call.nr == __NR_readlinkat {
            // A descriptor of the link itself.
            procfs::parse(self, &procfs::fd_path(dir))?
        } else {
            procfs::locate(self, dir, path)?
        };
        let string = (index as u64, path.to_vec());
        let mut outcome = match (call.nr, entry.special) {
            (_, Special::Reserved) => Outcome::of(-(ENOENT as i64)),
            (_, Special::Exe) if follows_links(call) => {
                let exe = procfs::exe_path(self, entry.peer);
                let mut args = call.args;
                args[index] = exe.as_ptr() as u64;
                self.plain(&Call { nr: call.nr, args })
            }
            (
                __NR_open | __NR_openat | __NR_openat2,
                Special::Maps | Special::Smaps | Special::Auxv,
            ) => {
                let flags = open_flags(call);
                if flags & O_PATH as u64 != 0 {
                    return None;
                }
                let bytes = procfs::contents(self, entry);
                let cloexec = flags & O_CLOEXEC as u64 != 0;
                Outcome::of(procfs::memfd(b"proc\0", &bytes, cloexec))
            }
            _ => return None,
        };
        outcome.strings = alloc_crate::vec![string];
        Some(outcome)
    }

    /// `getdents64` on the directory of descriptors: the engine's are left out.
    fn fd_entries(&mut self, call: &Call) -> Outcome {
        loop {
            let mut outcome = self.plain(call);
            if outcome.result <= 0 {
                return outcome;
            }
            let mut entries = alloc_crate::vec![0u8; outcome.result as usize];
            sys::read_guest(call.args[1], &mut entries);
            let kept = without_reserved(&entries);
            if kept.is_empty() {
                // Only engine descriptors in this batch: the directory goes on.
                continue;
            }
            sys::write_guest(call.args[1], &kept);
            // What the kernel wrote behind the kept entries is still there, and recorded as such.
            outcome.result = kept.len() as i64;
            return outcome;
        }
    }

    /// `close_range`, sparing the engine's descriptors.
    fn close_range(&mut self, call: &Call) -> Outcome {
        let [first, last, flags, ..] = call.args;
        let (first, last) = (first as u32 as u64, last as u32 as u64);
        let mut result = if first > last { -(EINVAL as i64) } else { 0 };
        let mut own: Vec<u64> = (fd::BASE..=fd::LAST)
            .map(|original| descriptors::number(original) as u64)
            .filter(|n| (first..=last).contains(n))
            .collect();
        own.sort_unstable();
        let mut from = first;
        for end in own.into_iter().chain([last + 1]) {
            if from < end && result == 0 {
                let args = [from, end - 1, flags, 0, 0, 0];
                result = self.kernel(&Call { nr: call.nr, args });
            }
            from = end + 1;
        }
        self.note_descriptors(call, result);
        Outcome::of(result)
    }

    /// Tracing would show the tracer the engine, and stop the tracee where no guest can stop.
    fn refuse_ptrace(&mut self, call: &Call) -> Outcome {
        self.warn_once(
            call.nr,
            "the guest asks for ptrace, which does not work inside a recording; it is told EPERM",
        );
        Outcome::of(-(EPERM as i64))
    }

    /// Warns about something once per process.
    pub fn warn_once(&mut self, key: u32, text: &str) {
        if !self.files.warned.contains(&(key as u64)) {
            self.files.warned.push(key as u64);
            supervisor::warn(text);
        }
    }
}

/// `clock_gettime` through the kernel's vDSO: the call's result. `None`: it has none, or the clock is one of
/// a process or thread, which needs the system call.
pub fn time_by_vdso(a: &[u64; 6]) -> Option<i64> {
    let function = kernel_vdso().clock_gettime.filter(|_| a[0] <= LAST_FIXED_CLOCK)?;
    let mut time = [0u64; 2];
    let result = function(a[0], time.as_mut_ptr());
    if result != 0 {
        return Some(result);
    }
    // SAFETY: any bytes are bytes.
    let bytes: [u8; 16] = unsafe { core::mem::transmute(time) };
    Some(if sys::write_guest(a[1], &bytes) { 0 } else { -(EFAULT as i64) })
}

/// `dup2` and `dup3` may name an engine descriptor as their target: it moves.
fn vacate_target(call: &Call) {
    if matches!(call.nr, __NR_dup2 | __NR_dup3)
        && is_reserved(call.args[1])
        && !is_reserved(call.args[0])
    {
        // An invalid source descriptor must not open a hole.
        if sys::fstat(call.args[0] as i32).is_some() {
            descriptors::vacate(call.args[1] as i32);
        }
    }
}

/// Does the call look at what a link leads to (or read the link), not at the link itself?
fn follows_links(call: &Call) -> bool {
    const NOFOLLOW: u64 = 0x100;
    let flags = match call.nr {
        __NR_newfstatat | __NR_faccessat2 => call.args[3],
        __NR_statx => call.args[2],
        _ => 0,
    };
    flags & NOFOLLOW == 0 && open_flags(call) & u64::from(O_NOFOLLOW) == 0
}

/// The flags of a call that opens a file, else 0.
fn open_flags(call: &Call) -> u64 {
    match call.nr {
        __NR_open => call.args[1],
        __NR_openat => call.args[2],
        __NR_openat2 => sys::read_u64(call.args[2]).unwrap_or(0),
        _ => 0,
    }
}

/// The engine's descriptors do not exist for the guest.
fn refuse_reserved(call: &Call) -> Option<Outcome> {
    let row = clew_syscalls::lookup(call.nr)?;
    let named =
        row.args.iter().enumerate().any(|(i, arg)| {
            matches!(arg.kind, Kind::Fd | Kind::DirFd) && is_reserved(call.args[i])
        });
    named.then(|| Outcome::of(EBADF_RESULT))
}

fn is_reserved(arg: u64) -> bool {
    descriptors::reserved(arg as i32)
}

/// Directory entries (`struct linux_dirent64`) without those named like reserved descriptors.
fn without_reserved(entries: &[u8]) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut rest = entries;
    while let Some(len) = rest.get(16..18).map(|b| u16::from_le_bytes([b[0], b[1]]) as usize) {
        let Some(entry) = rest.get(..len).filter(|_| len > 19) else { break };
        let name = entry[19..].split(|&b| b == 0).next().unwrap_or(&[]);
        let hidden = procfs::number(name).is_some_and(|n| descriptors::reserved(n as i32));
        if !hidden {
            kept.extend_from_slice(entry);
        }
        rest = &rest[len..];
    }
    kept
}
