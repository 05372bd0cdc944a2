//! What suites of single checks share: running `clew` and judging what came of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::cycle::no_panic;
use crate::process::{Invocation, Outcome, excerpt};
use crate::{executables, paths};

/// What a trial does in a directory of its own.
pub type Check = fn(&Path) -> Result<(), String>;

/// Runs `clew` with these words in `dir`; an error if it hangs, panics or dies of a signal.
pub fn clew(dir: &Path, words: &[&str]) -> Result<Outcome, String> {
    clew_with(dir, words, &[])
}

/// The same, with these variables in the environment.
pub fn clew_with(dir: &Path, words: &[&str], env: &[(&str, &str)]) -> Result<Outcome, String> {
    let mut argv = vec![paths::clew()?.to_string_lossy().into_owned()];
    argv.extend(words.iter().map(|word| word.to_string()));
    run(dir, argv, env)
}

/// Runs a command as [`clew`] runs clew.
pub fn run(dir: &Path, argv: Vec<String>, env: &[(&str, &str)]) -> Result<Outcome, String> {
    let mut env: Vec<(String, String)> =
        env.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    env.push(("XDG_DATA_HOME".into(), dir.join("data").to_string_lossy().into_owned()));
    let timeout = Duration::from_secs(60);
    let invocation = Invocation { argv, env, cwd: dir.into(), timeout, ..Invocation::default() };
    let outcome = invocation.run()?;
    no_panic(&outcome, &invocation.to_string())?;
    if outcome.survivors {
        return Err(format!("left processes behind: {invocation}"));
    }
    Ok(outcome)
}

/// Expects an exit code (one of several) and a short message that mentions each of `mentions`.
pub fn expect(outcome: &Outcome, codes: &[i32], mentions: &[&str]) -> Result<(), String> {
    let stderr = String::from_utf8_lossy(&outcome.stderr);
    if !codes.contains(&outcome.code()) {
        let code = outcome.code();
        return Err(format!("exit code {code} instead of {codes:?}; stderr: {stderr}"));
    }
    if let Some(missing) = mentions.iter().find(|word| !stderr.to_lowercase().contains(**word)) {
        return Err(format!("the message does not mention {missing:?}: {stderr:?}"));
    }
    let lines = stderr.lines().count();
    if outcome.code() != 0 && !mentions.is_empty() && lines > 8 {
        return Err(format!("a message of {lines} lines: {}", excerpt(&outcome.stderr)));
    }
    Ok(())
}

/// Records a command to `dir/trace`, expecting it to succeed.
pub fn record(dir: &Path, argv: &[&str]) -> Result<(PathBuf, Outcome), String> {
    let trace = dir.join("trace");
    let name = trace.to_string_lossy().into_owned();
    let outcome = clew(dir, &[&["record", "-o", &name, "--"], argv].concat())?;
    expect(&outcome, &[0], &[])?;
    Ok((trace, outcome))
}

/// Replays a trace, expecting the recorded output.
pub fn replays(dir: &Path, trace: &Path, recorded: &Outcome) -> Result<(), String> {
    let replay = clew(dir, &["replay", "-a", &trace.to_string_lossy()])?;
    expect(&replay, &[0], &[])?;
    if replay.stdout != recorded.stdout {
        let (expected, actual) = (excerpt(&recorded.stdout), excerpt(&replay.stdout));
        return Err(format!("recorded output {expected:?}, replayed {actual:?}"));
    }
    Ok(())
}

/// Writes a file with a mode.
pub fn write(path: &Path, content: impl AsRef<[u8]>, mode: u32) -> Result<String, String> {
    use std::os::unix::fs::PermissionsExt;
    let content = content.as_ref();
    let written = match mode & 0o111 {
        0 => fs::write(path, content)
            .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(mode))),
        _ => executables::write(path, content, mode),
    };
    written.map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(path.to_string_lossy().into_owned())
}

/// Runs a helper command that has to succeed.
pub fn tool(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    output.status.success().then_some(()).ok_or_else(|| format!("{command:?} failed: {stderr}"))
}
