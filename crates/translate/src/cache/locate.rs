//! From a cache address back to the guest instruction whose translation it lies in.

use super::Cache;
use crate::block::{self, map};

/// A guest instruction found by its translation's address.
#[derive(Clone, Copy, Debug)]
pub struct Located {
    pub block: u32,
    pub pc: u64,
    /// The guest instruction's length in bytes.
    pub len: u8,
    pub displaced: block::Displaced,
    /// Where its translation begins.
    pub start: u64,
}

impl Cache {
    /// The block whose hot code contains a cache address. Dead blocks count: their code may still
    /// be running when a write invalidates it.
    pub fn block_of_host(&self, host: u64) -> Option<u32> {
        let offset = u32::try_from(host.checked_sub(self.base())?).ok()?;
        let after = self.blocks.partition_point(|b| b.start <= offset);
        let number = after.checked_sub(1)?;
        (offset < self.blocks[number].end).then_some(number as u32)
    }

    /// The guest instruction whose translation contains the cache address, as
    /// `(guest pc, how to restore registers, is it the first byte of the translation)`.
    /// `None` outside the body of a block.
    pub fn locate(&self, host: u64) -> Option<Located> {
        let number = self.block_of_host(host)?;
        let block = &self.blocks[number as usize];
        let offset = self.offset(host);
        if offset < block.direct {
            return None;
        }
        map::walk(&self.map[block.notes()], block.pc, block.direct)
            .find(|at| offset < at.host + at.host_len as u32)
            .map(|at| Located {
                block: number,
                pc: at.pc,
                len: at.len,
                displaced: at.displaced,
                start: self.base() + at.host as u64,
            })
    }
}
