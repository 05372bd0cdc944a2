//! `execve` and `execveat`: the engine starts its own image anew, with orders for the next program.
//!
//! The checks that make the kernel's call fail are made first ([`request`], [`formats`]), because
//! the call is recorded and the stream handed over before the kernel is asked in earnest. The file is
//! opened once and handed on as a descriptor, so that the next image loads what was checked. The
//! stream goes on in a new segment, with an `Exec` event.

mod foreign;
mod formats;
mod next;
mod request;

use super::Outcome;
use crate::descriptors;
use crate::log::{self, Att};
use crate::procfs;
use crate::signal::{self, Action, SIG_DFL, SIG_IGN, bit, host};
use crate::state::{Engine, Mode, ctx, orders};
use crate::sys::{self, *};
use alloc_crate::vec::Vec;
use clew_abi::orders::FLAG_NO_FOLLOW;
use clew_abi::record::{ATT_STRING, Kind, SyscallPayload};
use clew_abi::script;
use clew_syscalls::Call;
use formats::Format;
use next::Place;
use request::Request;

/// Interpreters that may be needed for one another, at most (kernel: `exec_binprm`).
const MAX_INTERPRETERS: usize = 5;

/// What an exec comes to.
struct Target {
    /// The program to load, open. Closed when this goes.
    file: i32,
    /// Its path.
    program: Vec<u8>,
    /// Arguments that take the place of `argv[0]`: interpreters, their arguments, the script.
    prefix: Vec<Vec<u8>>,
    /// The engine cannot follow it, so it runs natively, unrecorded.
    unfollowable: bool,
}

impl Drop for Target {
    fn drop(&mut self) {
        sys::close(self.file);
    }
}

/// What runs after an exec.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// The engine, with the next program.
    Engine,
    /// A program without an engine.
    Native,
}

/// Is a call that answers 0 an exec that has succeeded?
pub fn replaces_program(call: &Call) -> bool {
    match call.nr {
        __NR_execve => true,
        __NR_execveat => call.args[4] & request::AT_EXECVE_CHECK == 0,
        _ => false,
    }
}

impl Engine {
    /// `execve` and `execveat`.
    pub fn exec(&mut self, call: &Call) -> Outcome {
        let request = match Request::read(call) {
            Ok(request) => request,
            Err(errno) => return Outcome::of(errno),
        };
        let outcome = if request.only_checks() {
            Outcome::of(self.kernel(call))
        } else {
            match self.resolve(&request) {
                Err(errno) => Outcome::of(errno),
                Ok(target) if self.follows() && !target.unfollowable => {
                    self.exec_followed(call, &request, target)
                }
                Ok(target) => self.exec_natively(call, &request, target),
            }
        };
        let string = (request.at as u64, request.path().to_vec());
        Outcome { strings: alloc_crate::vec![string], ..outcome }
    }

    /// Are the programs that the running task executes recorded?
    fn follows(&self) -> bool {
        let child = self.task.process().guest_of_another;
        self.recording() && !(child && orders().flags & FLAG_NO_FOLLOW != 0)
    }

    /// What the kernel would do with a request, after all its checks, in its order.
    fn resolve(&self, request: &Request) -> Result<Target, i64> {
        request.check_file()?;
        request::check_vectors(request.argv, request.envp)?;
        let mut target = Target::open(self, request)?;
        for depth in 0.. {
            if depth > MAX_INTERPRETERS {
                return Err(-i64::from(ELOOP));
            }
            if target.file < 0 {
                break;
            }
            let head = formats::head(target.file)?;
            let Some(line) = head.strip_prefix(b"#!") else {
                target.check_format(&head)?;
                break;
            };
            let (name, argument) = script::line(line)
                .filter(|(name, _)| !name.is_empty())
                .ok_or(-i64::from(ENOEXEC))?;
            if request.inaccessible() {
                return Err(-i64::from(ENOENT));
            }
            let interpreter = Request::interpreter(name);
            interpreter.check_file()?;
            let mut next = Target::open(self, &interpreter)?;
            next.prefix = target.interpreted_by(name, argument);
            target = next;
        }
        if !target.prefix.is_empty() {
            let argv = argument_vector(request.argv, &target).ok_or(-i64::from(EFAULT))?;
            request::check_vectors(argv.as_ptr() as u64, request.envp)?;
        }
        Ok(target)
    }

    fn exec_natively(&mut self, call: &Call, request: &Request, target: Target) -> Outcome {
        if target.unfollowable && self.recording() {
            self.warn_once(
                call.nr,
                "a program that cannot be followed is executed and runs unrecorded",
            );
        }
        self.log_exec(call, request);
        // For the kernel, the program of a recorded process is the engine.
        let exe = [self.exe.as_bytes(), b"\0"].concat();
        let mut real = *call;
        if request.is_engine() {
            real = Call {
                nr: __NR_execve,
                args: [exe.as_ptr() as u64, request.argv, request.envp, 0, 0, 0],
            };
        }
        drop(target);
        descriptors::hide_all(true);
        let result = self.kernel_leaving(real.nr, real.args, Next::Native);
        descriptors::hide_all(false);
        self.stay();
        Outcome::of(result)
    }

    /// Makes a call after which, if it succeeds, the running task is not here any more.
    fn kernel_leaving(&mut self, nr: u32, args: [u64; 6], next: Next) -> i64 {
        let (task, guest) = (self.task, self.task.process().guest_of_another);
        if let Some(allowed) = task.affinity.or(self.affinity) {
            // SAFETY: reads the array.
            unsafe { syscall!(__NR_sched_setaffinity, 0, size_of_val(&allowed), allowed.as_ptr()) };
        }
        self.leave_signals(next);
        if guest {
            self.lend_baton();
        } else {
            self.stop_sharing();
        }
        // SAFETY: as safe as the guest's own call.
        let result = unsafe { sys::syscall6(nr, args) };
        if guest {
            self.take_baton(task);
        } else {
            self.share_again();
        }
        result
    }

    /// The running task is still here after all.
    fn stay(&self) {
        let actions = &self.task.process().actions;
        for signo in (1..=64).filter(|&signo| host::is_engines(actions, signo)) {
            host::update(actions, signo);
        }
        if self.task.signals.pending.is_none() {
            signal::sync_mask(self.task.signals.blocked);
        }
    }

    /// Gives the kernel the dispositions that the next program inherits, and the signals that it is to
    /// find waiting: those that were taken for this one, and, since all are blocked, those that come
    /// while there is no engine. A program that runs without one gets its mask at once.
    fn leave_signals(&mut self, next: Next) {
        let process = self.task.process();
        let siblings = self.tasks.list.iter().any(|t| t.is_sibling(self.task));
        set_mask(u64::MAX);
        for signo in 1..=64u32 {
            let ignored = process.actions[signo as usize].handler == SIG_IGN;
            let handler = match bit(signo) & signal::SYNCHRONOUS != 0 {
                true if ignored => SIG_IGN,
                // Nobody takes it any more: not on the way to a program that takes none itself, nor
                // another thread, which would take it along into its end.
                _ if next == Next::Engine && !siblings => continue,
                _ if ignored || !signal::fatal_by_default(signo) => continue,
                _ => SIG_DFL,
            };
            let action = Action { handler, ..Action::default() };
            // SAFETY: reads the struct.
            unsafe { syscall!(__NR_rt_sigaction, signo, &raw const action, 0, 8) };
        }
        self.give_back_signals();
        if next == Next::Native {
            set_mask(self.task.signals.blocked);
        }
    }

    /// Records the call as one that succeeds. Returns the event's number.
    fn log_exec(&mut self, call: &Call, request: &Request) -> u64 {
        let stamp = self.stamp();
        let payload =
            SyscallPayload { nr: call.nr.into(), result: 0, args: call.args, pc: ctx().pc };
        let (kind, addr, bytes) = (ATT_STRING, request.at as u64, request.path());
        let string = Att::Bytes { kind, addr, bytes };
        let Mode::Record(log) = &mut self.mode else { return 0 };
        log.event(Kind::Syscall, stamp, &payload, &[string])
    }

    fn exec_followed(&mut self, call: &Call, request: &Request, target: Target) -> Outcome {
        let Some(argv) = argument_vector(request.argv, &target) else {
            return Outcome::of(-i64::from(EFAULT));
        };
        let file = descriptors::or_with_room(|| procfs::memfd(next::NAME, &[], false));
        if file < 0 {
            return Outcome::of(file);
        }
        let event = self.log_exec(call, request);
        let guest = self.task.process().guest_of_another;
        let tick = self.ticks.now();
        let Mode::Record(log) = &mut self.mode else { return Outcome::of(-i64::from(ENOSYS)) };
        let place = if guest {
            let parent_stream = log.stream;
            Place {
                stream: log::next_stream(),
                parent_stream,
                parent_event: event,
                ..Place::default()
            }
        } else {
            Place { stream: log.stream, segment: log.hand_over(), tick, ..Place::default() }
        };
        self.write_next_orders(file as i32, request, &target, &place);
        if !guest {
            self.save_code();
        }
        let result = self.start_image(file as i32, &target, argv.as_ptr() as u64, request.envp);
        // It failed after all (ENOMEM): the recording says so by repeating the call.
        self.stay();
        if let (Mode::Record(log), false) = (&mut self.mode, guest) {
            log.take_back();
        }
        Outcome::of(result)
    }
}

impl Target {
    /// Opens what is to be executed. One that may be executed but not read cannot be followed.
    fn open(engine: &Engine, request: &Request) -> Result<Self, i64> {
        let file = match request.open(engine) {
            Err(errno) if errno == -i64::from(EACCES) => -1,
            result => result?,
        };
        let program = request.file_name();
        Ok(Self { file, program, prefix: Vec::new(), unfollowable: file < 0 })
    }

    /// The arguments that an interpreter of this file gets instead of `argv[0]`.
    fn interpreted_by(&mut self, name: &[u8], argument: Option<&[u8]>) -> Vec<Vec<u8>> {
        let terminated = |text: &[u8]| [text, b"\0"].concat();
        let mut prefix = alloc_crate::vec![terminated(name)];
        prefix.extend(argument.map(terminated));
        prefix.push(terminated(&self.program));
        prefix.extend(core::mem::take(&mut self.prefix).into_iter().skip(1));
        prefix
    }

    fn check_format(&mut self, head: &[u8]) -> Result<(), i64> {
        let foreign = || foreign::registered(head, &self.program);
        self.unfollowable = match formats::program(self.file, head)? {
            Format::Program => formats::changes_user(self.file),
            Format::Other => true,
            Format::Unknown if foreign() => true,
            Format::Unknown => return Err(-i64::from(ENOEXEC)),
        };
        Ok(())
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

/// Gives the kernel a mask for this thread, with the signals of the processor's kind.
fn set_mask(mask: u64) {
    // SAFETY: reads the mask. SIG_SETMASK.
    unsafe { syscall!(__NR_rt_sigprocmask, 2, &raw const mask, 0, 8) };
}
