//! The debugger that is started, and how it is told where to connect.

use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use clew_gdbserver::sysroot::Sysroot;
use clew_trace::{Error, Result};

use super::Args;
use crate::text;

/// See the module's documentation.
pub struct Debugger {
    program: PathBuf,
    kind: Kind,
    script: Option<PathBuf>,
    args: Vec<OsString>,
}

/// How it wants to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// gdb, or something around it.
    Gdb,
    Lldb,
}

impl Debugger {
    pub fn new(args: &Args) -> Self {
        let program = args.debugger.clone().unwrap_or_else(|| "gdb".into());
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let kind = if name.contains("lldb") { Kind::Lldb } else { Kind::Gdb };
        Self { program, kind, script: args.gdb_x.clone(), args: args.debugger_args.clone() }
    }

    /// Whether it is there, before anything long is begun.
    pub fn find(&self) -> Result<()> {
        let found = if self.program.components().count() > 1 {
            is_executable(&self.program)
        } else {
            let path = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&path).any(|dir| is_executable(&dir.join(&self.program)))
        };
        if found { Ok(()) } else { Err(self.failure("there is no such program")) }
    }

    /// `commands` is the script that defines our commands.
    pub fn spawn(
        &self,
        port: u16,
        commands: BorrowedFd<'_>,
        sysroot: &Sysroot,
        executable: &str,
    ) -> Result<Child> {
        let commands = format!("/proc/{}/fd/{}", std::process::id(), commands.as_raw_fd());
        let mut command = Command::new(&self.program);
        match self.kind {
            Kind::Gdb => {
                let (root, libraries) = (sysroot.root(), sysroot.libraries());
                command.arg("-q").args(["-iex", &format!("set sysroot {}", root.display())]);
                command.args(["-iex", &format!("set solib-search-path {}", libraries.display())]);
                let scripts =
                    format!("add-auto-load-scripts-directory {}", sysroot.scripts().display());
                command.args(["-iex", &scripts]);
                command.args(["-x", &commands]);
                command.args(["-ex", &connect(port), "-ex", "monitor banner"]);
                command
                    .args(self.script.iter().flat_map(|file| [OsStr::new("-x"), file.as_os_str()]));
            }
            Kind::Lldb => {
                let libraries = sysroot.libraries();
                let search =
                    format!("settings set target.exec-search-paths {}", libraries.display());
                command.args(["-O", &search]).args(sysroot.place(executable));
                command.args(["-o", &format!("gdb-remote 127.0.0.1:{port}")]);
                command
                    .args(self.script.iter().flat_map(|file| [OsStr::new("-s"), file.as_os_str()]));
            }
        }
        command.args(&self.args).spawn().map_err(|e| match e.kind() {
            ErrorKind::NotFound => self.failure("there is no such program"),
            _ => self.failure(e),
        })
    }

    /// A command line for one who starts the debugger.
    pub fn command_for_users(&self, port: u16) -> String {
        let program = self.program.to_string_lossy().into_owned();
        let words = match self.kind {
            Kind::Gdb => {
                let mut words = vec![program];
                for command in ["set sysroot target:", &connect(port), LEARN] {
                    words.extend(["-ex".to_owned(), command.to_owned()]);
                }
                words
            }
            Kind::Lldb => vec![program, "-o".into(), format!("gdb-remote 127.0.0.1:{port}")],
        };
        text::command_line(&words)
    }

    /// gdb may connect again; lldb's user cannot be helped if it does not.
    pub fn connects_once(&self) -> bool {
        self.kind == Kind::Lldb
    }

    fn failure(&self, cause: impl std::fmt::Display) -> Error {
        let error = Error::new(format!("start the debugger {}", self.program.display()), cause);
        error.advise(
            "Install one (`apt install gdb`) or name one with `-d PATH`; `clew replay -s PORT` waits for \
             any that speaks gdb's protocol.",
        )
    }
}

fn connect(port: u16) -> String {
    format!("target extended-remote 127.0.0.1:{port}")
}

/// Has gdb ask the server for our commands.
const LEARN: &str = r#"python gdb.execute(gdb.execute("monitor gdb-script", False, True))"#;

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}
