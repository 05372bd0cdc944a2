//! Which of the architecture's instructions are used: all that a program may execute at will,
//! whose result is a function of registers and memory, and that this processor has.

use std::collections::HashMap;

use iced_x86::{Code, FlowControl, Mnemonic, OpCodeOperandKind};

use crate::operand;

/// The codes of one mnemonic; picked by mnemonic first, so that those with many forms do not crowd
/// out the others.
pub struct Catalogue {
    pub mnemonics: Vec<Vec<Code>>,
}

impl Catalogue {
    pub fn new() -> Self {
        let features = features();
        let mut by_mnemonic: HashMap<Mnemonic, Vec<Code>> = HashMap::new();
        for code in Code::values().filter(|code| usable(*code, &features)) {
            by_mnemonic.entry(code.mnemonic()).or_default().push(code);
        }
        let mut mnemonics: Vec<Vec<Code>> = by_mnemonic.into_values().collect();
        mnemonics.sort_by_key(|codes| codes[0] as u32);
        Self { mnemonics }
    }
}

fn usable(code: Code, features: &[&str]) -> bool {
    let info = code.op_code();
    let kinds_known = (0..info.op_count()).all(|n| operand::is_known(info.op_kind(n)));
    info.is_instruction()
        && info.mode64()
        && info.cpl3()
        && !code.is_privileged()
        && code.flow_control() == FlowControl::Next
        && kinds_known
        && !EXCLUDED.contains(&code.mnemonic())
        && !writes_segment(code)
        && code.cpuid_features().iter().all(|f| features.contains(&format!("{f:?}").as_str()))
}

fn writes_segment(code: Code) -> bool {
    let info = code.op_code();
    info.op_count() > 0 && info.op_kind(0) == OpCodeOperandKind::seg_reg
}

/// Nondeterministic, dependent on the kernel or the address space, or needing preparation (those
/// that do get it in `generate`).
#[rustfmt::skip]
const EXCLUDED: &[Mnemonic] = {
    use Mnemonic::*;
    &[
        Rdtsc, Rdtscp, Rdpid, Rdpmc, Cpuid, Rdrand, Rdseed, Xgetbv, Xsetbv, Syscall, Sysenter, Sysexit,
        Xsave, Xsave64, Xsavec, Xsavec64, Xsaveopt, Xsaveopt64, Xsaves, Xsaves64, Xrstor, Xrstor64, Xrstors, Xrstors64,
        Fxsave, Fxsave64, Fxrstor, Fxrstor64, Fnsave, Fsave, Fnstenv, Fstenv, Fldenv, Frstor, Fldcw,
        Ldmxcsr, Vldmxcsr, Stmxcsr, Vstmxcsr,
        Wrfsbase, Wrgsbase, Rdfsbase, Rdgsbase, Rdpkru, Wrpkru, Sgdt, Sidt, Sldt, Str, Smsw, Lar, Lsl, Verr, Verw,
        Lfs, Lgs, Lss, Lds, Les, Popf, Popfd, Popfq, Pushf, Pushfd, Pushfq, Enter, Leave, Pop, Push,
        Monitor, Mwait, Monitorx, Mwaitx, Umonitor, Umwait, Tpause, Clzero, Cldemote, Clwb, Clflush, Clflushopt,
        Div, Idiv, Wbinvd, Wbnoinvd, Invlpg, Ud0, Ud1, Ud2, Hlt, Rdsspd, Rdsspq, Incsspd, Incsspq, Ptwrite,
        Xlatb, Reservednop, Fndisi, Feni, Fneni, Fdisi, Fnsetpm, Fsetpm,
    ]
};

/// The instruction set extensions present, by iced's names.
fn features() -> Vec<&'static str> {
    let mut names = vec![
        "INTEL8086",
        "INTEL186",
        "INTEL286",
        "INTEL386",
        "INTEL486",
        "X64",
        "CMOV",
        "FPU",
        "FPU287",
        "FPU387",
        "MMX",
        "SSE",
        "SSE2",
        "MULTIBYTENOP",
        "PREFETCHW",
        "PAUSE",
        "CX8",
    ];
    macro_rules! detect {
        ($($feature:tt => $($name:literal)+;)*) => {
            $(if std::is_x86_feature_detected!($feature) { names.extend([$($name),+]); })*
        };
    }
    detect! {
        "sse3" => "SSE3" "FPU387";
        "ssse3" => "SSSE3";
        "sse4.1" => "SSE4_1";
        "sse4.2" => "SSE4_2";
        "sse4a" => "SSE4A";
        "popcnt" => "POPCNT";
        "lzcnt" => "LZCNT";
        "movbe" => "MOVBE";
        "cmpxchg16b" => "CMPXCHG16B";
        "aes" => "AES";
        "pclmulqdq" => "PCLMULQDQ";
        "sha" => "SHA";
        "adx" => "ADX";
        "bmi1" => "BMI1";
        "bmi2" => "BMI2";
        "avx" => "AVX";
        "avx2" => "AVX2";
        "fma" => "FMA";
        "f16c" => "F16C";
        "gfni" => "GFNI";
        "vaes" => "VAES";
        "vpclmulqdq" => "VPCLMULQDQ";
        "avxvnni" => "AVX_VNNI";
        "avx512f" => "AVX512F";
        "avx512bw" => "AVX512BW";
        "avx512dq" => "AVX512DQ";
        "avx512vl" => "AVX512VL";
        "avx512cd" => "AVX512CD";
        "avx512ifma" => "AVX512_IFMA";
        "avx512vbmi" => "AVX512_VBMI";
        "avx512vbmi2" => "AVX512_VBMI2";
        "avx512bitalg" => "AVX512_BITALG";
        "avx512vpopcntdq" => "AVX512_VPOPCNTDQ";
        "avx512vnni" => "AVX512_VNNI";
        "avx512bf16" => "AVX512_BF16";
        "avx512fp16" => "AVX512_FP16";
        "avx512vp2intersect" => "AVX512_VP2INTERSECT";
    }
    names
}
