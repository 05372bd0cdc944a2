//! Which memory an instruction reads and writes.

use iced_x86::{
    CodeSize, Instruction, InstructionInfoFactory, Mnemonic, OpAccess, OpKind, Register, UsedMemory,
};

/// One of an instruction's accesses to memory.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    /// The address is this one's, but for what `extent` says.
    pub memory: UsedMemory,
    pub extent: Extent,
    pub reads: bool,
    pub writes: bool,
}

/// How far an access reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// So many bytes.
    Bytes(u32),
    /// As many elements of this size as rcx says, up or down.
    Repeated(u32),
    /// A word of this size, which this register numbers by its bits.
    BitString(u32, Register),
    /// Elements of this size at the addresses that a vector holds.
    Scattered(u32),
    /// As the processor's state says.
    Unknown,
}

/// The accesses of an instruction. It may not make all of them: some are conditional.
pub fn accesses(
    factory: &mut InstructionInfoFactory,
    instr: &Instruction,
) -> impl Iterator<Item = Access> {
    use OpAccess::*;
    let repeated =
        (instr.has_rep_prefix() || instr.has_repne_prefix()) && instr.is_string_instruction();
    let bits =
        matches!(instr.mnemonic(), Mnemonic::Bt | Mnemonic::Bts | Mnemonic::Btr | Mnemonic::Btc)
            && instr.op1_kind() == OpKind::Register;
    let register = instr.op1_register();
    let element = instr.memory_size().size() as u32;
    factory.info(instr).used_memory().iter().map(move |&memory| {
        let size = memory.memory_size().size() as u32;
        let extent = if memory.vsib_size() != 0 {
            Extent::Scattered(size)
        } else if repeated {
            Extent::Repeated(element)
        } else if size == 0 {
            Extent::Unknown
        } else if bits {
            Extent::BitString(size, register)
        } else {
            Extent::Bytes(size)
        };
        let access = memory.access();
        Access {
            memory,
            extent,
            reads: !matches!(access, None | NoMemAccess | Write | CondWrite),
            writes: !matches!(access, None | NoMemAccess | Read | CondRead),
        }
    })
}

/// An address as `lea` computes it, in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operand {
    /// Numbers of registers as the hardware encodes them.
    pub base: Option<u8>,
    pub index: Option<u8>,
    pub scale: u8,
    /// The whole address if there are no registers.
    pub disp: u64,
    /// Only its low 32 bits count.
    pub short: bool,
    pub segment: Segment,
    /// Bytes from there on.
    pub size: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    None,
    Fs,
    Gs,
}

impl Access {
    /// The access in a form that a few instructions can compute. `None` if it is more complicated.
    pub fn operand(&self) -> Option<Operand> {
        let Extent::Bytes(size) = self.extent else { return Option::None };
        let memory = &self.memory;
        let short = memory.address_size() == CodeSize::Code32;
        let number = |register: Register| match register {
            Register::None => Some(Option::None),
            _ if register.is_gpr64() || register.is_gpr32() => {
                Some(Some(register.full_register().number() as u8))
            }
            _ => Option::None,
        };
        let segment = match memory.segment() {
            Register::FS => Segment::Fs,
            Register::GS => Segment::Gs,
            _ => Segment::None,
        };
        let (base, index) = (number(memory.base())?, number(memory.index())?);
        let constant = base.is_none() && index.is_none();
        let disp = memory.displacement();
        let reachable = constant || short || i32::try_from(disp as i64).is_ok();
        reachable.then_some(Operand {
            base,
            index,
            scale: memory.scale() as u8,
            disp,
            short,
            segment,
            size,
        })
    }
}
