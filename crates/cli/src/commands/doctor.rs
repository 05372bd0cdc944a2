//! `clew doctor`.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use clew_abi::orders::fd;
use clew_launch::{memfd, probe};
use clew_trace::{Result, Root};
use rustix::process::{Resource, getrlimit};
use serde::Serialize;

use crate::{json, text};

/// Say whether this machine can record and replay, feature by feature
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Ok,
    /// Works, but not as well.
    Warning,
    /// clew cannot work.
    Missing,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    verdict: Verdict,
    detail: String,
}

#[derive(Serialize)]
struct Report {
    works: bool,
    checks: Vec<Check>,
}

/// Runs the command and returns clew's exit code: 1 if something is missing.
pub fn run(args: &Args) -> Result<i32> {
    let mut checks = vec![
        check("kernel", kernel()),
        check("processor", processor()),
        check("executable memfd", executable_memfd()),
        check("seccomp", seccomp()),
        check("personality", personality()),
        check("address space", address_space()),
        check("open files", open_files()),
        check("trace directory", trace_directory()),
        check("gdb", gdb()),
    ];
    if !checks.iter().any(|c| c.verdict == Verdict::Missing) {
        checks.extend(trial());
    }
    let works = !checks.iter().any(|c| c.verdict == Verdict::Missing);
    let report = Report { works, checks };
    if args.json {
        json::document(&report)?;
    } else {
        text::print(describe(&report))?;
    }
    Ok(if works { 0 } else { crate::FAILED })
}

fn describe(report: &Report) -> String {
    let row = |c: &Check| {
        let verdict = match c.verdict {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Missing => "MISSING",
        };
        vec![verdict.to_owned(), c.name.to_owned(), c.detail.clone()]
    };
    let rows: Vec<_> = report.checks.iter().map(row).collect();
    let sum = match report.works {
        true => "This machine can record and replay.",
        false => "This machine cannot record and replay.",
    };
    format!("{}{sum}\n", text::table(&rows))
}

type Finding = (Verdict, String);

fn check(name: &'static str, (verdict, detail): Finding) -> Check {
    Check { name, verdict, detail }
}

fn kernel() -> Finding {
    // CLONE_PIDFD (5.2), waitid on a pidfd (5.4), MAP_FIXED_NOREPLACE (4.17).
    const LEAST: (u32, u32) = (5, 4);
    let uname = rustix::system::uname();
    let release = uname.release().to_string_lossy().into_owned();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map_while(|n| n.parse().ok());
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    match version >= LEAST {
        true => (Verdict::Ok, format!("Linux {release}")),
        false => (Verdict::Missing, format!("Linux {release}; 5.4 or newer is needed")),
    }
}

fn processor() -> Finding {
    let cpu = clew_trace::meta::Machine::current().cpu;
    let missing: Vec<_> = [
        ("SSE4.2", std::arch::is_x86_feature_detected!("sse4.2")),
        ("XSAVE", std::arch::is_x86_feature_detected!("xsave")),
    ]
    .into_iter()
    .filter_map(|(name, there)| (!there).then_some(name))
    .collect();
    if !missing.is_empty() {
        return (Verdict::Missing, format!("{cpu} lacks {}", missing.join(", ")));
    }
    match probe::fsgsbase() {
        true => (Verdict::Ok, cpu),
        false => (Verdict::Missing, format!("{cpu} without FSGSBASE, or a kernel that hides it")),
    }
}

fn executable_memfd() -> Finding {
    let noexec = fs::read_to_string("/proc/sys/vm/memfd_noexec").unwrap_or_default();
    match (memfd::engine(), noexec.trim()) {
        (Err(e), _) => (Verdict::Missing, e.to_string()),
        (Ok(_), "2") => (Verdict::Missing, "forbidden: the sysctl vm.memfd_noexec is 2".into()),
        (Ok(_), _) => (Verdict::Ok, "anonymous files can be executed".into()),
    }
}

fn seccomp() -> Finding {
    let path = "/proc/sys/kernel/seccomp/actions_avail";
    match fs::read_to_string(path) {
        Ok(actions) if actions.split_whitespace().any(|a| a == "kill_process") => {
            (Verdict::Ok, "replays can be confined".into())
        }
        Ok(_) => (Verdict::Missing, "the kernel's seccomp cannot kill a process".into()),
        Err(e) => {
            (Verdict::Warning, format!("cannot tell whether replays can be confined: {path}: {e}"))
        }
    }
}

fn personality() -> Finding {
    match probe::can_disable_randomization() {
        true => (Verdict::Ok, "address-space randomisation can be switched off".into()),
        false => (
            Verdict::Warning,
            "a sandbox forbids switching address-space randomisation off; clew copes".into(),
        ),
    }
}

fn address_space() -> Finding {
    if let Some(limit) = getrlimit(Resource::As).current {
        let detail = format!("limited to {} (`ulimit -v`)", text::bytes(limit));
        return (Verdict::Missing, detail);
    }
    match probe::unusable_region() {
        None => (Verdict::Ok, "the engine's regions are free".into()),
        Some((name, e)) => (Verdict::Missing, format!("{name} cannot be mapped: {e}")),
    }
}

fn open_files() -> Finding {
    let needed = fd::END as u64;
    match getrlimit(Resource::Nofile).maximum {
        Some(limit) if limit < needed => {
            (Verdict::Missing, format!("at most {limit} (`ulimit -Hn`); {needed} are needed"))
        }
        _ => (Verdict::Ok, "the limit is high enough".into()),
    }
}

fn trace_directory() -> Finding {
    const LITTLE: u64 = 1 << 30;
    let root = match Root::from_env() {
        Ok(root) => root,
        Err(e) => return (Verdict::Missing, e.to_string().replace('\n', " ")),
    };
    let shown = root.path().display();
    let probe = root.path().join(format!(".doctor.{}", std::process::id()));
    let written =
        clew_trace::root::private_dir_all(root.path()).and_then(|()| fs::write(&probe, "x"));
    let _ = fs::remove_file(&probe);
    if let Err(e) = written {
        return (Verdict::Missing, format!("cannot write to {shown}: {e} (set CLEW_TRACE_DIR)"));
    }
    let free = rustix::fs::statvfs(root.path()).map_or(u64::MAX, |s| s.f_bavail * s.f_frsize);
    match free < LITTLE {
        true => (Verdict::Warning, format!("{shown}: only {} free", text::bytes(free))),
        false => (Verdict::Ok, format!("{shown}: {} free", text::bytes(free))),
    }
}

fn gdb() -> Finding {
    let output = Command::new("gdb").arg("--version").stdin(Stdio::null()).output();
    match output {
        Ok(out) if out.status.success() => {
            let text = String::from_utf8_lossy(&out.stdout).into_owned();
            (Verdict::Ok, text.lines().next().unwrap_or("gdb").to_owned())
        }
        _ => {
            let detail = "not found: `clew replay` runs it (`apt install gdb`); `replay -d` takes another, \
                          `replay -s PORT` any that connects";
            (Verdict::Warning, detail.into())
        }
    }
}

/// Does the real thing, on a program that every system has.
fn trial() -> Vec<Check> {
    let name = "record and replay";
    let Ok(root) = Root::from_env() else {
        return vec![check(name, (Verdict::Missing, "no trace directory".into()))];
    };
    let scratch = root.path().join(format!(".doctor.{}", std::process::id()));
    let replayed = clew(&scratch, &["record", "--", "true"])
        .and_then(|()| clew(&scratch, &["replay", "-a"]))
        .map_or_else(
            |cause| (Verdict::Missing, cause),
            |()| (Verdict::Ok, "recorded and replayed `true`".into()),
        );
    let mut checks = vec![check(name, replayed)];
    if checks[0].verdict == Verdict::Ok && gdb().0 == Verdict::Ok {
        checks.push(check("replay under gdb", under_gdb(&scratch)));
    }
    let _ = fs::remove_dir_all(&scratch);
    checks
}

/// There and back again: that takes checkpoints, which are copies of the replaying process. A seccomp
/// profile that forbids `clone` forbids them, as well as any other process.
fn under_gdb(scratch: &Path) -> Finding {
    let words =
        ["replay", "-q", "--", "-nx", "--batch", "-ex", "continue", "-ex", "reverse-continue"];
    match clew(scratch, &words) {
        Ok(()) => (
            Verdict::Ok,
            "went forward and back (checkpoints are forks: `clone` is allowed)".into(),
        ),
        Err(cause) => (Verdict::Warning, cause),
    }
}

/// Runs clew, which is to succeed.
fn clew(scratch: &Path, words: &[&str]) -> Result<(), String> {
    let own = env::current_exe().map_err(|e| e.to_string())?;
    let output = Command::new(&own)
        .args(words)
        .env("CLEW_TRACE_DIR", scratch)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| e.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ");
    Err(format!("`clew {}`: {}: {said}", words.join(" "), output.status))
}
