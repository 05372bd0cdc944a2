//! `clew pack`.

use std::ffi::OsString;
use std::path::PathBuf;

/// Pack a trace into one portable file
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file to make
    #[arg(short = 'o', value_name = "FILE.clew")]
    pub output: PathBuf,
    /// The trace's name or path; the newest if left out
    pub trace: Option<OsString>,
}
