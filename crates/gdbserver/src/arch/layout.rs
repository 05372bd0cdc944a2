//! The register file: one table that the description, the `g` packet and single registers follow.

use std::sync::LazyLock;

use super::cpu::{self, Xsave};

/// Where a register's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Gpr(usize),
    Rip,
    Rflags,
    FsBase,
    GsBase,
    /// Always this, and not to be changed.
    Constant(u64),
    /// What `rax` was when the task entered a system call.
    OrigRax,
    /// A field of the legacy x87 area: offset and width. The register has 32 bits.
    X87 {
        offset: usize,
        width: usize,
    },
    /// The tag word: the image holds one bit of each two.
    X87Tags,
    /// The upper half of a 64-bit pointer in the legacy area; 16 bits count.
    X87Segment {
        offset: usize,
    },
    /// Bytes of a component.
    Image {
        component: u32,
        offset: usize,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    pub name: String,
    pub bytes: usize,
    /// gdb's name of its type.
    pub kind: &'static str,
    pub group: Option<&'static str>,
    pub place: Place,
}

/// A part of the register file under the name by which gdb knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    pub name: &'static str,
    pub registers: Vec<Register>,
}

const XMM: usize = 160;

/// The features of this processor, in the order of register numbers.
pub fn features() -> &'static [Feature] {
    static FEATURES: LazyLock<Vec<Feature>> = LazyLock::new(|| all(cpu::xsave()));
    &FEATURES
}

/// All registers in the order of their numbers.
pub fn registers() -> &'static [&'static Register] {
    static REGISTERS: LazyLock<Vec<&Register>> =
        LazyLock::new(|| features().iter().flat_map(|feature| &feature.registers).collect());
    &REGISTERS
}

pub fn all(xsave: &Xsave) -> Vec<Feature> {
    let mut features = vec![core(), sse(), linux(), segments()];
    features.extend(xsave.avx.map(avx));
    features.extend(xsave.avx512.map(avx512));
    features
}

fn register(name: impl Into<String>, bytes: usize, kind: &'static str, place: Place) -> Register {
    Register { name: name.into(), bytes, kind, group: None, place }
}

/// `count` registers of `bytes` each, `stride` apart.
#[derive(Clone, Copy)]
struct Bank {
    component: u32,
    offset: usize,
    stride: usize,
    bytes: usize,
    kind: &'static str,
}

impl Bank {
    fn name(self, count: usize, name: impl Fn(usize) -> String) -> impl Iterator<Item = Register> {
        (0..count).map(move |i| {
            let offset = self.offset + i * self.stride;
            let place = Place::Image { component: self.component, offset };
            register(name(i), self.bytes, self.kind, place)
        })
    }
}

fn core() -> Feature {
    // gdb's order, and the number in an instruction.
    const GPR: [(&str, usize); 16] = [
        ("rax", 0),
        ("rbx", 3),
        ("rcx", 1),
        ("rdx", 2),
        ("rsi", 6),
        ("rdi", 7),
        ("rbp", 5),
        ("rsp", 4),
        ("r8", 8),
        ("r9", 9),
        ("r10", 10),
        ("r11", 11),
        ("r12", 12),
        ("r13", 13),
        ("r14", 14),
        ("r15", 15),
    ];
    // User mode's selectors under Linux.
    const SELECTORS: [(&str, u64); 6] =
        [("cs", 0x33), ("ss", 0x2b), ("ds", 0), ("es", 0), ("fs", 0), ("gs", 0)];
    const CONTROL: [(&str, Place); 8] = [
        ("fctrl", Place::X87 { offset: 0, width: 2 }),
        ("fstat", Place::X87 { offset: 2, width: 2 }),
        ("ftag", Place::X87Tags),
        ("fiseg", Place::X87Segment { offset: 12 }),
        ("fioff", Place::X87 { offset: 8, width: 4 }),
        ("foseg", Place::X87Segment { offset: 20 }),
        ("fooff", Place::X87 { offset: 16, width: 4 }),
        ("fop", Place::X87 { offset: 6, width: 2 }),
    ];
    let mut registers = Vec::new();
    for (name, number) in GPR {
        let kind = if matches!(name, "rbp" | "rsp") { "data_ptr" } else { "int64" };
        registers.push(register(name, 8, kind, Place::Gpr(number)));
    }
    registers.push(register("rip", 8, "code_ptr", Place::Rip));
    registers.push(register("eflags", 4, "i386_eflags", Place::Rflags));
    for (name, value) in SELECTORS {
        registers.push(register(name, 4, "int32", Place::Constant(value)));
    }
    let stack = Bank { component: cpu::X87, offset: 32, stride: 16, bytes: 10, kind: "i387_ext" };
    registers.extend(stack.name(8, |i| format!("st{i}")));
    for (name, place) in CONTROL {
        registers.push(Register { group: Some("float"), ..register(name, 4, "int", place) });
    }
    Feature { name: "org.gnu.gdb.i386.core", registers }
}

fn sse() -> Feature {
    let xmm = Bank { component: cpu::SSE, offset: XMM, stride: 16, bytes: 16, kind: "vec128" };
    let mut registers: Vec<_> = xmm.name(16, |i| format!("xmm{i}")).collect();
    let mxcsr = Place::Image { component: cpu::SSE, offset: 24 };
    registers.push(Register { group: Some("vector"), ..register("mxcsr", 4, "i386_mxcsr", mxcsr) });
    Feature { name: "org.gnu.gdb.i386.sse", registers }
}

fn linux() -> Feature {
    let mut orig_rax = register("orig_rax", 8, "int", Place::OrigRax);
    orig_rax.group = Some("system");
    Feature { name: "org.gnu.gdb.i386.linux", registers: vec![orig_rax] }
}

fn segments() -> Feature {
    let registers = vec![
        register("fs_base", 8, "int", Place::FsBase),
        register("gs_base", 8, "int", Place::GsBase),
    ];
    Feature { name: "org.gnu.gdb.i386.segments", registers }
}

fn avx(offset: usize) -> Feature {
    let upper = Bank { component: cpu::AVX, offset, stride: 16, bytes: 16, kind: "uint128" };
    let registers = upper.name(16, |i| format!("ymm{i}h")).collect();
    Feature { name: "org.gnu.gdb.i386.avx", registers }
}

fn avx512(at: cpu::Avx512) -> Feature {
    let bank =
        |component, offset, stride, bytes, kind| Bank { component, offset, stride, bytes, kind };
    let opmask = bank(cpu::OPMASK, at.opmask, 8, 8, "uint64");
    let upper = bank(cpu::ZMM_HI256, at.zmm_hi256, 32, 32, "v2ui128");
    // The high sixteen are stored whole, 64 bytes each.
    let high = |within, bytes, kind| bank(cpu::HI16_ZMM, at.hi16_zmm + within, 64, bytes, kind);
    let registers = opmask
        .name(8, |i| format!("k{i}"))
        .chain(upper.name(16, |i| format!("zmm{i}h")))
        .chain(high(0, 16, "vec128").name(16, |i| format!("xmm{}", i + 16)))
        .chain(high(16, 16, "uint128").name(16, |i| format!("ymm{}h", i + 16)))
        .chain(high(32, 32, "v2ui128").name(16, |i| format!("zmm{}h", i + 16)))
        .collect();
    Feature { name: "org.gnu.gdb.i386.avx512", registers }
}
