//! Where things lie in a guest's address space.
//!
//! Everything translated code touches by absolute address (the guest context: counters, spill
//! slots) lies below 2 GiB, so that a sign-extended 32-bit displacement reaches it. Guest code lies
//! in [`WINDOW`] with the code cache in its middle, so that every RIP-relative operand can be
//! re-encoded with a new displacement. See docs/ARCHITECTURE.md, "Address space".

/// A page of the x86-64 architecture, in bytes.
pub const PAGE: u64 = 4096;

const GIB: u64 = 1 << 30;

/// A half-open range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub start: u64,
    pub end: u64,
}

impl Range {
    pub const fn new(start: u64, end: u64) -> Self {
        Self { start, end }
    }
    pub const fn contains(&self, addr: u64) -> bool {
        self.start <= addr && addr < self.end
    }
    pub const fn overlaps(&self, other: Range) -> bool {
        self.start < other.end && other.start < self.end
    }
    pub const fn len(&self) -> u64 {
        self.end - self.start
    }
    pub const fn is_empty(&self) -> bool {
        self.start >= self.end
    }
}

/// All that belongs to the engine below 2 GiB: image, context, stacks, log window, heap.
pub const ENGINE: Range = Range::new(0x6000_0000, 0x7000_0000);
/// The engine's own image is linked here.
pub const IMAGE: Range = Range::new(0x6000_0000, 0x6100_0000);
/// The guest context (see `clew-translate`'s `context`), one page.
pub const CONTEXT: u64 = 0x6100_0000;
/// The page that all recording engines of a trace share (see `orders::Shared`).
pub const SHARED: u64 = 0x6100_8000;
/// The orders, mapped shared with the supervisor.
pub const ORDERS: Range = Range::new(0x6110_0000, 0x61e0_0000);
/// The segment of the event stream being written or read.
pub const SEGMENT: Range = Range::new(0x6200_0000, 0x6300_0000);
/// The hashed lookup's tables: [`LOOKUP_ENTRIES`] guest addresses, then as many cache addresses.
pub const LOOKUP: Range = Range::new(0x6300_0000, 0x6310_0000);
/// Entries of the hashed lookup, indexed by the low 16 bits of the guest address.
pub const LOOKUP_ENTRIES: u64 = 65536;
/// The engine's heap.
pub const HEAP: Range = Range::new(0x6400_0000, 0x7000_0000);

/// What each task of the process has of the engine's: [`TASK_AREA`] bytes, aligned to that, so that
/// any address within tells whose it is.
pub const TASKS: Range = Range::new(16 * GIB, 20 * GIB);
/// Size of a task's area: its state in the first page, then its two stacks.
pub const TASK_AREA: u64 = 256 << 10;
/// Within an area: the alternate stack of the engine's signal handler, between guard pages.
pub const TASK_SIGNAL_STACK: Range = Range::new(8 << 10, 64 << 10);
/// Within an area: the engine's stack, above a guard page.
pub const TASK_STACK: Range = Range::new(68 << 10, TASK_AREA - 4096);

/// What recording processes know about the memory they share (see the engine's `sharing`).
pub const SHARING: Range = Range::new(20 * GIB, 20 * GIB + (64 << 20));

/// The code cache's tables (see `clew-translate`'s `cache::arena`): all of them, so that a snapshot of
/// this range and of [`CACHE`] is the whole translation state.
pub const TABLES: Range = Range::new(24 * GIB, 24 * GIB + (256 << 20));
/// Within [`TABLES`]: the cache's own state.
pub const TABLE_HEAD: Range = Range::new(TABLES.start, TABLES.start + (64 << 10));
/// Each table begins this far below a huge page's boundary: a small guest needs no huge page.
const SMALL_PART: u64 = 256 << 10;
/// Within [`TABLES`]: blocks.
pub const TABLE_BLOCKS: Range = table(2, 18);
/// Within [`TABLES`]: exit sites.
pub const TABLE_SITES: Range = table(20, 66);
/// Within [`TABLES`]: notes about instructions.
pub const TABLE_NOTES: Range = table(68, 78);
/// Within [`TABLES`]: what has no fixed size, such as hash tables.
pub const TABLE_ARENA: Range = table(80, 256);

const fn table(start: u64, end: u64) -> Range {
    Range::new(TABLES.start + (start << 20) - SMALL_PART, TABLES.start + (end << 20) - SMALL_PART)
}

/// Guest code lies here unless the guest is linked elsewhere or asks for another place.
pub const WINDOW: Range = Range::new(4 * GIB + GIB / 4, 8 * GIB - GIB / 4);
/// The code cache: within 2 GiB of everything in [`WINDOW`].
pub const CACHE: Range = Range::new(6 * GIB - GIB / 4, 6 * GIB + GIB / 4);
/// Where in [`CACHE`] out-of-line code (exit stubs, literals) begins.
pub const CACHE_COLD: u64 = 6 * GIB + GIB / 8;
/// Guest mappings in the window go here first, upwards, then into [`WINDOW_HIGH`].
pub const WINDOW_LOW: Range = Range::new(WINDOW.start, CACHE.start);
/// The upper half of the window.
pub const WINDOW_HIGH: Range = Range::new(CACHE.end, WINDOW.end);

/// The shadow map holds, for the guest code byte at `pc`, the address of its translation at
/// `pc * 8 + SHADOW_DISP`.
pub const SHADOW_DISP: u64 = 0x7000_0000;
/// Guest code below this (non-PIE programs) has a shadow entry too: its table then ends at 4 GiB.
pub const SHADOW_LOW_LIMIT: u64 = (4 * GIB - SHADOW_DISP) / 8;
/// Bytes of guest code whose shadow entries are mapped at once; the pattern file is 8 times this.
pub const SHADOW_CHUNK: u64 = 32 * 1024;

/// The address of the shadow entry for guest code at `pc`, if it has one.
pub const fn shadow_entry(pc: u64) -> Option<u64> {
    if pc < SHADOW_LOW_LIMIT || WINDOW.contains(pc) { Some(pc * 8 + SHADOW_DISP) } else { None }
}

/// The heap (`brk`) of a position-independent guest starts here, as far from its code as natively.
pub const PIE_HEAP: u64 = 0x5555_5600_0000;

/// Is `range` free for the guest to map at a fixed address?
pub const fn guest_may_map(range: Range) -> bool {
    let shadow = Range::new(WINDOW.start * 8 + SHADOW_DISP, WINDOW.end * 8 + SHADOW_DISP);
    !range.overlaps(ENGINE)
        && !range.overlaps(CACHE)
        && !range.overlaps(TASKS)
        && !range.overlaps(SHARING)
        && !range.overlaps(TABLES)
        && !range.overlaps(shadow)
}
