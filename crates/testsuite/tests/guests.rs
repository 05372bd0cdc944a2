//! Every guest of `tests/guests`: native, recorded and replayed runs must agree.

use std::path::Path;

use clew_testsuite::calls;
use clew_testsuite::cycle::Subject;
use clew_testsuite::guests::{self, Guest};
use clew_testsuite::process;
use clew_testsuite::tree::Tree;
use clew_testsuite::trials::{conclude, trial};

fn main() {
    let guests = match guests::discover() {
        Ok(guests) => guests,
        Err(error) => {
            eprintln!("error: {error}");
            std::process::exit(101);
        }
    };
    let trials = guests.into_iter().map(|guest| {
        let (name, unfit) = (guest.name.clone(), guest.obstacle().is_some());
        let ignored = guest.directives.ignored || unfit;
        trial("guests", &name, move |dir| check(&guest, dir)).with_ignored_flag(ignored)
    });
    conclude(trials.collect());
}

fn check(guest: &Guest, dir: &Path) -> Result<(), String> {
    let program = guest.build()?;
    let directives = guest.directives.clone();
    let mut argv = vec![program.to_string_lossy().into_owned()];
    argv.extend(directives.args);
    let subject = Subject {
        argv,
        env: directives.env,
        stdin: directives.stdin,
        timeout: directives.timeout,
        exit: Some(directives.exit),
        nondeterministic: directives.nondeterministic,
        no_memory_check: directives.no_memory_check,
        warns: directives.warns,
        tree: Some(Tree::default()),
        ..Subject::default()
    };
    subject.check(dir)?;
    if process::native_only() { Ok(()) } else { calls::check(&guest.name, &dir.join("trace")) }
}
