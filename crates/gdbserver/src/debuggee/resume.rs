//! Motion: `vCont`, `bc`, `bs`. Signals that gdb passes on are ignored: which come is recorded.

use clew_timeline::{Direction, Motion};
use clew_trace::Error;
use gdbstub::common::{Signal, Tid};
use gdbstub::target::ext::base::multithread::{
    MultiThreadRangeStepping, MultiThreadRangeSteppingOps, MultiThreadResume,
    MultiThreadSchedulerLocking, MultiThreadSchedulerLockingOps, MultiThreadSingleStep,
    MultiThreadSingleStepOps,
};
use gdbstub::target::ext::base::reverse_exec::{
    ReverseCont, ReverseContOps, ReverseStep, ReverseStepOps,
};

use super::Debuggee;
use crate::session::Session;

fn id(tid: Tid) -> u32 {
    u32::try_from(tid.get()).unwrap_or(0)
}

impl<S: Session> MultiThreadResume for Debuggee<S> {
    /// The server does it when gdbstub has returned.
    fn resume(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn clear_resume_actions(&mut self) -> Result<(), Error> {
        self.wish = (Direction::Forward, Motion::Continue);
        Ok(())
    }

    fn set_resume_action_continue(&mut self, _: Tid, _: Option<Signal>) -> Result<(), Error> {
        Ok(())
    }

    fn support_single_step(&mut self) -> Option<MultiThreadSingleStepOps<'_, Self>> {
        Some(self)
    }

    fn support_range_step(&mut self) -> Option<MultiThreadRangeSteppingOps<'_, Self>> {
        Some(self)
    }

    fn support_reverse_step(&mut self) -> Option<ReverseStepOps<'_, Tid, Self>> {
        Some(self)
    }

    fn support_reverse_cont(&mut self) -> Option<ReverseContOps<'_, Tid, Self>> {
        Some(self)
    }

    fn support_scheduler_locking(&mut self) -> Option<MultiThreadSchedulerLockingOps<'_, Self>> {
        Some(self)
    }
}

impl<S: Session> MultiThreadSingleStep for Debuggee<S> {
    fn set_resume_action_step(&mut self, tid: Tid, _: Option<Signal>) -> Result<(), Error> {
        self.wish.1 = Motion::Step { tid: id(tid) };
        Ok(())
    }
}

impl<S: Session> MultiThreadRangeStepping for Debuggee<S> {
    fn set_resume_action_range_step(
        &mut self,
        tid: Tid,
        start: u64,
        end: u64,
    ) -> Result<(), Error> {
        self.wish.1 = Motion::StepRange { tid: id(tid), start, end };
        Ok(())
    }
}

impl<S: Session> MultiThreadSchedulerLocking for Debuggee<S> {
    /// The others run as they did: there is no other history.
    fn set_resume_action_scheduler_lock(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

impl<S: Session> ReverseCont<Tid> for Debuggee<S> {
    fn reverse_cont(&mut self) -> Result<(), Error> {
        self.wish = (Direction::Backward, Motion::Continue);
        Ok(())
    }
}

impl<S: Session> ReverseStep<Tid> for Debuggee<S> {
    fn reverse_step(&mut self, tid: Tid) -> Result<(), Error> {
        self.wish = (Direction::Backward, Motion::Step { tid: id(tid) });
        Ok(())
    }
}
