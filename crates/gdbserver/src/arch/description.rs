//! The target description ("Target Descriptions" in gdb's manual), made from the register table.

use std::fmt::Write as _;
use std::sync::LazyLock;

use super::layout::{self, Feature};

const VECTORS: &str = r#"<vector id="v4f" type="ieee_single" count="4"/>
<vector id="v2d" type="ieee_double" count="2"/>
<vector id="v16i8" type="int8" count="16"/>
<vector id="v8i16" type="int16" count="8"/>
<vector id="v4i32" type="int32" count="4"/>
<vector id="v2i64" type="int64" count="2"/>
<union id="vec128">
<field name="v4_float" type="v4f"/>
<field name="v2_double" type="v2d"/>
<field name="v16_int8" type="v16i8"/>
<field name="v8_int16" type="v8i16"/>
<field name="v4_int32" type="v4i32"/>
<field name="v2_int64" type="v2i64"/>
<field name="uint128" type="uint128"/>
</union>
"#;

const PAIRS: &str = r#"<vector id="v2ui128" type="uint128" count="2"/>
"#;

const EFLAGS: [(&str, u32); 17] = [
    ("CF", 0),
    ("", 1),
    ("PF", 2),
    ("AF", 4),
    ("ZF", 6),
    ("SF", 7),
    ("TF", 8),
    ("IF", 9),
    ("DF", 10),
    ("OF", 11),
    ("NT", 14),
    ("RF", 16),
    ("VM", 17),
    ("AC", 18),
    ("VIF", 19),
    ("VIP", 20),
    ("ID", 21),
];

const MXCSR: [(&str, u32); 14] = [
    ("IE", 0),
    ("DE", 1),
    ("ZE", 2),
    ("OE", 3),
    ("UE", 4),
    ("PE", 5),
    ("DAZ", 6),
    ("IM", 7),
    ("DM", 8),
    ("ZM", 9),
    ("OM", 10),
    ("UM", 11),
    ("PM", 12),
    ("FZ", 15),
];

/// The description of this processor's registers.
pub fn xml() -> &'static str {
    static XML: LazyLock<String> = LazyLock::new(|| render(layout::features()));
    &XML
}

pub fn render(features: &[Feature]) -> String {
    let mut xml =
        String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n");
    xml.push_str("<target><architecture>i386:x86-64</architecture><osabi>GNU/Linux</osabi>\n");
    for feature in features {
        let _ = writeln!(xml, "<feature name=\"{}\">", feature.name);
        xml.push_str(&types(feature.name));
        for register in &feature.registers {
            let group = register.group.map(|g| format!(" group=\"{g}\"")).unwrap_or_default();
            let (name, bits, kind) = (&register.name, register.bytes * 8, register.kind);
            let _ =
                writeln!(xml, "<reg name=\"{name}\" bitsize=\"{bits}\" type=\"{kind}\"{group}/>");
        }
        xml.push_str("</feature>\n");
    }
    xml + "</target>\n"
}

/// The types that a feature's registers have and gdb does not know.
fn types(feature: &str) -> String {
    match feature.rsplit('.').next() {
        Some("core") => flags("i386_eflags", &EFLAGS),
        Some("sse") => VECTORS.to_owned() + &flags("i386_mxcsr", &MXCSR),
        Some("avx512") => VECTORS.to_owned() + PAIRS,
        _ => String::new(),
    }
}

fn flags(id: &str, bits: &[(&str, u32)]) -> String {
    let mut xml = format!("<flags id=\"{id}\" size=\"4\">\n");
    for (name, bit) in bits {
        let _ = writeln!(xml, "<field name=\"{name}\" start=\"{bit}\" end=\"{bit}\"/>");
    }
    xml + "</flags>\n"
}
