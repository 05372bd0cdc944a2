//! Calls that the engine makes differently from what the guest asked, to the effect the guest
//! expects without an engine in its process.

use super::Outcome;
use super::hidden::sends_reserved;
use super::lacking::{key_allocated, port_access, shadow_stack, tagged_addresses};
use crate::descriptors;
use crate::procfs::{self, Special};
use crate::signal::host::kernel_vdso;
use crate::state::Engine;
use crate::supervisor;
use crate::sys::{self, *};
use alloc_crate::vec::Vec;
use clew_abi::orders::fd;
use clew_syscalls::{Arg, Call, Kind, Way};

const EBADF_RESULT: i64 = -(EBADF as i64);
const ADDR_NO_RANDOMIZE: i64 = 0x40000;
/// `CLOCK_TAI`: greater numbers belong to processes and threads, or to devices.
const LAST_FIXED_CLOCK: u64 = 11;

impl Engine {
    /// Makes a call its special way, or returns `None` if nothing is special about this one.
    pub fn special(&mut self, call: &Call, way: Way) -> Option<Outcome> {
        let a = &call.args;
        match way {
            Way::Clock => time_by_vdso(a).map(|result| match result {
                0 => Outcome { written: alloc_crate::vec![(a[1], 16)], ..Outcome::default() },
                error => Outcome::of(error),
            }),
            Way::Exit => self.exit(call),
            Way::MakeTask => Some(self.make_task(call)),
            Way::Exec => Some(self.exec(call)),
            Way::Wait => {
                if self.tasks.several() {
                    self.wait_for_traced(call)
                } else {
                    None
                }
            }
            Way::Kill => self.send_stop(call),
            Way::Ptrace => Some(self.ptrace(call).unwrap_or_else(|| self.refuse_ptrace(call))),
            Way::Futex => self.futex(call),
            Way::Futex2 => self.futex2(call),
            Way::GetRobustList => self.robust_list(call),
            Way::TidAddress => Some(self.tid_address(call)),
            Way::Sigpending => self.sigpending(call),
            Way::Sigtimedwait => self.take_sent(call),
            Way::ProcPath => self.proc_path(call),
            Way::Getdents => self.is_fd_directory(a[0] as i32).then(|| self.fd_entries(call)),
            Way::CloseRange => Some(self.close_range(call)),
            Way::Transfer => self.memory_file(call),
            Way::WriteMemory => self.write_own_memory(call),
            Way::MoveBytes => self.moved_output(call),
            Way::Shmat => Some(self.shmat(call)),
            Way::Shmctl => self.shmctl(call),
            Way::Personality => Some(self.personality(call)),
            Way::Seccomp => self.seccomp(call),
            Way::Keys => Some(Outcome::of(key_allocated(a))),
            Way::ShadowStack => shadow_stack(call),
            Way::Tags => tagged_addresses(call),
            Way::Poll => self.poll_hidden(call),
            Way::Select => self.select_hidden(call),
            Way::SendMessage => sends_reserved(call).then(|| Outcome::of(EBADF_RESULT)),
            Way::Ports => port_access(call),
            Way::Auxv => Some(self.auxiliary_vector(call)),
            Way::Limit => self.own_limit(call),
            Way::GetAffinity => self.get_affinity(call),
            Way::SetAffinity => self.set_affinity(call),
            Way::Yield => self.tasks.several().then(|| self.sched_yield()),
        }
    }

    /// The engine's descriptors do not exist for the guest: the answer to a call that names one.
    pub fn refuse_reserved(&mut self, call: &Call) -> Option<Outcome> {
        if !call.args.iter().any(|&arg| is_reserved(arg)) {
            return None;
        }
        vacate_target(call);
        let shape = clew_syscalls::shape(call)?;
        let named = |(i, arg): (usize, &Arg)| {
            matches!(arg.kind, Kind::Fd | Kind::DirFd) && is_reserved(call.args[i])
        };
        shape.args.iter().enumerate().any(named).then(|| Outcome::of(EBADF_RESULT))
    }

    fn sched_yield(&mut self) -> Outcome {
        self.chaotic_yield();
        self.yield_baton();
        Outcome::of(0)
    }

    fn personality(&mut self, call: &Call) -> Outcome {
        let result = self.kernel(call);
        Outcome::of(if result < 0 { result } else { result & !ADDR_NO_RANDOMIZE })
    }

    /// `PR_GET_TID_ADDRESS`: the kernel knows the address that the engine wants cleared.
    fn tid_address(&mut self, call: &Call) -> Outcome {
        let outcome = self.plain(call);
        if outcome.result == 0 {
            sys::write_guest(call.args[1], &self.task.clear_child_tid.to_le_bytes());
        }
        outcome
    }

    /// `PR_GET_AUXV`: the kernel has kept that of the engine's image.
    fn auxiliary_vector(&mut self, call: &Call) -> Outcome {
        let outcome = self.plain(call);
        let mut bytes = procfs::auxiliary_vector(self);
        bytes.resize(usize::try_from(outcome.result).unwrap_or(0), 0);
        bytes.truncate(call.args[2] as usize);
        if !bytes.is_empty() {
            sys::write_guest(call.args[1], &bytes);
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

pub(super) fn is_reserved(arg: u64) -> bool {
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
