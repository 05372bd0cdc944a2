//! `clew unpack`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use clew_trace::pack::{Pack, What};
use clew_trace::{Result, ResultExt, Root, Trace, root};

use crate::progress::Progress;
use crate::text;

/// Unpack a file that `clew pack` made, and print the trace's path
///
/// `clew replay FILE.clew` needs no unpacking; a trace that is opened often is opened faster.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Make exactly this trace directory
    #[arg(short = 'o', long, value_name = "DIR")]
    output: Option<PathBuf>,
    #[arg(value_name = "FILE.clew")]
    file: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let pack = Pack::open(&args.file)?;
    let tried = || format!("unpack {}", args.file.display());
    let dir = match &args.output {
        Some(dir) => {
            let dir = std::path::absolute(dir).tried(tried)?;
            root::check_vacant(&dir)?;
            let unpacked = Unpacked::beside(&pack, &dir)?;
            fs::rename(&unpacked.0, &dir).tried(tried)?;
            dir
        }
        None => {
            let root = Root::from_env()?;
            root::private_dir_all(root.path()).tried(tried)?;
            let unpacked = Unpacked::beside(&pack, &root.path().join("new"))?;
            let dir = root.adopt(&unpacked.0, program(&pack.name()))?;
            root.set_latest(&dir).tried(|| "make it the newest trace")?;
            dir
        }
    };
    text::print(format!("{}\n", dir.display()))
}

/// What was recorded, going by the packed trace's name.
fn program(name: &str) -> &OsStr {
    let numbered = name.rsplit_once('-').filter(|(_, number)| number.parse::<u64>().is_ok());
    OsStr::new(numbered.map_or(name, |(program, _)| program))
}

/// A complete trace under a name that is not its own yet; it goes with this if it does not get one.
struct Unpacked(PathBuf);

impl Unpacked {
    fn beside(pack: &Pack, dir: &Path) -> Result<Self> {
        let name = dir.file_name().unwrap_or_default().to_string_lossy();
        let name: String = name.chars().take(40).collect();
        let made = Self(dir.with_file_name(format!(".{name}.{}.tmp", std::process::id())));
        let _ = fs::remove_dir_all(&made.0);
        let needed = pack.unpacked_bytes(What::All);
        let progress = Progress::new("unpacking");
        pack.extract(&made.0, What::All, &|bytes| progress.add(bytes, needed))?;
        // Damage that only readers of the trace would find is found now.
        Trace::open(&made.0)?;
        Ok(made)
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
