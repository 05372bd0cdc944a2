//! What the recording processor could do, as far as a replay depends on it.
//!
//! CPUID's answers are events, so a replayed program takes itself to be on the recording processor and
//! executes what that one has. Whether this one has it, too, is found out before.

use std::arch::x86_64::{__cpuid, __cpuid_count, CpuidResult};

use serde::{Deserialize, Serialize};

/// Where a feature is told: leaf, subleaf, register (eax to edx), bit.
type Bit = (u32, u32, usize, u32);

const EAX: usize = 0;
const EBX: usize = 1;
const ECX: usize = 2;
const EDX: usize = 3;

/// Instructions that a replay executes itself. Those whose results are events (`rdrand`, `rdtscp`, ...)
/// or that the engine does (`xsave`, ...) are not among them. Named as in `/proc/cpuinfo`.
#[rustfmt::skip]
const FEATURES: &[(&str, Bit)] = &[
    ("pni",                (1, 0, ECX, 0)),
    ("pclmulqdq",          (1, 0, ECX, 1)),
    ("ssse3",              (1, 0, ECX, 9)),
    ("fma",                (1, 0, ECX, 12)),
    ("cx16",               (1, 0, ECX, 13)),
    ("sse4_1",             (1, 0, ECX, 19)),
    ("sse4_2",             (1, 0, ECX, 20)),
    ("movbe",              (1, 0, ECX, 22)),
    ("popcnt",             (1, 0, ECX, 23)),
    ("aes",                (1, 0, ECX, 25)),
    ("avx",                (1, 0, ECX, 28)),
    ("f16c",               (1, 0, ECX, 29)),
    ("bmi1",               (7, 0, EBX, 3)),
    ("avx2",               (7, 0, EBX, 5)),
    ("bmi2",               (7, 0, EBX, 8)),
    ("avx512f",            (7, 0, EBX, 16)),
    ("avx512dq",           (7, 0, EBX, 17)),
    ("adx",                (7, 0, EBX, 19)),
    ("avx512ifma",         (7, 0, EBX, 21)),
    ("clflushopt",         (7, 0, EBX, 23)),
    ("clwb",               (7, 0, EBX, 24)),
    ("avx512pf",           (7, 0, EBX, 26)),
    ("avx512er",           (7, 0, EBX, 27)),
    ("avx512cd",           (7, 0, EBX, 28)),
    ("sha_ni",             (7, 0, EBX, 29)),
    ("avx512bw",           (7, 0, EBX, 30)),
    ("avx512vl",           (7, 0, EBX, 31)),
    ("avx512vbmi",         (7, 0, ECX, 1)),
    ("avx512_vbmi2",       (7, 0, ECX, 6)),
    ("gfni",               (7, 0, ECX, 8)),
    ("vaes",               (7, 0, ECX, 9)),
    ("vpclmulqdq",         (7, 0, ECX, 10)),
    ("avx512_vnni",        (7, 0, ECX, 11)),
    ("avx512_bitalg",      (7, 0, ECX, 12)),
    ("avx512_vpopcntdq",   (7, 0, ECX, 14)),
    ("movdiri",            (7, 0, ECX, 27)),
    ("movdir64b",          (7, 0, ECX, 28)),
    ("avx512_4vnniw",      (7, 0, EDX, 2)),
    ("avx512_4fmaps",      (7, 0, EDX, 3)),
    ("avx512_vp2intersect", (7, 0, EDX, 8)),
    ("serialize",          (7, 0, EDX, 14)),
    ("amx_bf16",           (7, 0, EDX, 22)),
    ("avx512_fp16",        (7, 0, EDX, 23)),
    ("amx_tile",           (7, 0, EDX, 24)),
    ("amx_int8",           (7, 0, EDX, 25)),
    ("sha512",             (7, 1, EAX, 0)),
    ("sm3",                (7, 1, EAX, 1)),
    ("sm4",                (7, 1, EAX, 2)),
    ("avx_vnni",           (7, 1, EAX, 4)),
    ("avx512_bf16",        (7, 1, EAX, 5)),
    ("avx_ifma",           (7, 1, EAX, 23)),
    ("abm",                (0x8000_0001, 0, ECX, 5)),
    ("sse4a",              (0x8000_0001, 0, ECX, 6)),
    ("xop",                (0x8000_0001, 0, ECX, 11)),
    ("fma4",               (0x8000_0001, 0, ECX, 16)),
    ("tbm",                (0x8000_0001, 0, ECX, 21)),
    ("3dnowext",           (0x8000_0001, 0, EDX, 30)),
    ("3dnow",              (0x8000_0001, 0, EDX, 31)),
];

/// A state component as XSAVE stores it: number, offset and length.
pub type Component = (u32, u32, u32);

/// The components the engine handles: AVX, MPX, AVX-512, PKRU.
const COMPONENTS: std::ops::Range<u32> = 2..10;

/// The leaves that tell features. Each is asked for once: a hypervisor takes its time to answer.
struct Leaves([(u32, u32, [u32; 4]); 4]);

impl Leaves {
    fn read() -> Self {
        let (most, most_extended) = (__cpuid(0).eax, __cpuid(0x8000_0000).eax);
        let read = |leaf: u32, sub: u32, there: bool| {
            let CpuidResult { eax, ebx, ecx, edx } = match there {
                true => __cpuid_count(leaf, sub),
                false => CpuidResult { eax: 0, ebx: 0, ecx: 0, edx: 0 },
            };
            (leaf, sub, [eax, ebx, ecx, edx])
        };
        let seven = read(7, 0, most >= 7);
        Self([
            read(1, 0, most >= 1),
            seven,
            read(7, 1, seven.2[EAX] >= 1),
            read(0x8000_0001, 0, most_extended > 0x8000_0000),
        ])
    }

    fn register(&self, leaf: u32, sub: u32, register: usize) -> u32 {
        let found = self.0.iter().find(|one| (one.0, one.1) == (leaf, sub));
        found.map_or(0, |one| one.2[register])
    }

    fn has(&self, (leaf, sub, register, bit): Bit, hidden: &[u64; 6]) -> bool {
        let hidden = match (leaf, sub, register) {
            (1, 0, ECX) => hidden[0],
            (1, 0, EDX) => hidden[1],
            (7, 0, EBX..=EDX) => hidden[1 + register],
            _ => 0,
        };
        self.register(leaf, sub, register) & !(hidden as u32) & 1 << bit != 0
    }
}

/// The features of this processor, less those that are hidden from the program (as in
/// `meta::Options::cpuid_clear`).
fn features(hidden: &[u64; 6]) -> Vec<String> {
    let leaves = Leaves::read();
    let has = |feature: &&(&str, Bit)| leaves.has(feature.1, hidden);
    let mut names: Vec<String> =
        FEATURES.iter().filter(has).map(|(name, _)| (*name).to_owned()).collect();
    // The others build on this one, and no program looks for them without it.
    if !names.iter().any(|name| name == "avx512f") {
        names.retain(|name| !name.starts_with("avx512"));
    }
    names
}

/// How this processor lays out extended state, as far as the system enables it.
fn components() -> Vec<Component> {
    const LEAF: u32 = 0xd;
    if __cpuid(0).eax < LEAF {
        return Vec::new();
    }
    let enabled = __cpuid_count(LEAF, 0).eax;
    let one = |n: u32| {
        let found = __cpuid_count(LEAF, n);
        (n, found.ebx, found.eax)
    };
    COMPONENTS.filter(|n| enabled & 1 << n != 0).map(one).collect()
}

/// Features and layout of a processor. Empty in a trace that does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abilities {
    /// What the program may have found and used.
    #[serde(default)]
    pub features: Vec<String>,
    #[serde(default)]
    pub xsave: Vec<Component>,
}

impl Abilities {
    /// This processor's, less what is hidden from the program.
    pub fn current(hidden: &[u64; 6]) -> Self {
        Self { features: features(hidden), xsave: components() }
    }

    /// What a program recorded with these may miss here, in a few words; none if nothing. Features
    /// that only a later clew knows are not judged.
    pub fn missing_here(&self) -> Option<String> {
        self.missing(&Self::current(&[0; 6]))
    }

    fn missing(&self, here: &Self) -> Option<String> {
        let known = |name: &&String| FEATURES.iter().any(|(known, _)| known == *name);
        let lacks = |name: &&String| known(name) && !here.features.contains(*name);
        let names: Vec<&str> = self.features.iter().filter(lacks).map(String::as_str).collect();
        if !names.is_empty() {
            return Some(format!("lacks {}", names.join(", ")));
        }
        let differs = !self.xsave.is_empty() && self.xsave != here.xsave;
        differs.then(|| "lays out saved registers (XSAVE) differently".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let here = Abilities::current(&[0; 6]);
        assert_eq!(here.missing(&here), None);
        assert_eq!(Abilities::default().missing(&here), None);
        let more = |name: &str| {
            let mut more = here.clone();
            more.features.push(name.into());
            more.missing(&here)
        };
        assert_eq!(more("xop").as_deref(), Some("lacks xop"));
        assert_eq!(more("of-a-later-clew"), None);
        let mut other = here.clone();
        other.xsave.push((9, 2688, 8));
        other.xsave.push((9, 2688, 16));
        assert!(other.missing(&here).unwrap().contains("XSAVE"));
    }

    #[test]
    fn hidden_features_are_not_needed() {
        let everything = features(&[0; 6]);
        assert!(everything.contains(&"ssse3".to_owned()));
        let avx512 = [0, 0, 0xdc23_0000, 0x0000_5842, 0x0080_010c, 0];
        assert!(!features(&avx512).iter().any(|name| name.starts_with("avx512")));
        assert!(!features(&[1 << 9, 0, 0, 0, 0, 0]).contains(&"ssse3".to_owned()));
    }
}
