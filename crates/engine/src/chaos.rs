//! Chaos in what the outside world decides (`clew_abi::chaos`): how much a call transfers, where memory
//! is, when a process goes on. Who of its tasks runs is `task::schedule`'s business.
//!
//! Whatever is done here could have happened natively: what a correct program may rely on stays.

use crate::state::{Engine, orders, shared, shared_word};
use crate::sys::{self, *};
use alloc_crate::vec::Vec;
use clew_abi::chaos::{Chaos, LATE_STARTS, PLACES, Rng, SHORT_IO, STALLS};
use clew_abi::layout::{PAGE, Range};
use clew_syscalls::Call;
use core::sync::atomic::Ordering;

/// Where mappings go at random: above what is the engine's, where all sanitizers have applications'
/// memory too, and below the stack.
const ANYWHERE: Range = Range::new(0x7ea0_0000_0000, 0x7ff0_0000_0000);
/// Pages between program and heap, at most.
const HEAP_GAP: u64 = 4096;
/// Shorter reads from pipes and from files are left alone: who writes so little at once may rely on its
/// staying together.
const WHOLE_PIPE: u64 = 512;
const WHOLE_FILE: u64 = 4096;
/// Nanoseconds that a process is late, and how much in all.
const STALL: [u64; 2] = [20_000, 5_000_000];
const ALL_STALLS: u64 = 200_000_000;

/// See the module's documentation.
#[derive(Default)]
pub struct Outside {
    pub orders: Chaos,
    rng: Rng,
    /// Processes and programs made so far.
    pub children: u64,
    /// It waits for changes of descriptors (EPOLLET): a transfer that is short tells it something.
    edges: bool,
    stalled: u64,
    /// Code of libraries that the program has from its system, unless it is the system's itself.
    libraries: Vec<Range>,
}

impl Outside {
    pub fn begin(&mut self, chaos: Chaos) {
        let (edges, libraries) = (self.edges, core::mem::take(&mut self.libraries));
        let rng = Rng::derived(chaos.seed, 2);
        *self = Self { orders: chaos, rng, edges, libraries, ..Self::default() };
    }

    fn has(&self, policy: u64) -> bool {
        self.orders.has(policy)
    }
}

impl Engine {
    /// Begins chaos as ordered, while recording.
    pub fn begin_chaos(&mut self) {
        let chaos = orders().chaos;
        if chaos.is_on() {
            self.chaos.begin(chaos);
            self.begin_schedule(&chaos);
        }
    }

    /// Code is mapped from a file.
    pub fn note_library(&mut self, file: i32, code: Range) {
        if self.chaos.orders.is_on()
            && !is_systems(self.exe.as_bytes())
            && is_systems(&crate::procfs::fd_path(file))
        {
            self.chaos.libraries.push(code);
        }
    }

    /// Is this address in a library of the system's, called by a program that is not?
    pub fn is_away(&self, pc: u64) -> bool {
        self.chaos.libraries.iter().any(|code| code.contains(pc))
    }

    /// A place for a new mapping whose place is nobody's concern.
    pub fn chaotic_place(&mut self, len: u64) -> Option<u64> {
        if !self.chaos.has(PLACES) || len > ANYWHERE.len() / 4 {
            return None;
        }
        let pages = (ANYWHERE.len() - len) / PAGE;
        let at = ANYWHERE.start + self.chaos.rng.below(pages) * PAGE;
        let free = self.vmas.overlapping(at, at + len).next().is_none();
        free.then_some(at)
    }

    /// Bytes between a program and its heap.
    pub fn chaotic_heap_gap(&mut self) -> u64 {
        match self.chaos.has(PLACES) {
            true => self.chaos.rng.below(HEAP_GAP) * PAGE,
            false => 0,
        }
    }

    /// Makes a call transfer less than it could.
    pub fn shorten(&mut self, call: &Call, real: &mut Call) {
        if !self.chaos.orders.is_on() {
            return;
        }
        self.watch_for_edges(call);
        if !self.chaos.has(SHORT_IO) {
            return;
        }
        let Some(least) = shortest(call, self.chaos.edges) else { return };
        let len = call.args[2];
        // Regular files seldom do this.
        let part = if least >= WHOLE_FILE { 16 } else { 96 };
        if len > least && self.chaos.rng.chance(part) {
            real.args[2] = self.chaos.rng.scaled([least.min(len / 2).max(1), len - 1]);
        }
    }

    fn watch_for_edges(&mut self, call: &Call) {
        const EPOLLET: u32 = 1 << 31;
        if call.nr == __NR_epoll_ctl
            && sys::read_u32(call.args[3]).is_some_and(|e| e & EPOLLET != 0)
        {
            self.chaos.edges = true;
        }
    }

    /// A process of several may be late at a call. True if it was.
    pub fn stall(&mut self) -> bool {
        let chaos = &mut self.chaos;
        if !chaos.has(STALLS) || chaos.stalled > ALL_STALLS || !chaos.rng.chance(8) {
            return false;
        }
        // Nobody else is there whom it could be late for.
        if shared_word(&shared().next_stream).load(Ordering::Relaxed) <= 2 {
            return false;
        }
        self.nap(STALL);
        true
    }

    /// A process that begins, or its maker, may be late.
    pub fn begin_late(&mut self) {
        if self.chaos.has(LATE_STARTS)
            && self.chaos.stalled < ALL_STALLS
            && self.chaos.rng.chance(96)
        {
            self.nap([STALL[0], 4 * STALL[1]]);
        }
    }

    fn nap(&mut self, bounds: [u64; 2]) {
        let ns = self.chaos.rng.scaled(bounds);
        self.chaos.stalled += ns;
        let time = [0, ns];
        // SAFETY: reads the array. The baton stays here: this is the process's being slow.
        unsafe { syscall!(__NR_nanosleep, time.as_ptr(), 0) };
    }
}

/// Does this file belong to the system (hier(7)), rather than to who looks for bugs?
fn is_systems(path: &[u8]) -> bool {
    const PLACES: [&[u8]; 6] =
        [b"/lib/", b"/lib64/", b"/bin/", b"/usr/lib/", b"/usr/lib64/", b"/usr/bin/"];
    PLACES.iter().any(|place| path.starts_with(place))
}

/// A call that may transfer any number of bytes (its third argument says how many it should): what it
/// transfers at least. `None` for others.
fn shortest(call: &Call, edges: bool) -> Option<u64> {
    const TYPE: u32 = 0o170000;
    const SOCKET: u32 = 0o140000;
    const FIFO: u32 = 0o010000;
    const FILE: u32 = 0o100000;
    const MSG_PEEK: u64 = 2;
    const MSG_DONTWAIT: u64 = 0x40;
    const MSG_WAITALL: u64 = 0x100;
    const F_GETFL: u32 = 3;
    const O_DIRECT: i64 = 0o40000;
    const O_NONBLOCK: i64 = 0o4000;
    let fd = call.args[0];
    let reads = matches!(call.nr, __NR_read | __NR_recvfrom);
    let writes = matches!(call.nr, __NR_write | __NR_sendto);
    let message = matches!(call.nr, __NR_recvfrom | __NR_sendto);
    if !reads && !writes || message && call.args[3] & (MSG_PEEK | MSG_WAITALL) != 0 {
        return None;
    }
    let kind = fstat(fd as i32)?.st_mode & TYPE;
    // SAFETY: descriptors only.
    let flags = unsafe { syscall!(__NR_fcntl, fd, F_GETFL) };
    let at_once = flags & O_NONBLOCK != 0 || message && call.args[3] & MSG_DONTWAIT != 0;
    // Who waits for edges takes a short transfer for the end of what there is, as it may (epoll(7)).
    // A call that waits writes everything.
    if at_once && edges || writes && !at_once {
        return None;
    }
    match kind {
        SOCKET if is_stream(fd) => Some(1),
        // Pipes keep what is written at once together, up to PIPE_BUF.
        FIFO if flags & O_DIRECT == 0 && writes => Some(PAGE),
        FIFO if flags & O_DIRECT == 0 => Some(WHOLE_PIPE),
        FILE if reads => Some(WHOLE_FILE),
        _ => None,
    }
}

/// Is this socket one of bytes, not of messages?
fn is_stream(fd: u64) -> bool {
    const SOL_SOCKET: u32 = 1;
    const SO_TYPE: u32 = 3;
    const SOCK_STREAM: u32 = 1;
    let (mut kind, mut len) = (0u32, 4u32);
    // SAFETY: writes the two words.
    let result =
        unsafe { syscall!(__NR_getsockopt, fd, SOL_SOCKET, SO_TYPE, &raw mut kind, &raw mut len) };
    result == 0 && kind == SOCK_STREAM
}
