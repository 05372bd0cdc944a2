use clew_replay::plan::{Plan, Target};
use clew_timeline::*;
use clew_trace::Trace;
use std::os::fd::AsFd;
use std::time::Instant;

fn main() {
    let dir = std::env::args().nth(1).unwrap();
    let trace = Trace::open(dir.as_ref()).unwrap();
    let plan = Plan::new(&trace, &Target::First).unwrap().unwrap();
    let (quiet, _keep) = std::os::unix::net::UnixStream::pair().unwrap();
    let a = quiet.as_fd();
    let t0 = Instant::now();
    let mut t = Timeline::open(&trace, &plan, &Options { quiet: true, mark: false }).unwrap();
    println!("{:?} open {:?}", t0.elapsed(), t.here());
    let go = |t: &mut Timeline, d, m| {
        let t0 = Instant::now();
        let s = t.run(d, m, a);
        println!("{:?} {:?} {:?} -> {:?}", t0.elapsed(), d, m, s);
    };
    use Direction::*;
    let tid = t.here().tid;
    for _ in 0..5 {
        go(&mut t, Forward, Motion::Step { tid });
    }
    println!("{:?}", t.registers(tid).unwrap().gpr);
    go(&mut t, Backward, Motion::Step { tid });
    go(&mut t, Backward, Motion::Step { tid });
    go(&mut t, Forward, Motion::Continue);
    println!("{:?}", t.tasks());
    let tid = t.here().tid;
    for _ in 0..5 {
        go(&mut t, Backward, Motion::Step { tid });
    }
    go(&mut t, Backward, Motion::Continue);
    go(&mut t, Forward, Motion::Continue);
    let t0 = Instant::now();
    println!("{:?} {:?}", t.seek(Destination::Event(30), a), t0.elapsed());
}
