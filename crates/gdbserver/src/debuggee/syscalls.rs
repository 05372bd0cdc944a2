//! `catch syscall`.

use clew_timeline::CatchSyscalls as Which;
use gdbstub::target::TargetResult;
use gdbstub::target::ext::catch_syscalls::{CatchSyscalls, SyscallNumbers};

use super::Debuggee;
use crate::session::Session;

impl<S: Session> CatchSyscalls for Debuggee<S> {
    fn enable_catch_syscalls(
        &mut self,
        filter: Option<SyscallNumbers<'_, u64>>,
    ) -> TargetResult<(), Self> {
        self.points.calls = filter.map_or(Which::All, |numbers| Which::Some(numbers.collect()));
        Ok(())
    }

    fn disable_catch_syscalls(&mut self) -> TargetResult<(), Self> {
        self.points.calls = Which::None;
        Ok(())
    }
}
