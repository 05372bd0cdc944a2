//! Memory that the kernel writes in place of the guest's during a call that may block.
//!
//! Other tasks run meanwhile, and must not see what the call writes before it is recorded. So the
//! kernel is given copies, and what it wrote is copied to the guest once this task holds the baton
//! again.
//!
//! # Invariants
//! - A byte of the guest's has one copy, however many arguments lead to it.
//! - What cannot be written is not copied: behind the copy of what is before it lies a page without
//!   access, so that the kernel fails where it would have.

use crate::state::Engine;
use crate::sys::{self, *};
use crate::vma::{PROT_WRITE, page_up};
use alloc_crate::vec::Vec;
use clew_abi::layout::PAGE;
use clew_syscalls::{Call, GuestMemory, Kind, Len, Plan};
use core::cmp::Ordering;

/// Longer copies get mappings of their own rather than heap memory.
const HEAP_LIMIT: u64 = 256 << 10;
/// Longer copies do not begin with what the guest has there, if the kernel tells how much it wrote.
const FILL_LIMIT: u64 = 4 << 10;
/// `UIO_MAXIOV`.
const MAX_VECTORS: u64 = 1024;
const MSGHDR: u64 = 56;
const MMSGHDR: u64 = 64;
/// Data may be counted that was not stored.
const MSG_TRUNC: u64 = 0x20;
/// What a receive writes into a `struct msghdr`: offset and length.
const HEADER_OUTPUTS: [(u64, u64); 3] = [(8, 4), (40, 8), (48, 4)];

/// Calls that mean the memory itself, not what is in it.
const BY_ADDRESS: [u32; 2] = [__NR_futex, __NR_vmsplice];

/// See the module's documentation.
#[derive(Default)]
pub struct Scratch {
    /// The call as the kernel is to get it.
    args: [u64; 6],
    /// In order of addresses, apart from each other.
    regions: Vec<Region>,
    /// What was written into message headers: guest address, bytes.
    fields: Vec<(u64, Vec<u8>)>,
    /// Message headers the kernel gets: guest address, length of one, the words.
    headers: Vec<(u64, u64, Vec<u64>)>,
    vectors: Vec<Vec<u64>>,
}

/// A stretch of guest memory and what takes its place.
struct Region {
    guest: u64,
    memory: Buffer,
    /// It does not hold what the guest has there.
    blank: bool,
}

/// A stretch of guest memory that a call may write.
#[derive(Clone, Copy)]
struct Wanted {
    start: u64,
    end: u64,
    /// The result tells which of it was written.
    exact: bool,
    /// What follows cannot be written.
    guarded: bool,
}

/// Zeroed memory.
struct Buffer {
    at: *mut u8,
    len: usize,
    heap: Option<Vec<u128>>,
    mapped: (u64, u64),
}

impl Scratch {
    /// Nothing takes the place of anything.
    pub fn instead_of_nothing(call: &Call) -> Self {
        Self { args: call.args, ..Self::default() }
    }

    /// Takes the place of all that the call may write, as far as the table can tell.
    pub fn new(engine: &Engine, plan: &Plan) -> Self {
        let call = plan.call();
        let mut scratch = Self::instead_of_nothing(call);
        let Some(shape) = plan.shape().filter(|_| !BY_ADDRESS.contains(&call.nr)) else {
            return scratch;
        };
        scratch.regions = merge(wanted(engine, plan)).iter().filter_map(Region::new).collect();
        for (i, arg) in shape.args.iter().enumerate() {
            let addr = call.args[i];
            let count = |index: u8| call.args[usize::from(index)] & 0xffff_ffff;
            let instead = match arg.kind {
                _ if addr == 0 => None,
                Kind::OutBuf(_) | Kind::InOutBuf(_) | Kind::OutWhen(..) | Kind::ValueResultLen => {
                    scratch.place(addr)
                }
                Kind::IovecOut(n) => scratch.place_vectors(addr, count(n)),
                Kind::MsgHdrOut => scratch.place_messages(addr, 1, MSGHDR),
                Kind::MmsgHdrIn(n) | Kind::MmsgHdrOut(n) => {
                    scratch.place_messages(addr, count(n).min(MAX_VECTORS), MMSGHDR)
                }
                _ => None,
            };
            scratch.args[i] = instead.unwrap_or(addr);
        }
        scratch
    }

    /// The call with its pointers changed.
    pub fn call(&self, call: &Call) -> Call {
        Call { nr: call.nr, args: self.args }
    }

    /// Where the copy of guest memory at `addr` is.
    fn place(&self, addr: u64) -> Option<u64> {
        let region = self.region(addr)?;
        Some(region.memory.at as u64 + (addr - region.guest))
    }

    fn region(&self, addr: u64) -> Option<&Region> {
        let after = self.regions.partition_point(|r| r.guest <= addr);
        let region = self.regions.get(after.checked_sub(1)?)?;
        (addr < region.end()).then_some(region)
    }

    /// A `struct iovec[]` whose vectors are copies.
    fn place_vectors(&mut self, addr: u64, count: u64) -> Option<u64> {
        let mut words = read_vectors(addr, count)?;
        for pair in words.chunks_exact_mut(2) {
            pair[0] = self.place(pair[0]).unwrap_or(pair[0]);
        }
        let at = words.as_ptr() as u64;
        self.vectors.push(words);
        Some(at)
    }

    /// Message headers whose names, vectors and control messages are copies.
    fn place_messages(&mut self, addr: u64, count: u64, size: u64) -> Option<u64> {
        let mut words = read_words(addr, count * size / 8)?;
        for header in words.chunks_exact_mut(size as usize / 8) {
            // name, namelen, iov, iovlen, control, controllen, flags
            for pointer in [0, 4] {
                header[pointer] = self.place(header[pointer]).unwrap_or(header[pointer]);
            }
            if let Some(at) = self.place_vectors(header[2], header[3]) {
                header[2] = at;
            }
        }
        let at = words.as_ptr() as u64;
        self.headers.push((addr, size, words));
        Some(at)
    }

    /// After the call: what was written into headers can be read where the guest expects it.
    pub fn look_at_headers(&mut self) {
        for (guest, size, words) in core::mem::take(&mut self.headers) {
            let word = |at: u64| words[at as usize / 8];
            for start in (0..words.len() as u64 * 8).step_by(size as usize) {
                let outputs =
                    HEADER_OUTPUTS.into_iter().chain((size == MMSGHDR).then_some((56, 4)));
                for (offset, len) in outputs {
                    let bytes = word(start + offset).to_le_bytes()[..len as usize].to_vec();
                    self.fields.push((guest + start + offset, bytes));
                }
            }
        }
    }

    /// Copies what the kernel wrote to where the guest expects it. `failed`: with EFAULT, so that it
    /// is not known how much that is. False if it cannot be written.
    pub fn copy_back(&self, engine: &mut Engine, written: &[(u64, u64)], failed: bool) -> bool {
        let mut put = |addr: u64, bytes: &[u8]| {
            sys::write_guest(addr, bytes) || engine.unprotect_all() && sys::write_guest(addr, bytes)
        };
        written.iter().all(|&(addr, len)| {
            let end = addr.saturating_add(len);
            if let Some(bytes) = self.field(addr) {
                return put(addr, bytes);
            }
            let concerned = |r: &&Region| r.guest < end && addr < r.end() && !(r.blank && failed);
            self.regions.iter().filter(concerned).all(|region| {
                let (from, to) = (addr.max(region.guest), end.min(region.end()));
                let within = |at: u64| (at - region.guest) as usize;
                put(from, &region.memory.bytes()[within(from)..within(to)])
            })
        })
    }

    fn field(&self, addr: u64) -> Option<&[u8]> {
        self.fields.iter().find(|(at, _)| *at == addr).map(|(_, bytes)| bytes.as_slice())
    }
}

/// Guest memory as the call left it.
impl GuestMemory for Scratch {
    fn read(&self, addr: u64, buf: &mut [u8]) -> bool {
        let copy = |bytes: &[u8], buf: &mut [u8]| match bytes.get(..buf.len()) {
            Some(bytes) => {
                buf.copy_from_slice(bytes);
                true
            }
            None => false,
        };
        if let Some(bytes) = self.field(addr) {
            return copy(bytes, buf) || sys::read_guest(addr, buf);
        }
        match self.region(addr) {
            Some(region) => {
                let at = (addr - region.guest) as usize;
                copy(&region.memory.bytes()[at..], buf) || sys::read_guest(addr, buf)
            }
            None => sys::read_guest(addr, buf),
        }
    }
}

/// What a call may write, argument by argument.
fn wanted(engine: &Engine, plan: &Plan) -> Vec<Wanted> {
    let call = plan.call();
    let mut out = Vec::new();
    let mut reach = Vec::new();
    clew_syscalls::reach(plan, &Memory, &mut |addr, len| reach.push((addr, len)));
    let mut add = |addr: u64, len: u64, exact: bool| {
        if let Some(wanted) = Wanted::new(engine, addr, len, exact) {
            out.push(wanted);
        }
    };
    let counted = match call.nr {
        __NR_recvfrom | __NR_recvmmsg => call.args[3] & MSG_TRUNC == 0,
        __NR_recvmsg => call.args[2] & MSG_TRUNC == 0,
        _ => true,
    };
    for (i, arg) in plan.shape().map_or(&[][..], |shape| shape.args).iter().enumerate() {
        let addr = call.args[i];
        let len = || reach.iter().find(|r| r.0 == addr).map_or(0, |r| r.1);
        let count = |index: u8| call.args[usize::from(index)] & 0xffff_ffff;
        match arg.kind {
            _ if addr == 0 => {}
            Kind::OutBuf(Len::Result(_)) => add(addr, len(), counted),
            Kind::OutBuf(_) | Kind::InOutBuf(_) | Kind::OutWhen(..) | Kind::ValueResultLen => {
                add(addr, len(), false);
            }
            Kind::IovecOut(n) => add_vectors(addr, count(n), counted, &mut add),
            Kind::MsgHdrOut => add_message(addr, counted, &mut add),
            Kind::MmsgHdrOut(n) => {
                for i in 0..count(n).min(MAX_VECTORS) {
                    add_message(addr.wrapping_add(i * MMSGHDR), counted, &mut add);
                }
            }
            _ => {}
        }
    }
    out
}

fn add_vectors(addr: u64, count: u64, exact: bool, add: &mut impl FnMut(u64, u64, bool)) {
    for pair in read_vectors(addr, count).unwrap_or_default().chunks_exact(2) {
        add(pair[0], pair[1], exact);
    }
}

fn add_message(addr: u64, exact: bool, add: &mut impl FnMut(u64, u64, bool)) {
    let Some(header) = read_words(addr, MSGHDR / 8) else { return };
    add(header[0], header[1] & 0xffff_ffff, false);
    add_vectors(header[2], header[3], exact, add);
    add(header[4], header[5], false);
}

fn read_vectors(addr: u64, count: u64) -> Option<Vec<u64>> {
    if count == 0 || count > MAX_VECTORS { None } else { read_words(addr, 2 * count) }
}

fn read_words(addr: u64, count: u64) -> Option<Vec<u64>> {
    (0..count).map(|i| sys::read_u64(addr.wrapping_add(8 * i))).collect()
}

impl Wanted {
    /// As much of a range as can be written; `None` if that is nothing.
    fn new(engine: &Engine, addr: u64, len: u64, exact: bool) -> Option<Self> {
        let end = addr.saturating_add(len);
        let mut at = addr;
        for v in engine.vmas.overlapping(addr, end) {
            if v.start > at || v.prot & PROT_WRITE == 0 {
                break;
            }
            at = v.end.min(end);
        }
        (at > addr).then_some(Self { start: addr, end: at, exact, guarded: at < end })
    }
}

/// Joins ranges that overlap or touch.
fn merge(mut wanted: Vec<Wanted>) -> Vec<Wanted> {
    wanted.sort_unstable_by_key(|w| w.start);
    let mut merged: Vec<Wanted> = Vec::new();
    for w in wanted {
        match merged.last_mut() {
            Some(last) if w.start < last.end || w.start == last.end && last.exact == w.exact => {
                match w.end.cmp(&last.end) {
                    Ordering::Less => {}
                    Ordering::Equal => last.guarded |= w.guarded,
                    Ordering::Greater => (last.end, last.guarded) = (w.end, w.guarded),
                }
                last.exact &= w.exact;
            }
            _ => merged.push(w),
        }
    }
    merged
}

impl Region {
    /// `None` if there is no memory for it, or none at the guest's after all.
    fn new(wanted: &Wanted) -> Option<Self> {
        let len = wanted.end - wanted.start;
        let mut memory = if wanted.guarded { Buffer::guarded(len) } else { Buffer::new(len) }?;
        let blank = wanted.exact && len > FILL_LIMIT;
        if !blank && !sys::read_guest(wanted.start, memory.bytes_mut()) {
            return None;
        }
        Some(Self { guest: wanted.start, memory, blank })
    }

    fn end(&self) -> u64 {
        self.guest + self.memory.len as u64
    }
}

impl Buffer {
    fn new(len: u64) -> Option<Self> {
        if len > HEAP_LIMIT {
            return Self::mapped(len, page_up(len));
        }
        let mut heap = alloc_crate::vec![0u128; len.div_ceil(16) as usize];
        let at = heap.as_mut_ptr().cast();
        Some(Self { at, len: len as usize, heap: Some(heap), mapped: (0, 0) })
    }

    /// Memory in a mapping, at its end.
    fn mapped(len: u64, size: u64) -> Option<Self> {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        // SAFETY: new memory, given back by `drop`.
        let start = unsafe { sys::mmap(0, size, PROT_READ | PROT_WRITE, flags, -1, 0) };
        if sys::is_error(start) {
            return None;
        }
        let at = (start as u64 + size - len) as *mut u8;
        Some(Self { at, len: len as usize, heap: None, mapped: (start as u64, size) })
    }

    /// Memory with a page without access behind it.
    fn guarded(len: u64) -> Option<Self> {
        let mut buffer = Self::mapped(len + PAGE, page_up(len) + PAGE)?;
        let (start, size) = buffer.mapped;
        // SAFETY: the new mapping's last page.
        if unsafe { sys::mprotect(start + size - PAGE, PAGE, 0) } != 0 {
            return None;
        }
        buffer.len = len as usize;
        Some(buffer)
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: the buffer's own memory.
        unsafe { core::slice::from_raw_parts(self.at, self.len) }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: the buffer's own memory.
        unsafe { core::slice::from_raw_parts_mut(self.at, self.len) }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let (start, size) = self.mapped;
        if self.heap.is_none() {
            // SAFETY: mapped by `mapped`.
            unsafe { sys::munmap(start, size) };
        }
    }
}
