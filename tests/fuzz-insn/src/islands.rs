//! Small pieces of code at the four places where code may lie, so that control goes from each to each.

use iced_x86::code_asm::*;

use crate::memory::{self, BASES, DATA, PAGE, TABLES, bytes, map, protect};
use crate::random::Random;

/// So many at each place.
const EACH: u64 = 4;
pub const COUNT: u64 = EACH * BASES.len() as u64;
const DISTANCE: u64 = 256;
/// Where a jump comes back to; the tables' last slot but one.
pub const RETURN: u64 = TABLES + PAGE - 16;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Returns.
    Function,
    /// Jumps to where [`RETURN`] says.
    Jump,
}

pub fn kind(number: u64) -> Kind {
    if number % EACH == EACH - 1 { Kind::Jump } else { Kind::Function }
}

pub fn address(number: u64) -> u64 {
    memory::island(BASES[(number / EACH) as usize]) + number % EACH * DISTANCE
}

/// Writes all of them, as the seed says.
pub fn build(seed: u64) {
    for base in BASES {
        map(memory::island(base), PAGE, libc::PROT_READ | libc::PROT_WRITE);
    }
    for number in 0..COUNT {
        let mut random = Random::new(seed, number, 2);
        let code = code(number, &mut random).expect("islands can be encoded");
        assert!((code.len() as u64) < DISTANCE);
        // SAFETY: just mapped, and nobody else holds it.
        unsafe { bytes(address(number), code.len() as u64) }.copy_from_slice(&code);
    }
    for base in BASES {
        protect(memory::island(base), PAGE, libc::PROT_READ | libc::PROT_EXEC);
    }
}

/// A few instructions that need no register but memory, perhaps in a loop, perhaps with another
/// island's function in the middle.
fn code(number: u64, random: &mut Random) -> Result<Vec<u8>, IcedError> {
    let mut a = CodeAssembler::new(64)?;
    let (rounds, at) = (RETURN + 8, DATA + 8 * random.below(64));
    let mut top = a.create_label();
    let looped = random.chance(50);
    if looped {
        a.mov(qword_ptr(rounds), 1 + random.below(4) as i32)?;
        a.set_label(&mut top)?;
    }
    for _ in 0..=random.below(4) {
        match random.below(5) {
            0 => a.add(qword_ptr(at), random.next() as i32)?,
            1 => a.rol(qword_ptr(at), 1 + random.below(60) as u32)?,
            2 => a.xor(qword_ptr(at), random.next() as i32)?,
            3 => a.adc(qword_ptr(at), 3)?,
            _ => a.btc(qword_ptr(at), random.below(64) as u32)?,
        }
    }
    if looped {
        a.sub(qword_ptr(rounds), 1)?;
        a.jnz(top)?;
    }
    match kind(number) {
        // Those of greater numbers are called by those of smaller ones only: the way ends.
        Kind::Function if number >= EACH && random.chance(50) => {
            let other = random.below(number / EACH) * EACH;
            let slot = DATA + 512;
            a.push(rax)?;
            a.mov(rax, address(other))?;
            a.mov(qword_ptr(slot), rax)?;
            a.pop(rax)?;
            if random.chance(50) {
                a.call(qword_ptr(slot))?;
                a.ret()?;
            } else {
                a.jmp(qword_ptr(slot))?;
            }
        }
        Kind::Function => a.ret()?,
        Kind::Jump => a.jmp(qword_ptr(RETURN))?,
    }
    a.assemble(address(number))
}
