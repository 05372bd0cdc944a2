//! Every session of `tests/gdb`: what gdb prints must be what it printed when that was looked at.

use clew_testsuite::sessions;
use clew_testsuite::trials::{conclude, trial};

fn main() {
    let sessions = match sessions::discover() {
        Ok(sessions) => sessions,
        Err(error) => {
            eprintln!("error: {error}");
            std::process::exit(101);
        }
    };
    if !have("gdb") {
        eprintln!("note: no gdb, no sessions");
        return;
    }
    let trials = sessions.into_iter().map(|session| {
        let (name, waits) = (session.name.clone(), session.waits.is_some());
        trial("gdb", &name, move |dir| session.check(dir)).with_ignored_flag(waits)
    });
    conclude(trials.collect());
}

fn have(program: &str) -> bool {
    std::process::Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|out| out.status.success())
}
