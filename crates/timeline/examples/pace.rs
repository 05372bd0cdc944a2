//! How fast a timeline is: `pace TRACE [ADDRESS]`, where the address is of a variable written at the start.

use clew_replay::plan::{Plan, Target};
use clew_timeline::{Access, Destination, Direction, Motion, Options, Timeline, Watchpoint};
use clew_trace::Trace;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let dir = args.next().ok_or("usage: pace TRACE [ADDRESS]")?;
    let addr = args.next().map(|arg| u64::from_str_radix(arg.trim_start_matches("0x"), 16));
    let trace = Trace::open(dir.as_ref())?;
    let plan = Plan::new(&trace, &Target::First)?.ok_or("the trace is empty")?;
    let (quiet, _other) = std::os::unix::net::UnixStream::pair()?;
    let attention = quiet.as_fd();
    let begun = Instant::now();
    let mut t = Timeline::open(&trace, &plan, &Options { quiet: true, mark: false })?;
    let end = t.run(Direction::Forward, Motion::Continue, attention)?;
    println!("end       {:?} {:?}", begun.elapsed(), end.stop);
    let mut steps = Vec::new();
    for _ in 0..30 {
        let begun = Instant::now();
        let tid = t.here().tid;
        t.run(Direction::Backward, Motion::Step { tid }, attention)?;
        steps.push(begun.elapsed());
    }
    println!("stepi     first {:?}, median {:?}", steps[0], median(&mut steps.clone()));
    let mut seeks = Vec::new();
    let last = end.position.tick;
    for n in 1..10 {
        let begun = Instant::now();
        t.seek(Destination::Tick(last / 10 * n), attention)?;
        seeks.push(begun.elapsed());
    }
    println!("seek      median {:?}, longest {:?}", median(&mut seeks.clone()), seeks.iter().max());
    t.seek(Destination::End, attention)?;
    if let Some(addr) = addr {
        let addr = addr?;
        let begun = Instant::now();
        let found = t.last_write(addr, 4, attention)?;
        println!("write     {:?} {found:?}", begun.elapsed());
        t.seek(Destination::End, attention)?;
        t.set_watchpoints(vec![Watchpoint { addr, len: 4, access: Access::Write }]);
        let begun = Instant::now();
        let found = t.run(Direction::Backward, Motion::Continue, attention)?;
        println!("reverse   {:?} {found:?}", begun.elapsed());
    }
    Ok(())
}

fn median(all: &mut [Duration]) -> Duration {
    all.sort();
    all[all.len() / 2]
}
