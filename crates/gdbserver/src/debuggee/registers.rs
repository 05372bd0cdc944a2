//! A task's registers, all at once or one.

use clew_timeline::Stop;
use gdbstub::common::Tid;
use gdbstub::target::TargetError;
use gdbstub::target::TargetResult;
use gdbstub::target::ext::base::single_register_access::SingleRegisterAccess;

use super::Debuggee;
use crate::arch::values::{self, File};
use crate::arch::{RegId, layout};
use crate::session::Session;

impl<S: Session> Debuggee<S> {
    pub fn register_file(&mut self, tid: Tid) -> TargetResult<File, Self> {
        let tid = u32::try_from(tid.get()).map_err(|_| TargetError::NonFatal)?;
        let registers = self.session.registers(tid).map_err(|_| TargetError::NonFatal)?;
        let here = self.session.here();
        let call = match here.stop {
            Stop::SyscallEntry(number) | Stop::SyscallReturn(number) => Some(number),
            _ => None,
        };
        Ok(File { registers, call: call.filter(|_| here.tid == tid), written: Vec::new() })
    }

    pub fn write_register_file(&mut self, tid: Tid, file: &File) -> TargetResult<(), Self> {
        let tid = u32::try_from(tid.get()).map_err(|_| TargetError::NonFatal)?;
        let written = self.session.write_registers(tid, &file.registers);
        written.map_err(|e| {
            self.say(e);
            TargetError::NonFatal
        })
    }
}

impl<S: Session> SingleRegisterAccess<Tid> for Debuggee<S> {
    fn read_register(
        &mut self,
        tid: Tid,
        RegId(number): RegId,
        buf: &mut [u8],
    ) -> TargetResult<usize, Self> {
        let register = layout::registers().get(number).ok_or(TargetError::NonFatal)?;
        let file = self.register_file(tid)?;
        // None: its value is not known.
        let Some(value) = values::read(&file, register) else { return Ok(0) };
        buf.get_mut(..value.len()).ok_or(TargetError::NonFatal)?.copy_from_slice(&value);
        Ok(value.len())
    }

    fn write_register(
        &mut self,
        tid: Tid,
        RegId(number): RegId,
        value: &[u8],
    ) -> TargetResult<(), Self> {
        let register = layout::registers().get(number).ok_or(TargetError::NonFatal)?;
        let mut file = self.register_file(tid)?;
        if !values::write(&mut file, register, value) {
            return Err(TargetError::NonFatal);
        }
        self.write_register_file(tid, &file)
    }
}
