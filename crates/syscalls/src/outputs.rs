//! Which memory a call wrote.

use crate::model::{Call, GuestMemory, Kind, Len, When};
use crate::plan::{MAX_VECTORS, Plan, Saved, Vectors, read_u32, read_u64};
use crate::shape::Shape;

/// Whether all that a call wrote has been told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Coverage {
    Exact,
    /// The table cannot tell: watch the pages.
    Unknown,
}

/// No call moves more bytes: `MAX_RW_COUNT` is a page less, old kernels' `getrandom` goes up to this.
const MAX_MOVED: u64 = 0x7fff_ffff;
/// No user address is beyond, with five levels of page tables either.
const ADDRESSES: u64 = 1 << 56;
/// `sizeof(struct sockaddr_storage)`.
const MAX_NAME: u32 = 128;
/// How many pages of ranges of doubtful length are searched for what is readable.
const SEARCHED_PAGES: u32 = 1024;
/// No memory is mapped below: an argument in the first page is a number.
const FIRST_PAGE: u64 = 4096;

const EINTR: i64 = -4;
const EFAULT: i64 = -14;
/// `ERESTARTSYS` to `ERESTART_RESTARTBLOCK`, as tracers see interrupted calls.
const RESTARTS: core::ops::RangeInclusive<i64> = -516..=-512;
/// Errors that mean the kernel did not know what was asked for, and so wrote nothing:
/// `EBADF`, `EINVAL`, `ENOTTY`, `ENOSYS`, `EOPNOTSUPP`.
const NOT_KNOWN: [i64; 5] = [-9, -22, -25, -38, -95];

/// Calls `sink(address, length)` for every range of memory the kernel may have written.
///
/// `result` is the raw result, -4095 to -1 being errors. After `EFAULT` the ranges are those that
/// may have been written in part, as far as they are readable. Ranges may overlap, and may hold
/// bytes the kernel left alone (a descriptor's `events` next to its `revents`), or even be read-only
/// (`pselect6`'s time-out: the kernel ignores that it cannot be written, and so must a replay).
pub fn outputs(
    plan: &Plan,
    result: i64,
    mem: &impl GuestMemory,
    sink: &mut dyn FnMut(u64, u64),
) -> Coverage {
    walk(plan, Some(result), mem, sink)
}

/// Like [`outputs`] before the call: the most it may write. `Unknown` says the pages have to be
/// watched.
pub fn reach(plan: &Plan, mem: &impl GuestMemory, sink: &mut dyn FnMut(u64, u64)) -> Coverage {
    walk(plan, None, mem, sink)
}

/// Calls `sink(address, length)` for memory the kernel may read for the call: buffers, vectors and
/// messages it is given. Strings count as a page.
pub fn inputs(plan: &Plan, mem: &impl GuestMemory, sink: &mut dyn FnMut(u64, u64)) {
    const STRING: u64 = 4096;
    let Some(shape) = &plan.shape else { return };
    let call = &plan.call;
    let vectors = |addr: u64, count: u64, sink: &mut dyn FnMut(u64, u64)| {
        let vectors = Vectors::keep(addr, count, mem);
        for index in 0..vectors.count() {
            let (addr, len) = vectors.get(index, mem);
            sink(addr, len);
        }
        sink(addr, count.min(MAX_VECTORS) * 16);
    };
    let message = |addr: u64, sink: &mut dyn FnMut(u64, u64)| {
        let word = |offset| read_u64(mem, addr.wrapping_add(offset));
        sink(addr, 64);
        sink(word(0), word(8) & 0xffff_ffff);
        vectors(word(16), word(24), sink);
        sink(word(32), word(40));
    };
    for (index, arg) in shape.args.iter().enumerate() {
        let addr = call.args[index];
        match arg.kind {
            _ if addr == 0 => {}
            Kind::InBuf(Len::Fixed(len)) => sink(addr, len.into()),
            Kind::InBuf(Len::Arg(of)) => sink(addr, shape.count(call, of)),
            Kind::InBuf(Len::ArgTimes(of, size)) => {
                sink(addr, shape.count(call, of).saturating_mul(size.into()));
            }
            Kind::InBuf(_) => sink(addr, STRING),
            Kind::Path | Kind::Str => sink(addr, STRING),
            Kind::IovecIn(of) | Kind::IovecOut(of) => vectors(addr, shape.count(call, of), sink),
            Kind::MsgHdrIn | Kind::MsgHdrOut => message(addr, sink),
            Kind::MmsgHdrIn(of) | Kind::MmsgHdrOut(of) => {
                for i in 0..shape.count(call, of).min(MAX_VECTORS) {
                    message(addr.wrapping_add(64 * i), sink);
                }
            }
            _ => {}
        }
    }
}

fn walk<M: GuestMemory>(
    plan: &Plan,
    result: Option<i64>,
    mem: &M,
    sink: &mut dyn FnMut(u64, u64),
) -> Coverage {
    let not_known = result.is_some_and(|result| NOT_KNOWN.contains(&result));
    let Some(shape) = &plan.shape else {
        return if not_known { Coverage::Exact } else { Coverage::Unknown };
    };
    let call = &plan.call;
    let coverage = Coverage::Exact;
    let mut walk = Walk { plan, call, shape, result, mem, sink, coverage, not_known, searched: 0 };
    for index in 0..shape.args.len() {
        walk.argument(index);
    }
    walk.coverage
}

pub(crate) struct Walk<'a, M> {
    pub plan: &'a Plan,
    pub call: &'a Call,
    pub shape: &'a Shape,
    /// `None` before the call.
    pub result: Option<i64>,
    pub mem: &'a M,
    sink: &'a mut dyn FnMut(u64, u64),
    coverage: Coverage,
    not_known: bool,
    /// Pages searched so far.
    searched: u32,
}

impl<M: GuestMemory> Walk<'_, M> {
    fn argument(&mut self, index: usize) {
        let addr = self.call.args[index];
        if addr == 0 {
            return;
        }
        match self.shape.args[index].kind {
            Kind::OutBuf(len) | Kind::InOutBuf(len) => self.buffer(When::Success, addr, len),
            Kind::OutWhen(when, len) => self.buffer(when, addr, len),
            Kind::ValueResultLen => self.buffer(When::Success, addr, Len::Fixed(4)),
            Kind::IovecOut(_) => {
                if let (true, Saved::Vectors(vectors)) = (self.written(), &self.plan.saved) {
                    self.vectors(vectors, self.moved());
                }
            }
            Kind::MsgHdrOut => self.message(addr),
            Kind::MmsgHdrOut(count) => self.messages(addr, count),
            Kind::MmsgHdrIn(count) => {
                for at in self.message_addrs(addr, count) {
                    self.range(at.wrapping_add(56), 4);
                }
            }
            Kind::Nested(nested) => self.nested(nested, addr),
            Kind::Opaque => self.opaque(addr),
            _ => {}
        }
    }

    /// Nothing is known of where an argument leads but what an `ioctl` says itself.
    fn opaque(&mut self, addr: u64) {
        match self.shape.ioc_output {
            Some(size) if self.written() => self.range(addr, u64::from(size)),
            Some(_) => {}
            None if self.not_known || addr < FIRST_PAGE => {}
            None => self.unknown(),
        }
    }

    pub fn unknown(&mut self) {
        self.coverage = Coverage::Unknown;
    }

    /// Whether the call succeeded, may have, or failed half-way.
    pub fn written(&self) -> bool {
        self.happened(When::Success)
    }

    pub fn happened(&self, when: When) -> bool {
        let Some(result) = self.result else { return true };
        let interrupted = result == EINTR || RESTARTS.contains(&result);
        let so = match when {
            When::Success => result >= 0,
            When::Positive => result > 0,
            When::Interrupted => interrupted,
            When::Finished => result >= 0 || interrupted,
            When::SuccessOr(errno) => result >= 0 || result == -i64::from(errno),
            When::Errno(errno) => result == -i64::from(errno),
            When::Always => true,
        };
        so || result == EFAULT
    }

    /// What the result counts; without a good one, as much as there can be.
    pub fn moved(&self) -> u64 {
        match self.result {
            Some(result) if result >= 0 => (result as u64).min(MAX_MOVED),
            _ => MAX_MOVED,
        }
    }

    /// Whether there is a good result to go by: lengths the kernel left in memory are valid.
    pub fn succeeded(&self) -> bool {
        self.result.is_some_and(|result| result >= 0)
    }

    fn buffer(&mut self, when: When, addr: u64, len: Len) {
        if !self.happened(when) {
            return;
        }
        let bytes = self.length(len, addr);
        // The kernel clips a number of descriptors silently.
        if matches!(len, Len::FdSet(_)) && self.result.is_some() {
            self.readable(addr, bytes);
        } else {
            self.range(addr, bytes);
        }
    }

    fn length(&self, len: Len, addr: u64) -> u64 {
        let count = |index| self.shape.count(self.call, index);
        match len {
            Len::Fixed(bytes) => u64::from(bytes),
            Len::Arg(index) => count(index),
            Len::ArgTimes(index, size) => count(index).saturating_mul(size.into()),
            Len::Result(index) => count(index).min(self.moved()),
            Len::ResultTimes(index, size) => {
                count(index).min(self.moved()).saturating_mul(size.into())
            }
            Len::ResultPlus(index, more) => {
                count(index).min(self.moved()).saturating_add(more.into())
            }
            Len::ValueResult(index) => {
                let before = self.plan.lengths[usize::from(index)];
                let addr = self.call.args[usize::from(index)];
                u64::from(self.shortened(before, addr))
            }
            Len::Header(index) if self.succeeded() => {
                count(index).min(read_u32(self.mem, addr).into())
            }
            Len::Header(index) => count(index),
            Len::FdSet(index) => count(index).div_ceil(64).saturating_mul(8),
            Len::NodeMask(index) => count(index).saturating_sub(1).div_ceil(64).saturating_mul(8),
            Len::Pages(index) => count(index).div_ceil(4096),
        }
    }

    /// A length the kernel may have made shorter, at `addr`. Negative ones are errors.
    pub fn shortened(&self, before: u32, addr: u64) -> u32 {
        let before = if before > i32::MAX as u32 { 0 } else { before };
        if self.succeeded() { before.min(read_u32(self.mem, addr)) } else { before }
    }

    /// Tells a range, clipped to where a process has memory. Ranges of calls that failed were
    /// perhaps not all writable.
    pub fn range(&mut self, addr: u64, len: u64) {
        if self.result.is_some_and(|result| result < 0) {
            self.readable(addr, len);
        } else {
            self.tell(addr, len);
        }
    }

    fn tell(&mut self, addr: u64, len: u64) {
        let end = addr.saturating_add(len).min(ADDRESSES);
        if addr != 0 && addr < end {
            (self.sink)(addr, end - addr);
        }
    }

    /// Tells the readable beginning of a range.
    pub fn readable(&mut self, addr: u64, len: u64) {
        let end = addr.saturating_add(len).min(ADDRESSES);
        let mut at = addr;
        while at < end && self.mem.read(at, &mut [0]) {
            if self.searched == SEARCHED_PAGES {
                self.unknown();
                break;
            }
            self.searched += 1;
            at = (at & !4095) + 4096;
        }
        self.tell(addr, at.min(end).saturating_sub(addr));
    }

    fn vectors(&mut self, vectors: &Vectors, bytes: u64) {
        let mut left = bytes.min(MAX_MOVED);
        for index in 0..vectors.count() {
            let (addr, len) = vectors.get(index, self.mem);
            let len = len.min(left);
            self.range(addr, len);
            left -= len;
            if left == 0 {
                break;
            }
        }
    }

    fn message(&mut self, addr: u64) {
        let Saved::Message(head, vectors) = &self.plan.saved else { return };
        if !self.written() {
            return;
        }
        self.vectors(vectors, self.moved());
        let name = self.shortened(head[1] as u32, addr.wrapping_add(8));
        self.range(head[0], name.min(MAX_NAME).into());
        let control = match self.succeeded() {
            true => head[5].min(read_u64(self.mem, addr.wrapping_add(40))),
            false => head[5],
        };
        self.range(head[4], control);
        self.header(addr);
    }

    /// What a receive writes into the header: lengths of name and control messages, flags.
    fn header(&mut self, addr: u64) {
        self.range(addr.wrapping_add(8), 4);
        self.range(addr.wrapping_add(40), 8);
        self.range(addr.wrapping_add(48), 4);
    }

    /// The headers of the messages that were sent or received.
    fn message_addrs(&self, addr: u64, count: u8) -> impl Iterator<Item = u64> + use<M> {
        let given = self.shape.count(self.call, count).min(MAX_VECTORS);
        let done = match self.result {
            None => given,
            Some(result) if result >= 0 => given.min(result as u64),
            // Only the first can fail: what comes later shortens the count.
            Some(EFAULT) => given.min(1),
            Some(_) => 0,
        };
        (0..done).map(move |i| addr.wrapping_add(i * 64))
    }

    /// The pointers are read again after the call: nothing but their targets was written.
    fn messages(&mut self, addr: u64, count: u8) {
        let Saved::Names(names) = &self.plan.saved else { return };
        for (i, at) in self.message_addrs(addr, count).enumerate() {
            let word = |offset| read_u64(self.mem, at.wrapping_add(offset));
            let (name, room) = (word(0), *names.get(i).unwrap_or(&MAX_NAME));
            let (control, control_len) = (word(32), word(40));
            let vectors = Vectors::keep(word(16), word(24), self.mem);
            let bytes = match self.succeeded() {
                true => u64::from(read_u32(self.mem, at.wrapping_add(56))),
                false => MAX_MOVED,
            };
            let name_len = self.shortened(room, at.wrapping_add(8)).min(MAX_NAME);
            self.vectors(&vectors, bytes);
            self.range(name, name_len.into());
            match self.result {
                Some(_) => self.readable(control, control_len),
                None => self.range(control, control_len),
            }
            self.header(at);
            self.range(at.wrapping_add(56), 4);
        }
    }
}
