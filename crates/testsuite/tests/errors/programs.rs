//! Programs that cannot be executed, and unusual ways to be called.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use clew_testsuite::paths;
use clew_testsuite::process::{Invocation, quote};

use super::{Check, clew, expect, tool, write};

pub const CHECKS: [(&str, Check); 16] = [
    ("program_missing", |dir| {
        expect(&clew(dir, &["record", "--", "/no/such/program"])?, &[127], &["/no/such/program"])
    }),
    ("program_missing_in_path", |dir| {
        let outcome = clew(dir, &["record", "no-such-program-anywhere"])?;
        expect(&outcome, &[127], &["no-such-program-anywhere"])
    }),
    ("program_is_directory", |dir| {
        expect(&clew(dir, &["record", "--", "/usr/share"])?, &[126], &["directory"])
    }),
    ("program_is_text", |dir| {
        let path = write(&dir.join("text"), "just some text\n", 0o755)?;
        expect(&clew(dir, &["record", "--", &path])?, &[126], &["text"])
    }),
    ("program_is_empty", |dir| {
        let path = write(&dir.join("empty"), "", 0o755)?;
        expect(&clew(dir, &["record", "--", &path])?, &[126], &["empty"])
    }),
    ("program_not_executable", |dir| {
        let path = write(&dir.join("plain"), "#!/bin/sh\n", 0o644)?;
        expect(&clew(dir, &["record", "--", &path])?, &[126], &["plain"])
    }),
    ("program_is_cut_off", |dir| {
        let whole = std::fs::read("/usr/bin/true").map_err(|e| e.to_string())?;
        for length in [4, 40, 64, 100, 500, 5000] {
            let path = write(&dir.join("cut"), &whole[..length.min(whole.len())], 0o755)?;
            // Cut late enough, the kernel starts it, too: it dies of a signal.
            let outcome = clew(dir, &["record", "--", &path])?;
            expect(&outcome, &[126, 127, 135, 139], &[])
                .map_err(|error| format!("{length} bytes: {error}"))?;
        }
        Ok(())
    }),
    ("program_interpreter_missing", |dir| {
        let path = write(&dir.join("script"), "#!/no/such/interpreter\n", 0o755)?;
        expect(&clew(dir, &["record", "--", &path])?, &[126, 127], &["/no/such/interpreter"])
    }),
    ("program_interpreter_loop", |dir| {
        let path = dir.join("script");
        let path = write(&path, format!("#!{}\n", path.display()), 0o755)?;
        expect(&clew(dir, &["record", "--", &path])?, &[126], &["script"])
    }),
    ("program_32_bit", |dir| {
        let source = dir.join("small.s");
        write(&source, ".globl _start\n_start: mov $1,%eax\n mov $5,%ebx\n int $0x80\n", 0o644)?;
        let (program, source) = (dir.join("small"), source.to_string_lossy().into_owned());
        let mut compiler = Command::new("gcc");
        compiler.args(["-m32", "-nostdlib", "-static", "-o"]).arg(&program).arg(source);
        tool(&mut compiler)?;
        // It may run unrecorded (its own exit code, 5) or be refused; either way it says why.
        let outcome = clew(dir, &["record", "--", &program.to_string_lossy()])?;
        expect(&outcome, &[5, 126], &["32-bit"])
    }),
    ("usage_unknown_command_option", |dir| {
        expect(&clew(dir, &["replay", "--no-such-option"])?, &[2], &["no-such-option"])
    }),
    ("usage_record_nothing", |dir| expect(&clew(dir, &["record"])?, &[2, 125], &["record"])),
    ("closed_descriptors", |dir| {
        // Started without any standard descriptor, as some daemons start their programs.
        let clew = paths::clew()?.to_string_lossy().into_owned();
        let trace = dir.join("trace").to_string_lossy().into_owned();
        let script =
            format!("exec {} record -o {trace} -- /usr/bin/true <&- >&- 2>&-", quote(&clew));
        let argv = ["/bin/sh", "-c", &script].map(str::to_string).to_vec();
        let timeout = Duration::from_secs(30);
        let outcome =
            Invocation { argv, cwd: dir.into(), timeout, ..Invocation::default() }.run()?;
        expect(&outcome, &[0], &[])?;
        expect(&super::clew(dir, &["replay", "-a", &trace])?, &[0], &[])
    }),
    ("broken_pipe", |dir| {
        let clew = paths::clew()?.to_string_lossy().into_owned();
        let trace = dir.join("trace").to_string_lossy().into_owned();
        let script = format!(
            "{} record -o {trace} -- /usr/bin/yes | head -n1; exit ${{PIPESTATUS[0]}}",
            quote(&clew)
        );
        let argv = ["/bin/bash", "-c", &script].map(str::to_string).to_vec();
        let timeout = Duration::from_secs(30);
        let outcome =
            Invocation { argv, cwd: dir.into(), timeout, ..Invocation::default() }.run()?;
        expect(&outcome, &[141], &[])?;
        expect(&super::clew(dir, &["replay", "-a", "-q", &trace])?, &[0], &[])
    }),
    ("relative_trace_path", |dir| {
        expect(&clew(dir, &["record", "-o", "here", "--", "/usr/bin/true"])?, &[0], &[])?;
        expect(&clew(dir, &["replay", "-a", "here"])?, &[0], &[])
    }),
    ("default_trace_path", default_trace_path),
];

/// `-p` prints where the trace is; without a name, `replay` takes the newest.
fn default_trace_path(dir: &Path) -> Result<(), String> {
    for number in ["1", "2"] {
        let outcome = clew(dir, &["record", "-p", "--", "/usr/bin/printf", "out\\n"])?;
        expect(&outcome, &[0], &[])?;
        let stdout = String::from_utf8_lossy(&outcome.stdout).into_owned();
        let path = stdout.lines().last().unwrap_or_default();
        if !Path::new(path).join("meta.json").exists() {
            return Err(format!("run {number}: -p did not print the trace's path: {stdout:?}"));
        }
    }
    let replay = clew(dir, &["replay", "-a"])?;
    expect(&replay, &[0], &[])?;
    let listed = clew(dir, &["ls"])?;
    let names = String::from_utf8_lossy(&listed.stdout).matches("printf-").count();
    if replay.stdout != b"out\n" || names < 2 {
        return Err(format!("ls lists {names} of 2 traces, or the newest was not replayed"));
    }
    Ok(())
}
