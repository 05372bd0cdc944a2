//! The code cache: translated blocks, the sites where control leaves them, links between them.
//!
//! A block's exits are numbered [`Site`]s. A *link* site ends in a displacement that is patched to
//! jump straight to the target's block, and back to the site's stub when that block goes away.
//! Blocks are found by guest address in a hash table (by the engine), through the shadow map (by
//! indirect branches of guest code in reach of it) and through the lookup table (by other indirect
//! branches).

use crate::block::{self, MAX_COLD, MAX_HOT, MAX_INSTRUCTIONS, Refusal, map};
use crate::context::{EXIT_MISS, reg};
use crate::context_addr;
use crate::emit::Emitter;
use crate::liveness::CodeSource;
use alloc::vec::Vec;
use clew_abi::layout::{CACHE, CACHE_COLD, LOOKUP, LOOKUP_ENTRIES, PAGE, shadow_entry};
use core::hash::{BuildHasherDefault, Hasher};
use hashbrown::HashMap;

/// "No block" in a [`Site`].
pub const NO_BLOCK: u32 = u32::MAX;

/// What the tables may hold before everything is forgotten; dead blocks count. Chosen for the
/// engine's heap: 32, 16 and 8 MiB.
const MAX_SITES: usize = 1 << 20;
const MAX_BLOCKS: usize = 1 << 18;
const MAX_MAP: usize = 1 << 23;
/// Writes that find translated code in a page before its code is checked at every block's entry
/// instead of being protected.
const MANY_WRITES: u8 = 32;
/// Ticks until rewritten pages are protected again, to see whether they still are; each time twice
/// as many.
const FIRST_REVIEW: u64 = 1 << 26;

/// Why control leaves a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteKind {
    /// To the block at `pc`; patched once there is one.
    Link,
    /// A tick counter ran out; the tick is counted and control goes to `pc`.
    Tick,
    /// As `Tick`, and status flags that were dead are gone: the guest has `TICK_FLAGS`.
    TickFlagsLost,
    /// The `syscall` instruction at `pc`.
    Syscall,
    /// An instruction that the engine emulates.
    Intrinsic,
    /// `int3` and the like at `pc`.
    Trap,
    /// The bytes at `pc` are no instruction.
    Invalid,
    /// The instruction at `pc` reaches past the end of executable memory.
    FetchFault,
    /// An instruction the engine cannot translate.
    Unsupported,
    /// The guest's code is not what the (checked) block was translated from.
    Stale,
}

/// One exit of a block.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    pub kind: SiteKind,
    /// Length of the instruction at `pc` for kinds that stop at one.
    pub len: u8,
    pub block: u32,
    pub pc: u64,
    /// Cache offset of the displacement to patch (`Link`).
    pub patch: u32,
    /// Cache offset of the stub.
    pub stub: u32,
    /// The block this site is linked to.
    pub target: u32,
    /// Next site in the target's list of incoming links, plus one; 0 ends the list.
    pub next: u32,
}

/// A translated block. Offsets are relative to the cache's start.
#[derive(Clone, Debug)]
pub struct Block {
    pub pc: u64,
    indirect: u32,
    direct: u32,
    end: u32,
    map_start: u32,
    map_end: u32,
    /// First site in the list of incoming links, plus one.
    incoming: u32,
    sites_start: u32,
    sites_end: u32,
    pub live: bool,
}

/// Guest addresses hash by multiplication; they are not chosen by an adversary of the engine.
#[derive(Default)]
pub struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {
        unreachable!("only integers are hashed");
    }
    fn write_u64(&mut self, v: u64) {
        self.0 = (v ^ v >> 29).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

type AddressMap<V> = HashMap<u64, V, BuildHasherDefault<AddressHasher>>;

/// The ends of everything before a single block was added.
#[derive(Clone, Copy)]
struct Single {
    block: u32,
    sites: usize,
    map: usize,
    hot: u64,
    cold: u64,
}

/// The code cache. One per process.
pub struct Cache {
    pub blocks: Vec<Block>,
    pub sites: Vec<Site>,
    /// Packed per-instruction notes of all blocks: see [`map`].
    pub map: Vec<u8>,
    pub next_counter: usize,
    /// How often everything was forgotten: numbers and addresses from before mean nothing.
    pub generation: u32,
    /// Pages (numbers) of the blocks translated since the engine last took the list.
    pub new_pages: Vec<u64>,
    by_pc: AddressMap<u32>,
    /// Blocks that contain code of a page (by page number). May name dead blocks.
    by_page: AddressMap<Vec<u32>>,
    /// How many writes found code in a page.
    writes: AddressMap<u8>,
    /// The tick at which rewritten pages get another chance (never, if there are none), and how long
    /// they wait for the next one.
    pub review_at: u64,
    review_after: u64,
    /// Where the single block began, to be overwritten by the next one.
    single: Option<Single>,
    /// `hot` and `cold` before the last block.
    before_last: (u64, u64),
    hot: u64,
    cold: u64,
    exit_common: u64,
    hashed: u64,
    /// Some indirect branch uses the hashed lookup.
    hashing: bool,
    first_hot: u64,
}

impl Cache {
    /// Creates the cache and its fixed stubs. `engine_exit` is where stubs go with the exit site
    /// stored and the guest's registers in place.
    ///
    /// # Safety
    /// `layout::CACHE`, `LOOKUP` and the context are mapped writable (the cache executable too) and
    /// belong to this cache alone; shadow pages are mapped before [`Self::set_shadow`] names them.
    pub unsafe fn new(engine_exit: u64) -> Self {
        let mut cache = Self {
            blocks: Vec::with_capacity(1024),
            sites: Vec::with_capacity(4096),
            map: Vec::with_capacity(16384),
            next_counter: 0,
            generation: 0,
            new_pages: Vec::new(),
            by_pc: AddressMap::with_capacity_and_hasher(2048, Default::default()),
            by_page: AddressMap::default(),
            writes: AddressMap::default(),
            review_at: u64::MAX,
            review_after: FIRST_REVIEW,
            single: None,
            before_last: (0, 0),
            hot: CACHE.start,
            cold: CACHE_COLD,
            exit_common: 0,
            hashed: 0,
            hashing: false,
            first_hot: 0,
        };
        cache.fixed_stubs(engine_exit);
        cache
    }

    /// The stubs every other piece of translated code relies on. The miss stub lies at the cache's
    /// start, where the shadow map's pattern points.
    fn fixed_stubs(&mut self, engine_exit: u64) {
        let (rcx, rdx) = (reg::RCX as u8, reg::RDX as u8);
        // SAFETY: see `new`.
        let mut e = unsafe { Emitter::new(CACHE.start, CACHE.start + 4096) };
        e.store(context_addr!(exit_target), rcx);
        e.load(rcx, context_addr!(spill_rcx));
        e.store_imm32(context_addr!(exit_site), EXIT_MISS);
        let common = (e.pos() + 5).next_multiple_of(16);
        e.jmp(common);
        e.align(16);
        self.exit_common = e.pos();
        // `jmp [rip+2]` with the engine's address behind it, aligned: the guest may have alignment
        // checks on.
        e.bytes(&[0xff, 0x25, 2, 0, 0, 0, 0xcc, 0xcc]);
        e.literal(engine_exit);
        e.align(16);
        // The hashed lookup: rcx holds the target, guest rcx is spilled. The table holds the
        // complement of the guest address, so that adding target and one gives zero on a hit.
        self.hashed = e.pos();
        let pcs = LOOKUP.start as u32;
        let hosts = (LOOKUP.start + 8 * LOOKUP_ENTRIES) as u32;
        e.store(context_addr!(spill_scratch), rdx);
        e.movzx16(rdx, rcx);
        e.load_indexed(rdx, rdx, pcs);
        e.bytes(&[0x48, 0x8d, 0x54, 0x0a, 0x01]); // lea rdx, [rdx+rcx+1]
        e.bytes(&[0x48, 0x87, 0xca]); // xchg rdx, rcx
        let hit = e.jrcxz_short();
        e.bytes(&[0x48, 0x89, 0xd1]); // mov rcx, rdx
        e.load(rdx, context_addr!(spill_scratch));
        e.jmp(CACHE.start);
        e.patch_short(hit);
        e.movzx16(rcx, rdx);
        e.load_indexed(rcx, rcx, hosts);
        e.store(context_addr!(spill_lookup), rcx);
        e.load(rdx, context_addr!(spill_scratch));
        e.jmp_abs(context_addr!(spill_lookup));
        e.align(64);
        self.hot = e.pos();
        self.first_hot = self.hot;
    }

    pub fn exit_common(&self) -> u64 {
        self.exit_common
    }

    /// Writers for the next block's hot and cold code, if there is room.
    pub(crate) fn emitters(&mut self) -> Option<(Emitter, Emitter)> {
        let hot_end = self.hot + MAX_HOT as u64;
        let cold_end = self.cold + MAX_COLD as u64;
        let full = self.sites.len() > MAX_SITES - 4 * MAX_INSTRUCTIONS as usize
            || self.blocks.len() >= MAX_BLOCKS
            || self.map.len() > MAX_MAP - 16 * MAX_INSTRUCTIONS as usize;
        if full || hot_end > CACHE_COLD || cold_end > CACHE.end {
            return None;
        }
        // SAFETY: see `new`; both ranges are behind everything emitted so far.
        Some(unsafe { (Emitter::new(self.hot, hot_end), Emitter::new(self.cold, cold_end)) })
    }

    pub(crate) fn begin_block(&mut self, pc: u64) -> u32 {
        let number = self.blocks.len() as u32;
        self.blocks.push(Block {
            pc,
            indirect: 0,
            direct: 0,
            end: 0,
            map_start: self.map.len() as u32,
            map_end: 0,
            incoming: 0,
            sites_start: self.sites.len() as u32,
            sites_end: 0,
            live: true,
        });
        number
    }

    pub(crate) fn set_indirect_entry(&mut self, block: u32, host: u64) {
        self.blocks[block as usize].indirect = (host - CACHE.start) as u32;
    }

    /// From here on the block can be found, so that it can link to itself.
    pub(crate) fn set_direct_entry(&mut self, block: u32, host: u64) {
        let pc = self.blocks[block as usize].pc;
        self.blocks[block as usize].direct = (host - CACHE.start) as u32;
        self.by_pc.insert(pc, block);
    }

    /// The entry of a block that only the caller of `translate_single` knows.
    pub(crate) fn set_single_entry(&mut self, block: u32, host: u64) {
        let b = &mut self.blocks[block as usize];
        b.indirect = (host - CACHE.start) as u32;
        b.direct = b.indirect;
        b.live = false;
    }

    /// Remembers the last block as the single one.
    pub(crate) fn keep_single(&mut self, block: u32) {
        let b = &self.blocks[block as usize];
        let (hot, cold) = self.before_last;
        self.single = Some(Single {
            block,
            sites: b.sites_start as usize,
            map: b.map_start as usize,
            hot,
            cold,
        });
    }

    /// Takes the single block away if nothing has been added since.
    pub(crate) fn drop_single(&mut self) {
        if let Some(s) = self.single.take()
            && self.blocks.len() == s.block as usize + 1
        {
            self.blocks.truncate(s.block as usize);
            self.sites.truncate(s.sites);
            self.map.truncate(s.map);
            (self.hot, self.cold) = (s.hot, s.cold);
        }
    }

    pub(crate) fn note_guest_range(&mut self, block: u32, start: u64, end: u64) {
        for page in start / PAGE..=(end - 1) / PAGE {
            self.note_page(block, page);
        }
    }

    /// The block goes away when the page changes.
    pub(crate) fn note_page(&mut self, block: u32, page: u64) {
        let blocks = self.by_page.entry(page).or_default();
        if blocks.last() != Some(&block) {
            blocks.push(block);
            if self.new_pages.last() != Some(&page) {
                self.new_pages.push(page);
            }
        }
    }

    /// Is the page of `addr` rewritten so often that its code is checked, not protected?
    pub fn is_rewritten(&self, addr: u64) -> bool {
        !self.writes.is_empty() && self.writes.get(&(addr / PAGE)).is_some_and(|&n| n >= MANY_WRITES)
    }

    /// Can the code at `addr` change without the engine noticing?
    pub(crate) fn is_unsteady(&self, source: &impl CodeSource, addr: u64) -> bool {
        self.is_rewritten(addr) || source.is_shared(addr)
    }

    /// Counts a write by the guest, at the cache address `by`, into a page that holds translated
    /// code. If the writing block has code in that page, protection would not let it go on: then,
    /// as after many writes, the page counts as rewritten.
    pub fn count_write(&mut self, addr: u64, by: u64, now: u64) {
        let page = addr / PAGE;
        let own = self.block_of_host(by).is_some_and(|block| {
            self.by_page.get(&page).is_some_and(|blocks| blocks.contains(&block))
        });
        let n = self.writes.entry(page).or_insert(0);
        *n = if own { MANY_WRITES } else { n.saturating_add(1) };
        if *n >= MANY_WRITES && self.review_at == u64::MAX {
            self.review_at = now + self.review_after;
        }
    }

    /// Forgets the translations of rewritten pages, which count as nearly so from now on.
    pub fn review(&mut self, shadow_mapped: impl Fn(u64) -> bool) {
        let pages: Vec<u64> =
            self.writes.iter().filter(|(_, n)| **n >= MANY_WRITES).map(|(page, _)| *page).collect();
        for page in pages {
            self.writes.insert(page, MANY_WRITES / 2);
            self.invalidate(page * PAGE, (page + 1) * PAGE, &shadow_mapped);
        }
        self.review_at = u64::MAX;
        self.review_after *= 2;
    }

    /// The pages of a range hold something new: their history is forgotten.
    pub fn forget_writes(&mut self, start: u64, end: u64) {
        if !self.writes.is_empty() {
            self.writes.retain(|&page, _| !(start / PAGE..=(end - 1) / PAGE).contains(&page));
        }
    }

    /// Forgets one block (a stale one).
    pub fn drop_block(&mut self, block: u32, shadow_mapped: impl Fn(u64) -> bool) {
        if !self.blocks[block as usize].live {
            return;
        }
        let page = self.blocks[block as usize].pc / PAGE;
        self.kill(block, &shadow_mapped);
        if let Some(blocks) = self.by_page.get_mut(&page) {
            blocks.retain(|&b| b != block);
        }
    }

    pub(crate) fn end_block(&mut self, block: u32, hot: u64, cold: u64) {
        let b = &mut self.blocks[block as usize];
        b.end = (hot - CACHE.start) as u32;
        b.map_end = self.map.len() as u32;
        b.sites_end = self.sites.len() as u32;
        self.before_last = (self.hot, self.cold);
        self.hot = hot;
        self.cold = cold;
    }

    pub fn has_block(&self, pc: u64) -> bool {
        self.by_pc.contains_key(&pc)
    }

    /// The block at `pc`, translating it if need be.
    pub fn block_at(&mut self, source: &impl CodeSource, pc: u64) -> Result<u32, Refusal> {
        match self.by_pc.get(&pc) {
            Some(&block) => Ok(block),
            None => block::translate(self, source, pc),
        }
    }

    /// A block of the instruction at `pc` alone: see [`block::translate_single`].
    pub fn single_at(&mut self, source: &impl CodeSource, pc: u64) -> Result<u32, Refusal> {
        block::translate_single(self, source, pc)
    }

    /// Where direct branches to the block arrive.
    pub fn direct_entry(&self, block: u32) -> u64 {
        CACHE.start + self.blocks[block as usize].direct as u64
    }

    /// Where indirect branches to the block arrive: counts a tick and takes rcx from its spill slot.
    pub fn indirect_entry(&self, block: u32) -> u64 {
        CACHE.start + self.blocks[block as usize].indirect as u64
    }

    pub(crate) fn link_if_translated(&mut self, site: u32, pc: u64) {
        if let Some(&block) = self.by_pc.get(&pc) {
            self.link(site, block);
        }
    }

    /// [`Self::link`] for a site that may have been linked in the meantime.
    pub fn relink(&mut self, site: u32, block: u32) {
        let s = &self.sites[site as usize];
        if s.kind == SiteKind::Link && s.target == NO_BLOCK && self.blocks[s.block as usize].live {
            self.link(site, block);
        }
    }

    /// Makes a link site jump straight to `block`.
    fn link(&mut self, site: u32, block: u32) {
        let entry = self.blocks[block as usize].direct;
        let incoming = core::mem::replace(&mut self.blocks[block as usize].incoming, site + 1);
        let s = &mut self.sites[site as usize];
        debug_assert!(s.kind == SiteKind::Link && s.target == NO_BLOCK);
        s.target = block;
        s.next = incoming;
        write_displacement(s.patch, entry);
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

    /// Lets indirect branches find the block: through the shadow map if its address has an entry
    /// there (whose page must be mapped), else through the hashed lookup. That has blocks of both
    /// kinds once it is used; its table, written all over, costs a small guest many fresh pages.
    pub fn publish(&mut self, block: u32, shadow: bool) {
        let pc = self.blocks[block as usize].pc;
        let host = self.indirect_entry(block);
        if let (true, Some(entry)) = (shadow, shadow_entry(pc)) {
            // SAFETY: the caller mapped the entry's page.
            unsafe { *(entry as *mut u64) = host }
            if !self.hashing {
                return;
            }
        }
        let (pc_slot, host_slot) = lookup_slots(pc);
        // SAFETY: `LOOKUP` is mapped (see `new`).
        unsafe {
            *pc_slot = !pc;
            *host_slot = host;
        }
    }

    /// Forgets the translation of all guest code in `start..end`. Returns whether there was any.
    ///
    /// `shadow_mapped(pc)` says whether the page of a shadow entry is mapped.
    pub fn invalidate(
        &mut self,
        start: u64,
        end: u64,
        shadow_mapped: impl Fn(u64) -> bool,
    ) -> bool {
        let first = start / PAGE;
        let last = (end - 1) / PAGE;
        let pages: Vec<u64> = if last - first < self.by_page.len() as u64 {
            (first..=last).filter(|p| self.by_page.contains_key(p)).collect()
        } else {
            self.by_page.keys().copied().filter(|p| (first..=last).contains(p)).collect()
        };
        let mut any = false;
        for page in pages {
            for block in self.by_page.remove(&page).unwrap_or_default() {
                if self.blocks[block as usize].live {
                    self.kill(block, &shadow_mapped);
                    any = true;
                }
            }
        }
        any
    }

    /// Unlinks a block and makes it unreachable for new control transfers.
    fn kill(&mut self, block: u32, shadow_mapped: &impl Fn(u64) -> bool) {
        let b = &mut self.blocks[block as usize];
        b.live = false;
        let pc = b.pc;
        let (first, last) = (b.sites_start, b.sites_end);
        let mut incoming = core::mem::take(&mut b.incoming);
        while incoming != 0 {
            let site = &mut self.sites[incoming as usize - 1];
            incoming = site.next;
            site.target = NO_BLOCK;
            site.next = 0;
            write_displacement(site.patch, site.stub);
        }
        for site in first..last {
            self.unlink_outgoing(site);
        }
        self.by_pc.remove(&pc);
        if let Some(entry) = shadow_entry(pc)
            && shadow_mapped(pc)
        {
            // SAFETY: the caller says the page is mapped.
            unsafe { *(entry as *mut u64) = CACHE.start }
        }
        let (pc_slot, _) = lookup_slots(pc);
        // SAFETY: `LOOKUP` is mapped (see `new`).
        unsafe {
            if *pc_slot == !pc {
                *pc_slot = 0;
            }
        }
    }

    /// Takes a dead block's site out of its target's incoming list.
    fn unlink_outgoing(&mut self, site: u32) {
        let target = self.sites[site as usize].target;
        if target == NO_BLOCK {
            return;
        }
        let next = self.sites[site as usize].next;
        let head = &mut self.blocks[target as usize].incoming;
        if *head == site + 1 {
            *head = next;
        } else {
            let mut at = *head;
            while at != 0 {
                let s = &mut self.sites[at as usize - 1];
                if s.next == site + 1 {
                    s.next = next;
                    break;
                }
                at = s.next;
            }
        }
        let s = &mut self.sites[site as usize];
        s.target = NO_BLOCK;
        s.next = 0;
    }

    /// Forgets everything. The caller resets the shadow map.
    pub fn flush(&mut self) {
        self.generation += 1;
        self.blocks.clear();
        self.sites.clear();
        self.map.clear();
        self.by_pc.clear();
        self.by_page.clear();
        self.writes.clear();
        self.review_at = u64::MAX;
        self.new_pages.clear();
        self.single = None;
        self.hot = self.first_hot;
        self.cold = CACHE_COLD;
        // SAFETY: `LOOKUP` is mapped (see `new`).
        unsafe { core::ptr::write_bytes(LOOKUP.start as *mut u8, 0, 8 * LOOKUP_ENTRIES as usize) }
    }

    /// Is there translated code from the page at `addr`?
    pub fn page_has_code(&self, addr: u64) -> bool {
        self.by_page.contains_key(&(addr / PAGE))
    }

    /// The pages that hold translated code.
    pub fn code_pages(&self) -> impl Iterator<Item = u64> {
        self.by_page.keys().map(|page| page * PAGE)
    }

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

/// Points the rel32 at cache offset `patch` to cache offset `to`.
fn write_displacement(patch: u32, to: u32) {
    let rel = to.wrapping_sub(patch + 4);
    let at = (CACHE.start + patch as u64) as *mut u32;
    // SAFETY: link sites' displacements lie in the cache, which is writable (see `Cache::new`). No
    // guest code of this domain runs while the engine does, so nobody executes the four bytes.
    unsafe { at.write_unaligned(rel) }
}

fn lookup_slots(pc: u64) -> (*mut u64, *mut u64) {
    let index = pc & (LOOKUP_ENTRIES - 1);
    let pcs = LOOKUP.start as *mut u64;
    // SAFETY: the index is within the tables.
    unsafe { (pcs.add(index as usize), pcs.add((LOOKUP_ENTRIES + index) as usize)) }
}
