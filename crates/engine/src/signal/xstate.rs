//! The extended processor state: saving the guest's to memory the guest can see, and loading it.
//!
//! What the guest sees must be a function of its register values. The processor's XINUSE also
//! remembers how they were loaded, and x87 instruction pointers would be the code cache's, so images
//! are made canonical: a component that has its initial value is marked unused, and x87 last
//! instruction and operand pointers read as zero (as AMD's processors leave them without a pending
//! exception).
//!
//! Layout: Intel SDM volume 1, chapter 13 (XSAVE area, standard and compacted format).

use crate::asm::{load_xmm, store_xmm};
use clew_abi::layout::CONTEXT;
use clew_translate::context::GuestContext;
use core::arch::{asm, global_asm, x86_64::__cpuid_count};
use core::mem::offset_of;

/// Components the engine handles: x87, SSE, AVX, MPX, AVX-512, PKRU.
const SUPPORTED: u64 = 0x2ff;
/// Bytes of an image with all of them in standard format, at most.
pub const MAX: usize = 4096;
/// Bytes of the legacy region and the header.
pub const HEADER_END: usize = 576;

global_asm!(
    // rdi: 64-byte aligned buffer, rsi: component mask.
    ".globl clew_xsave",
    "clew_xsave:",
    load_xmm!(),
    "mov eax, esi",
    "mov rdx, rsi",
    "shr rdx, 32",
    "xsave64 [rdi]",
    "ret",
    ".globl clew_xrstor",
    "clew_xrstor:",
    // The context's xmm registers are in place for components that stay as they are.
    load_xmm!(),
    "mov eax, esi",
    "mov rdx, rsi",
    "shr rdx, 32",
    "xrstor64 [rdi]",
    store_xmm!(),
    "ret",
    xmm = const CONTEXT as usize + offset_of!(GuestContext, xmm),
);

unsafe extern "C" {
    fn clew_xsave(buf: *mut Image, mask: u64);
    fn clew_xrstor(buf: *const Image, mask: u64);
}

/// An XSAVE image in standard format.
#[derive(Clone)]
#[repr(C, align(64))]
pub struct Image(pub [u8; MAX]);

impl Image {
    pub const fn zero() -> Self {
        Self([0; MAX])
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// The low half of vector register `n` (below 16).
    pub fn xmm(&self, n: usize) -> [u64; 2] {
        [self.word(160 + 16 * n), self.word(168 + 16 * n)]
    }

    fn word(&self, at: usize) -> u64 {
        u64::from_le_bytes(core::array::from_fn(|i| self.0[at + i]))
    }

    fn set_word(&mut self, at: usize, v: u64) {
        self.0[at..at + 8].copy_from_slice(&v.to_le_bytes());
    }

    /// The components with other than initial values.
    pub fn in_use(&self) -> u64 {
        self.word(512)
    }
}

/// The components the processor and the system enable, that the engine handles.
pub fn enabled() -> u64 {
    let (lo, hi): (u32, u32);
    // SAFETY: reads XCR0; any processor with AVX has it, and the engine is told so by CPUID.
    unsafe { asm!("xgetbv", in("ecx") 0, out("eax") lo, out("edx") hi, options(nomem, nostack)) };
    (u64::from(hi) << 32 | u64::from(lo)) & SUPPORTED
}

/// Where a component lies: offset in the standard format, length, alignment to 64 bytes in the
/// compacted format.
#[derive(Clone, Copy, Default)]
struct Component {
    offset: usize,
    len: usize,
    aligned: bool,
}

static mut LAYOUT: Option<[Component; 10]> = None;

/// The layout, asked of the processor once: CPUID is slow where a hypervisor answers it.
fn layout() -> &'static [Component; 10] {
    // SAFETY: engine code runs in one task at a time.
    unsafe { &mut *(&raw mut LAYOUT) }.get_or_insert_with(|| {
        core::array::from_fn(|n| match n {
            0 => Component { offset: 0, len: 160, aligned: false },
            1 => Component { offset: 160, len: 256, aligned: false },
            _ if enabled() & 1 << n == 0 => Component::default(),
            _ => {
                let leaf = __cpuid_count(0xd, n as u32);
                let (offset, len) = (leaf.ebx as usize, leaf.eax as usize);
                Component { offset, len, aligned: leaf.ecx & 2 != 0 }
            }
        })
    })
}

/// Offset and length in bytes of a component in the standard format.
pub fn component(n: u32) -> (usize, usize) {
    let c = layout()[n as usize];
    (c.offset, c.len)
}

/// Bytes of a standard image with the enabled components.
pub fn size() -> usize {
    (2..10)
        .filter(|n| enabled() & 1 << n != 0)
        .map(|n| component(n).0 + component(n).1)
        .max()
        .unwrap_or(HEADER_END)
        .clamp(HEADER_END, MAX)
}

/// The guest's extended state, in canonical form.
pub fn save(image: &mut Image) {
    *image = Image::zero();
    let enabled = enabled();
    // SAFETY: the image is aligned and large enough for the enabled components.
    unsafe { clew_xsave(image, enabled) };
    // FOP, FIP, FDP.
    image.0[6..24].fill(0);
    let mut in_use = 0;
    for n in (0..10).filter(|n| enabled & 1 << n != 0) {
        if image.in_use() & 1 << n != 0 && !is_initial(image, n) {
            in_use |= 1 << n;
        }
    }
    image.set_word(512, in_use);
    if in_use & 1 == 0 {
        image.0[..24].fill(0);
        image.0[0] = 0x7f;
        image.0[1] = 0x03;
    }
}

/// Gives the guest the state a signal handler starts with: everything initial.
pub fn reset() {
    let mut image = Image::zero();
    image.0[24..28].copy_from_slice(&0x1f80u32.to_le_bytes());
    const PKRU: u64 = 1 << 9;
    load(&mut image, enabled() & !PKRU);
}

fn is_initial(image: &Image, n: u32) -> bool {
    let (at, len) = component(n);
    let zero = |range: &[u8]| range.iter().all(|&b| b == 0);
    match n {
        // FCW 0x37f, everything else zero; MXCSR (bytes 24..32) belongs to SSE.
        0 => image.0[..2] == [0x7f, 3] && zero(&image.0[2..24]) && zero(&image.0[32..160]),
        _ => zero(&image.0[at..at + len]),
    }
}

/// Loads extended state from an image that may come from the guest: what would fault is corrected.
/// Components outside `mask` stay as they are.
pub fn load(image: &mut Image, mask: u64) {
    let in_use = image.in_use() & mask & enabled();
    image.set_word(512, in_use);
    image.0[520..HEADER_END].fill(0);
    let mxcsr = u32::from_le_bytes(core::array::from_fn(|i| image.0[24 + i])) & 0xffff;
    image.0[24..28].copy_from_slice(&mxcsr.to_le_bytes());
    // SAFETY: aligned; the header is valid for a standard image.
    unsafe { clew_xrstor(image, mask & enabled()) };
}

/// Is the component aligned to 64 bytes in the compacted format?
pub fn compact_aligned(n: u32) -> bool {
    layout()[n as usize].aligned
}
