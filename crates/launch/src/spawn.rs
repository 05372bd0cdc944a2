//! Starting the process that becomes the engine.
//!
//! # Safety
//! The child runs on a stack of its own but in the parent's memory (`CLONE_VM | CLONE_VFORK`: no
//! page table is copied, which is a third of a millisecond), while the parent waits. Until it
//! execs, it allocates nothing, takes no lock and calls only what is a bare system call; all its
//! data is prepared before, in a [`Plan`].
#![allow(unsafe_code, reason = "clone and exec")]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;

use clew_abi::orders::fd;
use rustix::process::{Signal, WaitId, WaitIdOptions, WaitIdStatus, waitid};

use crate::signals::Saved;
use crate::{Error, Result};

const STACK_LEN: usize = 64 << 10;

/// What to start.
pub struct Spawn<'a> {
    pub argv: &'a [CString],
    pub envp: &'a [CString],
    /// Descriptors of ours and the reserved numbers at which the engine finds them.
    pub fds: &'a [(BorrowedFd<'a>, RawFd)],
    /// The signal state the engine starts with.
    pub signals: &'a Saved,
    /// Whether the engine is killed when the thread that starts it ends.
    pub die_with_parent: bool,
    /// Whether it leads a process group of its own.
    pub own_group: bool,
}

/// A running engine.
#[derive(Debug)]
pub struct Child {
    pidfd: OwnedFd,
    pid: i32,
    kill_on_drop: bool,
    /// It is not to be waited for finally: a [`Group`] does that.
    leads: bool,
}

/// The group of a process that leads one. It keeps what is left of that process, so that the number stays its
/// own, and when it is dropped kills all who are in it.
#[derive(Debug)]
pub struct Group {
    leader: OwnedFd,
    number: i32,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Exited(i32),
    Signaled(i32),
}

/// All the child needs, prepared before it exists.
struct Plan<'a> {
    argv: Vec<*const c_char>,
    envp: Vec<*const c_char>,
    fds: Vec<(RawFd, RawFd)>,
    signals: &'a Saved,
    parent: i32,
    die_with_parent: bool,
    own_group: bool,
    /// Written by the child: the step that failed and why.
    failure: Option<(&'static str, i32)>,
}

/// Starts the engine image among `fds`.
pub fn spawn(what: &Spawn<'_>) -> Result<Child> {
    let mut plan = Plan {
        argv: pointers(what.argv),
        envp: pointers(what.envp),
        fds: what.fds.iter().map(|(from, to)| (from.as_raw_fd(), *to)).collect(),
        signals: what.signals,
        parent: rustix::process::getpid().as_raw_pid(),
        die_with_parent: what.die_with_parent,
        own_group: what.own_group,
        failure: None,
    };
    let mut stack = vec![0u128; STACK_LEN / 16];
    let top = stack.as_mut_ptr_range().end;
    let mut pidfd: c_int = -1;
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD;
    let arg = (&raw mut plan).cast::<c_void>();
    // SAFETY: the child runs `child` on `stack` with `plan`, both of which outlive it (or its
    // exec), because the parent goes on only afterwards. The pidfd is stored to a local.
    let pid = unsafe { libc::clone(child, top.cast(), flags, arg, &raw mut pidfd) };
    if pid < 0 {
        return Err(Error { step: "make a process", source: io::Error::last_os_error() });
    }
    // SAFETY: the kernel made this descriptor for us just now.
    let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
    let mut child = Child { pidfd, pid, kill_on_drop: what.die_with_parent, leads: false };
    // SAFETY: the child wrote `plan` through the pointer, so read it the same way.
    match unsafe { ptr::read_volatile(&raw const plan.failure) } {
        None => Ok(child),
        Some((step, errno)) => {
            let _ = child.wait();
            Err(Error { step, source: io::Error::from_raw_os_error(errno) })
        }
    }
}

fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|s| s.as_ptr()).chain([ptr::null()]).collect()
}

/// The child's life until exec.
extern "C" fn child(plan: *mut c_void) -> c_int {
    // SAFETY: `spawn` passes a pointer to its plan and does not touch it meanwhile.
    let plan = unsafe { &mut *plan.cast::<Plan<'_>>() };
    let failure = become_engine(plan);
    let errno = io::Error::last_os_error().raw_os_error().unwrap_or(0);
    plan.failure = Some((failure, errno));
    // SAFETY: ends only this process, without running the parent's exit handlers.
    unsafe { libc::_exit(125) }
}

/// Returns only on failure, with the step that failed; `errno` says why.
fn become_engine(plan: &Plan<'_>) -> &'static str {
    const EMPTY: &CStr = c"";
    // SAFETY: bare system calls on integers and on pointers from `plan`, see the module's
    // documentation.
    unsafe {
        if plan.die_with_parent {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            if libc::getppid() != plan.parent {
                return "outlive clew";
            }
        }
        if plan.own_group {
            libc::setpgid(0, 0);
        }
        // Without this, the kernel may put its own mappings where the guest's belong. Some
        // sandboxes forbid it, and the engine copes.
        let now = libc::personality(0xffff_ffff);
        if now >= 0 {
            libc::personality((now | libc::ADDR_NO_RANDOMIZE) as libc::c_ulong);
        }
        if let Err(step) = place_descriptors(&plan.fds) {
            return step;
        }
        plan.signals.restore();
        let flags = libc::AT_EMPTY_PATH;
        let (argv, envp) = (plan.argv.as_ptr(), plan.envp.as_ptr());
        libc::syscall(libc::SYS_execveat, fd::ENGINE, EMPTY.as_ptr(), argv, envp, flags);
    }
    "start the engine"
}

/// Replaces this process by a program that clew does not follow. Returns only on failure.
pub fn exec(path: &CStr, argv: &[CString], envp: &[CString], signals: &Saved) -> io::Error {
    let (argv, envp) = (pointers(argv), pointers(envp));
    signals.restore();
    // SAFETY: both arrays are null-terminated and live until the call returns, if it does.
    unsafe { libc::execve(path.as_ptr(), argv.as_ptr(), envp.as_ptr()) };
    io::Error::last_os_error()
}

/// Duplicates descriptors to their reserved numbers, which may lie above the soft limit.
///
/// # Safety
/// Must run in a process that execs next: it replaces whatever is at those numbers.
unsafe fn place_descriptors(fds: &[(RawFd, RawFd)]) -> std::result::Result<(), &'static str> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    let needed = fd::END as libc::rlim_t;
    // SAFETY: a pointer to a local.
    let known = unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } == 0;
    let low = known && limit.rlim_cur < needed;
    if low {
        let raised = libc::rlimit { rlim_cur: needed, rlim_max: limit.rlim_max };
        // SAFETY: as above.
        if unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const raised) } != 0 {
            return Err("raise the limit of open files (`ulimit -n`) to the 1016 that clew needs");
        }
    }
    for &(from, to) in fds {
        // SAFETY: integers.
        let placed = unsafe {
            if from == to { libc::fcntl(from, libc::F_SETFD, 0) } else { libc::dup3(from, to, 0) }
        };
        if placed < 0 {
            return Err("place the engine's descriptors");
        }
    }
    if low {
        // SAFETY: a pointer to a local.
        unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    }
    Ok(())
}

impl Child {
    /// A child that another child has made for us (`CLONE_PARENT`).
    pub fn adopt(pid: i32) -> io::Result<Self> {
        let name = rustix::process::Pid::from_raw(pid).ok_or(io::ErrorKind::InvalidInput)?;
        let pidfd = rustix::process::pidfd_open(name, rustix::process::PidfdFlags::empty())?;
        Ok(Self { pidfd, pid, kill_on_drop: true, leads: false })
    }

    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Readable once the process has ended.
    pub fn pidfd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }

    /// Waits for the process's end.
    pub fn wait(&mut self) -> io::Result<Status> {
        let kept = if self.leads { WaitIdOptions::NOWAIT } else { WaitIdOptions::empty() };
        loop {
            match waitid(WaitId::PidFd(self.pidfd.as_fd()), WaitIdOptions::EXITED | kept) {
                Ok(Some(status)) => {
                    self.kill_on_drop = false;
                    return Ok(Status::from_wait(&status));
                }
                Ok(None) | Err(rustix::io::Errno::INTR) => {}
                Err(e) => return Err(e.into()),
            }
        }
    }

    /// Sends the process a signal.
    pub fn signal(&self, signal: i32) -> io::Result<()> {
        let signal = Signal::from_named_raw(signal).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(rustix::process::pidfd_send_signal(&self.pidfd, signal)?)
    }

    /// The group that it leads, being started so. It must not have been waited for.
    pub fn group(&mut self) -> io::Result<Group> {
        self.leads = true;
        Ok(Group { leader: self.pidfd.try_clone()?, number: self.pid })
    }

    /// Kills all that are left of the process group it leads. It must not have been waited for: until
    /// then its number is nobody else's.
    pub fn kill_group(&self) {
        kill_group(self.pid);
    }

    /// Kills the process and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.signal(libc::SIGKILL);
        let _ = self.wait();
    }
}

fn kill_group(number: i32) {
    if let Some(number) = rustix::process::Pid::from_raw(number) {
        let _ = rustix::process::kill_process_group(number, Signal::KILL);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        kill_group(self.number);
        let _ = waitid(WaitId::PidFd(self.leader.as_fd()), WaitIdOptions::EXITED);
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.kill_on_drop {
            self.kill();
        }
    }
}

impl Status {
    fn from_wait(status: &WaitIdStatus) -> Self {
        match (status.exit_status(), status.terminating_signal()) {
            (Some(code), _) => Self::Exited(code),
            (None, signal) => Self::Signaled(signal.unwrap_or(0)),
        }
    }
}
