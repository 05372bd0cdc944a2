//! What the supervisor does while a guest runs: it hands complete segments to the compressor,
//! passes on what the engine has to say, and forwards signals.

use std::collections::HashSet;
use std::os::fd::AsFd;

use clew_abi::control::{CRASH, SEGMENT_FULL, WARNING};
use clew_launch::control::{Control, Message, Received};
use clew_launch::signals::Watcher;
use clew_launch::spawn::{Child, Status};
use clew_trace::compress::Summary;
use clew_trace::{Compressor, Engines, Error, Result, ResultExt};
use rustix::event::{PollFd, PollFlags, poll};

/// More distinct warnings than this are not remembered, and so not printed either.
const MAX_WARNINGS: usize = 1000;

/// See the module's documentation.
pub struct Supervisor {
    child: Child,
    control: Control,
    watcher: Watcher,
    log: Log,
    wait_all: bool,
}

/// How a guest ended and what is recorded of it.
pub struct Finished {
    pub status: Status,
    /// The engine failed, which it has said.
    pub crashed: bool,
    pub summary: Summary,
}

/// Where messages of the engine go.
pub(crate) struct Log {
    compressor: Compressor,
    warnings: HashSet<String>,
    /// What there was to say, if nobody shall hear it yet.
    kept: Option<Vec<String>>,
    pub crashed: bool,
}

impl Supervisor {
    pub fn new(
        child: Child,
        control: Control,
        compressor: Compressor,
        wait_all: bool,
    ) -> Result<Self> {
        let watcher = Watcher::new().map_err(|e| Error::new(e.step, e.source))?;
        let log = Log::new(compressor);
        Ok(Self { child, control, watcher, log, wait_all })
    }

    /// Returns once the guest's first process has ended and all its segments are stored. Others may
    /// run on, and record.
    pub fn run(mut self) -> Result<Finished> {
        let status = self.until_exit()?;
        let mut open = self.drain()?;
        if open && self.wait_all {
            self.until_closed()?;
            open = false;
        }
        // From here on, engines that run do without a supervisor.
        drop(self.control);
        let engines = if open { Engines::Running } else { Engines::Gone };
        let crashed = self.log.crashed;
        let (summary, _) = self.log.finish(engines)?;
        Ok(Finished { status, crashed, summary })
    }

    fn until_exit(&mut self) -> Result<Status> {
        let mut open = true;
        loop {
            let interest = if open { PollFlags::IN } else { PollFlags::empty() };
            let [_, ended] = self.wait(interest, PollFlags::IN)?;
            self.forward_signals();
            if open {
                open = self.drain()?;
            }
            if ended {
                return self.child.wait().tried(|| "wait for the guest");
            }
        }
    }

    /// Waits until no process of the guest is left, that is, no engine holds the control socket.
    fn until_closed(&mut self) -> Result<()> {
        while self.drain()? {
            self.wait(PollFlags::IN, PollFlags::empty())?;
            self.forward_signals();
        }
        Ok(())
    }

    /// Sleeps until there is something to do; says whether control socket and child are ready.
    fn wait(&self, control: PollFlags, child: PollFlags) -> Result<[bool; 2]> {
        let (socket, signals) = (self.control.as_fd(), self.watcher.as_fd());
        let mut fds = vec![PollFd::from_borrowed_fd(signals, PollFlags::IN)];
        // A closed socket is always ready, so it must not be polled at all then.
        let polled = [(socket, control), (self.child.pidfd(), child)].map(|(fd, flags)| {
            let at = fds.len();
            if !flags.is_empty() {
                fds.push(PollFd::from_borrowed_fd(fd, flags));
            }
            (!flags.is_empty()).then_some(at)
        });
        match poll(&mut fds, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(e) => Err(e).tried(|| "wait for the guest")?,
        }
        Ok(polled.map(|at| at.is_some_and(|at| !fds[at].revents().is_empty())))
    }

    /// Takes all waiting messages; false once there will be no more.
    fn drain(&mut self) -> Result<bool> {
        self.log.drain(&mut self.control)
    }

    /// Hands on what was sent to clew alone. What a terminal sends, the guest gets as well.
    fn forward_signals(&self) {
        while let Some(incoming) = self.watcher.next() {
            if incoming.by_kill {
                let _ = self.child.signal(incoming.signal);
            }
        }
    }
}

impl Log {
    pub fn new(compressor: Compressor) -> Self {
        Self { compressor, warnings: HashSet::new(), kept: None, crashed: false }
    }

    /// One that says nothing: what there is to say is returned by [`Self::finish`].
    pub fn silent(compressor: Compressor) -> Self {
        Self { kept: Some(Vec::new()), ..Self::new(compressor) }
    }

    /// Takes all waiting messages; false once there will be no more.
    pub fn drain(&mut self, control: &mut Control) -> Result<bool> {
        loop {
            match control.receive().tried(|| "hear from the engine")? {
                Received::Empty => return Ok(true),
                Received::Closed => return Ok(false),
                Received::Message(message) => self.take(&message)?,
            }
        }
    }

    /// Stores what is left.
    pub fn finish(self, engines: Engines) -> Result<(Summary, Vec<String>)> {
        let Self { compressor, mut kept, .. } = self;
        let summary = compressor.finish(engines)?;
        for note in &summary.notes {
            say(&mut kept, note);
        }
        Ok((summary, kept.unwrap_or_default()))
    }

    /// Leaves everything as it is: the trace is to be deleted.
    pub fn abandon(self) -> Vec<String> {
        self.compressor.abandon();
        self.kept.unwrap_or_default()
    }

    fn take(&mut self, message: &Message<'_>) -> Result<()> {
        let text = || String::from_utf8_lossy(message.payload).into_owned();
        match message.kind {
            SEGMENT_FULL => {
                let stream = text().parse().tried(|| "tell which segment is complete")?;
                self.compressor.submit(stream, message.arg)?;
            }
            WARNING => self.warn(text()),
            CRASH => {
                self.crashed = true;
                say(&mut self.kept, text().trim_end());
            }
            // Nothing else is for us; a newer engine cannot be, it is part of this program.
            _ => {}
        }
        Ok(())
    }

    fn warn(&mut self, text: String) {
        if self.warnings.len() < MAX_WARNINGS && !self.warnings.contains(&text) {
            say(&mut self.kept, &text);
            self.warnings.insert(text);
        }
    }
}

fn say(kept: &mut Option<Vec<String>>, text: &str) {
    match kept {
        Some(kept) => kept.push(text.to_owned()),
        None => clew_launch::say(text),
    }
}
