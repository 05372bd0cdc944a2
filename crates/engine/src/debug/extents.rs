//! The addresses an access reaches, by the guest's present registers.

use crate::intrinsics::segment_base;
use crate::signal::xstate::{self, Image};
use crate::state::ctx;
use crate::sys;
use clew_translate::access::{Access, Extent};
use clew_translate::context::reg::{RAX, RCX};
use iced_x86::{CodeSize, Instruction, Mnemonic, Register};

/// Direction flag.
const DF: u64 = 1 << 10;

/// Calls `what` with start and end of each range that the access reaches.
pub(super) fn each(instr: &Instruction, access: &Access, mut what: impl FnMut(u64, u64)) {
    let mut state = None;
    let mut at = |element| {
        access.memory.virtual_address(element, |register, element, size| {
            value(register, element, size, &mut state)
        })
    };
    match access.extent {
        Extent::Scattered(size) => {
            for element in 0..elements(instr, access, size) {
                if let Some(start) = at(element).filter(|_| is_chosen(instr, element, size)) {
                    what(start, start.saturating_add(size.into()));
                }
            }
        }
        Extent::Bytes(size) => {
            let Some(start) = at(0) else { return };
            what(start, start.saturating_add(size.into()));
        }
        Extent::Repeated(size) => {
            let Some(start) = at(0) else { return };
            let short = access.memory.address_size() == CodeSize::Code32;
            let count = ctx().gpr[RCX] & if short { u32::MAX.into() } else { u64::MAX };
            let size = u64::from(size);
            let len = rounds(instr, count, size).saturating_mul(size);
            if len == 0 {
            } else if ctx().rflags & DF == 0 {
                what(start, start.saturating_add(len));
            } else {
                let end = start.saturating_add(size);
                what(end.saturating_sub(len), end);
            }
        }
        Extent::BitString(size, register) => {
            let (Some(start), Some(bit)) = (at(0), register_value(register)) else { return };
            let bits = 8 * size;
            let unused = 64 - bits;
            let bit = (bit << unused) as i64 >> unused;
            let word = bit.div_euclid(bits.into()).wrapping_mul(size.into());
            let start = start.wrapping_add(word as u64);
            what(start, start.saturating_add(size.into()));
        }
        Extent::Unknown => {
            let Some(start) = at(0) else { return };
            what(start, start.saturating_add(xstate::size() as u64));
        }
    }
}

/// How many rounds a repeated string instruction makes of the `count` it may.
fn rounds(instr: &Instruction, count: u64, size: u64) -> u64 {
    use Mnemonic::*;
    let compares_memory = match instr.mnemonic() {
        Cmpsb | Cmpsw | Cmpsd | Cmpsq => true,
        Scasb | Scasw | Scasd | Scasq => false,
        _ => return count,
    };
    let short = matches!(instr.op0_register(), Register::None)
        && matches!(
            instr.op0_kind(),
            iced_x86::OpKind::MemoryESEDI | iced_x86::OpKind::MemorySegESI
        );
    let narrow = |v: u64| if short { v & u64::from(u32::MAX) } else { v };
    let step = if ctx().rflags & DF == 0 { size } else { size.wrapping_neg() };
    let (mut di, mut si) = (ctx().gpr[7], ctx().gpr[6]);
    let base = match instr.segment_prefix() {
        Register::FS => segment_base(true),
        Register::GS => segment_base(false),
        _ => 0,
    };
    let mut bytes = [[0u8; 8]; 2];
    bytes[1] = ctx().gpr[RAX].to_le_bytes();
    let n = size as usize;
    for round in 0..count {
        let si_at = narrow(si).wrapping_add(base);
        let read = sys::read_guest(narrow(di), &mut bytes[0][..n])
            && (!compares_memory || sys::read_guest(si_at, &mut bytes[1][..n]));
        // `repe` ends at a difference, `repne` at a match.
        if !read || (bytes[0][..n] == bytes[1][..n]) == instr.has_repne_prefix() {
            return round + 1;
        }
        (di, si) = (di.wrapping_add(step), si.wrapping_add(step));
    }
    count
}

/// What a register that is part of an address holds.
fn value(
    register: Register,
    element: usize,
    size: usize,
    state: &mut Option<Image>,
) -> Option<u64> {
    match register {
        Register::FS => Some(segment_base(true)),
        Register::GS => Some(segment_base(false)),
        Register::ES | Register::CS | Register::SS | Register::DS | Register::RIP => Some(0),
        _ if register.is_vector_register() => {
            let image = state.get_or_insert_with(guest_state);
            Some(little_endian(&vector(image, register.number()), element * size, size))
        }
        _ => register_value(register),
    }
}

/// A general register's value, as many bytes as it has.
fn register_value(register: Register) -> Option<u64> {
    let n = clew_translate::insn::register_number(register)?;
    let value = ctx().gpr[n as usize];
    Some(match register.size() {
        1 => value & 0xff,
        2 => value & 0xffff,
        4 => value & 0xffff_ffff,
        _ => value,
    })
}

fn guest_state() -> Image {
    let mut image = Image::zero();
    xstate::save(&mut image);
    image
}

fn little_endian(bytes: &[u8], at: usize, len: usize) -> u64 {
    let mut word = [0; 8];
    if let Some(bytes) = bytes.get(at..at + len) {
        word[..len].copy_from_slice(bytes);
    }
    u64::from_le_bytes(word)
}

/// A vector register, all 64 bytes of it.
fn vector(image: &Image, n: usize) -> [u8; 64] {
    // Components: SSE, AVX, upper halves of zmm0 to 15, zmm16 to 31.
    let mut out = [0; 64];
    let mut put = |to: usize, component: u32, at: usize, len: usize| {
        let (offset, size) = xstate::component(component);
        if at + len <= size {
            out[to..to + len].copy_from_slice(&image.0[offset + at..offset + at + len]);
        }
    };
    if n < 16 {
        put(0, 1, 16 * n, 16);
        put(16, 2, 16 * n, 16);
        put(32, 6, 32 * n, 32);
    } else {
        put(0, 7, 64 * (n - 16), 64);
    }
    out
}

/// How many elements a gather or scatter works on.
fn elements(instr: &Instruction, access: &Access, size: u32) -> usize {
    let index = access.memory.index().size() / access.memory.vsib_size() as usize;
    let data = [instr.op0_register(), instr.op1_register()]
        .into_iter()
        .find(|r| r.is_vector_register())
        .map_or(usize::MAX, |r| r.size() / size as usize);
    index.min(data)
}

/// Does the mask of a gather or scatter have this element?
fn is_chosen(instr: &Instruction, element: usize, size: u32) -> bool {
    let image = guest_state();
    let mask = instr.op_mask();
    if mask != Register::None {
        let (offset, len) = xstate::component(5);
        let at = offset + 8 * (mask.number() % 8);
        return len == 0 || little_endian(&image.0, at, 8) >> element & 1 != 0;
    }
    // The older form: the sign bits of the third operand.
    let register = instr.op2_register();
    if !register.is_vector_register() {
        return true;
    }
    vector(&image, register.number())[(element + 1) * size as usize - 1] & 0x80 != 0
}
