//! `clew unpack`.

use std::path::PathBuf;

/// Unpack a file that `clew pack` made
#[derive(Debug, clap::Args)]
pub struct Args {
    pub file: PathBuf,
}
