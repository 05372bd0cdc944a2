//! `clew completions`.

use clap_complete::Shell;
use clew_trace::Result;

/// Print a script that completes clew's command line in a shell
#[derive(Debug, clap::Args)]
pub struct Args {
    shell: Shell,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::args::definition(), "clew", &mut script);
    crate::text::print(script)
}
