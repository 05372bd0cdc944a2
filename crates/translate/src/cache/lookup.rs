//! How indirect branches find blocks: the shadow map (see `shadow`) and the hashed lookup.

use super::Cache;
use super::shadow::Found;
use crate::context::reg;
use crate::context_addr;
use crate::emit::{Emitter, SHADOW_DISPATCH};
use clew_abi::layout::{ASIDE, LOOKUP, LOOKUP_ENTRIES, LOOKUP_WAYS};

const RCX: u8 = reg::RCX as u8;
const RDX: u8 = reg::RDX as u8;

/// The address of a way's table of guest addresses.
const fn guests(way: u64) -> u64 {
    LOOKUP.start + 8 * LOOKUP_ENTRIES * way
}

/// The address of a way's table of cache addresses.
const fn hosts(way: u64) -> u64 {
    guests(LOOKUP_WAYS + way)
}

const _: () = assert!(guests(2 * LOOKUP_WAYS) == LOOKUP.end);

impl Cache {
    /// Lets indirect branches to `pc` find the indirect entry `host`: through the shadow map if that is
    /// mapped there (`shadow`) and has room for it, else through the hashed lookup. That
    /// has addresses of both kinds once it is used; its tables, written all over, cost a small guest
    /// many fresh pages.
    pub fn publish(&mut self, pc: u64, host: u64, shadow: bool) -> Found {
        let found = if shadow { self.enter(pc, host) } else { Found::Hashed };
        if found != Found::Directly || self.hashing {
            self.publish_hashed(pc, host);
        }
        found
    }

    /// The newest of the addresses with one index comes first.
    pub(super) fn publish_hashed(&mut self, pc: u64, host: u64) {
        self.begin_lookup();
        let way = (0..LOOKUP_WAYS).find(|&way| [empty(pc), !pc].contains(guest_slot(way, pc)));
        for way in (0..way.unwrap_or(LOOKUP_WAYS - 1)).rev() {
            *guest_slot(way + 1, pc) = *guest_slot(way, pc);
            *host_slot(way + 1, pc) = *host_slot(way, pc);
        }
        *guest_slot(0, pc) = !pc;
        *host_slot(0, pc) = host;
    }

    /// Writes the hashed lookup, as `fixed_stubs` does with what all blocks share. rcx holds the
    /// target, guest rcx is spilled. The tables hold the complements of guest addresses, so that
    /// adding target and one gives zero on a hit; no flag is touched.
    pub(super) fn lookup_stub(&mut self, e: &mut Emitter) {
        e.align(16);
        self.hashed = e.pos();
        e.store_imm32(context_addr!(exit_from), 0);
        e.store(context_addr!(spill_scratch), RDX);
        e.mov_rdx_rcx();
        let hits: [u64; LOOKUP_WAYS as usize] = core::array::from_fn(|way| {
            if way == 1 {
                self.hashed_rest = e.pos();
            }
            compare(e, way as u64)
        });
        e.mov_rcx(RDX);
        e.load(RDX, context_addr!(spill_scratch));
        e.jmp(self.miss());
        for (way, hit) in hits.into_iter().enumerate() {
            e.patch_short(hit);
            enter(e, way as u64);
        }
    }

    /// Writes the lookup into a block: the first way, the others are the stub's business.
    pub(crate) fn emit_lookup(&self, e: &mut Emitter) {
        e.store(context_addr!(spill_scratch), RDX);
        e.mov_rdx_rcx();
        let hit = compare(e, 0);
        let here = self.offset(e.pos());
        e.store_imm32(context_addr!(exit_from), here);
        e.jmp(self.hashed_rest);
        e.patch_short(hit);
        enter(e, 0);
    }

    /// From now on the hashed lookup is told of all entries.
    pub(super) fn begin_hashing(&mut self) {
        self.begin_lookup();
        self.hashing = true;
    }

    /// From now on there is something in the hashed lookup.
    fn begin_lookup(&mut self) {
        if !self.looked_up {
            self.looked_up = true;
            mark_empty();
        }
    }

    /// Writes what lies at [`ASIDE`], which is mapped: the way to the hashed lookup. The lowest word of the
    /// address that a branch finds is another's: 0 or 1 of an entry, or 0 or 2 where that is aside itself.
    pub fn write_aside(&self) {
        // SAFETY: as said, and used by nobody yet.
        let mut e = unsafe { Emitter::new(ASIDE.start, ASIDE.end) };
        e.bytes(&[0x90; 2]);
        e.jmp_far(self.hashed);
    }

    /// Empties the hashed lookup.
    pub(super) fn forget_lookup(&self) {
        if self.looked_up {
            let len = (guests(LOOKUP_WAYS) - guests(0)) as usize;
            // SAFETY: `LOOKUP` is mapped (see `Cache::create`).
            unsafe { core::ptr::write_bytes(guests(0) as *mut u8, 0, len) }
            mark_empty();
        }
    }

    /// Makes the indirect branch whose `jmp [rcx*2+disp32]` lies at `host` use the hashed lookup.
    pub fn use_hashed_lookup(&mut self, host: u64) {
        self.begin_hashing();
        // SAFETY: the caller's `host` is the address of such a jump, seven bytes long, in the cache.
        unsafe {
            let at = host as *mut u8;
            at.write(0xe9);
            at.add(1).cast::<u32>().write_unaligned((self.hashed - (host + 5)) as u32);
            at.add(5).cast::<u16>().write_unaligned(0x9066);
        }
    }

    /// Is there a shadow dispatch (`jmp [rcx*2+disp32]`) at this cache address?
    pub fn is_shadow_dispatch(&self, host: u64) -> bool {
        if !self.window.cache().contains(host) {
            return false;
        }
        // SAFETY: the cache is readable.
        unsafe { core::ptr::read_unaligned(host as *const [u8; 3]) == SHADOW_DISPATCH }
    }

    /// The lookup, whose tables are empty, is that of a snapshot.
    pub(super) fn adopt_lookup(&self) {
        if self.looked_up {
            mark_empty();
        }
    }

    /// Takes away what [`Cache::publish`] wrote for `pc`. `shadow_mapped(pc)` says whether the page of
    /// its shadow entry is mapped.
    pub(super) fn unpublish(&self, pc: u64, shadow_mapped: &dyn Fn(u64) -> bool) {
        if self.window.shadow_entry(pc).is_some() && shadow_mapped(pc) {
            self.leave(pc);
        }
        if !self.looked_up {
            return;
        }
        for way in 0..LOOKUP_WAYS {
            let slot = guest_slot(way, pc);
            if *slot == !pc {
                *slot = empty(pc);
            }
        }
    }
}

/// Compares the target (in rdx) with the way's guest address. Returns the short jump of a hit.
fn compare(e: &mut Emitter, way: u64) -> u64 {
    e.movzx16(RCX, RDX);
    e.load_indexed(RCX, RCX, guests(way) as u32);
    e.lea_rcx_sum_and_one();
    e.jrcxz_short()
}

/// Goes to the way's cache address: an indirect entry, which takes rcx back.
fn enter(e: &mut Emitter, way: u64) {
    e.movzx16(RCX, RDX);
    e.load_indexed(RCX, RCX, hosts(way) as u32);
    e.load(RDX, context_addr!(spill_scratch));
    e.jmp_rcx();
}

/// What an empty slot for `pc` holds: the complement of no address of its index.
fn empty(pc: u64) -> u64 {
    u64::from(pc % LOOKUP_ENTRIES == LOOKUP_ENTRIES - 1)
}

/// Makes slots empty for which zero would not do.
fn mark_empty() {
    (0..LOOKUP_WAYS).for_each(|way| *guest_slot(way, u64::MAX) = empty(u64::MAX));
}

/// The place of `pc` in a table.
fn slot(table: u64, pc: u64) -> &'static mut u64 {
    let index = pc % LOOKUP_ENTRIES;
    // SAFETY: `LOOKUP` is mapped (see `Cache::create`), and no reference lives longer than an expression.
    unsafe { &mut *((table + 8 * index) as *mut u64) }
}

fn guest_slot(way: u64, pc: u64) -> &'static mut u64 {
    slot(guests(way), pc)
}

fn host_slot(way: u64, pc: u64) -> &'static mut u64 {
    slot(hosts(way), pc)
}
