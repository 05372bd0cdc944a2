//! From a cache address back to the guest instruction whose translation it lies in.

use super::Cache;
use crate::block::{self, map};
use clew_abi::layout::CACHE;

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
        let offset = host.checked_sub(CACHE.start)? as u32;
        let after = self.blocks.partition_point(|b| b.indirect <= offset);
        let number = after.checked_sub(1)?;
        (offset < self.blocks[number].end).then_some(number as u32)
    }

    /// The guest instruction whose translation contains the cache address, as
    /// `(guest pc, how to restore registers, is it the first byte of the translation)`.
    /// `None` outside the body of a block.
    pub fn locate(&self, host: u64) -> Option<Located> {
        let number = self.block_of_host(host)?;
        let block = &self.blocks[number as usize];
        let offset = (host - CACHE.start) as u32;
        let mut at = block.direct;
        if offset < at {
            return None;
        }
        let mut pc = block.pc;
        let mut notes = self.map[block.map_start as usize..block.map_end as usize].iter();
        while let (Some(&host_len), Some(&note)) = (notes.next(), notes.next()) {
            let (len, kind) = (note & 15, note >> 4);
            let mut displaced = block::Displaced::None;
            let mut next = pc + len as u64;
            match kind {
                map::RCX => displaced = block::Displaced::Rcx,
                map::SCRATCH => {
                    displaced = block::Displaced::Scratch(*notes.next()?);
                }
                map::CHECK => displaced = block::Displaced::Check,
                map::JUMP => {
                    let bytes: [u8; 8] = core::array::from_fn(|_| *notes.next().unwrap_or(&0));
                    next = u64::from_le_bytes(bytes);
                }
                _ => {}
            }
            if offset < at + host_len as u32 {
                let start = CACHE.start + at as u64;
                return Some(Located { block: number, pc, len, displaced, start });
            }
            at += host_len as u32;
            pc = next;
        }
        None
    }
}
