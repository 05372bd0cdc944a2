//! Extended mode: `run` goes to a place of the recording, killing does nothing.

use gdbstub::common::Pid;
use gdbstub::target::ext::extended_mode::{
    Args, AttachKind, CurrentActivePid, CurrentActivePidOps, ExtendedMode, ShouldTerminate,
};
use gdbstub::target::{TargetError, TargetResult};

use super::Debuggee;
use crate::jump;
use crate::session::Session;
use crate::stop::thread;

impl<S: Session> Debuggee<S> {
    fn process(&self) -> Pid {
        thread(self.session.pid())
    }
}

impl<S: Session> ExtendedMode for Debuggee<S> {
    fn run(&mut self, _: Option<&[u8]>, args: Args<'_, '_>) -> TargetResult<Pid, Self> {
        let words: Vec<_> = args.map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        let words: Vec<_> = words.iter().flat_map(|word| word.split_whitespace()).collect();
        let jump = jump::parse_run(self, &words).map_err(|e| {
            self.say(e);
            TargetError::NonFatal
        })?;
        let stopped = jump::perform(self, jump);
        self.notes.stopped(stopped.position);
        Ok(self.process())
    }

    fn attach(&mut self, _: Pid) -> TargetResult<(), Self> {
        Ok(())
    }

    fn query_if_attached(&mut self, _: Pid) -> TargetResult<AttachKind, Self> {
        // So that quitting gdb means "kill", which costs nothing, and not a question.
        Ok(AttachKind::Run)
    }

    fn kill(&mut self, _: Option<Pid>) -> TargetResult<ShouldTerminate, Self> {
        Ok(ShouldTerminate::No)
    }

    fn restart(&mut self) -> Result<(), Self::Error> {
        jump::perform(self, jump::Jump::To(clew_timeline::Destination::Beginning));
        Ok(())
    }

    fn support_current_active_pid(&mut self) -> Option<CurrentActivePidOps<'_, Self>> {
        Some(self)
    }
}

impl<S: Session> CurrentActivePid for Debuggee<S> {
    fn current_active_pid(&mut self) -> Result<Pid, Self::Error> {
        Ok(self.process())
    }
}
