//! Memory that the kernel writes in place of the guest's during a call that may block.
//!
//! Other tasks run meanwhile, and must not see what the call writes before it is recorded. So the
//! kernel is given copies, and what it wrote is copied to the guest once this task holds the baton
//! again.

use crate::state::Engine;
use crate::sys::{self, *};
use crate::vma::PROT_WRITE;
use alloc_crate::vec::Vec;
use clew_syscalls::{Call, GuestMemory, Kind, Plan};

/// Buffers longer than this get mappings of their own rather than heap memory.
const HEAP_LIMIT: u64 = 256 << 10;
/// `UIO_MAXIOV`.
const MAX_VECTORS: u64 = 1024;
const MSGHDR: u64 = 56;
const MMSGHDR: u64 = 64;
/// What a receive writes into a `struct msghdr`: offset and length.
const HEADER_OUTPUTS: [(u64, u64); 3] = [(8, 4), (40, 8), (48, 4)];

/// Calls that mean the memory itself, not what is in it.
const BY_ADDRESS: [u32; 2] = [__NR_futex, __NR_vmsplice];

/// See the module's documentation.
#[derive(Default)]
pub struct Scratch {
    /// The call as the kernel is to get it.
    args: [u64; 6],
    pieces: Vec<Piece>,
    /// Message headers the kernel gets: guest address, length of one, the words.
    headers: Vec<(u64, u64, Vec<u64>)>,
    vectors: Vec<Vec<u64>>,
}

/// A stretch of guest memory and what takes its place.
struct Piece {
    guest: u64,
    memory: Buffer,
}

/// Zeroed memory, aligned to 16 bytes at least.
struct Buffer {
    at: *mut u8,
    len: usize,
    heap: Option<Vec<u128>>,
}

impl Scratch {
    /// Nothing takes the place of anything.
    pub fn instead_of_nothing(call: &Call) -> Self {
        Self { args: call.args, ..Self::default() }
    }

    /// Takes the place of all that the call may write, as far as the table can tell.
    pub fn new(engine: &Engine, plan: &Plan) -> Self {
        let call = plan.call();
        let mut scratch = Self { args: call.args, ..Self::default() };
        let Some(shape) = plan.shape().filter(|_| !BY_ADDRESS.contains(&call.nr)) else {
            return scratch;
        };
        let mut reach = Vec::new();
        clew_syscalls::reach(plan, &Memory, &mut |addr, len| reach.push((addr, len)));
        for (i, arg) in shape.args.iter().enumerate() {
            let addr = call.args[i];
            if addr == 0 {
                continue;
            }
            let len = || reach.iter().find(|r| r.0 == addr).map_or(0, |r| r.1);
            let count = |index: u8| call.args[usize::from(index)] & 0xffff_ffff;
            let instead = match arg.kind {
                Kind::OutBuf(_) => scratch.piece(engine, addr, len(), false),
                Kind::InOutBuf(_) | Kind::OutWhen(..) | Kind::ValueResultLen => {
                    scratch.piece(engine, addr, len(), true)
                }
                Kind::IovecOut(n) => scratch.vectors(engine, addr, count(n)),
                Kind::MsgHdrOut => scratch.messages(engine, addr, 1, MSGHDR),
                Kind::MmsgHdrOut(n) => scratch.messages(engine, addr, count(n), MMSGHDR),
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

    /// A buffer in place of guest memory, if that could be written. `read`: the kernel reads it too.
    fn piece(&mut self, engine: &Engine, addr: u64, len: u64, read: bool) -> Option<u64> {
        if len == 0 || !writable(engine, addr, len) {
            return None;
        }
        let mut memory = Buffer::new(len)?;
        if read && !sys::read_guest(addr, memory.bytes_mut()) {
            return None;
        }
        let at = memory.at as u64;
        self.pieces.push(Piece { guest: addr, memory });
        Some(at)
    }

    /// A `struct iovec[]` whose vectors are buffers.
    fn vectors(&mut self, engine: &Engine, addr: u64, count: u64) -> Option<u64> {
        if count == 0 || count > MAX_VECTORS {
            return None;
        }
        let mut words = Vec::new();
        for i in 0..2 * count {
            words.push(sys::read_u64(addr.wrapping_add(8 * i))?);
        }
        for pair in words.chunks_exact_mut(2) {
            if let Some(at) = self.piece(engine, pair[0], pair[1], false) {
                pair[0] = at;
            }
        }
        let at = words.as_ptr() as u64;
        self.vectors.push(words);
        Some(at)
    }

    /// Message headers whose names, vectors and control messages are buffers.
    fn messages(&mut self, engine: &Engine, addr: u64, count: u64, size: u64) -> Option<u64> {
        if count == 0 || count > MAX_VECTORS {
            return None;
        }
        let mut words = Vec::new();
        for i in 0..count * size / 8 {
            words.push(sys::read_u64(addr.wrapping_add(8 * i))?);
        }
        for header in words.chunks_exact_mut(size as usize / 8) {
            // name, namelen, iov, iovlen, control, controllen, flags
            if let Some(at) = self.piece(engine, header[0], header[1] & 0xffff_ffff, false) {
                header[0] = at;
            }
            if let Some(at) = self.vectors(engine, header[2], header[3]) {
                header[2] = at;
            }
            if let Some(at) = self.piece(engine, header[4], header[5], false) {
                header[4] = at;
            }
        }
        let at = words.as_ptr() as u64;
        self.headers.push((addr, size, words));
        Some(at)
    }

    /// After the call: what was written into headers becomes pieces like the others.
    pub fn look_at_headers(&mut self) {
        for (guest, size, words) in core::mem::take(&mut self.headers) {
            let word = |at: u64| words[at as usize / 8];
            for start in (0..words.len() as u64 * 8).step_by(size as usize) {
                let outputs = HEADER_OUTPUTS.into_iter().chain((size == MMSGHDR).then_some((56, 4)));
                for (offset, len) in outputs {
                    let Some(mut memory) = Buffer::new(len) else { continue };
                    let bytes = word(start + offset).to_le_bytes();
                    memory.bytes_mut().copy_from_slice(&bytes[..len as usize]);
                    self.pieces.push(Piece { guest: guest + start + offset, memory });
                }
            }
        }
    }

    /// Copies what the kernel wrote to where the guest expects it. False if that cannot be written.
    pub fn copy_back(&self, engine: &mut Engine, written: &[(u64, u64)]) -> bool {
        written.iter().all(|&(addr, len)| match self.find(addr) {
            None => true,
            Some((bytes, _)) => {
                let bytes = &bytes[..bytes.len().min(len as usize)];
                sys::write_guest(addr, bytes)
                    || engine.unprotect_all() && sys::write_guest(addr, bytes)
            }
        })
    }

    /// What takes the place of memory at `addr`, from there on.
    fn find(&self, addr: u64) -> Option<(&[u8], &Piece)> {
        self.pieces.iter().rev().find_map(|piece| {
            let offset = addr.checked_sub(piece.guest)?;
            let bytes = piece.memory.bytes().get(offset as usize..)?;
            (!bytes.is_empty()).then_some((bytes, piece))
        })
    }
}

/// Guest memory as the call left it.
impl GuestMemory for Scratch {
    fn read(&self, addr: u64, buf: &mut [u8]) -> bool {
        match self.find(addr) {
            Some((bytes, _)) if bytes.len() >= buf.len() => {
                buf.copy_from_slice(&bytes[..buf.len()]);
                true
            }
            _ => sys::read_guest(addr, buf),
        }
    }
}

fn writable(engine: &Engine, addr: u64, len: u64) -> bool {
    let end = addr.saturating_add(len);
    let mut at = addr;
    for v in engine.vmas.overlapping(addr, end) {
        if v.start > at || v.prot & PROT_WRITE == 0 {
            return false;
        }
        at = v.end;
    }
    at >= end
}

impl Buffer {
    fn new(len: u64) -> Option<Self> {
        if len <= HEAP_LIMIT {
            let mut heap = alloc_crate::vec![0u128; len.div_ceil(16) as usize];
            let at = heap.as_mut_ptr().cast();
            return Some(Self { at, len: len as usize, heap: Some(heap) });
        }
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        // SAFETY: new memory, given back by `drop`.
        let at = unsafe { sys::mmap(0, len, PROT_READ | PROT_WRITE, flags, -1, 0) };
        (!sys::is_error(at)).then_some(Self { at: at as *mut u8, len: len as usize, heap: None })
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
        if self.heap.is_none() {
            // SAFETY: mapped by `new`.
            unsafe { sys::munmap(self.at as u64, self.len as u64) };
        }
    }
}
