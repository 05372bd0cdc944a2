//! `clew until-fail`.

use std::ffi::OsString;
use std::path::PathBuf;

/// Record a program again and again until it fails
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Give up after this many runs
    #[arg(short = 'n', long, value_name = "N", default_value_t = 100)]
    pub max: u64,
    /// Runs at the same time
    #[arg(short = 'j', long, value_name = "JOBS")]
    pub jobs: Option<u64>,
    /// A run that takes longer than this many seconds hangs
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<f64>,
    /// Ordinary scheduling
    #[arg(long)]
    pub no_chaos: bool,
    /// Seed of everything random
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Go on until this many failures were caught
    #[arg(long, value_name = "K", default_value_t = 1)]
    pub keep: u64,
    /// Write a JUnit report
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// How to catch a failure
    #[arg(long, value_parser = ["clew", "core"], default_value = "clew")]
    pub engine: String,
    /// The program and its arguments
    #[arg(value_name = "PROG", trailing_var_arg = true, required = true)]
    pub argv: Vec<OsString>,
}
