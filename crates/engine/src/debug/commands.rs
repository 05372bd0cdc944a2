//! What a stopped engine does for the timeline.

use super::stop::bytes_of;
use crate::state::Engine;
use crate::supervisor::{self, Received};
use crate::sys;
use crate::task::TaskRef;
use alloc_crate::vec::Vec;
use clew_abi::control::MAX_PAYLOAD;
use clew_abi::debug::*;

/// A structure of the abi's at the start of `bytes`.
fn from_bytes<T: Copy>(bytes: &[u8]) -> Option<T> {
    // SAFETY: the abi's structures are plain integers; the length is checked.
    (bytes.len() >= size_of::<T>()).then(|| unsafe { bytes.as_ptr().cast::<T>().read_unaligned() })
}

fn answer(bytes: &[u8]) {
    supervisor::send(ANSWER, 0, bytes);
}

/// An answer of entries of one size, in as many parts as it takes: `arg` is 1 if more follow.
fn answer_all(all: &[u8], entry: usize) {
    let mut parts = all.chunks(MAX_PAYLOAD / entry * entry).peekable();
    if parts.peek().is_none() {
        answer(&[]);
    }
    while let Some(part) = parts.next() {
        supervisor::send(ANSWER, parts.peek().is_some().into(), part);
    }
}

fn answer_done(done: bool) {
    answer(&u64::from(done).to_le_bytes());
}

impl Engine {
    /// Obeys commands until one says to run.
    pub(super) fn obey(&mut self) {
        loop {
            match supervisor::receive(true) {
                // The timeline is gone, and nobody else wants this process.
                Err(supervisor::Gone) => sys::exit_group(0),
                Ok(None) => {}
                Ok(Some(message)) => {
                    if self.command(message) {
                        return;
                    }
                }
            }
        }
    }

    /// True if the guest is to run.
    fn command(&mut self, message: Received) -> bool {
        let Received { kind, arg, payload, file } = message;
        match kind {
            RUN => {
                let Some(run) = from_bytes::<RunOrder>(&payload) else { return false };
                if run.flags & RUN_DIVERTED != 0 {
                    self.divert(run.step_tid as u32);
                }
                if let Some(d) = &mut self.debug {
                    d.set_run(run);
                }
                return true;
            }
            FORK => {
                if let Some(file) = file
                    && self.make_copy(file)
                {
                    self.say_stopped(reason::BEGUN, [0; 2]);
                }
            }
            READ => self.answer_memory(arg, &payload),
            WRITE => {
                let done = self.write_for_debugger(arg, &payload);
                answer_done(done);
            }
            GET_REGISTERS => self.answer_registers(arg as u32),
            SET_REGISTERS => {
                let done = self.set_registers(arg as u32, &payload);
                answer_done(done);
            }
            TASKS => self.answer_tasks(),
            BREAKPOINTS => self.breakpoints_command(arg != 0, &payload),
            WATCHPOINTS => self.watchpoints_command(&payload),
            AUXV => {
                let words: Vec<u8> =
                    self.auxv.iter().flatten().flat_map(|word| word.to_le_bytes()).collect();
                answer(&words);
            }
            CHECKSUMS => answer_all(&self.checksums(), 24),
            SIGINFO => {
                let info = self.signal_here().map_or(Vec::new(), |signal| {
                    signal.siginfo.iter().flat_map(|word| word.to_le_bytes()).collect()
                });
                answer(&info);
            }
            TIME => answer(&self.clock.last.to_le_bytes()),
            PROGRAM => answer(self.exe.as_bytes()),
            _ => {}
        }
        false
    }

    fn answer_memory(&self, addr: u64, payload: &[u8]) {
        let len = from_bytes::<u64>(payload).unwrap_or(0).min(MAX_PAYLOAD as u64) as usize;
        let mut bytes = alloc_crate::vec![0u8; len];
        let mut got = 0;
        // Page by page: what follows an unreadable one is not wanted.
        while got < len {
            let at = addr.wrapping_add(got as u64);
            let piece = (4096 - (at % 4096) as usize).min(len - got);
            if !sys::read_guest(at, &mut bytes[got..got + piece]) {
                break;
            }
            got += piece;
        }
        answer(&bytes[..got]);
    }

    fn answer_registers(&mut self, tid: u32) {
        let Some(task) = self.task_named(tid) else { return answer(&[]) };
        let (registers, image) = self.registers_of(task);
        let mut all = Vec::from(bytes_of(&registers));
        all.extend_from_slice(image.bytes());
        answer(&all);
    }

    fn set_registers(&mut self, tid: u32, payload: &[u8]) -> bool {
        let Some(task) = self.task_named(tid) else { return false };
        let Some(registers) = from_bytes::<Registers>(payload) else { return false };
        self.set_registers_of(task, &registers, &payload[size_of::<Registers>()..]);
        if let Some(d) = &mut self.debug {
            d.changed = tid;
        }
        true
    }

    fn task_named(&self, tid: u32) -> Option<TaskRef> {
        self.tasks.find(tid).or((self.task.tid == tid).then_some(self.task))
    }

    fn answer_tasks(&mut self) {
        let mut all = Vec::new();
        let mut tasks = self.tasks.list.clone();
        if !tasks.contains(&self.task) {
            // It has ended, and nobody runs after it.
            tasks.push(self.task);
        }
        for task in tasks {
            let tick = if task == self.task { self.ticks.now() } else { task.stopped_at_tick() };
            let (tid, pid) = (task.tid.into(), task.process().pid.into());
            let entry = TaskEntry { tid, pid, tick, name: task.name };
            all.extend_from_slice(bytes_of(&entry));
        }
        answer_all(&all, size_of::<TaskEntry>());
    }

    /// Guest memory is written for the debugger, in a diversion: protection does not matter.
    fn write_for_debugger(&mut self, addr: u64, bytes: &[u8]) -> bool {
        let done = self.write_replayed(addr, bytes);
        if done {
            self.forget_code(addr, addr.saturating_add(bytes.len() as u64));
        }
        done
    }
}
