//! The code cache: translated blocks, the sites where control leaves them, links between them.
//!
//! A block's exits are numbered [`Site`]s. A *link* site ends in a displacement that is patched to
//! jump straight to the target's block, and back to the site's stub when that block goes away.
//! Blocks are found by guest address in a hash table (by the engine), through the shadow map (by
//! indirect branches of guest code in reach of it) and through the lookup table (by other indirect
//! branches).
//!
//! All of its state lies at fixed addresses (the window's cache and `layout::TABLES`), so that a copy of these ranges
//! is a cache that another process can use: see `snapshot`.
//!
//! Here are the blocks; `links` has the sites, `lookup` the tables of indirect branches,
//! `pages` what happens when guest code changes, `locate` the way back from a cache address, `probes`
//! what a debugger asks for.

mod arena;
mod links;
mod locate;
mod lookup;
mod pages;
mod probes;
mod proofs;
pub mod shadow;
mod snapshot;
mod table;
mod texts;

pub use links::{NO_BLOCK, Site, SiteKind};
pub use locate::Located;
pub use probes::{Features, Watching};
pub use snapshot::EXTENTS;
pub use texts::Text;

use crate::block::{self, MAX_COLD, MAX_HOT, MAX_INSTRUCTIONS, Refusal, Single};
use crate::context::{EXIT_MISS, reg};
use crate::context_addr;
use crate::emit::Emitter;
use crate::liveness::CodeSource;
use allocator_api2::vec::Vec;
use arena::Arena;
use clew_abi::layout::{CodeWindow, TABLE_BLOCKS, TABLE_HEAD, TABLE_NOTES, TABLE_SITES};
use core::hash::{BuildHasherDefault, Hasher};
use hashbrown::HashMap;
use pages::FIRST_REVIEW;
use probes::Probes;
use proofs::Proofs;
use table::Table;

/// What the tables may hold before everything is forgotten; dead blocks count. They have room for it
/// (`layout::TABLES`).
const MAX_SITES: usize = 1 << 20;
const MAX_BLOCKS: usize = 1 << 18;
const MAX_MAP: usize = 1 << 23;
/// Sites of one block at most: of an instruction three, and as many for its probes.
const MAX_BLOCK_SITES: usize = 6 * MAX_INSTRUCTIONS as usize;

/// A translated block. Offsets are relative to the cache's start.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    pub pc: u64,
    start: u32,
    /// Where indirect branches enter, if they were expected; else 0.
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
    /// Instructions other than the first are entries.
    entered_within: bool,
    /// It rests on something outside its text: see [`Text`].
    foreign: bool,
}

impl Block {
    /// Where in the cache's map its notes begin; they end at the map's end while it is built.
    pub(crate) fn notes_start(&self) -> usize {
        self.map_start as usize
    }

    pub(crate) fn notes(&self) -> core::ops::Range<usize> {
        self.map_start as usize..self.map_end as usize
    }

    /// Cache offset of the first instruction's translation.
    pub(crate) fn direct_entry(&self) -> u32 {
        self.direct
    }
}

/// Where direct branches to a guest address enter.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub block: u32,
    direct: u32,
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

type AddressMap<V> = HashMap<u64, V, BuildHasherDefault<AddressHasher>, Arena>;

fn address_map<V>() -> AddressMap<V> {
    AddressMap::with_hasher_in(Default::default(), Arena)
}

/// The ends of everything before a single block was added.
#[derive(Clone, Copy)]
struct BeforeSingle {
    block: u32,
    sites: usize,
    map: usize,
    hot: u64,
    cold: u64,
}

/// The code cache. One per process.
pub struct Cache {
    /// Where guest code and this cache lie.
    pub window: CodeWindow,
    pub blocks: Table<Block>,
    pub sites: Table<Site>,
    /// Packed per-instruction notes of all blocks: see [`block::map`].
    pub map: Table<u8>,
    pub next_counter: usize,
    /// How often everything was forgotten: numbers and addresses from before mean nothing.
    pub generation: u32,
    /// Pages (numbers) that hold translated code since the engine last took the list.
    pub new_pages: alloc::vec::Vec<u64>,
    /// Return addresses in what was translated since the engine last took the list.
    pub returns: alloc::vec::Vec<u64>,
    by_pc: AddressMap<Entry>,
    /// Indirect entries that were added later (cache offsets).
    added_entries: AddressMap<u32>,
    /// Blocks that contain code of a page (by page number). May name dead blocks.
    by_page: AddressMap<Vec<u32, Arena>>,
    /// How many writes found code in a page.
    writes: AddressMap<u8>,
    /// The tick at which rewritten pages get another chance (never, if there are none), and how long
    /// they wait for the next one.
    pub review_at: u64,
    review_after: u64,
    /// Where the single block began, to be overwritten by the next one.
    single: Option<BeforeSingle>,
    /// `hot` and `cold` before the last block.
    before_last: (u64, u64),
    /// Kept for its memory.
    pub(crate) proof_pages: alloc::vec::Vec<u64>,
    proofs: Proofs,
    probes: Probes,
    /// What `note_page` did last.
    last_noted: (u32, u64),
    hot: u64,
    cold: u64,
    exit_common: u64,
    /// The hashed lookup, and where it goes on when the first way does not have the target.
    hashed: u64,
    hashed_rest: u64,
    /// The hashed lookup has all indirect entries: some branch uses nothing else.
    hashing: bool,
    /// It has some.
    looked_up: bool,
    first_hot: u64,
    texts: Vec<Text, Arena>,
    awaited: Vec<Text, Arena>,
    /// There are awaited texts.
    awaits: bool,
    /// How many blocks came from a snapshot, and how many of them could have been in one.
    loaded: usize,
    loaded_live: usize,
}

impl Cache {
    /// Creates the cache and its fixed stubs. `engine_exit` is where stubs go with the exit site
    /// stored and the guest's registers in place.
    ///
    /// # Safety
    /// The window's cache, `layout::TABLES`, `LOOKUP` (filled with zeros) and the context are mapped
    /// writable (the cache executable too) and belong to this cache alone; shadow pages are mapped
    /// before [`Self::publish`] names them. No reference to an earlier cache is used again.
    pub unsafe fn create(window: CodeWindow, engine_exit: u64) -> &'static mut Self {
        arena::reset();
        let mut cache = Self {
            window,
            blocks: Table::at(TABLE_BLOCKS),
            sites: Table::at(TABLE_SITES),
            map: Table::at(TABLE_NOTES),
            next_counter: 0,
            generation: 0,
            new_pages: alloc::vec::Vec::new(),
            returns: alloc::vec::Vec::new(),
            by_pc: AddressMap::with_capacity_and_hasher_in(3500, Default::default(), Arena),
            added_entries: address_map(),
            by_page: address_map(),
            writes: address_map(),
            review_at: u64::MAX,
            review_after: FIRST_REVIEW,
            single: None,
            before_last: (0, 0),
            proof_pages: alloc::vec::Vec::new(),
            proofs: Proofs::new(),
            probes: Probes::default(),
            last_noted: (NO_BLOCK, 0),
            hot: window.cache().start,
            cold: window.cache_cold(),
            exit_common: 0,
            hashed: 0,
            hashed_rest: 0,
            hashing: false,
            looked_up: false,
            first_hot: 0,
            texts: Self::no_texts(),
            awaited: Self::no_texts(),
            awaits: false,
            loaded: 0,
            loaded_live: 0,
        };
        cache.fixed_stubs(engine_exit);
        if !window.has_shadow() {
            cache.begin_hashing();
        }
        let place = Self::place();
        // SAFETY: the caller's.
        unsafe {
            place.write(cache);
            &mut *place
        }
    }

    /// Where the one cache lies.
    fn place() -> *mut Self {
        const { assert!(size_of::<arena::State>() <= 4096) };
        (TABLE_HEAD.start + 4096) as *mut Self
    }

    /// The stubs every other piece of translated code relies on.
    fn fixed_stubs(&mut self, engine_exit: u64) {
        let rcx = reg::RCX as u8;
        // SAFETY: see `create`.
        let mut e = unsafe { Emitter::new(self.miss(), self.base() + 4096) };
        e.store(context_addr!(exit_target), rcx);
        e.load(rcx, context_addr!(spill_rcx));
        e.store_imm32(context_addr!(exit_site), EXIT_MISS);
        let common = (e.pos() + 5).next_multiple_of(16);
        e.jmp(common);
        e.align(16);
        self.exit_common = e.pos();
        e.jmp_far(engine_exit);
        e.align(16);
        self.lookup_stub(&mut e);
        e.align(64);
        self.hot = e.pos();
        self.first_hot = self.hot;
    }

    /// Where the cache begins.
    #[inline]
    pub fn base(&self) -> u64 {
        self.window.cache().start
    }

    /// The miss stub: leaves for the engine with an indirect branch's target, in rcx. Its address may be
    /// that of an entry.
    #[inline]
    pub(crate) fn miss(&self) -> u64 {
        self.base() + 16
    }

    /// The offset of a cache address.
    #[inline]
    pub(crate) fn offset(&self, host: u64) -> u32 {
        (host - self.base()) as u32
    }

    /// The cache address where direct branches to `entry` arrive.
    #[inline]
    pub fn host(&self, entry: Entry) -> u64 {
        self.base() + entry.direct as u64
    }

    pub fn exit_common(&self) -> u64 {
        self.exit_common
    }

    /// Writers for the next block's hot and cold code, if there is room.
    pub(crate) fn emitters(&mut self) -> Option<(Emitter, Emitter)> {
        let hot_end = self.hot + MAX_HOT as u64;
        let cold_end = self.cold + MAX_COLD as u64;
        let full = self.sites.len() > MAX_SITES - MAX_BLOCK_SITES
            || self.blocks.len() >= MAX_BLOCKS
            || self.map.len() > MAX_MAP - 16 * MAX_INSTRUCTIONS as usize;
        if full || hot_end > self.window.cache_cold() || cold_end > self.window.cache().end {
            return None;
        }
        // SAFETY: see `create`; both ranges are behind everything emitted so far.
        Some(unsafe { (Emitter::new(self.hot, hot_end), Emitter::new(self.cold, cold_end)) })
    }

    pub(crate) fn begin_block(&mut self, pc: u64) {
        self.blocks.push(Block {
            pc,
            start: 0,
            indirect: 0,
            direct: 0,
            end: 0,
            map_start: self.map.len() as u32,
            map_end: 0,
            incoming: 0,
            sites_start: self.sites.len() as u32,
            sites_end: 0,
            live: true,
            entered_within: false,
            foreign: false,
        });
    }

    /// From here on the block can be found, so that it can link to itself.
    pub(crate) fn set_entries(&mut self, block: u32, indirect: Option<u64>, direct: u64) {
        let indirect_at = indirect.map_or(0, |host| self.offset(host));
        let direct = self.offset(direct);
        let b = &mut self.blocks[block as usize];
        b.direct = direct;
        b.indirect = indirect_at;
        b.start = if indirect.is_some() { b.indirect } else { b.direct };
        let (pc, direct) = (b.pc, b.direct);
        self.by_pc.insert(pc, Entry { block, direct });
    }

    /// Makes the block's instruction at `pc`, whose translation begins at the cache offset `direct`,
    /// an entry.
    pub(crate) fn add_entry(&mut self, block: u32, pc: u64, direct: u32) -> Entry {
        self.blocks[block as usize].entered_within = true;
        *self.by_pc.entry(pc).or_insert(Entry { block, direct })
    }

    /// The entry of a block that only the caller of `translate_single` knows.
    pub(crate) fn set_single_entry(&mut self, block: u32, host: u64) {
        self.set_hidden_entry(block, host);
        self.blocks[block as usize].live = false;
    }

    /// The entry of a block that is not found by its address.
    pub(crate) fn set_hidden_entry(&mut self, block: u32, host: u64) {
        let direct = self.offset(host);
        let b = &mut self.blocks[block as usize];
        b.direct = direct;
        b.start = direct;
    }

    /// Remembers the last block as the single one.
    pub(crate) fn keep_single(&mut self, block: u32) {
        let b = &self.blocks[block as usize];
        let (hot, cold) = self.before_last;
        self.single = Some(BeforeSingle {
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

    pub(crate) fn end_block(&mut self, block: u32, hot_end: u64) {
        let end = self.offset(hot_end);
        let b = &mut self.blocks[block as usize];
        b.end = end;
        b.map_end = self.map.len() as u32;
        b.sites_end = self.sites.len() as u32;
    }

    /// Code was written up to here.
    pub(crate) fn written(&mut self, hot: u64, cold: u64) {
        self.before_last = (self.hot, self.cold);
        self.hot = hot;
        self.cold = cold;
    }

    pub(crate) fn entry(&self, pc: u64) -> Option<Entry> {
        self.by_pc.get(&pc).copied().filter(|_| !self.is_awaited(pc))
    }

    pub fn has_block(&self, pc: u64) -> bool {
        self.entry(pc).is_some()
    }

    /// Where direct branches to `pc` enter. Translates what is there if need be.
    pub fn entry_at(&mut self, source: &impl CodeSource, pc: u64) -> Result<Entry, Refusal> {
        match self.entry(pc) {
            Some(entry) => Ok(entry),
            None => {
                let block = block::translate(self, source, pc, false)?;
                Ok(self.first_entry(block))
            }
        }
    }

    /// Where indirect branches to `pc` enter: the address counts a tick and takes rcx from its spill
    /// slot. Translates what is there if need be.
    pub fn indirect_entry_at(&mut self, source: &impl CodeSource, pc: u64) -> Result<u64, Refusal> {
        let Some(entry) = self.entry(pc) else {
            let block = block::translate(self, source, pc, true)?;
            return Ok(self.base() + self.blocks[block as usize].indirect as u64);
        };
        let block = &self.blocks[entry.block as usize];
        if block.direct == entry.direct && block.indirect != 0 {
            return Ok(self.base() + block.indirect as u64);
        }
        if let Some(&added) = self.added_entries.get(&pc) {
            return Ok(self.base() + added as u64);
        }
        // What is written now must not be overwritten as if it belonged to the single block.
        self.single = None;
        let host = block::indirect_entry(self, source, pc, entry)?;
        self.added_entries.insert(pc, self.offset(host));
        Ok(host)
    }

    /// A block of the instruction at `pc` alone: see [`block::translate_single`].
    pub fn single_at(
        &mut self,
        source: &impl CodeSource,
        pc: u64,
        what_for: Single,
    ) -> Result<Entry, Refusal> {
        let block = block::translate_single(self, source, pc, what_for)?;
        Ok(self.first_entry(block))
    }

    /// Where a block is entered by who knows it.
    pub(crate) fn first_entry(&self, block: u32) -> Entry {
        Entry { block, direct: self.blocks[block as usize].direct }
    }

    /// Forgets everything, awaited texts too. The caller resets the shadow map.
    pub fn flush(&mut self) {
        self.generation += 1;
        self.blocks.clear();
        self.sites.clear();
        self.map.clear();
        self.by_pc.clear();
        self.added_entries.clear();
        self.proofs.forget();
        self.last_noted = (NO_BLOCK, 0);
        self.by_page.clear();
        self.writes.clear();
        self.review_at = u64::MAX;
        self.new_pages.clear();
        self.returns.clear();
        self.single = None;
        self.hot = self.first_hot;
        self.cold = self.window.cache_cold();
        self.awaited.clear();
        self.awaits = false;
        (self.loaded, self.loaded_live) = (0, 0);
        self.forget_lookup();
    }
}
