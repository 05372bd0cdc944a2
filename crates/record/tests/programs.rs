//! What is found to run, compared with what the kernel runs.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use clew_record::program::{Program, resolve};
use clew_record::{Failure, NOT_EXECUTABLE, NOT_FOUND};
use clew_testsuite::executables;
use tempfile::TempDir;

fn file(dir: &Path, name: &str, content: impl AsRef<[u8]>, mode: u32) -> PathBuf {
    let path = dir.join(name);
    executables::write(&path, content.as_ref(), mode).unwrap();
    path
}

fn find(path: &Path, arguments: &[&str]) -> Result<Program, Failure> {
    let mut argv = vec![OsString::from(path)];
    argv.extend(arguments.iter().map(OsString::from));
    resolve(&argv, None)
}

/// Runs what was found, without its `#!` lines.
fn run(program: &Program) -> Vec<u8> {
    let words: Vec<_> = program.argv.iter().map(|a| OsStr::from_bytes(a.to_bytes())).collect();
    Command::new(&program.file).arg0(words[0]).args(&words[1..]).output().unwrap().stdout
}

fn refusal(path: &Path) -> (i32, String) {
    let failure = find(path, &[]).unwrap_err();
    (failure.code, failure.to_string())
}

#[test]
fn script_lines_are_read_as_the_kernel_reads_them() {
    let dir = TempDir::new().unwrap();
    let long = format!("#!/bin/echo {}\n", "x".repeat(300));
    let unended = format!("#!/bin/echo {}", "y ".repeat(300));
    let exact = format!("#!/bin/echo {}", "y".repeat(244));
    let almost = format!("#!/bin/echo {}\n", "y".repeat(243));
    let cut = format!("#!/{}", "z".repeat(300));
    let lines = [
        "#!/bin/echo\n",
        "#!/bin/echo",
        "#! /bin/echo a b  c \t\nrest",
        "#!\t/bin/echo\t \ta\t b\t\n",
        "#!/bin/echo a\0b c\n",
        "#!/bin/echo \0a\n",
        "#!/bin/echo\0 a\n",
        "#!/bin/echo a\0  \n",
        "#!\0/bin/echo\n",
        "#!/bin/echo a\r\n",
        "#!\n/bin/echo",
        "#!   \t \n",
        "#!",
        long.as_str(),
        unended.as_str(),
        exact.as_str(),
        almost.as_str(),
        cut.as_str(),
    ];
    for line in lines {
        let script = file(dir.path(), "script", line, 0o755);
        // A command whose exec fails with ENOEXEC is not tried as a shell script by this.
        let native = Command::new(&script).args(["1", "2 3"]).output();
        match (native, find(&script, &["1", "2 3"])) {
            (Ok(native), Ok(found)) => {
                let (native, found) = (native.stdout, run(&found));
                assert_eq!(native.escape_ascii().to_string(), found.escape_ascii().to_string());
            }
            (Err(_), Err(_)) => {}
            (native, found) => panic!("{line:?}: natively {native:?}, here {found:?}"),
        }
    }
}

#[test]
fn scripts_may_run_scripts_as_often_as_the_kernel_lets_them() {
    let dir = TempDir::new().unwrap();
    let mut interpreter = PathBuf::from("/bin/echo");
    for depth in 1..9 {
        let line = format!("#!{} arg{depth}\n", interpreter.display());
        let script = file(dir.path(), &format!("script{depth}"), line, 0o755);
        let native = Command::new(&script).arg("last").output();
        match (native, find(&script, &["last"])) {
            (Ok(native), Ok(found)) => assert_eq!(native.stdout, run(&found), "depth {depth}"),
            (Err(_), Err(failure)) => assert_eq!(failure.code, NOT_EXECUTABLE, "depth {depth}"),
            (native, found) => panic!("depth {depth}: natively {native:?}, here {found:?}"),
        }
        interpreter = script;
    }
}

#[test]
fn a_process_is_named_after_what_was_executed() {
    let dir = TempDir::new().unwrap();
    let script = file(dir.path(), "script", "#!/bin/echo\n", 0o755);
    let found = find(&script, &[]).unwrap();
    assert_eq!(found.file, Path::new("/bin/echo"));
    assert_eq!((found.execfn.as_path(), found.comm()), (script.as_path(), "script".as_ref()));
}

#[test]
fn the_path_is_searched_in_order() {
    let dir = TempDir::new().unwrap();
    let path = OsString::from(format!("/nowhere:{}:/bin:/usr/bin", dir.path().display()));
    let search = |name: &str| resolve(&[name.into()], Some(&path));
    assert_eq!(search("true").unwrap().file, Path::new("/bin/true"));
    // What may not be executed is passed over, but explains why nothing was found.
    file(dir.path(), "true", "", 0o644);
    file(dir.path(), "only-here", "", 0o644);
    fs::create_dir(dir.path().join("directory")).unwrap();
    assert_eq!(search("true").unwrap().file, Path::new("/bin/true"));
    assert_eq!(search("only-here").unwrap_err().code, NOT_EXECUTABLE);
    assert_eq!(search("directory").unwrap_err().code, NOT_EXECUTABLE);
    assert_eq!(search("not-there").unwrap_err().code, NOT_FOUND);
    assert_eq!(search("").unwrap_err().code, NOT_FOUND);
}

#[test]
fn what_cannot_run_is_refused_with_the_reason() {
    let dir = TempDir::new().unwrap();
    let expect = |path: &Path, code: i32, reason: &str| {
        let (got, text) = refusal(path);
        assert_eq!(got, code, "{text}");
        assert!(text.contains(reason), "{text}");
    };
    let make = |name: &str, content: &[u8]| file(dir.path(), name, content, 0o755);
    expect(dir.path(), NOT_EXECUTABLE, "it is a directory");
    expect(&dir.path().join("none"), NOT_FOUND, "there is no such file");
    expect(&make("text", b"hello\n"), NOT_EXECUTABLE, "neither an ELF program nor a script");
    expect(&make("empty", b""), NOT_EXECUTABLE, "empty file");
    expect(&make("stub", b"\x7fELF"), NOT_EXECUTABLE, "cut off");
    expect(&make("lost", b"#!/no/interpreter\n"), NOT_FOUND, "its interpreter /no/interpreter");
    let mut arm = fs::read("/bin/true").unwrap();
    arm[18] = 183;
    expect(&make("arm", &arm), NOT_EXECUTABLE, "another kind of processor");
    let mut object = fs::read("/bin/true").unwrap();
    object[16] = 1;
    expect(&make("object", &object), NOT_EXECUTABLE, "not a program");
    let private = file(dir.path(), "private", "#!/bin/echo\n", 0o644);
    expect(&private, NOT_EXECUTABLE, "you may not execute it");
}

#[test]
fn a_32_bit_program_cannot_be_followed() {
    let dir = TempDir::new().unwrap();
    let mut program = fs::read("/bin/true").unwrap();
    (program[4], program[18]) = (1, 3);
    let path = file(dir.path(), "old", program, 0o755);
    let reason = find(&path, &[]).unwrap().unfollowable.unwrap();
    assert!(reason.contains("32-bit"), "{reason}");
}
