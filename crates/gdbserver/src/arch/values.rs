//! One register's value, as bytes in the target's order.

use clew_timeline::Registers;

use super::layout::{Place, Register};
use super::{cpu, image, layout};

/// A task's registers and what gdb counts among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    pub registers: Registers,
    /// The system call the task is in.
    pub call: Option<u64>,
    /// A register file as gdb writes it, to be laid over what is there.
    pub written: Vec<u8>,
}

/// Lays a whole register file over `file`. False if it is not of the right size.
pub fn write_all(file: &mut File, bytes: &[u8]) -> bool {
    if bytes.len() != layout::registers().iter().map(|register| register.bytes).sum::<usize>() {
        return false;
    }
    let mut rest = bytes;
    for register in layout::registers() {
        let (value, others) = rest.split_at(register.bytes);
        // An image without a component has no place for its registers.
        write(file, register, value);
        rest = others;
    }
    true
}

/// The value; none if it is not known.
pub fn read(file: &File, register: &Register) -> Option<Vec<u8>> {
    let regs = &file.registers;
    let mut bytes = vec![0; register.bytes];
    let word = match register.place {
        Place::Gpr(number) => regs.gpr[number],
        Place::Rip => regs.rip,
        Place::Rflags => regs.rflags,
        Place::FsBase => regs.fs_base,
        Place::GsBase => regs.gs_base,
        Place::Constant(value) => value,
        Place::OrigRax => file.call.unwrap_or(u64::MAX),
        Place::X87Tags => image::tags(&regs.xsave)?.into(),
        Place::X87 { offset, width } => {
            image::read(&regs.xsave, cpu::X87, offset, &mut bytes[..width]).then_some(())?;
            return Some(bytes);
        }
        Place::X87Segment { offset } => {
            image::read(&regs.xsave, cpu::X87, offset, &mut bytes[..2]).then_some(())?;
            return Some(bytes);
        }
        Place::Image { component, offset } => {
            image::read(&regs.xsave, component, offset, &mut bytes).then_some(())?;
            return Some(bytes);
        }
    };
    let width = bytes.len();
    bytes.copy_from_slice(&word.to_le_bytes()[..width]);
    Some(bytes)
}

/// Sets the value. False if it has another width or there is no place for it. What cannot be changed
/// stays as it is without complaint: gdb writes whole register files.
pub fn write(file: &mut File, register: &Register, bytes: &[u8]) -> bool {
    if bytes.len() != register.bytes {
        return false;
    }
    let regs = &mut file.registers;
    let word = bytes.iter().take(8).rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
    match register.place {
        Place::Gpr(number) => regs.gpr[number] = word,
        Place::Rip => regs.rip = word,
        Place::Rflags => regs.rflags = word,
        Place::FsBase => regs.fs_base = word,
        Place::GsBase => regs.gs_base = word,
        Place::Constant(_) | Place::OrigRax => {}
        Place::X87Tags => return set(regs, 4, &[image::abridged(word as u16)]),
        Place::X87 { offset, width } => return set(regs, offset, &bytes[..width]),
        Place::X87Segment { offset } => return set(regs, offset, &bytes[..2]),
        Place::Image { component, offset } => {
            return image::write(&mut regs.xsave, component, offset, bytes);
        }
    }
    true
}

fn set(regs: &mut Registers, offset: usize, bytes: &[u8]) -> bool {
    image::write(&mut regs.xsave, cpu::X87, offset, bytes)
}
