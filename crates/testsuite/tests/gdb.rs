//! Every session of `tests/gdb`: what gdb prints must be what it printed when that was looked at. And the
//! guide's pages must show what it printed.

use clew_testsuite::trials::{conclude, trial};
use clew_testsuite::{guide, sessions};

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
    let (sessions, lacking): (Vec<_>, Vec<_>) =
        sessions.into_iter().partition(|session| session.lacks().is_none());
    for session in lacking {
        eprintln!("note: no {}, no session {}", session.lacks().unwrap_or_default(), session.name);
    }
    let trials = sessions.into_iter().map(|session| {
        let (name, waits) = (session.name.clone(), session.waits.is_some());
        trial("gdb", &name, move |dir| session.check(dir)).with_ignored_flag(waits)
    });
    let pages = trial("gdb", "guide_pages", |_| guide::check());
    conclude(trials.chain([pages]).collect());
}

fn have(program: &str) -> bool {
    std::process::Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|out| out.status.success())
}
