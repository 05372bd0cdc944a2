//! How indirect branches find blocks: the shadow map and the hashed lookup.

use super::Cache;
use clew_abi::layout::{CACHE, LOOKUP, LOOKUP_ENTRIES, PAGE, shadow_entry};

impl Cache {
    /// Lets indirect branches to `pc` find the indirect entry `host`: through the shadow map if the
    /// address has an entry there (whose page must be mapped), else through the hashed lookup. That
    /// has addresses of both kinds once it is used; its table, written all over, costs a small guest
    /// many fresh pages.
    pub fn publish(&mut self, pc: u64, host: u64, shadow: bool) {
        if let (true, Some(entry)) = (shadow, shadow_entry(pc)) {
            // SAFETY: the caller mapped the entry's page.
            unsafe {
                if *(entry as *const u64) == 0 {
                    fill_page(entry);
                }
                *(entry as *mut u64) = host;
            }
            if !self.hashing {
                return;
            }
        }
        let (pc_slot, host_slot) = lookup_slots(pc);
        // SAFETY: `LOOKUP` is mapped (see `Cache::create`).
        unsafe {
            *pc_slot = !pc;
            *host_slot = host;
        }
    }

    /// Makes the indirect branch whose `jmp [rcx*8+disp32]` lies at `host` use the hashed lookup.
    pub fn use_hashed_lookup(&mut self, host: u64) {
        self.hashing = true;
        // SAFETY: the caller's `host` is the address of such a jump, seven bytes long, in the cache.
        unsafe {
            let at = host as *mut u8;
            at.write(0xe9);
            at.add(1).cast::<u32>().write_unaligned((self.hashed - (host + 5)) as u32);
            at.add(5).cast::<u16>().write_unaligned(0x9066);
        }
    }

    /// Is there a shadow dispatch (`jmp [rcx*8+disp32]`) at this cache address?
    pub fn is_shadow_dispatch(&self, host: u64) -> bool {
        if !CACHE.contains(host) {
            return false;
        }
        // SAFETY: `CACHE` is readable.
        unsafe { core::ptr::read_unaligned(host as *const [u8; 3]) == [0xff, 0x24, 0xcd] }
    }
}

/// Takes away what [`Cache::publish`] wrote for `pc`. `shadow_mapped(pc)` says whether
/// the page of its shadow entry is mapped.
pub(super) fn unpublish(pc: u64, shadow_mapped: &dyn Fn(u64) -> bool) {
    if let Some(entry) = shadow_entry(pc)
        && shadow_mapped(pc)
    {
        let entry = entry as *mut u64;
        // SAFETY: the caller says the page is mapped. A write costs a fresh page if it is the first.
        unsafe {
            if *entry != CACHE.start && *entry != 0 {
                *entry = CACHE.start;
            }
        }
    }
    let (pc_slot, _) = lookup_slots(pc);
    // SAFETY: `LOOKUP` is mapped (see `Cache::create`).
    unsafe {
        if *pc_slot == !pc {
            *pc_slot = 0;
        }
    }
}

/// Fills the page of shadow entries around `entry` with the miss stub's address: a snapshot has holes
/// where nothing was known, which read as zeros. A branch that finds one faults, which is a miss too.
///
/// # Safety
/// The page is mapped, and all zeros.
unsafe fn fill_page(entry: u64) {
    let page = (entry & !(PAGE - 1)) as *mut u64;
    for n in 0..PAGE as usize / 8 {
        // SAFETY: the caller's.
        unsafe { page.add(n).write(CACHE.start) }
    }
}

fn lookup_slots(pc: u64) -> (*mut u64, *mut u64) {
    let index = pc & (LOOKUP_ENTRIES - 1);
    let pcs = LOOKUP.start as *mut u64;
    // SAFETY: the index is within the tables.
    unsafe { (pcs.add(index as usize), pcs.add((LOOKUP_ENTRIES + index) as usize)) }
}
