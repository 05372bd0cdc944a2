//! Where this processor keeps the components of an `xsave` image (SDM vol. 1, 13.4.3).
//!
//! # Safety
//! Every x86-64 processor has CPUID.
#![allow(unsafe_code, reason = "CPUID")]
#![allow(unused_unsafe, reason = "CPUID became safe in a Rust newer than the oldest we support")]

use std::arch::x86_64::__cpuid_count;
use std::sync::LazyLock;

/// Components in terms of XCR0's bits.
pub const X87: u32 = 0;
pub const SSE: u32 = 1;
pub const AVX: u32 = 2;
pub const OPMASK: u32 = 5;
pub const ZMM_HI256: u32 = 6;
pub const HI16_ZMM: u32 = 7;

const LEAF_XSAVE: u32 = 0xd;

/// Which components exist, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Xsave {
    pub avx: Option<usize>,
    pub avx512: Option<Avx512>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx512 {
    pub opmask: usize,
    pub zmm_hi256: usize,
    pub hi16_zmm: usize,
}

/// What this processor and this kernel have.
pub fn xsave() -> &'static Xsave {
    static FOUND: LazyLock<Xsave> = LazyLock::new(|| {
        // Leaf 0xd lists what XCR0 may have; the macros also ask whether the kernel enabled it.
        let offset = |component| {
            // SAFETY: see the module.
            unsafe { __cpuid_count(LEAF_XSAVE, component) }.ebx as usize
        };
        Xsave {
            avx: is_x86_feature_detected!("avx").then(|| offset(AVX)),
            avx512: is_x86_feature_detected!("avx512f").then(|| Avx512 {
                opmask: offset(OPMASK),
                zmm_hi256: offset(ZMM_HI256),
                hi16_zmm: offset(HI16_ZMM),
            }),
        }
    });
    &FOUND
}
