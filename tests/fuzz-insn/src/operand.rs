//! Random operands for any instruction, from iced's description of its encoding.

use iced_x86::{
    Code, Decoder, DecoderOptions, Encoder, Instruction, OpCodeOperandKind, OpKind, Register,
    RoundingControl,
};

use crate::memory::{DATA, DATA_SIZE, code_area, near};
use crate::random::Random;

/// What one operand may be.
#[derive(Clone, Copy)]
enum Shape {
    Register(Class),
    RegisterOrMemory(Class),
    Memory,
    /// An address of whose parts the index is a vector register of this class.
    Gather(Class),
    Fixed(Register),
    Immediate(OpKind),
    One,
    Offset,
}

/// Kinds of registers.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    General(u8),
    Mmx,
    Vector(u16),
    Mask,
    MaskPair,
    Float,
    Segment,
}

/// Whether `shape` knows it.
pub fn is_known(kind: OpCodeOperandKind) -> bool {
    shape(kind).is_some()
}

fn shape(kind: OpCodeOperandKind) -> Option<Shape> {
    use OpCodeOperandKind as K;
    Some(match kind {
        K::mem => Shape::Memory,
        K::mem_offs => Shape::Offset,
        K::mem_vsib32x | K::mem_vsib64x => Shape::Gather(Class::Vector(128)),
        K::mem_vsib32y | K::mem_vsib64y => Shape::Gather(Class::Vector(256)),
        K::mem_vsib32z | K::mem_vsib64z => Shape::Gather(Class::Vector(512)),
        K::al => Shape::Fixed(Register::AL),
        K::cl => Shape::Fixed(Register::CL),
        K::ax => Shape::Fixed(Register::AX),
        K::dx => Shape::Fixed(Register::DX),
        K::eax => Shape::Fixed(Register::EAX),
        K::rax => Shape::Fixed(Register::RAX),
        K::st0 => Shape::Fixed(Register::ST0),
        K::sti_opcode => Shape::Register(Class::Float),
        K::seg_reg => Shape::Register(Class::Segment),
        K::imm8 => Shape::Immediate(OpKind::Immediate8),
        K::imm8_const_1 => Shape::One,
        K::imm8sex16 => Shape::Immediate(OpKind::Immediate8to16),
        K::imm8sex32 => Shape::Immediate(OpKind::Immediate8to32),
        K::imm8sex64 => Shape::Immediate(OpKind::Immediate8to64),
        K::imm16 => Shape::Immediate(OpKind::Immediate16),
        K::imm32 => Shape::Immediate(OpKind::Immediate32),
        K::imm32sex64 => Shape::Immediate(OpKind::Immediate32to64),
        K::imm64 => Shape::Immediate(OpKind::Immediate64),
        _ => return named(&format!("{kind:?}")),
    })
}

/// The regular names: `r32_or_mem`, `xmm_vvvv`, `kp1_reg`, ...
fn named(name: &str) -> Option<Shape> {
    let (class, role) = name.split_once('_')?;
    let class = match class {
        "r8" => Class::General(8),
        "r16" => Class::General(16),
        "r32" => Class::General(32),
        "r64" => Class::General(64),
        "mm" => Class::Mmx,
        "xmm" => Class::Vector(128),
        "ymm" => Class::Vector(256),
        "zmm" => Class::Vector(512),
        "k" => Class::Mask,
        "kp1" => Class::MaskPair,
        _ => return None,
    };
    match role {
        "reg" | "rm" | "vvvv" | "opcode" | "is4" | "is5" => Some(Shape::Register(class)),
        "or_mem" => Some(Shape::RegisterOrMemory(class)),
        _ => None,
    }
}

/// An instruction and what has to run before it so that its memory operand is where it should be.
pub struct Prepared {
    pub before: Vec<Instruction>,
    pub instruction: Instruction,
}

/// Random operands for `code`; none if the combination cannot be encoded (the caller tries again).
/// `reserved` registers are not used for addresses.
pub fn random(code: Code, reserved: &[Register], random: &mut Random) -> Option<Prepared> {
    let info = code.op_code();
    let mut instruction = Instruction::new();
    instruction.set_code(code);
    let mut before = Vec::new();
    let (mut has_memory, vex) = (false, code.op_code().op_count() > 0 && is_wide(code));
    for n in 0..info.op_count() {
        match shape(info.op_kind(n))? {
            Shape::Register(class) => {
                set_register(&mut instruction, n, register(class, vex, random))
            }
            Shape::RegisterOrMemory(class) if random.chance(60) => {
                set_register(&mut instruction, n, register(class, vex, random));
            }
            Shape::RegisterOrMemory(_) | Shape::Memory => {
                has_memory = true;
                instruction.set_op_kind(n, OpKind::Memory);
                address(&mut instruction, &mut before, reserved, random);
            }
            Shape::Gather(class) => {
                has_memory = true;
                instruction.set_op_kind(n, OpKind::Memory);
                gather(
                    &mut instruction,
                    &mut before,
                    register(class, vex, random),
                    reserved,
                    random,
                );
            }
            Shape::Fixed(register) => set_register(&mut instruction, n, register),
            Shape::One => {
                instruction.set_op_kind(n, OpKind::Immediate8);
                instruction.set_immediate8(1);
            }
            Shape::Immediate(kind) => set_immediate(&mut instruction, n, kind, random.value()),
            Shape::Offset => {
                has_memory = true;
                instruction.set_op_kind(n, OpKind::Memory);
                instruction.set_memory_displ_size(8);
                instruction.set_memory_displacement64(target(random));
            }
        }
    }
    // A bit offset in a register reaches far: with a 32-bit address, what a recorder keeps there.
    use iced_x86::Mnemonic::{Bt, Btc, Btr, Bts};
    if matches!(code.mnemonic(), Bt | Btc | Btr | Bts)
        && instruction.memory_base() != Register::None
        && instruction.memory_base().size() == 4
    {
        return None;
    }
    decorate(&mut instruction, has_memory, random);
    let mut encoder = Encoder::new(64);
    encoder.encode(&instruction, code_area()).ok()?;
    // Combinations that can be encoded but not executed (a gather into its own index): a few.
    let bytes = encoder.take_buffer();
    if Decoder::new(64, &bytes, DecoderOptions::NONE).decode().is_invalid() && !random.chance(5) {
        return None;
    }
    Some(Prepared { before, instruction })
}

/// EVEX-encoded: registers 16 to 31 may be used.
fn is_wide(code: Code) -> bool {
    code.op_code().encoding() == iced_x86::EncodingKind::EVEX
}

/// Prefixes and EVEX attributes.
fn decorate(instruction: &mut Instruction, has_memory: bool, random: &mut Random) {
    let info = instruction.code().op_code();
    if info.require_op_mask_register() || info.can_use_op_mask_register() && random.chance(50) {
        instruction.set_op_mask(mask(1 + random.below(7)));
        instruction.set_zeroing_masking(
            info.can_use_zeroing_masking() && !memory_destination(instruction) && random.chance(40),
        );
    }
    if has_memory && info.can_broadcast() && random.chance(30) {
        instruction.set_is_broadcast(true);
    }
    if !has_memory && info.can_use_rounding_control() && random.chance(30) {
        use RoundingControl::{RoundDown, RoundToNearest, RoundTowardZero, RoundUp};
        let rounding = *random.pick(&[RoundDown, RoundUp, RoundTowardZero, RoundToNearest]);
        instruction.set_rounding_control(rounding);
    } else if !has_memory && info.can_suppress_all_exceptions() && random.chance(30) {
        instruction.set_suppress_all_exceptions(true);
    }
    if memory_destination(instruction) && info.can_use_lock_prefix() && random.chance(25) {
        instruction.set_has_lock_prefix(true);
    }
    if has_memory && random.chance(6) {
        use Register::{CS, DS, ES, GS, SS};
        let prefix = *random.pick(&[DS, ES, CS, SS, GS, GS, GS]);
        // GS would turn the red zone into the stack's top, where return addresses lie.
        if prefix != GS || instruction.memory_base() != Register::RSP {
            instruction.set_segment_prefix(prefix);
        }
    }
}

fn memory_destination(instruction: &Instruction) -> bool {
    instruction.op_count() > 0 && instruction.op0_kind() == OpKind::Memory
}

fn set_register(instruction: &mut Instruction, n: u32, register: Register) {
    instruction.set_op_kind(n, OpKind::Register);
    instruction.set_op_register(n, register);
}

fn set_immediate(instruction: &mut Instruction, n: u32, kind: OpKind, value: u64) {
    instruction.set_op_kind(n, kind);
    match kind {
        OpKind::Immediate8 => instruction.set_immediate8(value as u8),
        OpKind::Immediate8to16 => instruction.set_immediate8to16(i16::from(value as i8)),
        OpKind::Immediate8to32 => instruction.set_immediate8to32(i32::from(value as i8)),
        OpKind::Immediate8to64 => instruction.set_immediate8to64(i64::from(value as i8)),
        OpKind::Immediate16 => instruction.set_immediate16(value as u16),
        OpKind::Immediate32 => instruction.set_immediate32(value as u32),
        OpKind::Immediate32to64 => instruction.set_immediate32to64(i64::from(value as i32)),
        _ => instruction.set_immediate64(value),
    }
}

fn numbered(first: Register, n: u64) -> Register {
    Register::try_from(first as usize + n as usize).expect("a register of the same kind")
}

fn mask(n: u64) -> Register {
    numbered(Register::K0, n)
}

/// Any general register but rsp.
pub fn general(random: &mut Random) -> Register {
    loop {
        let register = numbered(Register::RAX, random.below(16));
        if register != Register::RSP {
            return register;
        }
    }
}

fn register(class: Class, wide: bool, random: &mut Random) -> Register {
    let vectors = if wide { 32 } else { 16 };
    match class {
        Class::General(8) => loop {
            // AL to R15B, the legacy high halves among them.
            let register = numbered(Register::AL, random.below(20));
            if register != Register::SPL {
                break register;
            }
        },
        Class::General(bits) => {
            let n = general(random).number() as u64;
            let first = match bits {
                16 => Register::AX,
                32 => Register::EAX,
                _ => Register::RAX,
            };
            numbered(first, n)
        }
        Class::Mmx => numbered(Register::MM0, random.below(8)),
        Class::Vector(128) => numbered(Register::XMM0, random.below(vectors)),
        Class::Vector(256) => numbered(Register::YMM0, random.below(vectors)),
        Class::Vector(_) => numbered(Register::ZMM0, random.below(vectors)),
        Class::Mask => mask(random.below(8)),
        Class::MaskPair => mask(random.below(4) * 2),
        Class::Float => numbered(Register::ST0, random.below(8)),
        Class::Segment => *random.pick(&[Register::CS, Register::DS, Register::SS, Register::ES]),
    }
}

/// A place in the data area, mostly aligned.
pub fn target(random: &mut Random) -> u64 {
    let offset = random.below(DATA_SIZE - 1024) + 512;
    DATA + if random.chance(92) { offset & !63 } else { offset }
}

/// A place where nothing is, natively or recorded: not canonical, or in the gap behind the data.
fn wild(random: &mut Random) -> u64 {
    if random.chance(50) {
        (random.next() | 1 << 63) & !(1 << 62)
    } else {
        DATA + 0x80_0000 + random.below(1 << 20)
    }
}

/// A free general register for an address.
pub fn scratch(reserved: &[Register], random: &mut Random) -> Register {
    loop {
        let register = general(random);
        if !reserved.contains(&register) {
            return register;
        }
    }
}

/// `mov register, value`, which leaves the flags alone.
pub fn load(register: Register, value: u64) -> Instruction {
    Instruction::with2(Code::Mov_r64_imm64, register, value).expect("mov is encodable")
}

/// An address in one of the architecture's forms, nearly always of mapped memory.
fn address(
    instruction: &mut Instruction,
    before: &mut Vec<Instruction>,
    reserved: &[Register],
    random: &mut Random,
) {
    let to = target(random);
    match random.below(20) {
        0..3 => {
            let to = to - DATA + near();
            // With a 32-bit address the sum wraps at 4 GiB.
            let eip = near() == DATA && random.chance(10);
            instruction.set_memory_base(if eip { Register::EIP } else { Register::RIP });
            instruction.set_memory_displ_size(8);
            instruction.set_memory_displacement64(to);
        }
        3 => {
            instruction.set_memory_displ_size(8);
            instruction.set_memory_displacement64(to);
        }
        4 | 5 => {
            // The red zone: kept free by everything else.
            instruction.set_memory_base(Register::RSP);
            instruction.set_memory_displ_size(1);
            let distance = if random.chance(90) { 64 } else { 64 + random.below(64) };
            instruction.set_memory_displacement64(distance.wrapping_neg());
        }
        6 => {
            // A 32-bit address.
            let base = scratch(reserved, random);
            before.push(load(base, to | random.next() << 32));
            instruction.set_memory_base(numbered(Register::EAX, base.number() as u64));
        }
        7 if random.chance(20) => {
            let base = scratch(reserved, random);
            before.push(load(base, wild(random)));
            instruction.set_memory_base(base);
        }
        form => {
            let base = scratch(reserved, random);
            let displacement =
                if form % 2 == 0 { random.below(256) } else { random.below(1 << 20) };
            instruction.set_memory_base(base);
            instruction.set_memory_displ_size(8);
            instruction.set_memory_displacement64(displacement.wrapping_neg());
            let mut start = to.wrapping_add(displacement);
            let index = scratch(reserved, random);
            if form > 13 && index != base {
                let (count, scale) = (random.below(64).wrapping_sub(32), 1 << random.below(4));
                start = start.wrapping_sub(count.wrapping_mul(scale));
                before.push(load(index, count));
                instruction.set_memory_index(index);
                instruction.set_memory_index_scale(scale as u32);
            }
            before.push(load(base, start));
        }
    }
}

/// A vector of addresses, all of them the same place: random ones would hit what a recorder keeps
/// in the same address space.
fn gather(
    instruction: &mut Instruction,
    before: &mut Vec<Instruction>,
    index: Register,
    reserved: &[Register],
    random: &mut Random,
) {
    let base = scratch(reserved, random);
    let to = if random.chance(95) { target(random) } else { wild(random) };
    before.push(load(base, to));
    instruction.set_memory_base(base);
    instruction.set_memory_index(index);
    instruction.set_memory_index_scale(1 << random.below(4));
    let n = index.number() as u64;
    let code = if n < 16 {
        Code::VEX_Vpxor_xmm_xmm_xmmm128
    } else {
        Code::EVEX_Vpxord_zmm_k1z_zmm_zmmm512b32
    };
    let same = if n < 16 { numbered(Register::XMM0, n) } else { numbered(Register::ZMM0, n) };
    before.extend(Instruction::with3(code, same, same, same).ok());
}
