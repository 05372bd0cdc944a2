//! Development tasks: `cargo xtask test`, `fuzz`, `bench`, `kill`, `soak`, `transparency`, `calls`.

mod bench;
mod calls;
mod cargo;
mod fuzz;
mod kill;
mod soak;
mod test;
mod transparency;

use clap::{Parser, Subcommand};

/// Development tasks of clew.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds clew and runs every test of the workspace.
    Test(test::Options),
    /// Gives what reads from strangers input that was made to break it.
    Fuzz(fuzz::Options),
    /// Measures native, recorded and replayed runs side by side.
    Bench(bench::Options),
    /// Kills recordings of process trees at random moments, and replays what there is of them.
    Kill(kill::Options),
    /// Repeats the long tests: programs, process trees, kills, random instructions.
    Soak(soak::Options),
    /// Compares programs that are recorded with themselves: stress-ng's stressors, or one of yours.
    Transparency(transparency::Options),
    /// Runs the suite `guests` and writes docs/system-call-table.md: how each call is treated, and who
    /// exercises it.
    Calls(calls::Options),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().task {
        Task::Test(options) => test::run(&options),
        Task::Fuzz(options) => fuzz::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::Kill(options) => kill::run(&options),
        Task::Soak(options) => soak::run(&options),
        Task::Transparency(options) => transparency::run(&options),
        Task::Calls(options) => calls::run(&options),
    }
}
