//! Signal mask and dispositions: what the supervisor needs while a guest runs, and putting back
//! what clew was started with for the guest.
//!
//! # Safety
//! Calls of `sigaction` and `sigprocmask` with pointers to locals that outlive the call.
#![allow(unsafe_code, reason = "rustix has no signal dispositions")]

use std::fs::File;
use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd};
use std::ptr;

use libc::{SIGCHLD, SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, SIGXFSZ};

use crate::{Result, Step};

/// Signals whose disposition the supervisor changes.
const CHANGED: [i32; 3] = [SIGPIPE, SIGCHLD, SIGXFSZ];

/// Signals that the supervisor takes from a descriptor rather than being hit by them. A terminal
/// sends `SIGINT` and `SIGQUIT` to the guest as well.
pub const WATCHED: [i32; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];

/// What a terminal sends to the group in front.
const TERMINAL: [i32; 2] = [SIGINT, SIGQUIT];

/// Mask and dispositions as clew was started with.
#[derive(Clone)]
pub struct Saved {
    mask: libc::sigset_t,
    actions: [libc::sigaction; CHANGED.len()],
}

impl Saved {
    /// Saves what is, then sets what a supervisor needs: [`WATCHED`] are blocked (to be read from a
    /// signalfd), `SIGPIPE` is ignored so that a closed stderr cannot end a recording, `SIGXFSZ` so
    /// that a limit of file sizes is an error to report, and `SIGCHLD` is the default so that the
    /// guest's exit status can be waited for.
    pub fn take_over() -> Self {
        let mask = block(&WATCHED);
        let actions =
            [set(SIGPIPE, libc::SIG_IGN), set(SIGCHLD, libc::SIG_DFL), set(SIGXFSZ, libc::SIG_IGN)];
        Self { mask, actions }
    }

    /// Saves what is and changes nothing.
    pub fn current() -> Self {
        let mask = block(&[]);
        Self { mask, actions: CHANGED.map(|signal| action(signal, None)) }
    }

    /// Whether one of [`WATCHED`] has come in that will end this process once it is unblocked.
    pub fn fatal_pending() -> bool {
        let mut pending = set_of(&[]);
        // SAFETY: a pointer to a local.
        let known = unsafe { libc::sigpending(&raw mut pending) } == 0;
        // SAFETY: reads an initialised set.
        let arrived = |signal| unsafe { libc::sigismember(&raw const pending, signal) == 1 };
        let ignored = |signal| action(signal, None).sa_sigaction == libc::SIG_IGN;
        known && WATCHED.iter().any(|&signal| arrived(signal) && !ignored(signal))
    }

    /// Puts everything back, in the process that becomes the guest or when the guest has ended.
    /// Safe to call between `fork` and `exec`.
    pub fn restore(&self) {
        for (signal, old) in CHANGED.iter().zip(&self.actions) {
            action(*signal, Some(old));
        }
        // SAFETY: a pointer to a mask, and none for the old one.
        unsafe { libc::sigprocmask(libc::SIG_SETMASK, &raw const self.mask, ptr::null_mut()) };
    }
}

/// From now on, a limit of file sizes is an error rather than this process's end.
pub fn survive_file_size_limit() {
    set(SIGXFSZ, libc::SIG_IGN);
}

/// Blocks the terminal's signals, here and in the engines that are started from now on: they are for
/// the program in front.
pub fn leave_terminal_to_another() {
    block(&TERMINAL);
}

/// Starts the program in front, which gets them.
pub fn in_front<T>(start: impl FnOnce() -> T) -> T {
    let set = set_of(&TERMINAL);
    // SAFETY: a pointer to a mask, and none for the old one.
    unsafe { libc::sigprocmask(libc::SIG_UNBLOCK, &raw const set, ptr::null_mut()) };
    let started = start();
    leave_terminal_to_another();
    started
}

/// The set of `signals`.
pub fn set_of(signals: &[i32]) -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: sigemptyset initialises the set, sigaddset gets an initialised one.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for signal in signals {
            libc::sigaddset(set.as_mut_ptr(), *signal);
        }
        set.assume_init()
    }
}

/// Blocks `signals` and returns the mask from before.
fn block(signals: &[i32]) -> libc::sigset_t {
    let set = set_of(signals);
    let mut old = MaybeUninit::uninit();
    // SAFETY: both point to locals; with a valid `how` the call initialises `old`.
    unsafe {
        libc::sigprocmask(libc::SIG_BLOCK, &raw const set, old.as_mut_ptr());
        old.assume_init()
    }
}

fn set(signal: i32, handler: libc::sighandler_t) -> libc::sigaction {
    // SAFETY: all zeros is a valid sigaction: no flags, an empty mask, SIG_DFL.
    let mut new: libc::sigaction = unsafe { std::mem::zeroed() };
    new.sa_sigaction = handler;
    action(signal, Some(&new))
}

/// Sets a disposition, if one is given, and returns the one from before.
fn action(signal: i32, new: Option<&libc::sigaction>) -> libc::sigaction {
    // SAFETY: as in `set`.
    let mut old: libc::sigaction = unsafe { std::mem::zeroed() };
    let new = new.map_or(ptr::null(), ptr::from_ref);
    // SAFETY: `new` is null or points to a sigaction, `old` to a local.
    unsafe { libc::sigaction(signal, new, &raw mut old) };
    old
}

/// Reports [`WATCHED`] signals while they are blocked.
#[derive(Debug)]
pub struct Watcher(File);

/// A signal that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incoming {
    pub signal: i32,
    /// Somebody sent it to this process, rather than the terminal to a whole group.
    pub by_kill: bool,
}

impl Watcher {
    pub fn new() -> Result<Self> {
        let set = set_of(&WATCHED);
        // SAFETY: a pointer to a local; makes a new descriptor.
        let fd =
            unsafe { libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error()).step("watch for signals");
        }
        // SAFETY: the kernel made this descriptor for us just now.
        Ok(Self(unsafe { File::from_raw_fd(fd) }))
    }

    /// Takes the next signal, if there is one.
    pub fn next(&self) -> Option<Incoming> {
        const LEN: usize = size_of::<libc::signalfd_siginfo>();
        let mut info = [0; LEN];
        if (&self.0).read(&mut info).ok()? != LEN {
            return None;
        }
        let word =
            |at: usize| i32::from_le_bytes([info[at], info[at + 1], info[at + 2], info[at + 3]]);
        let (signal, code) = (word(0), word(8));
        Some(Incoming { signal, by_kill: code != libc::SI_KERNEL })
    }
}

impl AsFd for Watcher {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
