//! Replays with breakpoints and watched accesses all over (`docs/probes.md`): nothing may change, and a
//! position's state must be the same by running and by single steps.
//!
//! The guests are those about code: odd instructions, code that changes, faults.

use std::path::Path;

use clew_testsuite::cycle::Subject;
use clew_testsuite::guests::{self, Guest};
use clew_testsuite::trials::{conclude, trial};

/// Where one hit in some hundred thousand is counted in one way of going and not in the other, at times:
/// whether the test or the replay errs is not known yet (docs/plan.md).
const OPEN: [&str; 1] = ["jit_dlopen_threads"];

const FAMILIES: [&str; 5] = ["asm_", "smc_", "jit_", "fault_", "sig_fault"];

fn main() {
    let guests = match guests::discover() {
        Ok(guests) => guests,
        Err(error) => {
            eprintln!("error: {error}");
            std::process::exit(101);
        }
    };
    let about_code = |guest: &Guest| FAMILIES.iter().any(|start| guest.name.starts_with(start));
    let trials = guests.into_iter().filter(about_code).map(|guest| {
        let (name, unfit) = (guest.name.clone(), guest.obstacle().is_some());
        let open = OPEN.contains(&guest.name.as_str());
        let ignored = guest.directives.ignored || unfit || open;
        trial("probes", &name, move |dir| check(&guest, dir)).with_ignored_flag(ignored)
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
        // Single steps take their time.
        timeout: 4 * directives.timeout,
        exit: Some(directives.exit),
        nondeterministic: directives.nondeterministic,
        no_memory_check: directives.no_memory_check,
        warns: directives.warns,
        ..Subject::default()
    };
    subject.check_probes(dir)
}
