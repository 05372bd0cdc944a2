//! CPython's own tests of what it asks of the system: processes, threads, signals, files, sockets.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Result, ensure};
use clew_testsuite::process::{Outcome, excerpt};
use clew_testsuite::transparency::{self, Limits, PASSED, Results};

use super::Runner;
use super::suite::{Case, Suite};

pub struct Python;

/// Modules, each one program; behind a colon, which of its tests ([`part`]), where all would take long.
#[rustfmt::skip]
const MODULES: &[&str] = &[
    "test_os", "test_posix", "test_posixpath", "test_subprocess", "test_fork1", "test_wait3", "test_wait4",
    "test_thread", "test_threading", "test_threading_local", "test_threadsignals", "test_signal",
    "test_faulthandler", "test_mmap", "test_resource", "test_time",
    "test_select", "test_selectors", "test_poll", "test_epoll", "test_pty", "test_fcntl", "test_socket",
    "test_file", "test_fileio", "test_io", "test_tempfile", "test_shutil", "test_queue",
    "test_ctypes", "test_concurrent_futures:pools-of-threads", "test_concurrent_futures:pools-by-fork",
    "test_concurrent_futures:pools-by-forkserver", "test_concurrent_futures:pools-by-spawn",
    "test_multiprocessing_main_handling",
    "test_multiprocessing_fork:processes", "test_multiprocessing_fork:threads",
    "test_multiprocessing_fork:manager", "test_multiprocessing_fork:others",
    "test_multiprocessing_forkserver:processes", "test_multiprocessing_forkserver:threads",
    "test_multiprocessing_forkserver:manager", "test_multiprocessing_forkserver:others",
    "test_multiprocessing_spawn:processes", "test_multiprocessing_spawn:threads",
    "test_multiprocessing_spawn:manager", "test_multiprocessing_spawn:others",
];

/// Tests that differ, and why.
/// Where each run has its tests' results written.
const RESULTS: &str = "results.xml";

impl Suite for Python {
    fn names(&self) -> Result<Vec<String>> {
        let lists = "import os, test.test_asyncio as t; print(*os.listdir(t.__path__[0]))";
        let output =
            Command::new("/usr/bin/python3").args(["-c", lists]).stderr(Stdio::null()).output();
        let listing = output.ok().filter(|output| output.status.success());
        let listing = listing.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        ensure!(listing.is_some(), "CPython's tests are missing: install libpython3-testsuite");
        let files = listing.unwrap_or_default();
        let mut asyncio: Vec<String> = files
            .split_whitespace()
            .filter_map(|file| file.strip_suffix(".py"))
            .filter(|name| name.starts_with("test_") && !name.contains("windows"))
            .map(|name| format!("test_asyncio.{name}"))
            .collect();
        asyncio.sort_unstable();
        Ok(MODULES.iter().map(|name| name.to_string()).chain(asyncio).collect())
    }

    fn case(&self, name: &str, runner: &Runner) -> Result<Case> {
        let (module, of) = name.split_once(':').unwrap_or((name, ""));
        let mut argv = vec!["/usr/bin/python3", "-m", "test", "-v", "--junit-xml", RESULTS, module];
        argv.extend(part(of));
        let argv = argv.into_iter().map(str::to_string).collect();
        let mut subject = transparency::subject(argv, runner.user);
        subject.env =
            vec![("LC_ALL".into(), "C.UTF-8".into()), ("HOME".into(), "/nonexistent".into())];
        Ok(Case::of(subject))
    }

    fn results(&self, outcome: &Outcome, work: &Path) -> Result<Results, String> {
        let unread = |error| {
            let (code, stderr) = (outcome.code(), excerpt(&outcome.stderr));
            format!("it exits {code} without results ({error}): {stderr}")
        };
        let text = std::fs::read_to_string(work.join(RESULTS)).map_err(unread)?;
        Ok(Some(results(&text)))
    }

    fn limits(&self) -> Limits {
        Limits {
            native: Duration::from_secs(300),
            recorded: Duration::from_secs(900),
            replayed: Duration::from_secs(300),
            replays: Duration::from_secs(300),
        }
    }
}

/// regrtest's options for a part of a module.
fn part(of: &str) -> &'static [&'static str] {
    match of {
        "processes" => &["-m", "WithProcesses*"],
        "threads" => &["-m", "WithThreads*"],
        "manager" => &["-m", "WithManager*"],
        "others" => &["-i", "WithProcesses*", "-i", "WithThreads*", "-i", "WithManager*"],
        "pools-of-threads" => &["-i", "ProcessPool*"],
        "pools-by-fork" => &["-m", "ProcessPoolFork[A-Z]*"],
        "pools-by-forkserver" => &["-m", "ProcessPoolForkserver*"],
        "pools-by-spawn" => &["-m", "ProcessPoolSpawn*"],
        _ => &[],
    }
}

/// Reads what regrtest writes: `<testcase name="…" …>`, and in it what went otherwise than well. Names and
/// texts have no `<` of their own. A test that runs several times has all that it came to.
fn results(xml: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::<String, Vec<&str>>::new();
    for case in xml.split("<testcase ").skip(1) {
        let name = case.split_once("name=\"").and_then(|(_, rest)| rest.split_once('"'));
        let Some((name, _)) = name else { continue };
        let otherwise = ["error", "failure", "skipped"];
        let result = otherwise.into_iter().find(|tag| case.contains(&format!("<{tag}")));
        all.entry(name.to_string()).or_default().push(result.unwrap_or(PASSED));
    }
    let one = |results: Vec<&str>| match results.iter().all(|result| *result == results[0]) {
        true => results[0].to_string(),
        false => results.join(", "),
    };
    all.into_iter().map(|(name, results)| (name, one(results))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_results() {
        let xml = r#"<testsuites tests="4"><testsuite start="x"><testcase name="a.b" status="run"
            result="completed" time="0.1" /><testcase name="a.c" status="run"><skipped>no &lt;error
            </skipped></testcase><testcase name="a.d"><failure /></testcase><testcase name="a.d"
            /></testsuite></testsuites>"#;
        let read = results(xml);
        let read: Vec<_> = read.iter().map(|(name, result)| (&name[..], &result[..])).collect();
        assert_eq!(read, [("a.b", "ok"), ("a.c", "skipped"), ("a.d", "failure, ok")]);
    }
}
