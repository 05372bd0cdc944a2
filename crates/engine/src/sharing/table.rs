//! What all recording processes of a trace know about the memory they share: objects, processes, and
//! which process owns which page. Lies in the engines' shared memfd.
//!
//! # Safety
//! The table is mapped shared at `layout::SHARING` on first use and never unmapped. All its words are
//! atomics. Compound changes are made under its lock; a process that is killed while it holds the lock
//! loses it.

use crate::crash;
use crate::descriptors::number;
use crate::state::{shared, shared_word};
use crate::sys::{self, syscall};
use clew_abi::layout::SHARING;
use clew_abi::orders::{SHARING_OFFSET, fd};
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

pub const MAX_PROCESSES: usize = 8192;
pub const MAX_OBJECTS: usize = 4096;
/// Words that count changes of locks: a power of two.
const LOCK_WORDS: usize = 1 << 10;
/// A power of two.
const MAX_PAGES: usize = 1 << 20;
/// Keys a process may be asked for before it has looked.
const WANTED: usize = 15;
/// Keys that may be taken from a process that waits in the kernel before it must give up all.
const TAKEN: usize = 63;

/// Nobody owns the page: whoever wants it takes it.
pub const NOBODY: u32 = 0;

/// A process that takes part. Its number is its index plus one.
#[repr(C)]
pub struct ProcessEntry {
    pub pid: AtomicU32,
    /// `STATE_*`.
    pub state: AtomicU32,
    /// How many of `wanted` are filled, under the lock.
    pub requests: AtomicU32,
    /// How many of `taken` are filled, under the lock; more than there is room for: anything may have
    /// been taken.
    pub losses: AtomicU32,
    /// Has another process stopped it (see [`super::stop`])?
    pub stop: AtomicU32,
    reserved: AtomicU32,
    pub wanted: [AtomicU64; WANTED],
    pub taken: [AtomicU64; TAKEN],
}

/// The process may touch its pages at any time: they must be asked for.
pub const RUNNING: u32 = 1;
/// It waits in the kernel, and looks what has been taken from it before it goes on.
pub const PARKED: u32 = 2;
/// It has ended or executed another program.
pub const GONE: u32 = 3;

/// Something that is mapped shared: a file, or a System V segment.
#[repr(C)]
pub struct ObjectEntry {
    pub dev: AtomicU64,
    pub ino: AtomicU64,
    /// The process that owns all pages that are not listed.
    pub creator: AtomicU32,
    /// System V segments: how often attached by processes of the trace.
    pub attached: AtomicU32,
}

#[repr(C)]
struct PageEntry {
    /// [`key`] plus one; zero if unused.
    key: AtomicU64,
    owner: AtomicU32,
    reserved: AtomicU32,
}

/// See the module's documentation.
#[repr(C)]
pub struct Table {
    /// Zero, or the pid of the holder with [`CONTENDED`].
    lock: AtomicU32,
    pub objects: AtomicU32,
    pages_used: AtomicU32,
    pub process: [ProcessEntry; MAX_PROCESSES],
    pub object: [ObjectEntry; MAX_OBJECTS],
    page: [PageEntry; MAX_PAGES],
    lock_changes: [AtomicU32; LOCK_WORDS],
}

const CONTENDED: u32 = 1 << 31;
const _: () = assert!(size_of::<Table>() as u64 <= SHARING.end - SHARING.start);

/// A page of an object, as the table's key.
pub fn key(object: u32, page: u64) -> u64 {
    u64::from(object) << 40 | page & ((1 << 40) - 1)
}

pub fn key_object(key: u64) -> u32 {
    (key >> 40) as u32
}

pub fn key_page(key: u64) -> u64 {
    key & ((1 << 40) - 1)
}

static MAPPED: AtomicBool = AtomicBool::new(false);

/// This process's pid, since it has entered the table.
static OWN_PID: AtomicU32 = AtomicU32::new(0);

fn own_pid() -> u32 {
    match OWN_PID.load(Ordering::Relaxed) {
        0 => sys::getpid() as u32,
        pid => pid,
    }
}

/// How many processes have entered the table.
pub fn sharers() -> u64 {
    shared_word(&shared().sharers).load(Ordering::Relaxed)
}

/// The table, mapped on first use.
pub fn table() -> &'static Table {
    if !MAPPED.load(Ordering::Relaxed) {
        map();
    }
    // SAFETY: mapped; all fields are atomics.
    unsafe { &*(SHARING.start as *const Table) }
}

#[cold]
fn map() {
    let (prot, flags) = (sys::PROT_READ | sys::PROT_WRITE, sys::MAP_SHARED | sys::MAP_FIXED);
    let len = SHARING.end - SHARING.start;
    // SAFETY: the range is the engine's.
    let got =
        unsafe { sys::mmap(SHARING.start, len, prot, flags, number(fd::SHARED), SHARING_OFFSET) };
    if got != SHARING.start as i64 {
        crash::fail("the table of shared memory cannot be mapped");
    }
    MAPPED.store(true, Ordering::Relaxed);
}

impl Table {
    /// Runs `f` under the lock.
    pub fn locked<R>(&'static self, f: impl FnOnce(&'static Self) -> R) -> R {
        let me = own_pid();
        while let Err(holder) =
            self.lock.compare_exchange(0, me, Ordering::Acquire, Ordering::Relaxed)
        {
            self.wait_for_lock(holder);
        }
        let result = f(self);
        if self.lock.swap(0, Ordering::Release) & CONTENDED != 0 {
            wake(&self.lock);
        }
        result
    }

    fn wait_for_lock(&self, holder: u32) {
        let marked = holder | CONTENDED;
        let _ = self.lock.compare_exchange(holder, marked, Ordering::Relaxed, Ordering::Relaxed);
        if !wait(&self.lock, marked, 50_000_000) && !is_process_alive(holder & !CONTENDED) {
            let _ = self.lock.compare_exchange(marked, 0, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// A word that counts changes of the lock at an offset of a page, and of some others.
    pub fn lock_changes(&self, key: u64, offset: u64) -> &AtomicU32 {
        let hash = (key << 12 | offset).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44;
        &self.lock_changes[hash as usize % LOCK_WORDS]
    }

    /// The process of a number.
    pub fn process(&self, number: u32) -> &ProcessEntry {
        &self.process[(number as usize).wrapping_sub(1) % MAX_PROCESSES]
    }

    /// The process of a pid, the latest that had it.
    pub fn find_process(&self, pid: u32) -> Option<&ProcessEntry> {
        let count = (sharers() as usize).min(MAX_PROCESSES);
        self.process[..count].iter().rev().find(|p| p.pid.load(Ordering::Relaxed) == pid)
    }

    /// The page's entry, or where it would be. There is always a free one.
    fn page_entry(&self, key: u64) -> &PageEntry {
        let mut at = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44) as usize % MAX_PAGES;
        loop {
            let entry = &self.page[at];
            match entry.key.load(Ordering::Relaxed) {
                found if found == 0 || found == key + 1 => return entry,
                _ => at = (at + 1) % MAX_PAGES,
            }
        }
    }

    fn creator(&self, key: u64) -> u32 {
        self.object[key_object(key) as usize].creator.load(Ordering::Relaxed)
    }

    /// Is the page a process's that has it because it made the object? Such pages are not listed, unless
    /// somebody else wants them. Under the lock.
    pub fn is_unlisted(&self, key: u64, process: u32) -> bool {
        self.creator(key) == process && self.page_entry(key).key.load(Ordering::Relaxed) == 0
    }

    /// The page's owner, a word to change it, under the lock. `None` if the table is full.
    pub fn owner(&self, key: u64) -> Option<&AtomicU32> {
        let entry = self.page_entry(key);
        if entry.key.load(Ordering::Relaxed) == 0 {
            let used = self.pages_used.load(Ordering::Relaxed);
            if used as usize > MAX_PAGES / 2 {
                return None;
            }
            self.pages_used.store(used + 1, Ordering::Relaxed);
            entry.owner.store(self.creator(key), Ordering::Relaxed);
            entry.key.store(key + 1, Ordering::Relaxed);
        }
        Some(&entry.owner)
    }

    /// The number of an object; `creator` owns its pages if it is new. Under the lock.
    pub fn find_object(&self, dev: u64, ino: u64, creator: Option<u32>) -> Option<u32> {
        let count = self.objects.load(Ordering::Relaxed) as usize;
        let same = |o: &&ObjectEntry| {
            o.dev.load(Ordering::Relaxed) == dev && o.ino.load(Ordering::Relaxed) == ino
        };
        if let Some(at) = self.object[..count].iter().position(|o| same(&o)) {
            return Some(at as u32);
        }
        let entry = self.object.get(count).filter(|_| creator.is_some())?;
        entry.dev.store(dev, Ordering::Relaxed);
        entry.ino.store(ino, Ordering::Relaxed);
        entry.creator.store(creator?, Ordering::Relaxed);
        self.objects.store(count as u32 + 1, Ordering::Release);
        Some(count as u32)
    }

    /// A number for this process. `None` if there are too many.
    pub fn enter(&self, pid: u32) -> Option<u32> {
        OWN_PID.store(pid, Ordering::Relaxed);
        let index = shared_word(&shared().sharers).fetch_add(1, Ordering::Relaxed);
        let entry = self.process.get(index as usize)?;
        entry.pid.store(pid, Ordering::Relaxed);
        entry.state.store(RUNNING, Ordering::Release);
        Some(index as u32 + 1)
    }
}

impl ProcessEntry {
    /// Asks for a page, under the lock. Asking too much at once is repeated later.
    pub fn ask(&self, key: u64) {
        let count = self.requests.load(Ordering::Relaxed) as usize;
        let filled = &self.wanted[..count.min(WANTED)];
        if count < WANTED && !filled.iter().any(|w| w.load(Ordering::Relaxed) == key) {
            self.wanted[count].store(key, Ordering::Relaxed);
            self.requests.store(count as u32 + 1, Ordering::Release);
        }
    }

    /// The keys asked for, which are forgotten, under the lock.
    pub fn take_requests(&self) -> impl Iterator<Item = u64> {
        let count = self.requests.swap(0, Ordering::Relaxed) as usize;
        self.wanted[..count.min(WANTED)].iter().map(|w| w.load(Ordering::Relaxed))
    }

    /// Notes that a page was taken from the process while it is parked, under the lock.
    pub fn note_loss(&self, key: u64) {
        let count = self.losses.fetch_add(1, Ordering::Relaxed) as usize;
        if let Some(slot) = self.taken.get(count) {
            slot.store(key, Ordering::Relaxed);
        }
    }

    /// What was taken, which is forgotten: `None` if it may be anything. Under the lock.
    pub fn take_losses(&self) -> Option<impl Iterator<Item = u64>> {
        let count = self.losses.swap(0, Ordering::Relaxed) as usize;
        Some(self.taken.get(..count)?.iter().map(|w| w.load(Ordering::Relaxed)))
    }

    /// Has the process ended without saying so?
    pub fn is_dead(&self) -> bool {
        !is_process_alive(self.pid.load(Ordering::Relaxed))
    }
}

/// May a task still run guest or engine code? One that is ending does not, nor one that waits to be
/// reaped.
pub fn is_alive(tid: u32) -> bool {
    !matches!(task_state(tid), State::Ending { .. } | State::None)
}

/// May any task of a process? Its first one may have ended before the others.
fn is_process_alive(pid: u32) -> bool {
    match task_state(pid) {
        State::Running => true,
        State::Ending { threads } => threads > 1,
        State::None => false,
    }
}

enum State {
    None,
    Running,
    /// It runs nothing but the kernel's code any more, or not even that. How many threads its process
    /// has left, this one included.
    Ending {
        threads: u64,
    },
}

/// Source: proc_pid_stat(5).
fn task_state(tid: u32) -> State {
    const PF_EXITING: u64 = 4;
    // SAFETY: no memory; signal 0 asks only.
    if unsafe { syscall!(sys::__NR_kill, tid, 0) } == -i64::from(sys::ESRCH) {
        return State::None;
    }
    let mut buf = [0u8; 512];
    let Some(text) = task_stat(tid, &mut buf) else { return State::Running };
    // Fields are numbered from 1 and the state is the third.
    let field = |n: usize| text.split(' ').nth(n - 3);
    let number = |n| field(n).and_then(|f| f.parse::<u64>().ok());
    let ending = matches!(field(3), Some("Z" | "X")) || number(9).unwrap_or(0) & PF_EXITING != 0;
    if ending { State::Ending { threads: number(20).unwrap_or(1) } } else { State::Running }
}

/// Is the task stopped by a signal?
pub fn is_stopped(tid: u32) -> bool {
    task_stat(tid, &mut [0u8; 512]).is_some_and(|text| text.starts_with('T'))
}

/// What `/proc/<tid>/stat` says, from the state on: pid (comm) state ...
fn task_stat(tid: u32, buf: &mut [u8]) -> Option<&str> {
    let text = proc_file(tid, "stat", buf)?;
    let name_end = text.iter().rposition(|&b| b == b')')?;
    core::str::from_utf8(text.get(name_end + 2..)?).ok()
}

/// The process that a task belongs to.
pub fn process_of(tid: u32) -> Option<u32> {
    let mut buf = [0u8; 1024];
    let text = core::str::from_utf8(proc_file(tid, "status", &mut buf)?).ok()?;
    text.lines().find_map(|line| line.strip_prefix("Tgid:")?.trim().parse().ok())
}

/// The beginning of a file under /proc.
fn proc_file<'a>(tid: u32, name: &str, buf: &'a mut [u8]) -> Option<&'a [u8]> {
    let mut path = crash::Report::new();
    let _ = core::fmt::Write::write_fmt(&mut path, format_args!("/proc/{tid}/{name}\0"));
    let file = sys::openat(-100, path.bytes(), sys::O_RDONLY | sys::O_CLOEXEC, 0);
    if file < 0 {
        return None;
    }
    let n = sys::read(file as i32, buf);
    sys::close(file as i32);
    buf.get(..usize::try_from(n).ok()?)
}

/// Sleeps until a shared word is woken or differs from `value`; false when the time was over.
pub fn wait(word: &AtomicU32, value: u32, ns: u64) -> bool {
    let timeout = [0u64, ns];
    // SAFETY: waits on a shared word that stays.
    let result = unsafe {
        syscall!(sys::__NR_futex, word.as_ptr(), sys::FUTEX_WAIT, value, timeout.as_ptr())
    };
    result != -i64::from(sys::ETIMEDOUT)
}

pub fn wake(word: &AtomicU32) {
    // SAFETY: wakes only.
    unsafe { syscall!(sys::__NR_futex, word.as_ptr(), sys::FUTEX_WAKE, i32::MAX) };
}
