//! Hunts: what `until-fail` catches, keeps, prints and leaves behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use clew_testsuite::cycle::no_panic;
use clew_testsuite::process::{Invocation, Outcome, collect, excerpt};
use clew_testsuite::trials::{conclude, trial};
use clew_testsuite::{paths, sources};
use serde_json::Value;

type Check = fn(&Path) -> Result<(), String>;

const CHECKS: [(&str, Check); 15] = [
    ("signal", signal),
    ("assertion", assertion),
    ("exit_code", exit_code),
    ("deadlock", deadlock),
    ("endless_loop", endless_loop),
    ("child", child),
    ("passes", passes),
    ("keeps_as_many_as_asked", keeps),
    ("parallel", parallel),
    ("shards", shards),
    ("seeds_repeat", seeds_repeat),
    ("interrupted", interrupted),
    ("leftovers", leftovers),
    ("core", core),
    ("demo", demo),
];

fn main() {
    conclude(CHECKS.into_iter().map(|(name, check)| trial("hunt", name, check)).collect());
}

/// Builds one of the programs of `tests/hunt`.
fn guest(name: &str) -> Result<String, String> {
    let source = paths::repository().join("tests/hunt").join(name).with_extension("c");
    Ok(sources::threaded(&source, &[], "hunted")?.to_string_lossy().into_owned())
}

fn invocation(dir: &Path, words: &[&str]) -> Result<Invocation, String> {
    let mut argv = vec![paths::clew()?.to_string_lossy().into_owned()];
    argv.extend(words.iter().map(|word| word.to_string()));
    let env = vec![("CLEW_TRACE_DIR".into(), traces(dir).to_string_lossy().into_owned())];
    let timeout = Duration::from_secs(120);
    Ok(Invocation { argv, env, cwd: dir.into(), timeout, ..Invocation::default() })
}

fn traces(dir: &Path) -> PathBuf {
    dir.join("traces")
}

fn clew(dir: &Path, words: &[&str]) -> Result<Outcome, String> {
    let invocation = invocation(dir, words)?;
    let outcome = invocation.run()?;
    no_panic(&outcome, &invocation.to_string())?;
    Ok(outcome)
}

/// Hunts, expects this exit code, and checks that nothing but kept traces is left. Returns the JSON.
fn hunt(dir: &Path, code: i32, words: &[&str]) -> Result<Value, String> {
    let outcome = clew(dir, &[&["until-fail", "--json"], words].concat())?;
    expect_code(&outcome, code)?;
    let document: Value = serde_json::from_slice(&outcome.stdout).map_err(|e| e.to_string())?;
    let failures = document["failures"].as_array().ok_or("no failures")?;
    only_these_left(dir, failures.len())?;
    Ok(document)
}

fn expect_code(outcome: &Outcome, code: i32) -> Result<(), String> {
    match outcome.code() {
        actual if actual == code => Ok(()),
        actual => {
            Err(format!("exit code {actual} instead of {code}: {}", excerpt(&outcome.stderr)))
        }
    }
}

/// As many traces, and nothing else but what traces share.
fn only_these_left(dir: &Path, expected: usize) -> Result<(), String> {
    let entries = fs::read_dir(traces(dir)).into_iter().flatten().flatten();
    let names: Vec<_> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    let found = names.iter().filter(|name| name.contains('-') && *name != "latest-trace").count();
    same("traces left", &found, &expected).map_err(|e| format!("{e}: {names:?}"))
}

fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    actual: &T,
    expected: &T,
) -> Result<(), String> {
    (actual == expected).then_some(()).ok_or(format!("{what}: {actual:?} instead of {expected:?}"))
}

/// What is expected of a caught failure: outcome, its place, and a replay that comes to the same end.
fn caught(dir: &Path, document: &Value, outcome: &Value, place: &str) -> Result<(), String> {
    let failure = &document["failures"][0];
    same("outcome", &failure["outcome"], outcome)?;
    let frames = || failure["processes"][0]["threads"].as_array().into_iter().flatten();
    let frames = frames().flat_map(|thread| thread["frames"].as_array().into_iter().flatten());
    let relevant: Vec<_> = frames.filter(|frame| frame["relevant"] == true).collect();
    let names = |frame: &&Value| frame["function"] == place && frame["source"].is_string();
    if !relevant.iter().any(names) {
        return Err(format!("no thread is in {place}: {relevant:?}"));
    }
    let trace = failure["trace"].as_str().ok_or("no trace")?;
    expect_code(&clew(dir, &["replay", "-a", trace])?, 0)
}

fn signal(dir: &Path) -> Result<(), String> {
    let document = hunt(dir, 1, &["-n", "300", "--", &guest("crash")?])?;
    caught(dir, &document, &serde_json::json!({ "signaled": 11 }), "use")?;
    same(
        "first thread's place",
        &document["failures"][0]["processes"][0]["threads"][0]["frames"][0]["function"],
        &"use".into(),
    )
}

fn assertion(dir: &Path) -> Result<(), String> {
    let words = ["-n", "300", "--junit", "report.xml", "--", &guest("assertion")?];
    let outcome = clew(dir, &[&["until-fail"], &words[..]].concat())?;
    expect_code(&outcome, 1)?;
    let text = String::from_utf8_lossy(&outcome.stderr).into_owned();
    let wanted = [
        "failed: SIGABRT",
        "money is lost",
        "in check at",
        "> ",
        "assert(balance == expected",
        "main at",
        "What to type next",
        "clew replay -e assertion-0",
        "--seed",
    ];
    if let Some(missing) = wanted.iter().find(|word| !text.contains(**word)) {
        return Err(format!("{missing:?} is missing in:\n{text}"));
    }
    junit(dir, 1)
}

fn exit_code(dir: &Path) -> Result<(), String> {
    let document = hunt(dir, 1, &["-n", "500", "--", &guest("exit")?])?;
    caught(dir, &document, &serde_json::json!({ "exited": 3 }), "produce")?;
    let output = document["failures"][0]["output"].as_str().unwrap_or_default();
    output.contains("there is room for 2 items").then_some(()).ok_or(format!("output: {output:?}"))
}

fn deadlock(dir: &Path) -> Result<(), String> {
    let words = ["-n", "100", "--timeout", "3", "--", &guest("hang")?];
    let document = hunt(dir, 1, &words)?;
    caught(dir, &document, &"hung".into(), "transfer")
}

/// It makes no system call, so only a signal marks where it was.
fn endless_loop(dir: &Path) -> Result<(), String> {
    let document = hunt(dir, 1, &["--timeout", "0.5", "--", &guest("spin")?])?;
    caught(dir, &document, &"hung".into(), "spin")
}

/// The failing process is a child of the first one.
fn child(dir: &Path) -> Result<(), String> {
    let script = format!("{} || exit 7", guest("crash")?);
    let document = hunt(dir, 1, &["-n", "300", "--", "sh", "-c", &script])?;
    caught(dir, &document, &serde_json::json!({ "exited": 7 }), "use")?;
    let commands = document["failures"][0]["commands"][0].as_str().unwrap_or_default();
    commands.contains(" -f ").then_some(()).ok_or(format!("it is not named: {commands}"))
}

fn passes(dir: &Path) -> Result<(), String> {
    let document = hunt(dir, 0, &["-n", "5", "--junit", "report.xml", "--", "true"])?;
    same("runs", &document["runs"], &5.into())?;
    for key in [
        "command",
        "engine",
        "chaos",
        "seed",
        "shard",
        "jobs",
        "timeout_seconds",
        "max",
        "failed",
        "elapsed_seconds",
        "interrupted",
    ] {
        document.get(key).ok_or(format!("{key} is missing"))?;
    }
    junit(dir, 0)?;
    let quiet =
        clew(dir, &["until-fail", "-n", "2", "--", "sh", "-c", "echo noise; echo noise >&2"])?;
    expect_code(&quiet, 0)?;
    let said = String::from_utf8_lossy(&quiet.stderr).into_owned();
    same("lines", &(said.lines().count(), said.contains("noise")), &(1, false))?;
    same("stdout", &quiet.stdout, &Vec::new())
}

/// Well-formed, and says what happened.
fn junit(dir: &Path, failures: usize) -> Result<(), String> {
    const SCRIPT: &str = "import sys, xml.etree.ElementTree as e\nr = e.parse('report.xml').getroot()\n\
        assert r.tag == 'testsuites' and r[0].tag == 'testsuite'\n\
        assert int(r[0].get('failures')) == len(r.findall('.//testcase/failure')) == int(sys.argv[1])\n\
        assert int(r[0].get('tests')) == len(r.findall('.//testcase')) > 0";
    let output = Command::new("python3")
        .args(["-c", SCRIPT, &failures.to_string()])
        .current_dir(dir)
        .output();
    match output {
        Ok(output) if !output.status.success() => Err(excerpt(&output.stderr)),
        _ => Ok(()),
    }
}

fn keeps(dir: &Path) -> Result<(), String> {
    let document = hunt(dir, 1, &["--keep", "3", "--", "false"])?;
    same("failures", &document["failures"].as_array().map(Vec::len), &Some(3))?;
    same("runs", &document["runs"], &3.into())?;
    // Fewer are there than are asked for.
    let outcome = clew(dir, &["until-fail", "--keep", "9", "-n", "2", "--", "false"])?;
    expect_code(&outcome, 1)?;
    only_these_left(dir, 5)
}

fn parallel(dir: &Path) -> Result<(), String> {
    let document = hunt(dir, 0, &["-j", "4", "-n", "40", "--", "sh", "-c", "echo hello | cat"])?;
    same("runs", &document["runs"], &40.into())?;
    let document = hunt(dir, 1, &["-j", "4", "-n", "400", "--", &guest("assertion")?])?;
    same("failures", &document["failures"].as_array().map(Vec::len), &Some(1))
}

fn shards(dir: &Path) -> Result<(), String> {
    let mut runs = 0;
    for shard in ["1/3", "2/3", "3/3"] {
        let document = hunt(dir, 0, &["-n", "7", "--shard", shard, "--seed", "5", "--", "true"])?;
        runs += document["runs"].as_u64().unwrap_or(0);
    }
    same("runs", &runs, &7)
}

/// The same seed tries the same schedules, whichever shard does.
fn seeds_repeat(dir: &Path) -> Result<(), String> {
    let seeds = |words: &[&str]| {
        let outcome = clew(
            dir,
            &[&["until-fail", "--json", "--seed", "11"], words, &["--", "false"]].concat(),
        )?;
        let document: Value = serde_json::from_slice(&outcome.stdout).map_err(|e| e.to_string())?;
        let failures = document["failures"].as_array().cloned().unwrap_or_default();
        Ok::<_, String>(
            failures.iter().map(|f| (f["run"].as_u64(), f["seed"].as_u64())).collect::<Vec<_>>(),
        )
    };
    let all = seeds(&["-n", "4", "--keep", "4"])?;
    same("seeds", &seeds(&["-n", "4", "--keep", "4"])?, &all)?;
    let halves = [
        seeds(&["-n", "4", "--keep", "4", "--shard", "1/2"])?,
        seeds(&["-n", "4", "--keep", "4", "--shard", "2/2"])?,
    ];
    let mut halves = halves.concat();
    halves.sort_unstable();
    same("seeds of shards", &halves, &all)
}

/// Ctrl-C: a summary, no process, no directory.
fn interrupted(dir: &Path) -> Result<(), String> {
    let words = [
        "until-fail",
        "-j",
        "2",
        "-n",
        "100000",
        "--json",
        "--",
        "sh",
        "-c",
        "sleep 0.05; setsid sleep 77 & sleep 0.05",
    ];
    let invocation = invocation(dir, &words)?;
    let mut child = invocation.spawn()?;
    let (stdout, stderr) = (collect(child.stdout.take()), collect(child.stderr.take()));
    std::thread::sleep(Duration::from_millis(1500));
    let pid = child.id().to_string();
    let begun = Instant::now();
    sources::run(Command::new("kill").args(["-INT", &pid]))?;
    let status = child.wait().map_err(|e| e.to_string())?;
    let stderr = stderr.recv().map_err(|e| e.to_string())?;
    same("status", &status.code(), &Some(130)).map_err(|e| format!("{e}: {}", excerpt(&stderr)))?;
    if begun.elapsed() > Duration::from_secs(5) {
        return Err(format!("it took {:?}", begun.elapsed()));
    }
    let stdout = stdout.recv().map_err(|e| e.to_string())?;
    let document: Value = serde_json::from_slice(&stdout).map_err(|e| e.to_string())?;
    same("interrupted", &document["interrupted"], &2.into())?;
    (document["runs"].as_u64() > Some(0)).then_some(()).ok_or("no run was made")?;
    nothing_runs("sleep 77")?;
    only_these_left(dir, 0)
}

/// What a run leaves running is ended with it.
fn leftovers(dir: &Path) -> Result<(), String> {
    hunt(dir, 0, &["-n", "3", "--", "sh", "-c", "setsid sleep 78 >/dev/null 2>&1 &"])?;
    nothing_runs("sleep 78")
}

fn nothing_runs(command: &str) -> Result<(), String> {
    let lines = |pid: &str| fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let wanted = command.replace(' ', "\0");
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let found = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .find(|pid| lines(pid).windows(wanted.len()).any(|window| window == wanted.as_bytes()));
    found.map_or(Ok(()), |pid| Err(format!("{command} still runs as {pid}")))
}

/// Without recording.
fn core(dir: &Path) -> Result<(), String> {
    let words =
        ["until-fail", "--engine", "core", "--json", "--", "sh", "-c", "echo so; kill -SEGV $$"];
    let outcome = clew(dir, &words)?;
    expect_code(&outcome, 1)?;
    let document: Value = serde_json::from_slice(&outcome.stdout).map_err(|e| e.to_string())?;
    same("engine", &document["engine"], &"core".into())?;
    same("outcome", &document["failures"][0]["outcome"], &serde_json::json!({ "signaled": 11 }))?;
    same("output", &document["failures"][0]["output"], &"so\n".into())?;
    let words = ["until-fail", "--engine", "core", "--timeout", "0.3", "--", "sleep", "79"];
    expect_code(&clew(dir, &words)?, 1)?;
    expect_code(&clew(dir, &["until-fail", "--engine", "core", "-n", "3", "--", "true"])?, 0)
}

/// It finds the race, in time, and leaves its trace only.
fn demo(dir: &Path) -> Result<(), String> {
    let mut invocation = invocation(dir, &["demo"])?;
    // There is no compiler and no debugger.
    invocation.env.push(("PATH".into(), "/nowhere".into()));
    let outcome = invocation.run()?;
    no_panic(&outcome, "clew demo")?;
    expect_code(&outcome, 0)?;
    let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
    let wanted = [
        "failed: SIGABRT",
        "bank::audit at bank.rs:",
        "bank::deposit at bank.rs:17",
        ">    17      BALANCE.store",
        "clew replay -e bank-0",
    ];
    if let Some(missing) = wanted.iter().find(|word| !text.contains(**word)) {
        return Err(format!("{missing:?} is missing in:\n{text}"));
    }
    if outcome.elapsed > Duration::from_secs(30) {
        return Err(format!("it took {:?}", outcome.elapsed));
    }
    only_these_left(dir, 1)
}
