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
}

/// What a run is accompanied by.
pub struct Company<'a> {
    /// Interrupts it when it becomes readable.
    pub attention: Option<Attention<'a>>,
    /// Make a copy after each such time.
    pub every: Option<Duration>,
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
        Engine::new(host, Process::adopt(child, control), self.probes)
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

    /// Runs until it stops. Returns the copies that were made on the way.
    pub fn run(
        &mut self,
        host: &mut Host,
        order: &RunOrder,
        company: &Company<'_>,
    ) -> Result<Vec<Copied>> {
        self.has_stopped = false;
        self.command(RUN, 0, wire::bytes_of(order))?;
        let begun = Instant::now();
        let mut copies = Vec::new();
        let mut pending: Option<(Control, Duration)> = None;
        let mut next = company.every;
        let mut interrupted = false;
        loop {
            self.hear(host)?;
            if self.forked.is_some()
                && let Some((control, after)) = pending.take()
            {
                let started = Instant::now();
                // A copy that cannot be made is one checkpoint less.
                if let Ok(engine) = self.end_copy(host, control) {
                    copies.push(Copied { engine, after });
                }
                let cost = started.elapsed();
                next = company.every.map(|every| begun.elapsed() + every.max(cost * 20));
            }
            if self.has_stopped && pending.is_none() {
                return Ok(copies);
            }
            let now = begun.elapsed();
            if pending.is_none() && !self.has_stopped && next.is_some_and(|next| now >= next) {
                pending = Some((self.begin_copy()?, now));
            }
            let timeout = if pending.is_some() { None } else { next.map(|n| n.saturating_sub(now)) };
            let attention = company.attention.filter(|_| !interrupted);
            if self.sleep(attention, timeout)? {
                interrupted = true;
                self.command(INTERRUPT, 0, &[])?;
            }
        }
    }

    /// Sleeps until there is something to hear or the time is over. True if `attention` is wanted.
    fn sleep(&self, attention: Option<Attention<'_>>, timeout: Option<Duration>) -> Result<bool> {
        let mut fds = vec![
            PollFd::from_borrowed_fd(self.process.control().as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.process.child.pidfd(), PollFlags::IN),
        ];
        if let Some(attention) = attention {
            fds.push(PollFd::from_borrowed_fd(attention, PollFlags::IN));
        }
        let timeout = timeout.and_then(|t| Timespec::try_from(t).ok());
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) => Ok(fds.get(2).is_some_and(|fd| !fd.revents().is_empty())),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(e) => Err(e).tried(|| "wait for the replay"),
        }
    }

    /// Hears the engine until `enough`.
    fn listen(&mut self, host: &mut Host, enough: impl Fn(&Self) -> bool) -> Result<()> {
        loop {
            self.hear(host)?;
            if enough(self) {
                return Ok(());
            }
            self.sleep(None, None)?;
        }
    }

    /// Takes everything that the engine has said.
    fn hear(&mut self, host: &mut Host) -> Result<()> {
        loop {
            let message = host.hear(&mut self.process)?;
            host.output.flush();
            match message {
                Heard::Nothing => return Ok(()),
                Heard::Closed => {
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
