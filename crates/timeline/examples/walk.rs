//! Random walks over a trace: `walk TRACE SEED MOVES`.

use clew_replay::plan::{Plan, Target};
use clew_timeline::{Options, Timeline, walk::walk};
use clew_trace::Trace;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let dir = args.next().ok_or("usage: walk TRACE SEED MOVES")?;
    let seed = args.next().map_or(Ok(1), |arg| arg.parse())?;
    let moves = args.next().map_or(Ok(1000), |arg| arg.parse())?;
    let trace = Trace::open(dir.as_ref())?;
    let plan = Plan::new(&trace, &Target::First)?.ok_or("the trace is empty")?;
    let mut timeline = Timeline::open(&trace, &plan, &Options { quiet: true, mark: false })?;
    let begun = std::time::Instant::now();
    let walked = walk(&mut timeline, seed, moves)?;
    println!("{walked:?} in {:?}", begun.elapsed());
    Ok(())
}
