//! The engine's notes on descriptors, while recording: which are the guest's standard streams, which
//! list others, which are a way to its memory. They follow the kernel's tables of descriptors: tasks
//! and processes that share a table (CLONE_FILES) share its notes.
//!
//! # Safety
//! Notes shared with other processes are bytes in memory of the engine's that `fork` does not copy;
//! the kernel orders what happens to a descriptor, the notes follow it as closely as they can.

use crate::descriptors::Numbers;
use crate::state::Engine;
use crate::sys::{self, MAP_ANONYMOUS, MAP_FIXED, MAP_NORESERVE, MAP_SHARED};
use alloc_crate::vec::Vec;
use clew_abi::layout::MARKS;

pub const STDOUT: u8 = 1;
pub const STDERR: u8 = 2;
/// The descriptor is open on this process's directory of descriptors.
pub const FD_DIRECTORY: u8 = 4;
/// It is open on this process's memory.
pub const MEMORY: u8 = 8;

/// The notes on one table of descriptors, indexed by descriptor.
pub enum Marks {
    Own(Vec<u8>),
    /// At `layout::MARKS`.
    Shared,
}

/// All tables that tasks of this memory use.
pub struct Tables {
    current: Marks,
    /// The number of the current one.
    number: u32,
    /// The others, by number, with the numbers that the engine's own descriptors have in them.
    others: Vec<(u32, Marks, Numbers)>,
    last_number: u32,
}

impl Marks {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Own(bytes) => bytes,
            // SAFETY: mapped by `share`; see the module's documentation.
            Self::Shared => unsafe {
                core::slice::from_raw_parts(MARKS.start as *const u8, MARKS.len() as usize)
            },
        }
    }

    fn set(&mut self, index: usize, mark: u8) {
        match self {
            Self::Own(bytes) => {
                if index >= bytes.len() {
                    if mark == 0 {
                        return;
                    }
                    bytes.resize(index + 1, 0);
                }
                bytes[index] = mark;
            }
            Self::Shared if (index as u64) < MARKS.len() => {
                // SAFETY: within the notes.
                unsafe { ((MARKS.start + index as u64) as *mut u8).write_volatile(mark) };
            }
            Self::Shared => {}
        }
    }

    /// What is noted up to the last note.
    fn noted(&self) -> &[u8] {
        let bytes = self.bytes();
        let len = bytes.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
        &bytes[..len]
    }
}

impl Default for Tables {
    fn default() -> Self {
        let current = Marks::Own(alloc_crate::vec![0, STDOUT, STDERR]);
        Self { current, number: 0, others: Vec::new(), last_number: 0 }
    }
}

impl Tables {
    /// The current table's notes, to hand to the next program: never empty, which would mean that
    /// there is none to hand anything on.
    pub fn noted(&self) -> &[u8] {
        match self.current.noted() {
            [] => &[0],
            noted => noted,
        }
    }

    /// Takes over another program's notes; descriptors closed on exec have lost theirs.
    pub fn take_over(&mut self, marks: &[u8]) {
        if marks.is_empty() {
            return;
        }
        self.current = Marks::Own(marks.to_vec());
        for file in 0..marks.len() as i32 {
            if self.mark(file) != 0 && sys::fstat(file).is_none() {
                self.set_mark(file, 0);
            }
        }
    }

    pub fn mark(&self, file: i32) -> u8 {
        let at = usize::try_from(file).ok();
        at.and_then(|i| self.current.bytes().get(i)).copied().unwrap_or(0)
    }

    /// Is a transfer from or to it like others?
    pub fn is_plain(&self, file: i32) -> bool {
        self.mark(file) & (FD_DIRECTORY | MEMORY) == 0
    }

    pub fn set_mark(&mut self, file: i32, mark: u8) {
        if let Ok(index) = usize::try_from(file) {
            self.current.set(index, mark);
        }
    }

    /// Descriptors from this one on have no notes.
    pub fn end(&self) -> usize {
        self.noted().len()
    }

    /// Another table becomes the current one.
    pub fn change_to(&mut self, number: u32) {
        if number == self.number {
            return;
        }
        let at = self.others.iter().position(|(n, ..)| *n == number);
        let (next, numbers) = match at.map(|at| self.others.swap_remove(at)) {
            Some((_, marks, numbers)) => (marks, numbers),
            None => (Marks::Own(Vec::new()), Numbers::now()),
        };
        let old = core::mem::replace(&mut self.current, next);
        self.others.push((self.number, old, numbers.exchange()));
        self.number = number;
    }

    /// A copy of the current table for a new process of this memory. Returns its number.
    pub fn copy(&mut self) -> u32 {
        self.last_number += 1;
        let marks = Marks::Own(self.noted().to_vec());
        self.others.push((self.last_number, marks, Numbers::now()));
        self.last_number
    }

    /// A table that no task uses any more.
    pub fn forget(&mut self, number: u32) {
        self.others.retain(|(n, ..)| *n != number);
    }

    /// From now on other processes share the current table.
    pub fn share(&mut self) {
        let in_use = |marks: &Marks| matches!(marks, Marks::Shared);
        if in_use(&self.current) || self.others.iter().any(|(_, marks, _)| in_use(marks)) {
            return;
        }
        let flags = MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
        let prot = sys::PROT_READ | sys::PROT_WRITE;
        // SAFETY: the engine's own place, and no table's notes are there.
        let got = unsafe { sys::mmap(MARKS.start, MARKS.len(), prot, flags, -1, 0) };
        if got != MARKS.start as i64 {
            return;
        }
        let old = core::mem::replace(&mut self.current, Marks::Shared);
        for (index, &mark) in old.noted().iter().enumerate() {
            self.current.set(index, mark);
        }
    }

    /// The current table is a copy from now on.
    pub fn stop_sharing(&mut self) {
        if matches!(self.current, Marks::Shared) {
            self.current = Marks::Own(self.noted().to_vec());
        }
    }
}

impl Engine {
    /// The running task has a table of its own from now on (`unshare`).
    pub fn unshare_descriptors(&mut self) {
        let process = self.task.process();
        let shared = |number| {
            self.tasks
                .list
                .iter()
                .any(|t| !core::ptr::eq(t.process(), process) && t.process().table == number)
        };
        if shared(process.table) {
            process.table = self.files.tables.copy();
            self.files.tables.change_to(process.table);
        } else {
            self.files.tables.stop_sharing();
        }
    }
}
