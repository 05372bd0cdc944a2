//! How fast a timeline is, for `cargo xtask bench timeline`.
//!
//! `pace moves TRACE ADDRESS SECONDS`: reaches the end, steps back, seeks, finds the write to the variable at
//! ADDRESS; SECONDS is how long the recording took. `pace condition TRACE ADDRESS`: runs to the end with a
//! conditional breakpoint at ADDRESS that never holds.

use std::error::Error;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use clew_replay::plan::{Plan, Target};
use clew_timeline::{
    Access, Breakpoint, Destination, Direction, Motion, Options, Stop, Timeline, Watchpoint,
};
use clew_trace::Trace;

/// Steps back and seeks that are measured.
const STEPS: usize = 40;
const SEEKS: u64 = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["moves", trace, address, seconds] => moves(trace, parse(address)?, seconds.parse()?),
        ["condition", trace, address] => condition(trace, parse(address)?),
        _ => Err("usage: pace moves TRACE ADDRESS SECONDS | pace condition TRACE ADDRESS".into()),
    }
}

fn parse(address: &str) -> Result<u64, std::num::ParseIntError> {
    u64::from_str_radix(address.trim_start_matches("0x"), 16)
}

fn open(dir: &str) -> Result<Timeline, Box<dyn Error>> {
    let trace = Trace::open(dir.as_ref())?;
    let plan = Plan::new(&trace, &Target::First)?.ok_or("the trace is empty")?;
    Ok(Timeline::open(&trace, &plan, &Options { quiet: true, mark: false })?)
}

fn moves(trace: &str, address: u64, recorded: f64) -> Result<(), Box<dyn Error>> {
    let (quiet, _other) = UnixStream::pair()?;
    let attention = quiet.as_fd();
    let begun = Instant::now();
    let mut t = open(trace)?;
    let end = t.run(Direction::Forward, Motion::Continue, attention)?;
    ratio("reach the end", begun, recorded, 1.2);
    let tid = end.tid;
    let mut times = Vec::new();
    for _ in 0..STEPS {
        let begun = Instant::now();
        t.run(Direction::Backward, Motion::Step { tid }, attention)?;
        times.push(begun.elapsed());
    }
    median("reverse-stepi", times, 0.05);
    let mut times = Vec::new();
    for n in 1..SEEKS {
        let begun = Instant::now();
        t.seek(Destination::Tick(end.position.tick / SEEKS * n), attention)?;
        times.push(begun.elapsed());
    }
    median("seek", times, 1.0);
    t.seek(Destination::End, attention)?;
    let begun = Instant::now();
    let write = t.last_write(address, 4, attention)?;
    ratio("last-write", begun, recorded, 2.0);
    t.seek(Destination::End, attention)?;
    t.set_watchpoints(vec![Watchpoint { addr: address, len: 4, access: Access::Write }]);
    let begun = Instant::now();
    let found = t.run(Direction::Backward, Motion::Continue, attention)?;
    ratio("reverse-continue", begun, recorded, 2.0);
    let same = write.position == found.position && matches!(found.stop, Stop::Watchpoint(_));
    if same { Ok(()) } else { Err(format!("{write:?} is not {found:?}").into()) }
}

fn condition(trace: &str, address: u64) -> Result<(), Box<dyn Error>> {
    let (quiet, _other) = UnixStream::pair()?;
    let plain = Instant::now();
    open(trace)?.run(Direction::Forward, Motion::Continue, quiet.as_fd())?;
    let plain = plain.elapsed();
    let mut t = open(trace)?;
    // reg rdi; const64; equal; end
    let never = [&[0x26, 0, 5, 0x25][..], &[0xff; 8], &[0x13, 0x27]].concat();
    t.set_breakpoints(vec![Breakpoint { addr: address, conditions: vec![never] }]);
    let begun = Instant::now();
    let end = t.run(Direction::Forward, Motion::Continue, quiet.as_fd())?;
    let more = begun.elapsed().saturating_sub(plain).as_secs_f64();
    println!(
        "{:<20} {more:>8.3} s more than plain {:.3} s (limit 5 s)",
        "10 million hits",
        plain.as_secs_f64()
    );
    if matches!(end.stop, Stop::End(_)) { Ok(()) } else { Err(format!("stopped: {end:?}").into()) }
}

fn ratio(what: &str, begun: Instant, recorded: f64, limit: f64) {
    let time = begun.elapsed().as_secs_f64();
    println!("{what:<20} {time:>8.3} s  {:>6.2} x recording (limit {limit})", time / recorded);
}

fn median(what: &str, mut times: Vec<Duration>, limit: f64) {
    times.sort();
    let (middle, longest) = (times[times.len() / 2], times[times.len() - 1]);
    let (middle, longest) = (middle.as_secs_f64(), longest.as_secs_f64());
    println!("{what:<20} {middle:>8.4} s  median, longest {longest:.4} (limit {limit})");
}
