//! `clew demo`.

/// Hunt a built-in racy program and walk back to the write that caused its failure
#[derive(Debug, clap::Args)]
pub struct Args {}
