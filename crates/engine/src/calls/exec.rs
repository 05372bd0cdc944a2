//! `execve`: the engine starts its own image anew, with orders for the next program.
//!
//! The checks that make the kernel's call fail are made first, because after them there is no way
//! back. The stream goes on in a new segment, with an `Exec` event.

use super::Outcome;
use crate::descriptors::number;
use crate::log::{self, Att};
use crate::signal::{self, Action, SIG_IGN, bit};
use crate::state::{Engine, Mode, orders};
use crate::sys::{self, *};
use alloc_crate::vec::Vec;
use clew_abi::orders::{ORDERS_LEN, Orders, Text, fd};
use clew_abi::record::{ATT_STRING, Kind, SyscallPayload};
use clew_syscalls::Call;

/// Scripts whose interpreter is a script, at most (kernel: bprm depth).
const MAX_SCRIPTS: usize = 5;
/// The part of a file that decides what it is (BINPRM_BUF_SIZE).
const HEAD: usize = 256;
const AT_EACCESS: u64 = 0x200;
const AT_EMPTY_PATH: u64 = 0x1000;
const S_IFMT: u32 = 0o170000;
const S_IFREG: u32 = 0o100000;
const S_ISUID: u32 = 0o4000;
const S_ISGID: u32 = 0o2010;

/// What an exec comes to.
struct Target {
    /// The file to load, NUL-terminated.
    program: Vec<u8>,
    /// Arguments that take the place of `argv[0]`: interpreters, their arguments, the script.
    prefix: Vec<Vec<u8>>,
}

/// Where the next program's events go.
#[derive(Default)]
struct Place {
    stream: u64,
    /// Its first segment, and the task's tick.
    segment: u64,
    tick: u64,
    /// The stream in which a process that shared memory has lived so far, and its last event there.
    parent_stream: u64,
    parent_event: u64,
}

/// Why a program is not started under the engine.
enum Refusal {
    Errno(i64),
    /// Runs natively, unrecorded.
    Unfollowable,
}

impl Engine {
    /// `execve` and `execveat`.
    pub fn exec(&mut self, call: &Call) -> Outcome {
        if !self.recording() {
            return self.exec_natively(call);
        }
        let (path_at, at) = match call.nr {
            __NR_execve => (call.args[0], 0),
            // Relative to a directory, or a descriptor itself.
            _ if call.args[0] as i32 != -100 || call.args[4] != 0 => {
                return self.exec_natively(call);
            }
            _ => (call.args[1], 1),
        };
        let mut buf = [0u8; 4096];
        let Some(path) = sys::read_cstr(path_at, &mut buf) else {
            return Outcome::of(-(EFAULT as i64));
        };
        let own_exe = crate::procfs::special(self, path) == Some(crate::procfs::Special::Exe);
        let path = if own_exe { self.exe.as_bytes().to_vec() } else { path.to_vec() };
        match resolve(&path) {
            Err(Refusal::Errno(errno)) => Outcome::of(errno),
            Err(Refusal::Unfollowable) => self.exec_natively(call),
            Ok(target) => {
                let outcome = self.exec_followed(call, &path, &target, at);
                Outcome { strings: alloc_crate::vec![(at as u64, path)], ..outcome }
            }
        }
    }

    fn exec_natively(&mut self, call: &Call) -> Outcome {
        if self.recording() {
            self.warn_once(call.nr, "a program that cannot be followed is executed and runs unrecorded");
        }
        self.native_signals();
        hide_descriptors(true);
        let result = self.kernel_leaving(call.nr, call.args);
        hide_descriptors(false);
        self.stay();
        Outcome::of(result)
    }

    /// Makes a call after which, if it succeeds, the running task is not here any more.
    fn kernel_leaving(&mut self, nr: u32, args: [u64; 6]) -> i64 {
        let (task, guest) = (self.task, self.task.process().guest_of_another);
        if let Some(allowed) = task.affinity.or(self.affinity) {
            // SAFETY: reads the array.
            unsafe { syscall!(__NR_sched_setaffinity, 0, size_of_val(&allowed), allowed.as_ptr()) };
        }
        if guest {
            self.lend_baton();
        }
        // SAFETY: as safe as the guest's own call.
        let result = unsafe { sys::syscall6(nr, args) };
        if guest {
            self.take_baton(task);
        }
        result
    }

    /// The running task is still here after all.
    fn stay(&self) {
        if self.task.signals.pending.is_none() {
            signal::sync_mask(self.task.signals.blocked);
        }
    }

    /// Gives the kernel the dispositions and the mask that the next program inherits.
    fn native_signals(&self) {
        for signo in (1..=64u32).filter(|&s| bit(s) & signal::SYNCHRONOUS != 0) {
            if self.task.process().actions[signo as usize].handler == SIG_IGN {
                let ignore = Action { handler: SIG_IGN, ..Action::default() };
                // SAFETY: reads the struct.
                unsafe { syscall!(__NR_rt_sigaction, signo, &raw const ignore, 0, 8) };
            }
        }
        let mask = self.task.signals.blocked;
        // SAFETY: reads the mask. SIG_SETMASK.
        unsafe { syscall!(__NR_rt_sigprocmask, 2, &raw const mask, 0, 8) };
    }

    fn exec_followed(&mut self, call: &Call, path: &[u8], target: &Target, at: usize) -> Outcome {
        let (argv_at, envp_at) = (call.args[at + 1], call.args[at + 2]);
        let Some(argv) = argument_vector(argv_at, target) else {
            return Outcome::of(-(EFAULT as i64));
        };
        let stamp = self.stamp();
        let payload = SyscallPayload {
            nr: call.nr as u64,
            result: 0,
            args: call.args,
            pc: crate::state::ctx().pc,
        };
        let string = Att::Bytes { kind: ATT_STRING, addr: at as u64, bytes: path };
        let guest = self.task.process().guest_of_another;
        let tick = self.ticks.now();
        let Mode::Record(log) = &mut self.mode else { return Outcome::of(-(ENOSYS as i64)) };
        let event = log.event(Kind::Syscall, stamp, &payload, &[string]);
        let place = if guest {
            let parent_stream = log.stream;
            Place { stream: log::next_stream(), parent_stream, parent_event: event, ..Place::default() }
        } else {
            Place { stream: log.stream, segment: log.hand_over(), tick, ..Place::default() }
        };
        let mut result = self.next_orders(path, target, &place);
        if let Ok(file) = result {
            // SAFETY: descriptors only: the new orders take the old ones' place.
            unsafe { syscall!(__NR_dup3, file, fd::ORDERS, 0) };
            sys::close(file as i32);
            self.native_signals();
            let args = [
                number(fd::ENGINE) as u64,
                c"".as_ptr() as u64,
                argv.as_ptr() as u64,
                envp_at,
                AT_EMPTY_PATH,
                0,
            ];
            result = Err(self.kernel_leaving(__NR_execveat, args));
        }
        // It failed after all (E2BIG, ENOMEM): the recording says so by repeating the call.
        self.stay();
        if let (Mode::Record(log), false) = (&mut self.mode, guest) {
            log.take_back();
        }
        Outcome::of(result.unwrap_or_else(|errno: i64| errno))
    }

    /// A memfd with the orders for the next program.
    fn next_orders(
        &self,
        path: &[u8],
        target: &Target,
        place: &Place,
    ) -> Result<i64, i64> {
        let moved = (fd::BASE..=fd::LAST).any(|original| number(original) != original);
        if moved {
            return Err(-(EMFILE as i64));
        }
        let mut bytes = alloc_crate::vec![0u8; ORDERS_LEN];
        let mut add = |text: &[u8]| {
            let offset = bytes.len() as u64;
            bytes.extend_from_slice(text);
            bytes.push(0);
            Text { offset, len: text.len() as u64 }
        };
        let comm = path.rsplit(|&b| b == b'/').next().unwrap_or(path);
        let next = Orders {
            program: add(target.program.strip_suffix(b"\0").unwrap_or(&target.program)),
            execfn: add(path),
            comm: add(&comm[..comm.len().min(15)]),
            marks: add(self.files.marks()),
            stream: place.stream,
            first_segment: place.segment,
            start_tick: place.tick,
            parent_stream: place.parent_stream,
            parent_event: place.parent_event,
            ..*orders()
        };
        // SAFETY: `Orders` is made of `u64`s.
        let fixed: [u8; ORDERS_LEN] = unsafe { core::mem::transmute(next) };
        bytes[..ORDERS_LEN].copy_from_slice(&fixed);
        bytes.resize(bytes.len().next_multiple_of(4096), 0);
        let file = crate::procfs::memfd(&bytes, false);
        if file < 0 { Err(file) } else { Ok(file) }
    }
}

/// The argument vector of the next program: the guest's, or the one a script gets.
fn argument_vector(argv: u64, target: &Target) -> Option<Vec<u64>> {
    let mut out: Vec<u64> = target.prefix.iter().map(|arg| arg.as_ptr() as u64).collect();
    let mut at = argv;
    if !target.prefix.is_empty() && at != 0 && sys::read_u64(at)? != 0 {
        at += 8;
    }
    while at != 0 {
        let pointer = sys::read_u64(at)?;
        if pointer == 0 {
            break;
        }
        out.push(pointer);
        at += 8;
    }
    out.push(0);
    Some(out)
}

/// What the kernel would do with `path`.
fn resolve(path: &[u8]) -> Result<Target, Refusal> {
    let mut target = Target { program: [path, b"\0"].concat(), prefix: Vec::new() };
    for _ in 0..MAX_SCRIPTS {
        let head = inspect(&target.program)?;
        let Some(line) = head.strip_prefix(b"#!") else {
            return check_elf(&head).map(|()| target);
        };
        let (interpreter, argument) =
            script_line(line).ok_or(Refusal::Errno(-(ENOEXEC as i64)))?;
        let mut prefix = alloc_crate::vec![[interpreter, b"\0"].concat()];
        prefix.extend(argument.map(|argument| [argument, b"\0"].concat()));
        prefix.push(target.program);
        prefix.extend(target.prefix.into_iter().skip(1));
        target = Target { program: [interpreter, b"\0"].concat(), prefix };
    }
    Err(Refusal::Errno(-(ELOOP as i64)))
}

/// Opens a program file and reads its head, after the checks exec makes.
fn inspect(program: &[u8]) -> Result<Vec<u8>, Refusal> {
    let errno = |result: i64| Refusal::Errno(result);
    let file = sys::openat(-100, program, O_RDONLY | O_CLOEXEC, 0);
    if file < 0 {
        return Err(errno(file));
    }
    let mut head = alloc_crate::vec![0u8; HEAD];
    let (st, got) = (sys::fstat(file as i32), sys::pread(file as i32, &mut head, 0));
    sys::close(file as i32);
    // SAFETY: the path is terminated. X_OK.
    let access = unsafe {
        syscall!(__NR_faccessat2, sys::AT_FDCWD as i64, program.as_ptr(), 1, AT_EACCESS)
    };
    match st {
        Some(st) if st.st_mode & S_IFMT != S_IFREG || access != 0 => {
            Err(errno(-(EACCES as i64)))
        }
        Some(st) if st.st_mode & S_ISUID != 0 || st.st_mode & S_ISGID == S_ISGID => {
            Err(Refusal::Unfollowable)
        }
        Some(_) if got >= 0 => {
            head.truncate(got as usize);
            Ok(head)
        }
        _ => Err(errno(-(EIO as i64))),
    }
}

/// 64-bit x86 programs are followed; whether their interpreter exists is the kernel's business.
fn check_elf(head: &[u8]) -> Result<(), Refusal> {
    match head {
        [0x7f, b'E', b'L', b'F', 2, 1, ..] if head.get(18..20) == Some(&[62, 0]) => Ok(()),
        // 32-bit programs, and formats that only the kernel knows (binfmt_misc).
        _ => Err(Refusal::Unfollowable),
    }
}

/// The interpreter and its optional argument: the rest of the line after `#!`, split at the first
/// blanks, blanks at both ends dropped.
fn script_line(line: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let end = line.iter().position(|&b| b == b'\n').unwrap_or(line.len());
    let blank = |b: &u8| *b == b' ' || *b == b'\t';
    let mut text = &line[..end];
    while let [first, rest @ ..] = text
        && blank(first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && (blank(last) || *last == 0)
    {
        text = rest;
    }
    let split = text.iter().position(|b| blank(b)).unwrap_or(text.len());
    let (interpreter, rest) = text.split_at(split);
    let start = rest.iter().position(|b| !blank(b));
    (!interpreter.is_empty()).then(|| (interpreter, start.map(|at| &rest[at..])))
}

/// Has the engine's descriptors closed by an exec, or kept.
fn hide_descriptors(hide: bool) {
    const F_SETFD: u64 = 2;
    for original in fd::BASE..=fd::LAST {
        // SAFETY: descriptors only.
        unsafe { syscall!(__NR_fcntl, number(original), F_SETFD, u64::from(hide)) };
    }
}
