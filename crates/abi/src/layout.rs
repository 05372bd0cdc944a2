//! Where things lie in a guest's address space.
//!
//! What translated code touches by absolute address (the guest context: counters, spill slots; the
//! tables of the hashed lookup) lies below 2 GiB, so that a sign-extended 32-bit displacement reaches
//! it. Guest code lies in a [`CodeWindow`] with the code cache in its middle, so that every
//! RIP-relative operand can be re-encoded with a new displacement. Which window is chosen when a
//! program is loaded. See docs/ARCHITECTURE.md, "Address space".

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

/// What the engine has below 2 GiB: image, context, tables of the hashed lookup. Between the largest
/// programs linked low and the shadow memory of AddressSanitizer, which begins at 0x7fff_7000.
pub const ENGINE: Range = Range::new(0x7e00_0000, 0x7f60_0000);
/// The engine's own image is linked here.
pub const IMAGE: Range = Range::new(0x7e00_0000, 0x7f00_0000);
/// The guest context (see `clew-translate`'s `context`), one page.
pub const CONTEXT: u64 = 0x7f00_0000;
/// The page that all recording engines of a trace share (see `orders::Shared`).
pub const SHARED: u64 = 0x7f00_8000;
/// The hashed lookup's tables: for each way [`LOOKUP_ENTRIES`] guest addresses, then for each as many
/// cache addresses.
pub const LOOKUP: Range = Range::new(0x7f10_0000, 0x7f50_0000);
/// Entries of one way of the hashed lookup, indexed by the low 16 bits of the guest address.
pub const LOOKUP_ENTRIES: u64 = 65536;
/// Guest addresses of the same index that the hashed lookup tells apart.
pub const LOOKUP_WAYS: u64 = 4;

/// Tables that say which accesses may touch watched memory (see `clew-translate`'s `context::watch`),
/// mapped while some is watched.
pub const WATCH: Range = Range::new(LOOKUP.end, ENGINE.end);

/// What else the engine has: orders, log window, heap. This, [`TABLES`], [`TASKS`], [`SHARING`] and
/// [`CodeWindow::HIGH`] lie where all sanitizers expect an application's memory (above
/// 0x7e80_0000_0000), and below the largest stack, 1 TiB.
pub const BACK: Range = Range::new(0x7e84_0000_0000, 0x7e84_1000_0000);
/// The orders, mapped shared with the supervisor.
pub const ORDERS: Range = Range::new(BACK.start, BACK.start + 0xd0_0000);
/// Segments of the event stream that are being written or read.
pub const SEGMENT: Range = Range::new(BACK.start + 0x100_0000, BACK.start + 0x200_0000);
/// How many of them take turns there.
pub const SEGMENT_PLACES: u64 = 4;
/// Notes on descriptors of a table that processes share.
pub const MARKS: Range = Range::new(BACK.start + 0x210_0000, BACK.start + 0x211_0000);
/// The engine's heap.
pub const HEAP: Range = Range::new(BACK.start + 0x420_0000 - 3 * SMALL_PART, BACK.end);

/// What each task of the process has of the engine's: [`TASK_AREA`] bytes, aligned to that, so that
/// any address within tells whose it is.
pub const TASKS: Range = Range::new(0x7e90_0000_0000, 0x7e90_0000_0000 + 4 * GIB);
/// Size of a task's area: its state in the first page, then its two stacks.
pub const TASK_AREA: u64 = 256 << 10;
/// Within an area: the alternate stack of the engine's signal handler, between guard pages.
pub const TASK_SIGNAL_STACK: Range = Range::new(8 << 10, 64 << 10);
/// Within an area: the engine's stack, above a guard page.
pub const TASK_STACK: Range = Range::new(68 << 10, TASK_AREA - 4096);

/// What recording processes know about the memory they share (see the engine's `sharing`).
pub const SHARING: Range = Range::new(TASKS.end, TASKS.end + (64 << 20));

/// Each of the tables below begins this far below a huge page's boundary: a small guest needs no huge page.
/// The heap begins three times as far below: its pieces are of sizes that leave much of it untouched.
const SMALL_PART: u64 = 512 << 10;

/// The code cache's tables (see `clew-translate`'s `cache::arena`): all of them, so that a snapshot of
/// this range and of the cache is the whole translation state.
pub const TABLES: Range = Range::new(0x7e85_0000_0000, 0x7e85_1000_0000);
/// Within [`TABLES`]: the cache's own state.
pub const TABLE_HEAD: Range = Range::new(TABLES.start, TABLES.start + (64 << 10));
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

/// Where a process's code goes: a window with the code cache in its middle, which is within 2 GiB of
/// everything in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeWindow {
    pub start: u64,
}

impl CodeWindow {
    /// The default: indirect branches go through the shadow map.
    pub const LOW: Self = Self { start: 4 * GIB + GIB / 4 };
    /// For programs that want low memory for themselves, as AddressSanitizer's shadow.
    pub const HIGH: Self = Self { start: 0x7e88_0000_0000 };
    pub const LEN: u64 = 3 * GIB + GIB / 2;
    /// The cache, and where in it out-of-line code (exit stubs, literals) begins, from the window's
    /// start.
    const CACHE: Range = Range::new(GIB + GIB / 2, 2 * GIB);
    const CACHE_COLD: u64 = 2 * GIB - GIB / 8;

    const fn part(self, part: Range) -> Range {
        Range::new(self.start + part.start, self.start + part.end)
    }
    pub const fn range(self) -> Range {
        self.part(Range::new(0, Self::LEN))
    }
    pub const fn cache(self) -> Range {
        self.part(Self::CACHE)
    }
    pub const fn cache_cold(self) -> u64 {
        self.start + Self::CACHE_COLD
    }
    /// The halves: guest mappings go into the lower one first.
    pub const fn halves(self) -> [Range; 2] {
        [
            self.part(Range::new(0, Self::CACHE.start)),
            self.part(Range::new(Self::CACHE.end, Self::LEN)),
        ]
    }
    /// Do indirect branches go through the shadow map? Else all use the hashed lookup.
    pub const fn has_shadow(self) -> bool {
        self.start == Self::LOW.start
    }
    /// The address of the shadow entry for guest code at `pc`, if it has one.
    pub const fn shadow_entry(self, pc: u64) -> Option<u64> {
        if self.has_shadow() && (pc < SHADOW_LOW_LIMIT || Self::LOW.range().contains(pc)) {
            Some(shadow_at(pc))
        } else {
            None
        }
    }
    /// Could a process have this window? It is said in a trace.
    pub const fn is_possible(self) -> bool {
        let end = self.start.wrapping_add(Self::LEN);
        let range = Range::new(self.start, end);
        self.start.is_multiple_of(PAGE)
            && self.start < end
            && end <= 1 << 47
            && !overlaps_engine(range)
    }
    /// Is `range` free for the guest to map at a fixed address?
    pub const fn guest_may_map(self, range: Range) -> bool {
        !overlaps_engine(range)
            && !range.overlaps(self.cache())
            && !(self.has_shadow()
                && (range.overlaps(shadow_of(Self::LOW.range())) || range.overlaps(ASIDE)))
    }
}

const fn overlaps_engine(range: Range) -> bool {
    range.overlaps(ENGINE)
        || range.overlaps(BACK)
        || range.overlaps(TABLES)
        || range.overlaps(TASKS)
        || range.overlaps(SHARING)
}

/// The shadow map holds, for the guest code byte at `pc`, the address of its translation at
/// `pc * SHADOW_SCALE + SHADOW_DISP`. Only every fourth byte can have one: see `clew-translate`'s
/// `cache::shadow`.
pub const SHADOW_DISP: u64 = ENGINE.end;
pub const SHADOW_SCALE: u64 = 2;
/// Bytes of guest code that an entry takes the place of.
pub const SHADOW_SPAN: u64 = 8 / SHADOW_SCALE;
/// Guest code below this (non-PIE programs) has a shadow entry too: its table then ends where the
/// window begins.
pub const SHADOW_LOW_LIMIT: u64 = (CodeWindow::LOW.start - SHADOW_DISP) / SHADOW_SCALE;
/// Where branches arrive whose shadow entry had no room: see `clew-translate`'s `cache::shadow`.
pub const ASIDE: Range = Range::new(8 * GIB, 8 * GIB + PAGE);
/// Bytes of guest code whose shadow entries are mapped at once.
pub const SHADOW_CHUNK: u64 = 128 * 1024;

/// Where the shadow entry of the guest code at `pc` lies, if it has one.
pub const fn shadow_at(pc: u64) -> u64 {
    pc * SHADOW_SCALE + SHADOW_DISP
}

/// The shadow entries of a range of code.
pub const fn shadow_of(code: Range) -> Range {
    Range::new(shadow_at(code.start), shadow_at(code.end))
}

/// The heap (`brk`) of a position-independent guest starts here, as far from its code as natively.
pub const PIE_HEAP: u64 = 0x5555_5600_0000;
