//! The shadow map's pages: mapped in chunks, on first use.

use crate::crash;
use crate::limits;
use crate::sys;
use crate::vma::PROT_EXEC;
use crate::window::window;
use clew_abi::layout::{
    ASIDE, CodeWindow, PAGE, Range, SHADOW_CHUNK, SHADOW_SCALE, SHADOW_SPAN, shadow_at, shadow_of,
};
use clew_translate::Cache;
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, Ordering};

/// One bit for each chunk there can be.
const WORDS: usize = (CodeWindow::LOW.range().end / SHADOW_CHUNK / 64) as usize;

/// Which chunks (by number, `pc / SHADOW_CHUNK`) are mapped.
struct Chunks(UnsafeCell<[u64; WORDS]>);

// SAFETY: engine code runs in one task at a time.
unsafe impl Sync for Chunks {}

/// [`ASIDE`] is mapped.
static ASIDE_OPEN: AtomicBool = AtomicBool::new(false);

static CHUNKS: Chunks = Chunks(UnsafeCell::new([0; WORDS]));

fn chunks() -> &'static mut [u64; WORDS] {
    // SAFETY: as above.
    unsafe { &mut *CHUNKS.0.get() }
}

/// Makes sure the shadow entry of `pc` is mapped. False if `pc` has none, or the guest has something
/// of its own where it would be.
pub fn ensure(pc: u64) -> bool {
    mapped(pc) || window().shadow_entry(pc).is_some() && map_new(pc)
}

#[cold]
fn map_new(pc: u64) -> bool {
    let chunk = pc / SHADOW_CHUNK;
    if !map(chunk as u32, sys::MAP_FIXED_NOREPLACE) {
        return false;
    }
    chunks()[chunk as usize / 64] |= 1 << (chunk % 64);
    true
}

/// Is the page of a shadow entry (for `pc`) mapped?
pub fn mapped(pc: u64) -> bool {
    let chunk = pc / SHADOW_CHUNK;
    let word = chunks().get((chunk / 64) as usize);
    word.is_some_and(|word| word >> (chunk % 64) & 1 != 0)
}

fn address(chunk: u32) -> u64 {
    shadow_at(chunk as u64 * SHADOW_CHUNK)
}

fn map(chunk: u32, fixed: u32) -> bool {
    let start = chunk as u64 * SHADOW_CHUNK;
    map_part(shadow_of(Range::new(start, start + SHADOW_CHUNK)), fixed)
}

/// Maps a part of a chunk, empty.
fn map_part(range: Range, fixed: u32) -> bool {
    let prot = sys::PROT_READ | sys::PROT_WRITE;
    let flags = sys::MAP_PRIVATE | sys::MAP_ANONYMOUS | fixed | sys::MAP_NORESERVE;
    // SAFETY: the shadow map's own range.
    let got =
        limits::mapping(|| unsafe { sys::mmap(range.start, range.len(), prot, flags, -1, 0) });
    // Without its part of the map, code is reached by the hashed lookup.
    let taken = got == -i64::from(sys::EEXIST);
    let no_room = got == -i64::from(sys::ENOMEM) && fixed == sys::MAP_FIXED_NOREPLACE;
    if taken || no_room {
        return false;
    }
    if got != range.start as i64 {
        crash::fail("the shadow map cannot be mapped");
    }
    // It is sparse: of a huge page little would be used.
    // SAFETY: just mapped.
    unsafe { sys::syscall!(sys::__NR_madvise, range.start, range.len(), sys::MADV_NOHUGEPAGE) };
    true
}

/// Maps a snapshot's entries for the code in `start..end`, from `offset` in `file`, without access: see
/// [`grant`]. From here on they count as mapped, though. False if that cannot be.
pub fn prepare(start: u64, end: u64, file: i32, offset: u64) -> bool {
    // Chunks that belong to others too.
    if !ensure(start) || !ensure(end - 1) {
        return false;
    }
    let range = shadow_of(Range::new(start, end));
    let flags = sys::MAP_PRIVATE | sys::MAP_FIXED | sys::MAP_NORESERVE;
    // SAFETY: the shadow map's own range.
    if unsafe { sys::mmap(range.start, range.len(), 0, flags, file, offset) } != range.start as i64
    {
        return false;
    }
    // What a fault reads ahead here are holes: pages that are cleared, kept and mapped for nothing.
    // SAFETY: just mapped.
    unsafe { sys::syscall!(sys::__NR_madvise, range.start, range.len(), sys::MADV_RANDOM) };
    for chunk in start / SHADOW_CHUNK..=(end - 1) / SHADOW_CHUNK {
        chunks()[chunk as usize / 64] |= 1 << (chunk % 64);
    }
    true
}

/// The code of a [`prepare`]d range is there: indirect branches may find its translation.
pub fn grant(start: u64, end: u64) {
    let range = shadow_of(Range::new(start, end));
    // SAFETY: the shadow map's own range.
    let result =
        unsafe { sys::mprotect(range.start, range.len(), sys::PROT_READ | sys::PROT_WRITE) };
    if result != 0 {
        crash::fail("the shadow map cannot be made accessible");
    }
}

/// Forgets the entries of the (mapped) range.
pub fn clear(start: u64, end: u64) {
    let mut at = start;
    while at < end {
        let next = ((at / SHADOW_CHUNK + 1) * SHADOW_CHUNK).min(end);
        map_part(shadow_of(Range::new(at, next)), sys::MAP_FIXED);
        at = next;
    }
}

/// The numbers of the mapped chunks.
fn mapped_chunks() -> impl Iterator<Item = u32> {
    let words = chunks().iter().enumerate().filter(|(_, word)| **word != 0);
    words.flat_map(|(n, &word)| {
        (0..64).filter(move |bit| word >> bit & 1 != 0).map(move |bit| 64 * n as u32 + bit)
    })
}

/// Unmaps the shadow map, and what it leads to.
pub fn unmap() {
    for chunk in mapped_chunks() {
        // SAFETY: the shadow map's own range.
        unsafe { sys::munmap(address(chunk), SHADOW_SCALE * SHADOW_CHUNK) };
    }
    chunks().fill(0);
    if ASIDE_OPEN.swap(false, Ordering::Relaxed) {
        // SAFETY: the engine's own place.
        unsafe { sys::munmap(ASIDE.start, ASIDE.len()) };
    }
}

/// Forgets all entries: every chunk is mapped afresh.
pub fn reset() {
    for chunk in mapped_chunks() {
        map(chunk, sys::MAP_FIXED);
    }
}

/// Indirect branches to `pc`, whose entry is mapped but has no room, shall fault where they are, so that
/// they can be made to use the hashed lookup.
pub fn refuse(pc: u64) {
    let (at, word) = Cache::refusal(pc);
    // The word may be that of the next page of code, whose entries may have no access yet.
    if (pc + SHADOW_SPAN - 1) / PAGE == pc / PAGE || ensure(pc + PAGE) {
        let mut now = [0xff; 2];
        if sys::read_guest(at, &mut now) && now == [0; 2] {
            // SAFETY: the shadow map's own.
            unsafe { sys::write_own(at, &word.to_le_bytes()) };
        }
    }
}

/// Maps what branches find whose entry is aside.
pub fn open_aside(cache: &Cache) {
    if ASIDE_OPEN.swap(true, Ordering::Relaxed) {
        return;
    }
    let prot = sys::PROT_READ | sys::PROT_WRITE | PROT_EXEC;
    let flags = sys::MAP_PRIVATE | sys::MAP_ANONYMOUS | sys::MAP_FIXED_NOREPLACE;
    // SAFETY: the engine's own place.
    let got =
        limits::mapping(|| unsafe { sys::mmap(ASIDE.start, ASIDE.len(), prot, flags, -1, 0) });
    if got != ASIDE.start as i64 {
        crash::fail("the way to the hashed lookup cannot be mapped");
    }
    cache.write_aside();
}
