//! One recording from start to end.

use std::ffi::{CString, OsStr, OsString};
use std::fs::{self, File};
use std::mem::offset_of;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use clew_abi::orders::{
    FLAG_CHECK_MEMORY, FLAG_NO_FOLLOW, FLAG_TRACE_EVENTS, LEDGER, MODE_RECORD, Orders,
    Shared as SharedPage, fd,
};
use clew_abi::record::{FORMAT_VERSION, SEGMENT_BYTES};
use clew_launch::control::Control;
use clew_launch::image;
use clew_launch::orders;
use clew_launch::signals::Saved;
use clew_launch::spawn::{Child, Spawn, Status, spawn};
use clew_trace::compress::Summary;
use clew_trace::meta::{self, Machine, Outcome};
use clew_trace::processor::Abilities;
use clew_trace::{
    Compressor, Ended, Error, Meta, Result, ResultExt, Root, code, files, lock, root,
};
use rustix::process::{Resource, getrlimit};

use crate::chaos::{self, Plan};
use crate::program::{self, Program};
use crate::supervise::{Finished, Supervisor};
use crate::{DEFAULT_SLICE_TICKS, FAILED, Failure, Options, Recording};

/// Number of the first process's event stream.
const FIRST_STREAM: u32 = 1;

/// Records a program. Signal mask and dispositions are the supervisor's meanwhile and put back at
/// the end.
///
/// A program that cannot be followed replaces this process, after a warning.
pub fn record(options: &Options) -> Result<Recording, Failure> {
    let begun = Instant::now();
    let options = &Options {
        seed: options.chaos.then(|| options.seed.unwrap_or_else(chaos::seed)),
        ..options.clone()
    };
    let environment = environment(options);
    let path = environment.iter().rev().find(|(name, _)| name == "PATH").map(|(_, value)| value);
    let program = program::resolve(&options.argv, path.map(OsString::as_os_str))?;
    if let Some(reason) = &program.unfollowable {
        return Err(run_unrecorded(&program, reason, &environment));
    }
    // A Ctrl-C from here on is seen: it ends the guest, or clew where there is no guest yet.
    let signals = Saved::take_over();
    let recording = record_followed(options, &program, environment, &signals, begun);
    signals.restore();
    recording
}

fn record_followed(
    options: &Options,
    program: &Program,
    environment: Environment,
    signals: &Saved,
    begun: Instant,
) -> Result<Recording, Failure> {
    let (session, running) = Session::begin(options, program, environment, signals, None, begun)?;
    session.place.make_latest();
    let finished = running.supervise(options.wait_all, &session.place.dir)?;
    session.complete(&finished)?;
    Ok(Recording { dir: session.place.dir, exit_code: exit_code(&finished) })
}

/// A recording that has begun.
pub(crate) struct Session {
    pub place: Place,
    meta: Meta,
    /// The page that the engines share.
    ledger: File,
    begun: Instant,
}

impl Session {
    /// Starts the guest; with `stdio`, as the leader of its own group.
    pub fn begin(
        options: &Options,
        program: &Program,
        mut environment: Environment,
        signals: &Saved,
        stdio: Option<Stdio<'_>>,
        begun: Instant,
    ) -> Result<(Self, Running)> {
        check_limits()?;
        let place = Place::create(options, program)?;
        set(&mut environment, "CLEW".into(), "1".into());
        set(&mut environment, "CLEW_TRACE".into(), place.dir.clone().into());
        let meta = describe(options, program, &environment);
        let started = meta
            .write(&place.dir)
            .and_then(|()| start(options, program, &environment, &place, signals, stdio));
        let (running, ledger) = started.inspect_err(|_| place.abandon())?;
        Ok((Self { place, meta, ledger: ledger.into(), begun }, running))
    }

    /// Keeps what the engines have found out about snapshots, and those within bounds.
    pub fn keep_snapshots(&self) {
        if let Some((code, changed)) = &self.place.code {
            keep_ledger(code, &self.ledger);
            if code::changed(code) != *changed {
                code::bound(code, code::MAX);
            }
        }
    }

    /// Writes down how it went.
    pub fn complete(&self, finished: &Finished) -> Result<()> {
        self.keep_snapshots();
        let (place, mut meta) = (&self.place, self.meta.clone());
        let complete = finished.summary.exited.contains(&FIRST_STREAM);
        let files = files::write_list(&place.dir, place.store.as_deref(), &finished.summary.files);
        // Without its list of files a trace can still be replayed, so the outcome matters more.
        let count = *files.as_ref().unwrap_or(&0);
        meta.outcome = Some(outcome(finished, complete, count, self.begun));
        meta.write(&place.dir)?;
        files.map(drop)
    }
}

/// What a guest gets for its standard input, and for both output and errors.
pub(crate) type Stdio<'a> = [BorrowedFd<'a>; 2];

/// Keeps what the engines have found out about snapshots. Failing at that is no failure.
fn keep_ledger(code: &Path, shared: &File) {
    let mut bytes = [0; 8 * LEDGER];
    if shared.read_exact_at(&mut bytes, offset_of!(SharedPage, ledger) as u64).is_err() {
        return;
    }
    let mut words = [0; LEDGER];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = u64::from_le_bytes(bytes.try_into().unwrap_or_default());
    }
    if words != code::ledger(code) {
        let _ = code::keep_ledger(code, &words);
    }
}

pub(crate) fn exit_code(finished: &Finished) -> i32 {
    match finished.status {
        _ if finished.crashed => FAILED,
        Status::Exited(code) => code,
        Status::Signaled(signal) => 128 + signal,
    }
}

fn outcome(finished: &Finished, complete: bool, files: u64, begun: Instant) -> Outcome {
    let Summary { streams, events, raw_bytes, compressed_bytes, .. } = finished.summary;
    let ended_streams = finished.summary.exited.clone();
    let pids = finished.summary.pids.clone();
    let ended = match finished.status {
        Status::Exited(code) => Ended::Exited(code),
        Status::Signaled(signal) => Ended::Signaled(signal),
    };
    let elapsed_seconds = begun.elapsed().as_secs_f64();
    let processes = streams;
    Outcome {
        ended,
        complete,
        ended_streams,
        pids,
        elapsed_seconds,
        events,
        raw_bytes,
        compressed_bytes,
        processes,
        files,
    }
}

/// The guest writes the log itself, under its own limits, which clew does not change.
fn check_limits() -> Result<()> {
    match getrlimit(Resource::Fsize).current {
        Some(limit) if limit < SEGMENT_BYTES => {
            let cause = format!(
                "files may be {limit} bytes long (`ulimit -f`), a segment of the trace is {SEGMENT_BYTES}"
            );
            Err(Error::new("record", cause).advise("Raise that limit."))
        }
        _ => Ok(()),
    }
}

/// The directories a recording is made in.
pub(crate) struct Place {
    pub dir: PathBuf,
    /// The root, for `latest-trace`.
    root: Option<Root>,
    /// Where stored files are shared with other traces, if that is on the trace's file system.
    store: Option<PathBuf>,
    /// Where snapshots of translated code are kept, if they are, and when there was a new one.
    code: Option<(PathBuf, SystemTime)>,
}

impl Place {
    fn create(options: &Options, program: &Program) -> Result<Self> {
        let (dir, root) = match &options.dir {
            Some(dir) => (root::create_at(dir)?, Root::from_env().ok()),
            None => {
                let root = Root::from_env()?;
                (root.create_trace(program.comm())?, Some(root))
            }
        };
        let store = root.as_ref().map(Root::store).filter(|store| {
            let made = store.is_dir() || root::private_dir_all(store).is_ok();
            made && same_device(store, &dir)
        });
        let code = root.as_ref().and_then(code::make_directory);
        let code = code.map(|code| (code.clone(), code::changed(&code)));
        Ok(Self { dir, root, store, code })
    }

    /// The newest trace is this one. With `-o`, failing at that is no failure of the recording.
    fn make_latest(&self) {
        if let Some(root) = &self.root {
            let _ = root.set_latest(&self.dir);
        }
    }

    /// Removes the directory of a recording that never began.
    pub fn abandon(&self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

fn same_device(a: &Path, b: &Path) -> bool {
    matches!((fs::metadata(a), fs::metadata(b)), (Ok(a), Ok(b)) if a.dev() == b.dev())
}

pub(crate) type Environment = Vec<(OsString, OsString)>;

pub(crate) fn environment(options: &Options) -> Environment {
    let mut all: Environment = std::env::vars_os().collect();
    for (name, value) in &options.env {
        set(&mut all, name.clone(), value.clone());
    }
    all
}

fn set(environment: &mut Environment, name: OsString, value: OsString) {
    environment.retain(|(known, _)| *known != name);
    environment.push((name, value));
}

fn as_c_strings(environment: &Environment) -> Result<Vec<CString>> {
    let join = |(name, value): &(OsString, OsString)| {
        let mut text = name.clone().into_vec();
        text.push(b'=');
        text.extend_from_slice(value.as_bytes());
        CString::new(text)
    };
    let all: std::result::Result<_, _> = environment.iter().map(join).collect();
    all.tried(|| "set the environment")
}

fn describe(options: &Options, program: &Program, environment: &Environment) -> Meta {
    let text = |s: &OsStr| s.to_string_lossy().into_owned();
    let plan = options.seed.map(Plan::new);
    Meta {
        format: FORMAT_VERSION,
        clew: env!("CARGO_PKG_VERSION").into(),
        argv: options.argv.iter().map(|a| text(a)).collect(),
        program: text(program.file.as_os_str()),
        environment: environment.iter().map(|(n, v)| format!("{}={}", text(n), text(v))).collect(),
        cwd: std::env::current_dir().map(|d| text(d.as_os_str())).unwrap_or_default(),
        machine: Machine {
            abilities: Abilities::current(&options.cpuid_clear),
            ..Machine::current()
        },
        started: jiff::Timestamp::now().to_string(),
        options: meta::Options {
            chaos: options.chaos,
            seed: options.seed,
            policy: plan.as_ref().map(Plan::describe),
            slice_ticks: slice_ticks(options),
            num_cores: num_cores(options, plan.as_ref()),
            no_follow: options.no_follow,
            cpuid_clear: options.cpuid_clear,
        },
        stack_limit: getrlimit(Resource::Stack).current,
        segment_bytes: SEGMENT_BYTES,
        outcome: None,
    }
}

fn slice_ticks(options: &Options) -> u64 {
    match options.slice_ticks {
        0 => DEFAULT_SLICE_TICKS,
        ticks => ticks,
    }
}

fn num_cores(options: &Options, plan: Option<&Plan>) -> u64 {
    match options.num_cores {
        0 => plan.map_or(0, |plan| plan.cores),
        cores => cores,
    }
}

/// A guest that runs.
pub(crate) struct Running {
    pub child: Child,
    pub control: Control,
}

impl Running {
    fn supervise(self, wait_all: bool, dir: &Path) -> Result<Finished> {
        let compressor = Compressor::new(dir, SEGMENT_BYTES);
        Supervisor::new(self.child, self.control, compressor, wait_all)?.run()
    }
}

fn start(
    options: &Options,
    program: &Program,
    environment: &Environment,
    place: &Place,
    signals: &Saved,
    stdio: Option<Stdio<'_>>,
) -> Result<(Running, OwnedFd)> {
    let envp = as_c_strings(environment)?;
    let plan = options.seed.map(Plan::new);
    let (control, theirs) = Control::pair().map_err(failed)?;
    let orders = orders::write(
        Orders {
            mode: MODE_RECORD,
            segment_bytes: SEGMENT_BYTES,
            stream: FIRST_STREAM.into(),
            slice_ticks: slice_ticks(options),
            num_cores: num_cores(options, plan.as_ref()),
            chaos: plan.as_ref().map(|plan| plan.chaos).unwrap_or_default(),
            cpuid_clear: options.cpuid_clear,
            flags: flags(options),
            stack_limit: getrlimit(Resource::Stack).current.unwrap_or(u64::MAX),
            build: place.code.as_ref().map_or(0, |_| clew_launch::ENGINE_BUILD),
            ..Orders::default()
        },
        orders::Strings {
            program: program.file.as_os_str().as_bytes(),
            execfn: program.execfn.as_os_str().as_bytes(),
            comm: program.comm().as_bytes(),
        },
    )
    .map_err(failed)?;
    let next_stream = u64::from(FIRST_STREAM) + 1;
    let code = place.code.as_ref().map(|(code, _)| code.as_path());
    let mut ledger = code.map_or([0; LEDGER], code::ledger);
    let engine = image::engine(code, &mut ledger).map_err(failed)?;
    let shared = SharedPage { next_event: 1, next_stream, ledger, ..SharedPage::default() };
    let shared = orders::shared_page(shared).map_err(failed)?;
    let events = open_dir(&place.dir.join("events"))?;
    lock::mark(&events);
    let files = open_dir(&place.dir.join("files"))?;
    let store = place.store.as_deref().map(open_dir).transpose()?;
    let code = code.map(open_dir).transpose()?;
    let mut fds = vec![
        (orders.as_fd(), fd::ORDERS),
        (engine.as_fd(), fd::ENGINE),
        (theirs.as_fd(), fd::CONTROL),
        (events.as_fd(), fd::EVENTS),
        (files.as_fd(), fd::FILES),
        (shared.as_fd(), fd::SHARED),
    ];
    fds.extend(store.as_ref().map(|s| (s.as_fd(), fd::STORE)));
    fds.extend(code.as_ref().map(|c| (c.as_fd(), fd::CODE)));
    if let Some([input, output]) = stdio {
        fds.extend([(input, 0), (output, 1), (output, 2)]);
    } else if Saved::fatal_pending() {
        return Err(Error::new("start the program", "clew was interrupted"));
    }
    let own_group = stdio.is_some();
    let argv = &program.argv;
    let what = Spawn { argv, envp: &envp, fds: &fds, signals, die_with_parent: false, own_group };
    let child = spawn(&what).map_err(failed)?;
    Ok((Running { child, control }, shared))
}

fn flags(options: &Options) -> u64 {
    let mut flags = 0;
    if options.no_follow {
        flags |= FLAG_NO_FOLLOW;
    }
    if options.check_memory {
        flags |= FLAG_CHECK_MEMORY;
    }
    if options.trace_events {
        flags |= FLAG_TRACE_EVENTS;
    }
    flags
}

fn open_dir(path: &Path) -> Result<OwnedFd> {
    File::open(path).map(OwnedFd::from).tried(|| format!("open {}", path.display()))
}

fn failed(e: clew_launch::Error) -> Error {
    Error::new(e.step, e.source).advise("`clew doctor` says what this machine lacks.")
}

/// Runs a program that cannot be followed in place of this process.
fn run_unrecorded(program: &Program, reason: &str, environment: &Environment) -> Failure {
    let name = program.file.display();
    clew_launch::say(format!("{name} runs unrecorded: {reason}, which clew cannot follow"));
    let run = || {
        let envp = as_c_strings(environment)?;
        let file =
            CString::new(program.execfn.as_os_str().as_bytes()).tried(|| "name the program")?;
        // The kernel reads `#!` lines itself, so it gets the arguments as they were given.
        let argv = program.given.clone();
        let e = clew_launch::spawn::exec(&file, &argv, &envp, &Saved::current());
        Err::<std::convert::Infallible, _>(Error::new(format!("run {name}"), e))
    };
    let Err(error) = run();
    Failure { code: crate::NOT_EXECUTABLE, error }
}
