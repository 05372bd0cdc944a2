//! A guest made of a few pages.

extern crate std;

use std::collections::BTreeMap;
use std::vec::Vec;

use crate::model::{Call, GuestMemory};
use crate::{Coverage, outputs, plan};

#[derive(Default)]
pub struct Memory(BTreeMap<u64, [u8; 4096]>);

impl Memory {
    /// Readable pages from `addr`, zeros.
    pub fn map(mut self, addr: u64, len: u64) -> Self {
        for page in addr / 4096..(addr + len).div_ceil(4096) {
            self.0.entry(page).or_insert([0; 4096]);
        }
        self
    }

    pub fn put(&mut self, addr: u64, bytes: &[u8]) {
        for (at, byte) in (addr..).zip(bytes) {
            self.0.entry(at / 4096).or_insert([0; 4096])[(at % 4096) as usize] = *byte;
        }
    }

    pub fn put_u32(&mut self, addr: u64, value: u32) {
        self.put(addr, &value.to_le_bytes());
    }

    pub fn put_u64s(&mut self, addr: u64, values: &[u64]) {
        for (i, value) in values.iter().enumerate() {
            self.put(addr + i as u64 * 8, &value.to_le_bytes());
        }
    }
}

impl GuestMemory for Memory {
    fn read(&self, addr: u64, buf: &mut [u8]) -> bool {
        for (i, byte) in buf.iter_mut().enumerate() {
            let Some(at) = addr.checked_add(i as u64) else { return false };
            let Some(page) = self.0.get(&(at / 4096)) else { return false };
            *byte = page[(at % 4096) as usize];
        }
        true
    }
}

pub fn call(nr: u32, given: &[u64]) -> Call {
    let mut args = [0; 6];
    args[..given.len()].copy_from_slice(given);
    Call { nr, args }
}

pub type Ranges = Vec<(u64, u64)>;

/// What a call wrote that changes memory as `kernel` does.
pub fn run(
    memory: &mut Memory,
    call: &Call,
    result: i64,
    kernel: impl FnOnce(&mut Memory),
) -> (Coverage, Ranges) {
    let before = plan(call, memory);
    kernel(memory);
    let mut ranges = Vec::new();
    let coverage = outputs(&before, result, memory, &mut |addr, len| ranges.push((addr, len)));
    (coverage, ranges)
}
