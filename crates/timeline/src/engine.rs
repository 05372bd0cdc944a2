//! One engine under the timeline's command.

use std::collections::VecDeque;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use clew_abi::control::{DIVERGED, MAX_PAYLOAD};
use clew_abi::debug::{
    ANSWER, BREAKPOINTS, FORK, FORKED, INTERRUPT, RUN, RunOrder, STOPPED, Stopped, WATCHPOINTS,
};
use clew_launch::control::Control;
use clew_launch::spawn::Child;
use clew_replay::host::{Heard, Host, Process};
use clew_trace::{Error, Result, ResultExt};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::Attention;
use crate::probes::Probes;
use crate::progress::PACE;
use crate::wire;

/// See the module's documentation. It is stopped unless its methods run.
pub struct Engine {
    process: Process,
    /// What it said last when it stopped.
    pub stopped: Stopped,
    /// Which [`Probes`] it was told of last.
    probes: u64,
    answers: VecDeque<(u64, Vec<u8>)>,
    forked: Option<u64>,
    has_stopped: bool,
    running: Option<Running>,
}

/// A run that is under way.
struct Running {
    begun: Instant,
    /// Make a copy after each such time.
    every: Option<Duration>,
    /// When the next one is due, since the run began.
    next: Option<Duration>,
    /// The copy that was asked for, and when.
    pending: Option<(Control, Duration)>,
    copies: Vec<Copied>,
    interrupted: bool,
}

/// A copy that was made while an engine ran.
pub struct Copied {
    pub engine: Engine,
    /// Since the run began.
    pub after: Duration,
}

impl Engine {
    /// An engine that was just started or copied; returns once it has stopped for the first time.
    pub fn new(host: &mut Host, process: Process, probes: u64) -> Result<Self> {
        let mut engine = Self {
            process,
            stopped: Stopped::default(),
            probes,
            answers: VecDeque::new(),
            forked: None,
            has_stopped: false,
            running: None,
        };
        engine.listen(host, |e| e.has_stopped)?;
        Ok(engine)
    }

    fn command(&self, kind: u32, arg: u64, payload: &[u8]) -> Result<()> {
        let sent = self.process.control().send(kind, arg, payload, None);
        // An engine that is gone is noticed when its answer is awaited.
        match sent {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(e).tried(|| "command the replay")
            }
            _ => Ok(()),
        }
    }

    /// Asks something; the answer's payload.
    pub fn ask(&mut self, host: &mut Host, kind: u32, arg: u64, payload: &[u8]) -> Result<Vec<u8>> {
        self.ask_part(host, kind, arg, payload).map(|(_, bytes)| bytes)
    }

    /// [`Self::ask`], for answers that may come in parts.
    pub fn ask_all(&mut self, host: &mut Host, kind: u32, arg: u64) -> Result<Vec<u8>> {
        let (mut more, mut all) = self.ask_part(host, kind, arg, &[])?;
        while more != 0 {
            let (after, part) = self.answer(host)?;
            all.extend(part);
            more = after;
        }
        Ok(all)
    }

    fn ask_part(
        &mut self,
        host: &mut Host,
        kind: u32,
        arg: u64,
        payload: &[u8],
    ) -> Result<(u64, Vec<u8>)> {
        self.command(kind, arg, payload)?;
        self.answer(host)
    }

    fn answer(&mut self, host: &mut Host) -> Result<(u64, Vec<u8>)> {
        self.listen(host, |e| !e.answers.is_empty())?;
        self.answers.pop_front().ok_or("no answer").tried(|| "ask the replay")
    }

    /// Makes a copy of the stopped engine.
    pub fn copy(&mut self, host: &mut Host) -> Result<Engine> {
        let control = self.begin_copy()?;
        self.listen(host, |e| e.forked.is_some())?;
        self.end_copy(host, control)
    }

    fn begin_copy(&mut self) -> Result<Control> {
        let (control, theirs) = Control::pair().map_err(|e| Error::new(e.step, e.source))?;
        self.forked = None;
        let sent = self.process.control().send(FORK, 0, &[], Some(theirs.as_fd()));
        sent.tried(|| "copy the replay")?;
        Ok(control)
    }

    fn end_copy(&mut self, host: &mut Host, control: Control) -> Result<Engine> {
        let pid = self.forked.take().unwrap_or(0);
        if pid == 0 {
            return Err(Error::new("copy the replay", "there is no memory or no process for it"));
        }
        let child = Child::adopt(pid as i32).tried(|| "find the copy of the replay")?;
        Engine::new(host, self.process.copied(child, control), self.probes)
    }

    /// Tells it of breakpoints and watchpoints, unless it knows them.
    pub fn arm(&mut self, probes: &Probes) -> Result<()> {
        if self.probes == probes.version() {
            return Ok(());
        }
        let breakpoints = wire::breakpoints(probes.breakpoints(), MAX_PAYLOAD);
        for (n, part) in breakpoints.iter().enumerate() {
            self.command(BREAKPOINTS, u64::from(n == 0), part)?;
        }
        self.command(WATCHPOINTS, 0, &wire::watchpoints(probes.watchpoints()))?;
        self.probes = probes.version();
        Ok(())
    }

    /// Runs until it stops, with a `beat` from time to time, interrupted once `attention` is readable. Copies are made after each time
    /// `every`, and returned.
    pub fn run(
        &mut self,
        host: &mut Host,
        order: &RunOrder,
        every: Option<Duration>,
        attention: Option<Attention<'_>>,
        mut beat: impl FnMut(),
    ) -> Result<Vec<Copied>> {
        self.begin(order, every)?;
        while !self.advance(host)? {
            let attention = attention.filter(|_| !self.interrupted());
            if sleep(&[self], attention)? {
                self.interrupt()?;
            }
            beat();
        }
        Ok(self.finish())
    }

    /// Begins a run: to be [advanced](Self::advance) until it is done.
    pub fn begin(&mut self, order: &RunOrder, every: Option<Duration>) -> Result<()> {
        self.has_stopped = false;
        self.command(RUN, 0, wire::bytes_of(order))?;
        self.running = Some(Running {
            begun: Instant::now(),
            every,
            next: every,
            pending: None,
            copies: Vec::new(),
            interrupted: false,
        });
        Ok(())
    }

    /// Does what is due in a run. True once it has stopped.
    pub fn advance(&mut self, host: &mut Host) -> Result<bool> {
        self.hear(host)?;
        let Some(mut running) = self.running.take() else { return Ok(true) };
        let done = self.advance_copies(host, &mut running);
        self.running = Some(running);
        done
    }

    fn advance_copies(&mut self, host: &mut Host, running: &mut Running) -> Result<bool> {
        if self.forked.is_some()
            && let Some((control, after)) = running.pending.take()
        {
            let started = Instant::now();
            // A copy that cannot be made is one checkpoint less.
            if let Ok(engine) = self.end_copy(host, control) {
                running.copies.push(Copied { engine, after });
            }
            let cost = started.elapsed();
            running.next =
                running.every.map(|every| running.begun.elapsed() + every.max(cost * 20));
        }
        let now = running.begun.elapsed();
        let due = running.next.is_some_and(|next| now >= next);
        if due && running.pending.is_none() && !self.has_stopped {
            running.pending = Some((self.begin_copy()?, now));
        }
        Ok(self.has_stopped && running.pending.is_none())
    }

    /// Tells a run to stop as soon as possible.
    pub fn interrupt(&mut self) -> Result<()> {
        if let Some(running) = &mut self.running {
            running.interrupted = true;
        }
        self.command(INTERRUPT, 0, &[])
    }

    fn interrupted(&self) -> bool {
        self.running.as_ref().is_some_and(|running| running.interrupted)
    }

    /// After a run: the copies that were made.
    pub fn finish(&mut self) -> Vec<Copied> {
        self.running.take().map_or(Vec::new(), |running| running.copies)
    }

    /// How long the run may be left alone.
    fn patience(&self) -> Option<Duration> {
        let running = self.running.as_ref().filter(|running| running.pending.is_none())?;
        running.next.map(|next| next.saturating_sub(running.begun.elapsed()))
    }

    /// Hears the engine until `enough`.
    fn listen(&mut self, host: &mut Host, enough: impl Fn(&Self) -> bool) -> Result<()> {
        loop {
            self.hear(host)?;
            if enough(self) {
                return Ok(());
            }
            sleep(&[self], None)?;
        }
    }

    /// Takes everything that the engine has said.
    fn hear(&mut self, host: &mut Host) -> Result<()> {
        loop {
            // What it said last is heard first. That it is gone need not close the socket: a copy that nobody
            // asked for may have it.
            let over = self.process.is_over();
            let message = host.hear(&mut self.process)?;
            host.output.flush();
            match message {
                Heard::Nothing if !over => return Ok(()),
                Heard::Nothing | Heard::Closed => {
                    let status = self.process.child.wait().tried(|| "wait for the replay")?;
                    return Err(Error::new("replay", self.process.died(status)));
                }
                Heard::Message { kind, arg, payload } => match kind {
                    STOPPED => {
                        self.stopped = wire::from_bytes(&payload)?;
                        self.has_stopped = true;
                    }
                    FORKED => self.forked = Some(arg),
                    ANSWER => self.answers.push_back((arg, payload)),
                    DIVERGED => {
                        let report = clew_replay::report(&payload);
                        return Err(Error::new("replay", report));
                    }
                    _ => {}
                },
            }
        }
    }
}

/// Sleeps until one of the engines has something to say or wants to be advanced. True if `attention` is
/// wanted.
pub fn sleep(engines: &[&Engine], attention: Option<Attention<'_>>) -> Result<bool> {
    let mut fds = Vec::with_capacity(2 * engines.len() + 1);
    for engine in engines {
        fds.push(PollFd::from_borrowed_fd(engine.process.control().as_fd(), PollFlags::IN));
        fds.push(PollFd::from_borrowed_fd(engine.process.child.pidfd(), PollFlags::IN));
    }
    if let Some(attention) = attention {
        fds.push(PollFd::from_borrowed_fd(attention, PollFlags::IN));
    }
    let timeout = engines.iter().filter_map(|engine| engine.patience()).min();
    let running = engines.iter().any(|engine| engine.running.is_some());
    let timeout = if running { Some(timeout.unwrap_or(PACE).min(PACE)) } else { timeout };
    let timeout = timeout.and_then(|t| Timespec::try_from(t).ok());
    match poll(&mut fds, timeout.as_ref()) {
        Ok(_) => Ok(attention.is_some() && fds.last().is_some_and(|fd| !fd.revents().is_empty())),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(e) => Err(e).tried(|| "wait for the replay"),
    }
}
