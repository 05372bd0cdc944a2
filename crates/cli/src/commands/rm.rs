//! `clew rm`.

use std::ffi::OsString;
use std::io::ErrorKind;

use clew_trace::{Result, ResultExt, Root, code, files};

/// Delete traces
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Names or paths of traces
    #[arg(value_name = "NAME", required_unless_present = "all", conflicts_with = "all")]
    names: Vec<OsString>,
    /// Delete all of them
    #[arg(long)]
    all: bool,
    /// A missing trace is no error
    #[arg(short = 'f', long)]
    force: bool,
}

/// Runs the command and returns clew's exit code: 1 if a trace was missing, but the others are
/// deleted nevertheless.
pub fn run(args: &Args) -> Result<i32> {
    let root = Root::from_env()?;
    let mut status = 0;
    let mut doomed = if args.all { root.list()? } else { Vec::new() };
    for name in &args.names {
        match root.resolve(Some(name)) {
            Ok(dir) => doomed.push(dir),
            Err(_) if args.force => {}
            Err(e) => {
                clew_launch::say(e);
                status = crate::FAILED;
            }
        }
    }
    doomed.sort();
    doomed.dedup();
    for dir in &doomed {
        root.remove(dir)?;
    }
    if args.all {
        code::clear(&root.path().join(code::DIR));
    }
    match files::prune(&root.store()) {
        Err(e) if e.kind() != ErrorKind::NotFound => {
            Err(e).tried(|| "delete unused stored files")?
        }
        _ => {}
    }
    Ok(status)
}
