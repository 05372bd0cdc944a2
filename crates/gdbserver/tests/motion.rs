//! Moving both ways, and what stops.

mod common;

use common::Client;
use common::fake::{CALLS, COUNTER, COUNTS, Fake};

#[test]
fn the_ends_of_history_stop() {
    let mut c = Client::new();
    assert_eq!(c.ask("?"), "T05thread:p64.64;");
    let (text, stop) = c.told("vCont;c:p64.-1");
    assert_eq!(stop, "T1ethread:p64.65;", "SIGUSR1 is 30 in gdb");
    assert_eq!(text, "");
    let (text, stop) = c.told("vCont;c:p64.-1");
    assert_eq!(stop, "T05thread:p64.65;replaylog:end;");
    assert_eq!(text, "clew: the process exits here, with code 3\n");
    assert_eq!(c.told("bc").1, "T1ethread:p64.65;");
    assert_eq!(c.told("bc").1, "T05thread:p64.64;replaylog:begin;");
}

#[test]
fn passed_signals_do_not_stop() {
    let mut c = Client::new();
    assert_eq!(c.ask("QPassSignals:e;10;1e;97"), "OK");
    assert_eq!(c.told("vCont;c:p64.-1").1, "T05thread:p64.65;replaylog:end;");
    assert_eq!(c.ask("QPassSignals:"), "OK");
    assert_eq!(c.told("bc").1, "T1ethread:p64.65;");
    assert_eq!(c.ask("QPassSignals:zz"), "E01");
}

#[test]
fn steps() {
    let mut c = Client::new();
    assert_eq!(c.ask("vCont;s:p64.64;c:p64.-1"), "T05thread:p64.64;");
    assert_eq!(c.ask("p10"), "0100400000000000");
    assert_eq!(c.ask("vCont;r400000,400020:p64.64;c:p64.-1"), "T05thread:p64.64;");
    assert_eq!(c.ask("p10"), "2000400000000000");
    // Scheduler locking cannot be had, and hurts nobody.
    assert_eq!(c.ask("vCont;s:p64.64"), "T05thread:p64.64;");
    assert_eq!(c.ask("bs"), "T05thread:p64.64;");
    assert_eq!(c.ask("p10"), "2000400000000000");
    assert_eq!(c.ask("vCont?"), "vCont;c;C;s;S;r");
}

#[test]
fn a_step_of_another_thread_is_its() {
    let mut c = Client::new();
    assert_eq!(c.ask("QPassSignals:1e"), "OK");
    assert_eq!(c.ask("vCont;s:p64.65;c:p64.-1"), "T05thread:p64.65;");
    assert_eq!(c.monitor("when"), "Completed event: 20\n");
}

#[test]
fn breakpoints_of_both_kinds() {
    let mut c = Client::new();
    assert_eq!(c.ask(&format!("Z0,{COUNTS:x},1")), "OK");
    assert_eq!(c.ask("vCont;c"), "T05thread:p64.64;swbreak:;");
    assert_eq!(c.ask(&format!("z0,{COUNTS:x},1")), "OK");
    assert_eq!(c.ask(&format!("Z1,{CALLS:x},1")), "OK");
    assert_eq!(c.ask("vCont;c"), "T05thread:p64.64;hwbreak:;");
    assert_eq!(c.ask("vCont;c"), "T05thread:p64.64;hwbreak:;");
    assert_eq!(c.ask("bc"), "T05thread:p64.64;hwbreak:;");
    assert_eq!(c.ask("p0"), "1400000000000000");
}

#[test]
fn conditions_reach_the_timeline() {
    let mut c = Client::new();
    assert_eq!(c.ask(&format!("Z0,{COUNTS:x},1;X3,260027X2,2227")), "OK");
    assert_eq!(c.ask(&format!("Z0,{CALLS:x},1;X3,2600")), "E01", "too short");
    assert_eq!(c.ask("Z0,zz,1;X1,27"), "E01");
    assert_eq!(c.ask("vCont;c"), "T05thread:p64.64;swbreak:;");
}

#[test]
fn watchpoints_in_both_directions() {
    let mut c = Client::new();
    assert_eq!(c.ask(&format!("Z2,{COUNTER:x},8")), "OK");
    let stop = format!("T05thread:p64.64;watch:{COUNTER:016x};");
    let heard = c.ask("vCont;c");
    assert!(heard == stop || heard == format!("T05thread:p64.64;watch:{COUNTER:x};"), "{heard}");
    assert_eq!(c.ask("p10"), "0b00400000000000", "behind the instruction");
    assert_eq!(c.ask(&format!("m{COUNTER:x},8")), "0100000000000000");
    assert_eq!(c.ask("bc"), heard);
    assert_eq!(c.ask("p10"), "0a00400000000000", "before it");
    assert_eq!(c.ask(&format!("m{COUNTER:x},8")), "0000000000000000");
    assert_eq!(c.ask(&format!("z2,{COUNTER:x},8")), "OK");
    assert_eq!(c.ask(&format!("z2,{COUNTER:x},8")), "E16");
    assert_eq!(c.told("bc").1, "T05thread:p64.64;replaylog:begin;");
}

#[test]
fn system_calls_are_caught() {
    let mut c = Client::new();
    assert_eq!(c.ask("QCatchSyscalls:1;27"), "OK");
    assert!(c.ask("vCont;c").starts_with("T05thread:p64.64;syscall_entry:"));
    let orig_rax = c.ask("p39");
    assert_eq!(orig_rax, "2700000000000000");
    assert_eq!(c.ask("QCatchSyscalls:0"), "OK");
    assert_eq!(c.ask("vCont;s:p64.64;c"), "T05thread:p64.64;");
    assert_eq!(c.ask("p39"), "ffffffffffffffff");
}

#[test]
fn an_interrupt_ends_a_long_motion() {
    let mut c = Client::with(Fake { slow: true, ..Fake::default() }, Default::default());
    c.send(b"vCont;c");
    std::thread::sleep(std::time::Duration::from_millis(200));
    c.interrupt();
    assert_eq!(c.receive().unwrap(), b"T02thread:p64.64;");
    // In one piece with the packet, and before it.
    c.raw(b"$bc#c5\x03");
    assert_eq!(c.receive().unwrap(), b"T02thread:p64.64;");
    c.interrupt();
    assert_eq!(c.ask("p10"), "0000400000000000");
}

#[test]
fn a_packet_in_the_middle_of_a_motion_waits() {
    let mut c = Client::new();
    c.raw(b"$vCont;c#a8$p10#d1");
    assert_eq!(c.receive().unwrap(), b"T1ethread:p64.65;");
    assert_eq!(c.receive().unwrap(), b"2400400000000000");
}

#[test]
fn another_program_is_told_before_the_stop() {
    let programs = vec![(0, "/guest/first".into()), (1000, "/guest/second".into())];
    let mut c = Client::with(Fake { programs, ..Fake::default() }, Default::default());
    let second: String = b"/guest/second".iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(c.ask("vCont;c"), format!("T05thread:p64.65;exec:{second};"));
    assert_eq!(c.ask("qXfer:exec-file:read:64:0,fff"), "l/guest/second");
    assert_eq!(c.ask("vCont;c"), "T1ethread:p64.65;");
    assert!(c.told("bc").1.contains("exec:"));
    assert_eq!(c.told("bc").1, "T05thread:p64.64;replaylog:begin;");
}
