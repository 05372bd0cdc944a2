//! What has to be known from before a call, to tell afterwards what it wrote.

use crate::model::{Call, GuestMemory, Kind, Len, Nested};
use crate::shape::{Shape, shape};

/// As many vectors and messages are kept; the others are read again after the call.
pub(crate) const KEPT: usize = 16;
/// The longest structure kept, in words.
pub(crate) const HEAD: usize = 16;
/// `UIO_MAXIOV`: the kernel takes no more vectors or messages.
pub(crate) const MAX_VECTORS: u64 = 1024;

/// Made by [`plan`] before a call, used by [`crate::outputs()`] after it.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) call: Call,
    pub(crate) shape: Option<Shape>,
    /// The `u32` each argument that is a value-result length pointed at.
    pub(crate) lengths: [u32; 6],
    pub(crate) saved: Saved,
}

#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "lives on the stack; there is no heap to put it on")]
pub(crate) enum Saved {
    Nothing,
    /// The beginning of the structure an argument points at.
    Head([u64; HEAD]),
    Vectors(Vectors),
    Message([u64; HEAD], Vectors),
    /// Room for the name in each of the first messages.
    Names([u32; KEPT]),
}

/// A `struct iovec[]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vectors {
    addr: u64,
    count: u64,
    kept: [(u64, u64); KEPT],
}

impl Vectors {
    /// None of them if there are more than the kernel takes.
    pub(crate) fn keep(addr: u64, count: u64, mem: &impl GuestMemory) -> Self {
        let count = if count > MAX_VECTORS { 0 } else { count };
        let mut kept = [(0, 0); KEPT];
        for (i, slot) in kept.iter_mut().enumerate().take(count as usize) {
            *slot = Self::load(addr, i as u64, mem);
        }
        Self { addr, count, kept }
    }

    fn load(addr: u64, index: u64, mem: &impl GuestMemory) -> (u64, u64) {
        let at = addr.wrapping_add(index * 16);
        (read_u64(mem, at), read_u64(mem, at.wrapping_add(8)))
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Address and length of one.
    pub(crate) fn get(&self, index: u64, mem: &impl GuestMemory) -> (u64, u64) {
        match self.kept.get(index as usize) {
            Some(&vector) => vector,
            None => Self::load(self.addr, index, mem),
        }
    }
}

impl Plan {
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// The row that is right for the call.
    pub fn shape(&self) -> Option<&Shape> {
        self.shape.as_ref()
    }
}

/// Looks at what a call is about to be given.
pub fn plan(call: &Call, mem: &impl GuestMemory) -> Plan {
    let mut plan = Plan { call: *call, shape: shape(call), lengths: [0; 6], saved: Saved::Nothing };
    let Some(shape) = plan.shape else { return plan };
    for (index, arg) in shape.args.iter().enumerate() {
        let addr = call.args[index];
        match arg.kind {
            Kind::OutBuf(len) | Kind::InOutBuf(len) | Kind::OutWhen(_, len) => {
                if let Len::ValueResult(of) = len {
                    let of = usize::from(of);
                    plan.lengths[of] = read_u32(mem, call.args[of]);
                }
            }
            Kind::IovecOut(of) => {
                plan.saved = Saved::Vectors(Vectors::keep(addr, shape.count(call, of), mem));
            }
            Kind::MsgHdrOut => {
                let head = read_head(mem, addr, 56);
                plan.saved = Saved::Message(head, Vectors::keep(head[2], head[3], mem));
            }
            Kind::MmsgHdrOut(of) => plan.saved = names(addr, shape.count(call, of), mem),
            Kind::Nested(nested) => {
                if let Some(size) = head_size(nested, &shape, call) {
                    plan.saved = Saved::Head(read_head(mem, addr, size));
                }
            }
            _ => {}
        }
    }
    plan
}

fn names(addr: u64, count: u64, mem: &impl GuestMemory) -> Saved {
    let mut names = [0; KEPT];
    for (i, name) in names.iter_mut().enumerate().take(count.min(KEPT as u64) as usize) {
        *name = read_u32(mem, addr.wrapping_add(i as u64 * 64 + 8));
    }
    Saved::Names(names)
}

/// How much of a structure is worth keeping.
fn head_size(nested: Nested, shape: &Shape, call: &Call) -> Option<usize> {
    let bounded = |len: u64| len.min(HEAD as u64 * 8) as usize;
    Some(match nested {
        Nested::CloneParentTid | Nested::CloneChildTid => return None,
        Nested::CloneArgs => bounded(call.args[1]),
        Nested::BpfLog(..) => bounded(shape.count(call, 2)),
        Nested::FileHandle => 8,
        Nested::XattrArgs | Nested::IfConf | Nested::RegSet => 16,
        Nested::Array { head, .. } => bounded(u64::from(head)),
        Nested::ScsiGeneric => 88,
        Nested::UffdCopy | Nested::KeyOut => 40,
    })
}

/// The first `size` bytes at `addr`, as words; zeros if unreadable, as the kernel then fails.
fn read_head(mem: &impl GuestMemory, addr: u64, size: usize) -> [u64; HEAD] {
    let mut bytes = [0; HEAD * 8];
    if !mem.read(addr, &mut bytes[..size]) {
        return [0; HEAD];
    }
    let mut words = [0; HEAD];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    words
}

/// A field of a kept structure.
pub(crate) fn field(head: &[u64; HEAD], offset: u8) -> u32 {
    (head[usize::from(offset) / 8 % HEAD] >> (offset % 8 * 8)) as u32
}

/// Zero if unreadable.
pub(crate) fn read_u32(mem: &impl GuestMemory, addr: u64) -> u32 {
    let mut bytes = [0; 4];
    if addr == 0 || !mem.read(addr, &mut bytes) { 0 } else { u32::from_le_bytes(bytes) }
}

/// Zero if unreadable.
pub(crate) fn read_u64(mem: &impl GuestMemory, addr: u64) -> u64 {
    let mut bytes = [0; 8];
    if addr == 0 || !mem.read(addr, &mut bytes) { 0 } else { u64::from_le_bytes(bytes) }
}
