//! stress-ng: each stressor exercises one part of the kernel or the processor, many in unusual ways.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clew_testsuite::process::Outcome;
use clew_testsuite::transparency::{self, Results};

use super::Runner;
use super::suite::{Case, Suite, reason, succeeds};

pub struct StressNg;

/// What may harm the machine, whoever runs it.
const DANGEROUS: &[(&str, &str)] = &[
    ("bigheap", "takes all memory"),
    ("binderfs", "mounts a file system"),
    ("cpu-online", "turns processors off"),
    ("loop", "makes block devices"),
    ("memhotplug", "turns memory off"),
    ("oom-pipe", "takes all memory"),
    ("physpage", "reads physical memory"),
    ("reboot", "reboots"),
    ("smi", "interrupts the firmware"),
    ("softlockup", "takes all processors with real-time priority"),
    ("swap", "swaps on its own files"),
    ("uprobe", "traces the whole machine"),
    ("watchdog", "reboots"),
];

/// What only root can harm the machine with.
const DANGEROUS_AS_ROOT: &[(&str, &str)] = &[
    ("bad-ioctl", "sends devices what they do not expect"),
    ("dev", "uses every device"),
    ("sysfs", "writes the kernel's settings"),
    ("sysinval", "makes every system call with bad arguments"),
];

/// Stressors that stress-ng runs on request only.
const PATHOLOGICAL: &[&str] = &["bad-ioctl", "bind-mount", "mlockmany", "sysinval"];

/// Why these differ. docs/transparency.md says more.
const KNOWN: &[(&str, &str)] = &[
    ("aiol", "io_setup answers ENOSYS"),
    ("io-uring", "io_uring_setup answers ENOSYS"),
    ("ptrace", "ptrace is refused"),
    ("remap", "remap_file_pages answers ENOSYS"),
    ("secretmem", "memfd_secret answers ENOSYS"),
    ("userfaultfd", "userfaultfd answers ENOSYS"),
    ("vm-segv", "its child asks to be traced, and is refused"),
];

/// How many bogo operations, and seconds, to try: the first that takes less than [`SHORT`] is taken.
const LIMITS: [(u32, u32); 4] = [(100, 2), (10, 2), (1, 2), (1, 1)];
const SHORT: f64 = 1.0;

/// What a stressor that did not do its work says, though stress-ng exits with 0.
const EXCUSES: [&str; 4] = ["unsupported", "skipped", "aborted early", "No stress workers invoked"];

impl Suite for StressNg {
    fn names(&self) -> Result<Vec<String>> {
        let output = Command::new("stress-ng")
            .arg("--stressors")
            .output()
            .context("cannot run stress-ng: install the package stress-ng")?;
        ensure!(output.status.success(), "stress-ng --stressors fails");
        let text = String::from_utf8(output.stdout)?;
        Ok(text.split_whitespace().map(str::to_string).collect())
    }

    /// A stressor with limits that make it short.
    fn case(&self, name: &str, runner: &Runner) -> Result<Case> {
        let root = runner.user.is_none_or(|user| user == 0) && is_root();
        let left_out =
            reason(DANGEROUS, name).or_else(|| reason(DANGEROUS_AS_ROOT, name).filter(|_| root));
        let mut subject = transparency::subject(Vec::new(), runner.user);
        for limits in LIMITS {
            subject.argv = command(name, limits);
            subject.env = vec![("HOME".into(), "/nonexistent".into())];
            if left_out.is_some() {
                break;
            }
            let short = |outcome: Outcome| {
                passes(&outcome).is_err() || outcome.elapsed.as_secs_f64() < SHORT
            };
            if runner.native(name, &subject)?.is_ok_and(short) {
                break;
            }
        }
        Ok(Case { subject, left_out })
    }

    fn results(&self, outcome: &Outcome, _: &Path) -> Result<Results, String> {
        passes(outcome)
    }

    fn known(&self) -> &'static [(&'static str, &'static str)] {
        KNOWN
    }
}

fn passes(outcome: &Outcome) -> Result<Results, String> {
    let text = String::from_utf8_lossy(&outcome.stderr);
    let excuse = EXCUSES.iter().find(|excuse| text.contains(**excuse));
    match (outcome.code(), excuse) {
        (0, Some(excuse)) => Err(format!("it says: {excuse}")),
        _ => succeeds(outcome),
    }
}

/// The seed is always the same, so that two runs do the same so far as they can.
fn command(name: &str, (ops, seconds): (u32, u32)) -> Vec<String> {
    let mut words = vec!["stress-ng".to_string(), format!("--{name}"), "1".into()];
    words.extend([format!("--{name}-ops"), ops.to_string(), "-t".into(), seconds.to_string()]);
    words.extend(["--verify", "--no-rand-seed", "--temp-path", "."].map(str::to_string));
    if PATHOLOGICAL.contains(&name) {
        words.push("--pathological".into());
    }
    words
}

fn is_root() -> bool {
    // SAFETY: a plain system call.
    unsafe { libc::geteuid() == 0 }
}
