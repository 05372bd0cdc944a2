//! Files that are executed after they were written.
//!
//! No file may be executed while anybody has it open for writing (ETXTBSY). Written by this process, it
//! can stay open after it was closed here: another trial's thread forks meanwhile, and the child has the
//! descriptor, too, until its exec. So a process of its own writes it, one that nobody forks from.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

/// Writes an executable file, in place if there is one.
pub fn write(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let mut writer = writer(path).stdin(Stdio::piped()).spawn()?;
    let written = writer.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(content));
    ended(writer.wait()?)?;
    written?;
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// Copies an executable file, for everybody to execute.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    ended(writer(to).stdin(File::open(from)?).status()?)?;
    fs::set_permissions(to, Permissions::from_mode(0o755))
}

/// Writes its input to a file.
fn writer(path: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "exec cat >\"$0\""]).arg(path);
    command
}

fn ended(status: ExitStatus) -> io::Result<()> {
    let failed = || io::Error::other(format!("it could not be written ({status})"));
    status.success().then_some(()).ok_or_else(failed)
}
