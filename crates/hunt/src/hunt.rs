//! The hunt itself: workers make runs, the caller's thread watches over them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use clew_launch::signals::{Saved, Watcher};
use clew_record::confined::{self, Fate, Surroundings};
use clew_record::program::{self, Program};
use clew_record::{FAILED, Failure as Refusal};
use clew_trace::{Error, ResultExt};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::core::Dumps;
use crate::den::Den;
use crate::seeds::Schedule;
use crate::{Catch, Engine, Failure, How, Options, Progress, Status, Summary};

/// How often somebody may look at the progress.
const TICK: Duration = Duration::from_millis(100);
/// After so many runs of a worker's, stored files that no run uses any more are deleted.
const PRUNE: u64 = 64;

/// Hunts. `watch` is told how it goes, every now and then.
pub fn run(options: &Options, mut watch: impl FnMut(&Progress)) -> Result<Summary, Refusal> {
    let signals = Saved::take_over();
    let result = hunt(options, &signals, &mut watch);
    signals.restore();
    result
}

fn hunt(
    options: &Options,
    signals: &Saved,
    watch: &mut dyn FnMut(&Progress),
) -> Result<Summary, Refusal> {
    let path = std::env::var_os("PATH");
    let program = program::resolve(&options.argv, path.as_deref())?;
    let method = Method::new(options, &program)?;
    let watcher = Watcher::new().map_err(|e| Error::new(e.step, e.source))?;
    let tried = || "make a pipe";
    let (cancel, running) = pipe().tried(tried)?;
    let (wake, bell) = pipe().tried(tried)?;
    rustix::io::ioctl_fionbio(&wake, true).tried(tried)?;
    let input = File::open("/dev/null").tried(|| "open /dev/null")?;
    let (results, arriving) = channel();
    let field = Field {
        options,
        program: &program,
        method,
        around: Surroundings {
            signals,
            input: input.as_fd(),
            timeout: options.timeout,
            cancel: cancel.as_fd(),
        },
        next: AtomicU64::new(1),
        stop: AtomicBool::new(false),
    };
    let total = options.shard.share(options.max);
    let progress = Progress { total, ..Progress::default() };
    let mut desk = Desk {
        field: &field,
        begun: Instant::now(),
        progress,
        failures: BTreeMap::new(),
        running: Some(running),
        interrupted: None,
        refusal: None,
    };
    std::thread::scope(|scope| {
        for _ in 0..options.jobs.clamp(1, total.max(1) as usize) {
            let (results, bell) = (results.clone(), bell.try_clone());
            let field = &field;
            let spawned = std::thread::Builder::new()
                .name("clew-hunt".into())
                .spawn_scoped(scope, move || field.work(&results, bell.ok()));
            if let Err(e) = spawned {
                desk.give_up(Some(Error::new("start a thread", e).into()));
            }
        }
        drop((results, bell));
        desk.watch_over(&arriving, &wake, &watcher, watch);
    });
    desk.conclude()
}

/// How failures are caught.
enum Method {
    Clew(Den),
    Core(Dumps),
}

impl Method {
    fn new(options: &Options, program: &Program) -> Result<Self, Refusal> {
        match (options.engine, &program.unfollowable) {
            (Engine::Core, _) => Ok(Self::Core(Dumps::new()?)),
            (Engine::Clew, None) => Ok(Self::Clew(Den::new()?)),
            (Engine::Clew, Some(reason)) => {
                let name = program.file.display();
                let error = Error::new(format!("record {name}"), reason)
                    .advise("`--engine core` hunts without recording.");
                Err(Refusal { code: FAILED, error })
            }
        }
    }
}

/// What all workers see.
struct Field<'a> {
    options: &'a Options,
    program: &'a Program,
    method: Method,
    around: Surroundings<'a>,
    next: AtomicU64,
    stop: AtomicBool,
}

/// A run that is over: none if it passed.
type Over = Result<Option<Failure>, Refusal>;

impl Field<'_> {
    fn work(&self, results: &Sender<Over>, mut bell: Option<PipeWriter>) {
        let mut made = 0;
        while let Some(number) = self.take() {
            let over = self.one(number);
            // A run that was given up counts for nothing.
            let Some(over) = over.transpose() else { break };
            if results.send(over).is_err() {
                break;
            }
            if let Some(bell) = &mut bell {
                let _ = bell.write_all(&[0]);
            }
            made += 1;
            if made % PRUNE == 0
                && let Method::Clew(den) = &self.method
            {
                den.prune();
            }
        }
    }

    /// The number of the next run, if there is to be one.
    fn take(&self) -> Option<u64> {
        let take = |next| Some(self.options.shard.next(next) + 1);
        let before = self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).ok()?;
        let number = self.options.shard.next(before);
        (number <= self.options.max && !self.stop.load(Ordering::Relaxed)).then_some(number)
    }

    /// Makes a run. None if it was given up.
    fn one(&self, run: u64) -> Result<Option<Option<Failure>>, Refusal> {
        match &self.method {
            Method::Clew(den) => self.record(den, run),
            Method::Core(dumps) => Ok(dumps.run(self.options, run, &self.around)?),
        }
    }

    fn record(&self, den: &Den, run: u64) -> Result<Option<Option<Failure>>, Refusal> {
        let Options { seed, chaos, argv, .. } = self.options;
        let schedule = Schedule::of(*seed, run, *chaos);
        let place = den.place(self.program.comm(), run);
        let options = clew_record::Options {
            argv: argv.clone(),
            dir: Some(place.clone()),
            chaos: schedule.chaos,
            seed: schedule.seed,
            ..clew_record::Options::default()
        };
        let made = confined::run(&options, self.program, &self.around)?;
        let how = match made.fate {
            Fate::Cancelled => return Ok(None),
            Fate::Crashed => return Err(crashed(den, &place, self.program, &made.notes)),
            Fate::Hung => How::Hung,
            Fate::Ended(Status::Exited(0)) => return Ok(Some(None)),
            Fate::Ended(Status::Exited(code)) => How::Exited(code),
            Fate::Ended(Status::Signaled(signal)) => How::Signaled(signal),
        };
        if self.stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let catch = Catch::Trace(den.keep(&place, self.program.comm())?);
        let output = made.output.bytes();
        let (notes, elapsed) = (made.notes, made.elapsed);
        Ok(Some(Some(Failure { run, how, schedule, elapsed, output, notes, catch })))
    }
}

/// clew failed in a run: no finding about the program.
fn crashed(den: &Den, place: &std::path::Path, program: &Program, notes: &[String]) -> Refusal {
    let kept = den.keep(place, program.comm());
    let place = kept.map(|dir| format!(" (trace: {})", dir.display())).unwrap_or_default();
    for note in notes {
        clew_launch::say(note);
    }
    Error::new("record a run", format!("the engine failed, see above{place}")).into()
}

/// Where results arrive.
struct Desk<'a, 'f> {
    field: &'a Field<'f>,
    begun: Instant,
    progress: Progress,
    /// By their runs' numbers.
    failures: BTreeMap<u64, Failure>,
    /// Dropped to give up all runs.
    running: Option<PipeWriter>,
    interrupted: Option<i32>,
    refusal: Option<Refusal>,
}

impl Desk<'_, '_> {
    /// Returns once no worker is left.
    fn watch_over(
        &mut self,
        arriving: &Receiver<Over>,
        wake: &PipeReader,
        watcher: &Watcher,
        watch: &mut dyn FnMut(&Progress),
    ) {
        let mut wake_open = true;
        while wake_open {
            sleep(&[watcher.as_fd(), wake.as_fd()]);
            if let Some(incoming) = watcher.next() {
                self.interrupted.get_or_insert(incoming.signal);
                self.give_up(None);
            }
            let mut rung = [0; 256];
            let mut pipe = wake;
            wake_open = !matches!(pipe.read(&mut rung), Ok(0));
            while let Ok(over) = arriving.try_recv() {
                self.take(over);
            }
            self.progress.elapsed = self.begun.elapsed();
            watch(&self.progress);
        }
    }

    fn take(&mut self, over: Over) {
        match over {
            Err(refusal) => self.give_up(Some(refusal)),
            Ok(result) => {
                self.progress.runs += 1;
                let Some(failure) = result else { return };
                self.progress.failed += 1;
                self.failures.insert(failure.run, failure);
                if self.progress.failed >= self.field.options.keep {
                    self.give_up(None);
                }
            }
        }
    }

    /// Ends the runs that are being made, and makes no more.
    fn give_up(&mut self, refusal: Option<Refusal>) {
        self.field.stop.store(true, Ordering::Relaxed);
        self.running = None;
        if self.refusal.is_none() {
            self.refusal = refusal;
        }
    }

    fn conclude(self) -> Result<Summary, Refusal> {
        match self.refusal {
            // What was caught before is worth more.
            Some(refusal) if self.failures.is_empty() => Err(refusal),
            _ => Ok(Summary {
                progress: self.progress,
                failures: self.failures.into_values().collect(),
                interrupted: self.interrupted,
            }),
        }
    }
}

/// Until one of them is readable, or somebody may want to look at the progress.
fn sleep(fds: &[BorrowedFd<'_>]) {
    let mut fds: Vec<_> = fds.iter().map(|fd| PollFd::new(fd, PollFlags::IN)).collect();
    let timeout = Timespec { tv_sec: 0, tv_nsec: TICK.subsec_nanos().into() };
    let _ = poll(&mut fds, Some(&timeout));
}
