//! Reading and writing fields of an `xsave` image in standard format.

use super::cpu;

/// Where the header says which components are not in their initial state.
const XSTATE_BV: usize = 512;
/// Where the components of the header's time begin.
const EXTENDED: usize = 576;

/// Initial values: all zero but these (SDM vol. 1, 13.6).
const FCW: u16 = 0x37f;
const MXCSR: u32 = 0x1f80;

fn present(image: &[u8], component: u32) -> bool {
    image.get(XSTATE_BV + component as usize / 8).is_some_and(|b| b >> (component % 8) & 1 != 0)
}

/// Reads `buf.len()` bytes at `offset` of a component. False if the image does not hold it.
pub fn read(image: &[u8], component: u32, offset: usize, buf: &mut [u8]) -> bool {
    let Some(stored) = image.get(offset..offset + buf.len()) else { return false };
    // MXCSR belongs to no component: it is stored with either of two.
    if present(image, component) || offset == 24 {
        buf.copy_from_slice(stored);
    } else {
        buf.fill(0);
        if (component, offset) == (cpu::X87, 0) {
            buf.copy_from_slice(&FCW.to_le_bytes()[..buf.len()]);
        }
    }
    true
}

/// Writes bytes of a component. False if the image has no place for it.
pub fn write(image: &mut [u8], component: u32, offset: usize, bytes: &[u8]) -> bool {
    if image.len() < EXTENDED || offset + bytes.len() > image.len() {
        return false;
    }
    if !present(image, component) {
        initialise(image, component);
        image[XSTATE_BV + component as usize / 8] |= 1 << (component % 8);
    }
    image[offset..offset + bytes.len()].copy_from_slice(bytes);
    true
}

/// A component that was in its initial state may hold anything in memory.
fn initialise(image: &mut [u8], component: u32) {
    let at = cpu::xsave();
    let range = match component {
        cpu::X87 => 0..24,
        cpu::SSE => 160..416,
        cpu::AVX => sized(at.avx, 256),
        cpu::OPMASK => sized(at.avx512.map(|a| a.opmask), 64),
        cpu::ZMM_HI256 => sized(at.avx512.map(|a| a.zmm_hi256), 512),
        cpu::HI16_ZMM => sized(at.avx512.map(|a| a.hi16_zmm), 1024),
        _ => 0..0,
    };
    if let Some(bytes) = image.get_mut(range) {
        bytes.fill(0);
    }
    if component == cpu::X87 {
        image[..2].copy_from_slice(&FCW.to_le_bytes());
        image[32..160].fill(0);
    }
    if component == cpu::SSE && !present(image, cpu::AVX) {
        image[24..28].copy_from_slice(&MXCSR.to_le_bytes());
    }
}

fn sized(offset: Option<usize>, bytes: usize) -> std::ops::Range<usize> {
    offset.map_or(0..0, |offset| offset..offset + bytes)
}

/// The x87 tag word: two bits a register, of which the image has one ("empty or not").
pub fn tags(image: &[u8]) -> Option<u16> {
    let mut buf = [0; 6];
    read(image, cpu::X87, 0, &mut buf[..2]).then_some(())?;
    read(image, cpu::X87, 2, &mut buf[2..4]);
    read(image, cpu::X87, 4, &mut buf[4..5]);
    let (top, used) = (usize::from(buf[3] >> 3 & 7), buf[4]);
    let mut word = 0;
    for physical in 0..8 {
        let mut value = [0; 10];
        read(image, cpu::X87, 32 + 16 * ((physical + 8 - top) % 8), &mut value);
        let tag = if used >> physical & 1 == 0 { EMPTY } else { tag(value) };
        word |= tag << (2 * physical);
    }
    Some(word)
}

const EMPTY: u16 = 3;

/// How the processor would tag a value (SDM vol. 1, 8.1.7).
fn tag(value: [u8; 10]) -> u16 {
    let exponent = u16::from_le_bytes([value[8], value[9]]) & 0x7fff;
    let integer_bit = value[7] & 0x80 != 0;
    match (exponent, integer_bit) {
        (0, _) if value[..8].iter().all(|&b| b == 0) => 1,
        (0 | 0x7fff, _) | (_, false) => 2,
        _ => 0,
    }
}

/// The image's byte for a tag word.
pub fn abridged(word: u16) -> u8 {
    (0..8).filter(|i| word >> (2 * i) & 3 != EMPTY).fold(0, |byte, i| byte | 1 << i)
}
