//! x86-64 as gdb sees it: with everything up to AVX-512 that this processor has.

pub mod cpu;
pub mod description;
mod image;
pub mod layout;
pub mod values;

use std::num::NonZeroUsize;

use gdbstub::arch;

use values::File;

#[derive(Debug)]
pub enum X86_64 {}

impl arch::Arch for X86_64 {
    type Usize = u64;
    type Registers = File;
    type BreakpointKind = usize;
    type RegId = RegId;

    fn target_description_xml() -> Option<&'static str> {
        Some(description::xml())
    }
}

/// A register's number in the description.
#[derive(Clone, Copy, Debug)]
pub struct RegId(pub usize);

impl arch::RegId for RegId {
    fn from_raw_id(id: usize) -> Option<(Self, Option<NonZeroUsize>)> {
        let register = layout::registers().get(id)?;
        Some((Self(id), NonZeroUsize::new(register.bytes)))
    }

    fn to_raw_id(&self) -> Option<usize> {
        Some(self.0)
    }
}

impl arch::Registers for File {
    type ProgramCounter = u64;

    fn pc(&self) -> u64 {
        self.registers.rip
    }

    fn gdb_serialize(&self, mut write_byte: impl FnMut(Option<u8>)) {
        for register in layout::registers() {
            match values::read(self, register) {
                Some(bytes) => bytes.into_iter().for_each(|byte| write_byte(Some(byte))),
                None => (0..register.bytes).for_each(|_| write_byte(None)),
            }
        }
    }

    fn gdb_deserialize(&mut self, bytes: &[u8]) -> Result<(), ()> {
        self.written = bytes.to_vec();
        Ok(())
    }
}
