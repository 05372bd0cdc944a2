//! The process's memory, read page by page.

use std::collections::HashMap;

use clew_timeline::Timeline;

const PAGE: u64 = 4096;
/// Longest name that is read.
const MAX_NAME: usize = 4096;

/// See the module's documentation. Remembers what it read, so it is for one position.
pub struct Memory<'a> {
    timeline: &'a mut Timeline,
    pages: HashMap<u64, Vec<u8>>,
}

impl<'a> Memory<'a> {
    pub fn new(timeline: &'a mut Timeline) -> Self {
        Self { timeline, pages: HashMap::new() }
    }

    fn page(&mut self, number: u64) -> &[u8] {
        let timeline = &mut *self.timeline;
        self.pages.entry(number).or_insert_with(|| {
            let mut page = vec![0; PAGE as usize];
            let len = timeline.read_memory(number * PAGE, &mut page).unwrap_or(0);
            page.truncate(len);
            page
        })
    }

    /// None if not all of it is there.
    pub fn read<const N: usize>(&mut self, addr: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        for (i, byte) in bytes.iter_mut().enumerate() {
            let at = addr.checked_add(i as u64)?;
            *byte = *self.page(at / PAGE).get((at % PAGE) as usize)?;
        }
        Some(bytes)
    }

    pub fn word(&mut self, addr: u64) -> Option<u64> {
        self.read(addr).map(u64::from_le_bytes)
    }

    /// Up to a NUL.
    pub fn string(&mut self, addr: u64) -> Option<String> {
        let mut bytes = Vec::new();
        while bytes.len() < MAX_NAME {
            match self.read::<1>(addr.checked_add(bytes.len() as u64)?)? {
                [0] => return Some(String::from_utf8_lossy(&bytes).into_owned()),
                [byte] => bytes.push(byte),
            }
        }
        None
    }
}
