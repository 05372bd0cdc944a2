//! `monitor …` and `vRun`.

mod common;

use common::fake::{COUNTER, Fake};
use common::{Client, server};

#[test]
fn where_this_is() {
    let mut c = Client::new();
    assert_eq!(c.jump("event 40").1, "T00thread:p64.64;");
    assert_eq!(c.monitor("when"), "Completed event: 40\n");
    assert_eq!(c.monitor("when-ticks"), "Current tick: 80\n");
    assert_eq!(c.monitor("when-tid"), "Current tid: 100\n");
    assert_eq!(c.monitor("elapsed-time"), "Elapsed Time (s): 1.280000\n");
    assert!(c.monitor("banner").contains("a fake recording"));
    assert!(c.monitor("nonsense").contains("no such monitor command"));
    assert!(c.monitor("help").contains("when-ticks"));
}

#[test]
fn jumps() {
    let mut c = Client::new();
    c.jump("tick 10");
    assert_eq!(c.monitor("when-ticks"), "Current tick: 10\n");
    c.jump("end");
    assert_eq!(c.monitor("when"), "Completed event: 199\n");
    c.jump("begin");
    assert_eq!(c.monitor("when"), "Completed event: 0\n");
    // Any motion will do.
    assert_eq!(c.monitor("jump 7"), "");
    assert_eq!(c.ask("bc"), "T00thread:p64.64;");
    assert_eq!(c.monitor("when"), "Completed event: 7\n");
}

#[test]
fn an_impossible_jump_leads_nowhere() {
    let mut c = Client::new();
    c.jump("event 7");
    for place in ["event 99999", "event x", "checkpoint 3", "forward", "elsewhere"] {
        let (text, stop) = c.jump(place);
        assert!(text.starts_with("clew: cannot "), "{place}: {text}");
        assert_eq!(stop, "T00thread:p64.64;");
        assert_eq!(c.monitor("when"), "Completed event: 7\n");
    }
}

#[test]
fn vrun_is_a_jump() {
    let mut c = Client::new();
    assert_eq!(c.ask("vRun;;3230"), "T05thread:p64.65;");
    assert_eq!(c.monitor("when"), "Completed event: 20\n");
    assert_eq!(c.ask("vRun;"), "T05thread:p64.64;");
    assert_eq!(c.monitor("when"), "Completed event: 0\n");
    assert!(c.ask("vRun;;7878").starts_with('E'));
    c.jump("event 3");
    c.monitor("checkpoint");
    c.jump("begin");
    assert_eq!(c.ask("vRun;;6331"), "T05thread:p64.64;");
    assert_eq!(c.monitor("when"), "Completed event: 3\n");
    assert_eq!(c.ask("vKill;64"), "OK");
    assert_eq!(c.ask("?"), "T05thread:p64.64;");
}

#[test]
fn checkpoints() {
    let mut c = Client::new();
    assert_eq!(c.monitor("checkpoints"), "No checkpoints.\n");
    c.jump("event 5");
    assert_eq!(c.monitor("checkpoint main () at a.c:7"), "Checkpoint 1 at main () at a.c:7\n");
    c.jump("event 9");
    assert_eq!(c.monitor("checkpoint"), "Checkpoint 2 at 0x400020\n");
    let list = c.monitor("checkpoints");
    assert!(list.contains("1   5         10            main () at a.c:7"), "{list}");
    c.jump("checkpoint 1");
    assert_eq!(c.monitor("when"), "Completed event: 5\n");
    assert_eq!(c.monitor("delete-checkpoint 1"), "Deleted checkpoint 1.\n");
    assert!(c.monitor("delete-checkpoint 1").contains("there is none with that number"));
    assert!(c.monitor("delete-checkpoint").contains("its number is missing"));
    assert_eq!(c.monitor("checkpoint").split(' ').nth(1), Some("3"));
}

#[test]
fn last_write() {
    let mut c = Client::new();
    c.jump("event 100");
    c.jump(&format!("last-write {COUNTER:#x} 8"));
    assert_eq!(c.ask("p10"), "0a00400000000000");
    let (text, _) = c.jump("last-write 0x400000 4");
    assert_eq!(text, "clew: nothing before this point wrote the 4 bytes at 0x400000\n");
}

#[test]
fn back_and_forward() {
    let mut c = Client::new();
    for event in [5, 9, 7] {
        c.jump(&format!("event {event}"));
        c.monitor("seen");
    }
    c.jump("back");
    assert_eq!(c.monitor("when"), "Completed event: 9\n");
    c.jump("back");
    c.jump("back");
    assert_eq!(c.monitor("when"), "Completed event: 0\n");
    assert!(c.jump("back").0.contains("stopped nowhere before"));
    c.jump("forward");
    c.monitor("seen");
    c.jump("forward");
    assert_eq!(c.monitor("when"), "Completed event: 9\n");
    c.jump("event 1");
    c.monitor("seen");
    assert!(c.jump("forward").0.contains("stopped nowhere after"));
}

#[test]
fn a_session_outlives_its_client() {
    let (port, thread) = server(Fake::default(), Default::default(), 2);
    let mut first = Client::connect(port);
    first.greet();
    first.jump("event 5");
    first.monitor("checkpoint");
    first.ask("Z0,400000,1");
    assert_eq!(first.ask("D;64"), "OK");
    assert_eq!(first.receive(), None);
    let mut second = Client::connect(port);
    second.greet();
    assert_eq!(second.monitor("when"), "Completed event: 5\n");
    assert!(second.monitor("checkpoints").contains("0x400020"));
    assert_eq!(second.ask("vCont;c"), "T1ethread:p64.65;", "its breakpoints went with it");
    drop(second);
    thread.join().unwrap();
}
