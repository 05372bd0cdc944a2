//! The command line: whatever is on it, it is refused or understood; and what reads traces is done, in
//! a directory of traces made for it.
#![no_main]

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;

use clew_cli::args::{self, Command};
use clew_cli::commands;
use clew_fuzz::{Scratch, lay};
use clew_trace::Trace;
use clew_trace::pack;
use libfuzzer_sys::fuzz_target;

/// A trace with an `Exec`, calls and an end, see `traces`.
const TRACE: &[u8] = include_bytes!("../seeds/trace");

fuzz_target!(init: sweep(), |data: &[u8]| {
    let words = data.split(|byte| *byte == 0).map(|word| OsString::from_vec(word.to_vec()));
    let words: Vec<OsString> = [OsString::from("clew")].into_iter().chain(words).collect();
    let named = words.iter().any(|word| word.as_encoded_bytes().contains(&b'/'));
    let Ok(command) = args::parse(words) else { return };
    let runs = match &command {
        Command::Ls(_) | Command::Ps(_) | Command::Dump(_) | Command::Info(_) => true,
        Command::Completions(_) => true,
        // What writes is kept among the traces.
        Command::Rm(_) | Command::Pack(_) | Command::Unpack(_) => !named,
        _ => false,
    };
    if runs {
        let scratch = traces();
        let code = commands::run(command);
        assert!((0..=2).contains(&code), "exit code {code}");
        drop(scratch);
    }
});

/// Packs are unpacked by help of a process that is this program, started anew.
fn sweep() {
    let words: Vec<OsString> = std::env::args_os().collect();
    if commands::opened::swept(&words) {
        std::process::exit(0);
    }
}

/// Traces by the names `t-0` and `t-1`, a pack, a broken one, and other things.
fn traces() -> Scratch {
    let scratch = Scratch::empty();
    let root = scratch.path();
    std::env::set_current_dir(root).expect("it is there");
    // SAFETY: no other thread runs that might read the environment.
    unsafe { std::env::set_var("CLEW_TRACE_DIR", root) };
    lay(TRACE, &root.join("t-0"));
    lay(&TRACE[..TRACE.len() / 2], &root.join("t-1"));
    let trace = Trace::open(&root.join("t-0")).expect("it is sound");
    let _ = pack::write(&trace, &root.join("p.clew"), &mut |_, _| {});
    fs::write(root.join("b.clew"), b"clewpack and no more").expect("a file can be written");
    fs::write(root.join("f"), b"").expect("a file can be written");
    fs::create_dir(root.join("d")).expect("a directory can be made");
    std::os::unix::fs::symlink("t-0", root.join("latest-trace")).expect("a link can be made");
    scratch
}
