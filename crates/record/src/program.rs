//! What is to run: the search through `PATH`, `#!` lines and the checks that the kernel makes.

use std::ffi::{CString, NulError, OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use clew_abi::script::{self, HEAD};
use clew_trace::Error;
use rustix::fs::{Access, AtFlags, CWD, accessat};

use crate::{Failure, NOT_EXECUTABLE, NOT_FOUND};

/// How many `#!` lines may lead from one to the next, as in the kernel (`exec_binprm`).
const MAX_INTERPRETERS: usize = 5;
/// `PATH` where the environment has none.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// A program that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The file to load: the program, or the last interpreter of a script.
    pub file: PathBuf,
    /// The path that was handed to exec.
    pub execfn: PathBuf,
    /// The arguments that the loaded file gets.
    pub argv: Vec<CString>,
    /// The arguments that were handed to exec.
    pub given: Vec<CString>,
    /// Why clew cannot follow it, if it cannot: it runs, but unrecorded.
    pub unfollowable: Option<String>,
}

impl Program {
    /// The name of the process: the file name of the path that was handed to exec.
    pub fn comm(&self) -> &OsStr {
        self.execfn.file_name().unwrap_or_default()
    }
}

/// Finds the program that `argv` names, with `path` as the `PATH`.
pub fn resolve(argv: &[OsString], path: Option<&OsStr>) -> Result<Program, Failure> {
    let name =
        argv.first().ok_or_else(|| refuse(NOT_FOUND, "".as_ref(), "no program was given"))?;
    let execfn = search(name, path)?;
    let mut words: Vec<Vec<u8>> = argv.iter().map(|a| a.as_bytes().to_vec()).collect();
    let mut file = execfn.clone();
    for depth in 0.. {
        let head = read_head(&file).map_err(|e| refuse_io(&execfn, &file, &e))?;
        let Some(line) = head.strip_prefix(b"#!") else {
            let unfollowable = check_binary(&file, &head)?.or_else(|| other_user(&file));
            let given = argv.iter().map(|a| a.as_bytes().to_vec()).collect();
            let both = c_strings(words).and_then(|argv| Ok((argv, c_strings(given)?)));
            let nul = |_| refuse(NOT_EXECUTABLE, name, "an argument holds a NUL");
            let (argv, given) = both.map_err(nul)?;
            return Ok(Program { file, execfn, argv, given, unfollowable });
        };
        if depth == MAX_INTERPRETERS {
            return Err(refuse(NOT_EXECUTABLE, name, "its `#!` lines lead on and on"));
        }
        let Some((interpreter, argument)) = script::line(line) else {
            return Err(refuse(NOT_EXECUTABLE, name, "its `#!` line names no interpreter"));
        };
        let script = file.into_os_string().into_vec();
        let front = [Some(interpreter.to_vec()), argument.map(<[u8]>::to_vec), Some(script)];
        words.splice(..1, front.into_iter().flatten());
        file = PathBuf::from(OsStr::from_bytes(interpreter));
    }
    unreachable!("the loop ends at MAX_INTERPRETERS")
}

fn c_strings(words: Vec<Vec<u8>>) -> Result<Vec<CString>, NulError> {
    words.into_iter().map(CString::new).collect()
}

/// `execvp`'s search. A candidate that may not be executed is passed over, but remembered.
fn search(name: &OsStr, path: Option<&OsStr>) -> Result<PathBuf, Failure> {
    if name.is_empty() {
        return Err(refuse(NOT_FOUND, name, "the program's name is empty"));
    }
    if name.as_bytes().contains(&b'/') {
        let file = PathBuf::from(name);
        return check_access(&file).map(|()| file.clone()).map_err(|e| refuse_io(&file, &file, &e));
    }
    let path = path.unwrap_or(OsStr::new(DEFAULT_PATH));
    let mut denied = None;
    for dir in path.as_bytes().split(|&b| b == b':') {
        let candidate = Path::new(OsStr::from_bytes(dir)).join(name);
        match check_access(&candidate) {
            Ok(()) => return Ok(candidate),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) if e.kind() == io::ErrorKind::NotADirectory => {}
            Err(e) => {
                denied.get_or_insert((candidate, e));
            }
        }
    }
    match denied {
        Some((file, e)) => Err(refuse_io(&file, &file, &e)),
        None => Err(refuse(NOT_FOUND, name, "there is no such program in PATH")),
    }
}

/// Whether the kernel would let us execute the file.
fn check_access(file: &Path) -> io::Result<()> {
    let meta = fs::metadata(file)?;
    if meta.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !meta.is_file() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is not a regular file"));
    }
    accessat(CWD, file, Access::EXEC_OK, AtFlags::EACCESS).map_err(|_| {
        io::Error::new(io::ErrorKind::PermissionDenied, "you may not execute it (see `ls -l`)")
    })
}

fn read_head(file: &Path) -> io::Result<Vec<u8>> {
    check_access(file)?;
    let mut head = Vec::with_capacity(HEAD);
    File::open(file)?.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Checks that the kernel can load the file. Returns why clew cannot follow it, if it cannot.
fn check_binary(file: &Path, head: &[u8]) -> Result<Option<String>, Failure> {
    const CLASS_32: u8 = 1;
    const EM_386: u16 = 3;
    const EM_X86_64: u16 = 62;
    let bad = |cause: &str| Err(refuse(NOT_EXECUTABLE, file.as_os_str(), cause));
    if head.is_empty() {
        return bad("it is an empty file");
    }
    if !head.starts_with(b"\x7fELF") {
        return bad("it is neither an ELF program nor a script that begins with `#!`");
    }
    let half = |at: usize| head.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]]));
    let (Some(kind), Some(machine), Some(class)) = (half(16), half(18), head.get(4)) else {
        return bad("its ELF header is cut off");
    };
    match (*class, machine) {
        (CLASS_32, EM_386 | EM_X86_64) => return Ok(Some("it is a 32-bit program".into())),
        (_, EM_X86_64) => {}
        _ => return bad("it is a program for another kind of processor"),
    }
    if !matches!(kind, 2 | 3) {
        return bad("it is an ELF file, but not a program (an object file or a core dump)");
    }
    check_interpreter(file, head)
}

/// Checks that the dynamic linker that a program names is there.
fn check_interpreter(file: &Path, head: &[u8]) -> Result<Option<String>, Failure> {
    let missing = |interpreter: &Path, e: io::Error| {
        let cause = format!("its dynamic linker {} cannot be used: {e}", interpreter.display());
        let code = if e.kind() == io::ErrorKind::NotFound { NOT_FOUND } else { NOT_EXECUTABLE };
        refuse(code, file.as_os_str(), &cause)
    };
    match read_interpreter(file, head) {
        Ok(Some(interpreter)) => {
            check_access(&interpreter).map_err(|e| missing(&interpreter, e)).map(|()| None)
        }
        Ok(None) => Ok(None),
        Err(_) => Err(refuse(NOT_EXECUTABLE, file.as_os_str(), "its program headers are cut off")),
    }
}

fn read_interpreter(file: &Path, head: &[u8]) -> io::Result<Option<PathBuf>> {
    const PT_INTERP: u32 = 3;
    const ENTRY: usize = 56;
    let word = |bytes: &[u8], at: usize| {
        bytes.get(at..at + 8).map_or(0, |b| u64::from_le_bytes(b.try_into().unwrap_or_default()))
    };
    let (table, count) = (word(head, 32), (word(head, 56) & 0xffff) as usize);
    let program = File::open(file)?;
    let mut headers = vec![0; count * ENTRY];
    program.read_exact_at(&mut headers, table)?;
    for header in headers.chunks_exact(ENTRY) {
        if word(header, 0) as u32 == PT_INTERP {
            let len = word(header, 32).min(4096) as usize;
            let mut name = vec![0; len];
            program.read_exact_at(&mut name, word(header, 8))?;
            let name = name.split(|&b| b == 0).next().unwrap_or_default();
            return Ok(Some(PathBuf::from(OsStr::from_bytes(name))));
        }
    }
    Ok(None)
}

/// Says so if the program would run as another user, which only the kernel can arrange.
fn other_user(file: &Path) -> Option<String> {
    use rustix::process::{getegid, geteuid};
    const SET_UID: u32 = 0o4000;
    const SET_GID_EXEC: u32 = 0o2010;
    let meta = fs::metadata(file).ok()?;
    let mode = meta.mode();
    if mode & SET_UID != 0 && meta.uid() != geteuid().as_raw() {
        return Some("it is set-user-ID for another user".into());
    }
    if mode & SET_GID_EXEC == SET_GID_EXEC && meta.gid() != getegid().as_raw() {
        return Some("it is set-group-ID for another group".into());
    }
    let mut value = [0; 64];
    let capable = rustix::fs::getxattr(file, "security.capability", &mut value[..]).is_ok();
    (capable && !geteuid().is_root()).then(|| "it has file capabilities".into())
}

fn refuse(code: i32, name: &OsStr, cause: &str) -> Failure {
    let error = Error::new(format!("run {}", Path::new(name).display()), cause);
    Failure { code, error }
}

fn refuse_io(program: &Path, file: &Path, e: &io::Error) -> Failure {
    let code = if e.kind() == io::ErrorKind::NotFound { NOT_FOUND } else { NOT_EXECUTABLE };
    let cause = match e.kind() {
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => e.to_string(),
    };
    let cause = match program == file {
        true => cause,
        false => format!("its interpreter {}: {cause}", file.display()),
    };
    refuse(code, program.as_os_str(), &cause)
}
