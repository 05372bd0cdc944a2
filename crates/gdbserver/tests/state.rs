//! Registers, memory, threads, documents.

mod common;

use clew_gdbserver::arch::{cpu, description, layout};
use common::Client;
use common::fake::{COUNTER, Fake};

#[test]
fn the_greeting_offers_what_we_have() {
    let mut c = Client::new();
    let offered = c.ask("qSupported:multiprocess+;exec-events+");
    for feature in [
        "PacketSize=4000",
        "vContSupported+",
        "multiprocess+",
        "QStartNoAckMode+",
        "ReverseStep+",
        "ReverseContinue+",
        "swbreak+",
        "hwbreak+",
        "QCatchSyscalls+",
        "qXfer:features:read+",
        "QPassSignals+",
        "ConditionalBreakpoints+",
        "qXfer:threads:read+",
        "qXfer:auxv:read+",
        "qXfer:exec-file:read+",
        "exec-events+",
    ] {
        assert!(offered.split(';').any(|word| word == feature), "{feature} is not in {offered}");
    }
}

#[test]
fn registers_by_number_and_all_at_once() {
    let mut fake = Fake::default();
    let at = cpu::xsave();
    for (i, byte) in fake.xsave[160..176].iter_mut().enumerate() {
        *byte = i as u8;
    }
    if let Some(avx) = at.avx {
        fake.xsave[avx..avx + 16].fill(0xaa);
    }
    if let Some(avx512) = at.avx512 {
        fake.xsave[avx512.opmask..avx512.opmask + 8].fill(0x11);
        fake.xsave[avx512.hi16_zmm..avx512.hi16_zmm + 64].fill(0x77);
    }
    let mut c = Client::with(fake, Default::default());
    let all = c.ask("g");
    let mut offset = 0;
    for (number, register) in layout::registers().iter().enumerate() {
        let one = c.ask(&format!("p{number:x}"));
        let text = &all[offset..offset + register.bytes * 2];
        assert_eq!(one, text, "{}", register.name);
        offset += register.bytes * 2;
        match register.name.as_str() {
            "xmm0" => assert_eq!(one, "000102030405060708090a0b0c0d0e0f"),
            "ymm0h" => assert_eq!(one, "aa".repeat(16)),
            "k0" => assert_eq!(one, "11".repeat(8)),
            "xmm16" => assert_eq!(one, "77".repeat(16)),
            "zmm16h" => assert_eq!(one, "77".repeat(32)),
            "cs" => assert_eq!(one, "33000000"),
            "fs_base" => assert_eq!(one, "3412000000000000"),
            _ => {}
        }
    }
    assert_eq!(offset, all.len());
}

#[test]
fn registers_are_written() {
    let mut c = Client::new();
    for (number, register) in layout::registers().iter().enumerate() {
        let value = match register.name.as_str() {
            "ftag" => "5555".to_owned() + "0000",
            "fctrl" | "fstat" | "fiseg" | "foseg" | "fop" => "7f030000".to_owned(),
            _ => "5a".repeat(register.bytes),
        };
        assert_eq!(c.ask(&format!("P{number:x}={value}")), "OK", "{}", register.name);
        let constant =
            matches!(register.place, layout::Place::Constant(_) | layout::Place::OrigRax);
        if !constant && register.name != "ftag" {
            assert_eq!(c.ask(&format!("p{number:x}")), value, "{}", register.name);
        }
    }
    let all = c.ask("g");
    assert_eq!(c.ask(&format!("G{all}")), "OK");
    assert_eq!(c.ask("g"), all);
    assert!(c.ask("G00").starts_with('E'));
    assert!(c.ask("P0=00").starts_with('E'));
}

#[test]
fn an_image_that_is_not_there_has_no_values() {
    let mut c = Client::with(Fake { xsave: Vec::new(), ..Fake::default() }, Default::default());
    let number = layout::registers().iter().position(|r| r.name == "xmm0").unwrap();
    assert_eq!(c.ask(&format!("p{number:x}")), "xx".repeat(16));
    assert!(c.ask(&format!("P{number:x}={}", "00".repeat(16))).starts_with('E'));
    assert_eq!(c.ask("p0"), "0000000000000000");
}

#[test]
fn components_in_their_initial_state_are_zero() {
    let mut fake = Fake { xsave: vec![0xee; 4096], ..Fake::default() };
    fake.xsave[512..576].fill(0);
    let mut c = Client::with(fake, Default::default());
    let number = |name: &str| layout::registers().iter().position(|r| r.name == name).unwrap();
    assert_eq!(c.ask(&format!("p{:x}", number("xmm3"))), "00".repeat(16));
    assert_eq!(c.ask(&format!("p{:x}", number("fctrl"))), "7f030000");
    assert_eq!(c.ask(&format!("p{:x}", number("mxcsr"))), "eeeeeeee");
    // Writing one register must not bring the rest's garbage to light.
    assert_eq!(c.ask(&format!("P{:x}={}", number("xmm3"), "01".repeat(16))), "OK");
    assert_eq!(c.ask(&format!("p{:x}", number("xmm4"))), "00".repeat(16));
}

#[test]
fn the_description_is_whole() {
    let mut c = Client::new();
    let mut xml = String::new();
    loop {
        let piece = c.ask(&format!("qXfer:features:read:target.xml:{:x},400", xml.len()));
        xml += &piece[1..];
        if piece.starts_with('l') {
            break;
        }
    }
    assert_eq!(xml, description::xml().trim());
    for feature in layout::features() {
        assert!(xml.contains(feature.name));
    }
}

#[test]
fn memory_is_read_as_far_as_it_goes() {
    let mut c = Client::new();
    assert_eq!(c.ask("m400000,4"), "90909090");
    assert_eq!(c.ask("m400ffe,10"), "9090");
    assert_eq!(c.ask("m0,10"), "E0e");
    assert_eq!(c.ask("mffffffffffffffff,10"), "E0e");
    assert_eq!(c.ask("m400000,0"), "");
    assert_eq!(c.ask("m400000,ffffffffffffffff").len(), 2 * 0x1000);
    assert_eq!(c.ask("m400000"), "E01");
}

#[test]
fn memory_is_written() {
    let mut c = Client::new();
    assert_eq!(c.ask(&format!("M{COUNTER:x},2:beef")), "OK");
    assert_eq!(c.ask(&format!("m{COUNTER:x},2")), "beef");
    assert_eq!(c.ask("M0,2:beef"), "E0e");
    assert_eq!(c.ask_bytes(&[b"X500000,2:".as_slice(), &[b'}', 3, 1]].concat()), b"OK");
    assert_eq!(c.ask(&format!("m{COUNTER:x},2")), "2301");
}

#[test]
fn threads_have_names() {
    let mut c = Client::new();
    assert_eq!(c.ask("qC"), "QCp64.64");
    assert_eq!(c.ask("qfThreadInfo"), "mp64.64,p64.65");
    assert_eq!(c.ask("qsThreadInfo"), "l");
    let xml = c.ask("qXfer:threads:read::0,fff");
    assert!(xml.contains(r#"<thread id="p64.65" name="worker &lt;1>"/>"#), "{xml}");
    assert_eq!(c.ask("qThreadExtraInfo,p64.64"), "6d61696e");
    assert_eq!(c.ask("qThreadExtraInfo,p64.99"), "E01");
    assert_eq!(c.ask("Tp64.65"), "OK");
    assert_eq!(c.ask("Tp64.66"), "E01");
}

#[test]
fn auxv_and_program() {
    let mut c = Client::new();
    let auxv = c.ask_bytes(b"qXfer:auxv:read::0,1000");
    assert_eq!((auxv[0], auxv.len()), (b'l', 33));
    assert_eq!(c.ask("qXfer:exec-file:read:64:0,5"), "m/gues");
    assert_eq!(c.ask("qXfer:exec-file:read:64:7,ff"), "lprogram");
    assert_eq!(c.ask("qXfer:exec-file:read:64:ffffffffffffffff,ff"), "l");
    assert_eq!(c.ask("qXfer:exec-file:read:64:zz"), "E01");
    assert_eq!(c.ask("qXfer:exec-file:write:64:0:aa"), "");
}

#[test]
fn lldb_hears_what_machine_this_is() {
    let mut c = Client::new();
    assert!(c.ask("qHostInfo").contains("triple:"));
    assert!(c.ask("qProcessInfo").starts_with("pid:64;triple:"));
}
