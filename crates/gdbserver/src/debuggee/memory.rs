//! Registers, memory and threads as `gdbstub` asks for them.

use gdbstub::common::Tid;
use gdbstub::target::TargetError;
use gdbstub::target::TargetResult;
use gdbstub::target::ext::base::multithread::{MultiThreadBase, MultiThreadResumeOps};
use gdbstub::target::ext::base::single_register_access::SingleRegisterAccessOps;

use super::Debuggee;
use crate::arch::values::{self, File};
use crate::session::Session;

const EFAULT: u8 = 14;

impl<S: Session> MultiThreadBase for Debuggee<S> {
    fn read_registers(&mut self, file: &mut File, tid: Tid) -> TargetResult<(), Self> {
        *file = self.register_file(tid)?;
        Ok(())
    }

    fn write_registers(&mut self, file: &File, tid: Tid) -> TargetResult<(), Self> {
        let mut whole = self.register_file(tid)?;
        if !values::write_all(&mut whole, &file.written) {
            return Err(TargetError::NonFatal);
        }
        self.write_register_file(tid, &whole)
    }

    fn support_single_register_access(&mut self) -> Option<SingleRegisterAccessOps<'_, Tid, Self>> {
        Some(self)
    }

    fn read_addrs(&mut self, addr: u64, data: &mut [u8], _: Tid) -> TargetResult<usize, Self> {
        match self.session.read_memory(addr, data) {
            Ok(0) if !data.is_empty() => Err(TargetError::Errno(EFAULT)),
            Ok(n) => Ok(n),
            Err(_) => Err(TargetError::Errno(EFAULT)),
        }
    }

    fn write_addrs(&mut self, addr: u64, data: &[u8], _: Tid) -> TargetResult<(), Self> {
        match self.session.write_memory(addr, data) {
            Ok(true) => Ok(()),
            Ok(false) => Err(TargetError::Errno(EFAULT)),
            Err(e) => {
                self.say(e);
                Err(TargetError::Errno(EFAULT))
            }
        }
    }

    /// The running task comes first: gdbstub takes that one where any will do.
    fn list_active_threads(&mut self, active: &mut dyn FnMut(Tid)) -> Result<(), Self::Error> {
        for task in self.tasks_running_first() {
            active(crate::stop::thread(task.tid));
        }
        Ok(())
    }

    fn support_resume(&mut self) -> Option<MultiThreadResumeOps<'_, Self>> {
        Some(self)
    }
}
