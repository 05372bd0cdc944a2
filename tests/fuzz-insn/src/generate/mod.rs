//! Random sequences: single instructions of every kind, and the control flow around them.
//!
//! Here is what chooses the next item, and instructions with random operands; [`control`] writes
//! branches, [`far`] those that lead far, [`flags`] what flags are tested with, [`special`] instructions with operands prepared,
//! [`hazards`] code that changes itself or faults, [`survive`] what goes on after a fault.

mod control;
mod far;
mod flags;
mod hazards;
mod special;
mod survive;

use iced_x86::code_asm::*;
use iced_x86::{Decoder, Instruction, InstructionInfoFactory, OpAccess, Register};

use crate::catalogue::Catalogue;
use crate::memory::{TABLES, exit_code};
use crate::operand::{self, scratch};
use crate::random::Random;

type Result = std::result::Result<(), IcedError>;

pub struct Generator {
    catalogue: Catalogue,
}

/// A sequence that is being written.
struct Writer<'a> {
    catalogue: &'a Catalogue,
    a: CodeAssembler,
    random: Random,
    /// Registers the code around needs unchanged (loop counters).
    reserved: Vec<Register>,
    /// Instructions that move rsp are not allowed here: a return address is on top.
    in_function: bool,
    depth: u32,
    /// Table slots given out.
    slots: u64,
    writable: bool,
}

impl Generator {
    pub fn new() -> Self {
        Self { catalogue: Catalogue::new() }
    }

    /// The machine code of sequence `n`, to run at `ip`. `writable`: it may change itself.
    pub fn sequence(&self, seed: u64, n: u64, ip: u64, writable: bool) -> Vec<u8> {
        let mut writer = Writer {
            catalogue: &self.catalogue,
            a: CodeAssembler::new(64).expect("64 bits are supported"),
            random: Random::new(seed, n, 0),
            reserved: vec![Register::RSP],
            in_function: false,
            depth: 0,
            slots: 0,
            writable,
        };
        writer.sequence().expect("everything written is valid");
        let mut code = writer.a.assemble(ip).expect("every sequence can be encoded");
        set_ignored_bits(&mut code, ip, &mut writer.random);
        code
    }
}

/// Sets prefix bits that RIP-relative operands ignore, here and there.
fn set_ignored_bits(code: &mut [u8], ip: u64, random: &mut Random) {
    let mut at = 0;
    while at < code.len() {
        let decode = |code: &[u8]| Decoder::with_ip(64, &code[at..], ip + at as u64, 0).decode();
        let instruction = decode(code);
        let len = instruction.len().max(1);
        if instruction.is_ip_rel_memory_operand() && random.chance(25) {
            let was = code[at..at + len].to_vec();
            let first = was.iter().position(|b| !LEGACY_PREFIXES.contains(b)).unwrap_or(0);
            match was[first] {
                0x40..=0x4f => code[at + first] |= 1 + random.below(3) as u8,
                0xc4 | 0x62 => code[at + first + 1] &= !(0x20 << random.below(2)),
                _ => {}
            }
            if decode(code) != instruction {
                code[at..at + len].copy_from_slice(&was);
            }
        }
        at += len;
    }
}

const LEGACY_PREFIXES: [u8; 11] =
    [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3];

impl Writer<'_> {
    fn sequence(&mut self) -> Result {
        let items = 4 + self.random.below(28);
        self.items(items)?;
        if self.random.chance(4) {
            self.fault()?;
        }
        self.a.jmp(exit_code())
    }

    fn items(&mut self, count: u64) -> Result {
        for _ in 0..count {
            self.item()?;
        }
        Ok(())
    }

    fn item(&mut self) -> Result {
        let nested = self.depth < 3;
        match self.random.below(100) {
            0..6 if nested => self.forward_branch(),
            6..12 if nested => self.counted_loop(),
            12..17 if nested => self.call(),
            17..21 if nested => self.indirect_jump(),
            21..25 => self.string(),
            25..28 if !self.in_function => self.stack(),
            28..32 => self.flags(),
            32..34 => self.divide(),
            34..36 => self.control_words(),
            36..39 => self.intercepted(),
            39 => self.code_address(),
            40..46 => self.flag_probe(),
            46..48 if self.writable => self.rewritten(),
            48..50 if self.writable => self.replaced(),
            50..53 => self.island(),
            53..56 => self.far_transfer(),
            56..60 if nested => self.survived(),
            _ => self.instruction(),
        }
    }

    /// A free register, as the assembler's type.
    fn register(&mut self) -> AsmRegister64 {
        let register = scratch(&self.reserved, &mut self.random);
        get_gpr64(register).expect("a 64-bit register")
    }

    /// Any instruction of the catalogue with random operands.
    fn instruction(&mut self) -> Result {
        for _ in 0..100 {
            let codes = self.random.pick(&self.catalogue.mnemonics);
            let code = *self.random.pick(codes);
            let Some(prepared) = operand::random(code, &self.reserved, &mut self.random) else {
                continue;
            };
            let all = prepared.before.iter().chain([&prepared.instruction]);
            if !all.clone().all(|instruction| self.allowed(instruction)) {
                continue;
            }
            for instruction in all {
                self.a.add_instruction(*instruction)?;
            }
            return Ok(());
        }
        self.a.nop()
    }

    /// Whether an instruction leaves the reserved registers alone.
    fn allowed(&self, instruction: &Instruction) -> bool {
        let mut factory = InstructionInfoFactory::new();
        let info = factory.info(instruction);
        !info.used_registers().iter().any(|used| {
            let writes =
                !matches!(used.access(), OpAccess::Read | OpAccess::CondRead | OpAccess::None);
            writes && self.reserved.contains(&used.register().full_register())
        })
    }

    fn nested(&mut self, write: impl FnOnce(&mut Self) -> Result) -> Result {
        self.depth += 1;
        let result = write(self);
        self.depth -= 1;
        result
    }

    fn slot(&mut self) -> u64 {
        self.slots += 1;
        TABLES + self.slots * 8
    }
}
