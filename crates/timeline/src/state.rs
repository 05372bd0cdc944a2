//! The guest's state at the present position, and diversions from it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use clew_abi::control::MAX_PAYLOAD;
use clew_abi::debug::{
    AUXV, CHECKSUMS, GET_REGISTERS, PROGRAM, READ, Registers as RawRegisters, SET_REGISTERS,
    SIGINFO, TASKS, TIME, TaskEntry, WRITE,
};
use clew_trace::{Error, Result};

use crate::engine::Engine;
use crate::{Registers, Task, Timeline, wire};

/// A copy of the process that the debugger has changed.
pub(crate) struct Diversion {
    pub engine: Engine,
    /// The registers that were changed, as they were.
    original: Vec<(u32, Registers)>,
}

impl Timeline {
    /// The process as the debugger sees it.
    fn seen(&mut self) -> (&mut Engine, &mut clew_replay::host::Host) {
        let engine = match &mut self.diversion {
            Some(diversion) => &mut diversion.engine,
            None => &mut self.engine,
        };
        (engine, &mut self.host)
    }

    pub fn tasks(&mut self) -> Result<Vec<Task>> {
        let (engine, host) = self.seen();
        let bytes = engine.ask_all(host, TASKS, 0)?;
        let entries = bytes.chunks(size_of::<TaskEntry>()).map(wire::from_bytes::<TaskEntry>);
        entries
            .map(|entry| {
                let entry = entry?;
                let len = entry.name.iter().position(|&b| b == 0).unwrap_or(16);
                let name = String::from_utf8_lossy(&entry.name[..len]).into_owned();
                Ok(Task { tid: entry.tid as u32, pid: entry.pid as u32, name })
            })
            .collect()
    }

    /// An error if there is no such task.
    pub fn registers(&mut self, tid: u32) -> Result<Registers> {
        let (engine, host) = self.seen();
        let bytes = engine.ask(host, GET_REGISTERS, tid.into(), &[])?;
        if bytes.is_empty() {
            return Err(Error::new(
                format!("read the registers of task {tid}"),
                "there is no such task at this position",
            ));
        }
        let raw: RawRegisters = wire::from_bytes(&bytes)?;
        Ok(Registers {
            gpr: raw.gpr,
            rip: raw.rip,
            rflags: raw.rflags,
            fs_base: raw.fs_base,
            gs_base: raw.gs_base,
            xsave: bytes[size_of::<RawRegisters>()..].to_vec(),
        })
    }

    /// Returns how many bytes could be read, from the start.
    pub fn read_memory(&mut self, addr: u64, buf: &mut [u8]) -> Result<usize> {
        let mut done = 0;
        while done < buf.len() {
            let len = (buf.len() - done).min(MAX_PAYLOAD);
            let (engine, host) = self.seen();
            let at = addr.wrapping_add(done as u64);
            let bytes = engine.ask(host, READ, at, &(len as u64).to_le_bytes())?;
            let got = bytes.len().min(len);
            buf[done..done + got].copy_from_slice(&bytes[..got]);
            done += got;
            if got < len {
                break;
            }
        }
        Ok(done)
    }

    /// The auxiliary vector as the guest sees it.
    pub fn auxv(&mut self) -> Result<Vec<u8>> {
        let (engine, host) = self.seen();
        engine.ask(host, AUXV, 0, &[])
    }

    /// Absolute path of the program that runs.
    pub fn program(&mut self) -> Result<String> {
        let (engine, host) = self.seen();
        let bytes = engine.ask(host, PROGRAM, 0, &[])?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    // Writes make a diversion: a copy of the process that later reads see, and that `run` runs instead if
    // registers of a task are not what they were. Otherwise, and with `seek`, the next motion drops it.

    pub fn write_registers(&mut self, tid: u32, registers: &Registers) -> Result<()> {
        let original = self.registers(tid)?;
        if original == *registers {
            return Ok(());
        }
        let raw = RawRegisters {
            gpr: registers.gpr,
            rip: registers.rip,
            rflags: registers.rflags,
            fs_base: registers.fs_base,
            gs_base: registers.gs_base,
        };
        let payload = [wire::bytes_of(&raw), &registers.xsave].concat();
        self.diverge()?;
        let Some(diversion) = &mut self.diversion else { return Ok(()) };
        match diversion.original.iter().position(|(known, _)| *known == tid) {
            // A called function has returned.
            Some(at) if diversion.original[at].1 == *registers => {
                diversion.original.swap_remove(at);
            }
            Some(_) => {}
            None => diversion.original.push((tid, original)),
        }
        diversion.engine.ask(&mut self.host, SET_REGISTERS, tid.into(), &payload)?;
        Ok(())
    }

    /// False if there is no memory.
    pub fn write_memory(&mut self, addr: u64, bytes: &[u8]) -> Result<bool> {
        self.diverge()?;
        let Some(diversion) = &mut self.diversion else { return Ok(false) };
        let mut at = addr;
        for part in bytes.chunks(MAX_PAYLOAD) {
            let answer = diversion.engine.ask(&mut self.host, WRITE, at, part)?;
            if answer.first() != Some(&1) {
                return Ok(false);
            }
            at += part.len() as u64;
        }
        Ok(true)
    }

    /// A hash of everything the guest can see: registers of all tasks, memory.
    pub fn fingerprint(&mut self) -> Result<u64> {
        let mut hasher = DefaultHasher::new();
        for task in self.tasks()? {
            let Registers { gpr, rip, rflags, fs_base, gs_base, xsave } =
                self.registers(task.tid)?;
            (task.tid, gpr, rip, rflags, fs_base, gs_base, xsave).hash(&mut hasher);
        }
        let (engine, host) = self.seen();
        engine.ask_all(host, CHECKSUMS, 0)?.hash(&mut hasher);
        Ok(hasher.finish())
    }

    /// The kernel's `siginfo` of the signal that strikes at the present position; empty if none does.
    pub fn siginfo(&mut self) -> Result<Vec<u8>> {
        self.engine.ask(&mut self.host, SIGINFO, 0, &[])
    }

    /// Is there a diversion?
    pub fn diverted(&self) -> bool {
        self.diversion.is_some()
    }

    /// Makes sure that there is one.
    fn diverge(&mut self) -> Result<()> {
        if self.diversion.is_none() {
            let engine = self.engine.copy(&mut self.host)?;
            self.diversion = Some(Diversion { engine, original: Vec::new() });
        }
        Ok(())
    }

    /// Is the diversion to run rather than history?
    pub(crate) fn wants_diversion(&mut self) -> Result<bool> {
        let Some(diversion) = &self.diversion else { return Ok(false) };
        let original = diversion.original.clone();
        for (tid, registers) in original {
            if self.registers(tid)? != registers {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Seconds since the recording began, at the present position: those of the last event with a time.
    pub fn elapsed(&mut self) -> Result<f64> {
        let (engine, host) = self.seen();
        let bytes = engine.ask(host, TIME, 0, &[])?;
        let now = bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        Ok(Duration::from_nanos(now.saturating_sub(self.started)).as_secs_f64())
    }
}
