//! Writing a snapshot.

use super::format::{self, HEADER, Header};
use super::load::{FLAGS, memory, page_sum};
use super::{Name, Number, hash, ledger, name};
use crate::crash::Report;
use crate::descriptors::{self, number};
use crate::shadow;
use crate::state::{Engine, orders};
use crate::sys::{self, syscall};
use alloc_crate::vec::Vec;
use clew_abi::layout::{PAGE, Range, shadow_of};
use clew_abi::orders::fd;
use clew_translate::Cache;
use clew_translate::cache::Text;
use clew_translate::cache::shadow::Page;
use core::fmt::Write;

/// Bytes of shadow entries written at once.
const BATCH: usize = 16 * PAGE as usize;
/// A process that translates anything at all spends as much as for so many blocks: the decoder makes its
/// tables, tables of the cache are copied.
const ONCE: usize = 64;

impl Engine {
    /// The process ends here, or becomes another program: keeps what it has translated if that is
    /// worth while. It can go on all the same.
    pub fn save_code(&mut self) {
        let Some(number) = self.code.number else { return };
        let new = self.cache.new_blocks();
        if !self.recording() || new == 0 || !self.is_worth(number, new) || limited() {
            return;
        }
        // Where nothing can be written, others shall not try at once.
        ledger::forget_missed(number);
        if let Some(from) = write(self.cache, &name(number)) {
            self.code.from = from;
            ledger::note_verified(from);
        }
    }

    /// Is a snapshot with this process's `new` blocks worth writing?
    fn is_worth(&self, number: Number, new: usize) -> bool {
        match there(&name(number)) {
            // The one that this process began with: others may have missed much too.
            There::File { identity, .. } if identity == self.code.from => {
                self.cache.is_worth(ledger::add_missed(number, new + ONCE))
            }
            There::File { blocks, .. } => Cache::is_more(self.cache.useful_blocks(), blocks),
            There::Nothing => self.cache.is_worth(ledger::add_missed(number, new + ONCE)),
            There::Unusable => true,
            There::Forbidden => false,
        }
    }
}

/// What there is under a snapshot's name.
enum There {
    Nothing,
    /// A snapshot of so many blocks.
    File {
        identity: u64,
        blocks: usize,
    },
    /// Something else.
    Unusable,
    /// This process cannot know, and will not write anything there.
    Forbidden,
}

fn there(name: &Name) -> There {
    let file = descriptors::open(number(fd::CODE), name, FLAGS, 0);
    if file == -i64::from(sys::ENOENT) {
        return There::Nothing;
    }
    if file < 0 {
        return There::Forbidden;
    }
    let st = sys::fstat(file as i32);
    let header = st.as_ref().and_then(|st| Header::read(file as i32, st, orders().build));
    sys::close(file as i32);
    match (st, header) {
        (Some(st), Some(header)) => {
            There::File { identity: format::identity(&st), blocks: header.blocks as usize }
        }
        _ => There::Unusable,
    }
}

/// May files not be as long as they like? A signal would tell the guest.
fn limited() -> bool {
    const RLIMIT_FSIZE: u64 = 1;
    let mut limit = [0u64; 2];
    // SAFETY: writes the array.
    unsafe { syscall!(sys::__NR_prlimit64, 0, RLIMIT_FSIZE, 0, limit.as_mut_ptr()) };
    limit[0] != u64::MAX
}

/// Packs the cache and writes a snapshot of it, through a temporary name, so that nobody finds half of
/// one. Returns its identity.
fn write(cache: &mut Cache, name: &Name) -> Option<u64> {
    let mut temporary = Report::new();
    let _ = write!(temporary, ".tmp-{}\0", sys::getpid());
    let directory = number(fd::CODE);
    let flags = sys::O_WRONLY | sys::O_EXCL;
    let file = descriptors::create(directory, temporary.bytes(), flags);
    if file < 0 {
        return None;
    }
    let file = file as i32;
    let written = fill(cache, file);
    let temporary = temporary.bytes().as_ptr();
    // SAFETY: both names are terminated.
    let renamed = written.is_some()
        && unsafe {
            syscall!(sys::__NR_renameat, directory, temporary, directory, name.as_ptr()) == 0
        };
    if !renamed {
        // SAFETY: the name is terminated.
        unsafe { syscall!(sys::__NR_unlinkat, directory, temporary, 0) };
    }
    let st = sys::fstat(file).filter(|_| renamed);
    sys::close(file);
    st.as_ref().map(format::identity)
}

fn fill(cache: &mut Cache, file: i32) -> Option<()> {
    let live = cache.pack(&shadow::mapped);
    let entries = cache.indirect_entries();
    let mut at = 0;
    // Makes the lists as long as they will be: they are in an extent themselves.
    let mapped = cache.pose(live);
    let mut header = Header::new(orders().build, &cache.extents());
    header.blocks = live as u64;
    header.len = header.shadow();
    cache.place_shadows(|text| {
        at = header.len;
        header.len += shadow_of(Range::new(text.start, text.end)).len();
        at
    });
    let room = ledger::take_room(header.shadow());
    let done = room.then(|| write_all(cache, file, &mut header, &entries)).flatten();
    cache.go_on(mapped);
    done
}

fn write_all(cache: &Cache, file: i32, header: &mut Header, entries: &[(u64, u64)]) -> Option<()> {
    for (range, offset) in header.extents() {
        // SAFETY: the cache's own memory.
        let bytes = unsafe { memory(range) };
        header.sum = header.sum.wrapping_add(hash::bytes(range.start, bytes));
        put(file, bytes, offset)?;
    }
    for text in cache.all_texts() {
        header.sum = header.sum.wrapping_add(put_shadow(file, text, entries)?);
    }
    header.seal();
    // SAFETY: plain words.
    let bytes = unsafe {
        core::slice::from_raw_parts(header.words().as_ptr().cast::<u8>(), size_of::<Header>())
    };
    const { assert!(size_of::<Header>() <= HEADER as usize) };
    put(file, bytes, 0)?;
    // SAFETY: descriptors only.
    (unsafe { syscall!(sys::__NR_ftruncate, file, header.len) } == 0).then_some(())
}

/// Writes a text's shadow entries, as far as there are any. Returns their sum.
fn put_shadow(file: i32, text: &Text, entries: &[(u64, u64)]) -> Option<u64> {
    let first = entries.partition_point(|&(pc, _)| pc < text.start);
    let entries = &entries[first..];
    let entries = &entries[..entries.partition_point(|&(pc, _)| pc < text.end)];
    let mut batch = Vec::with_capacity(BATCH);
    let (mut begun, mut sum) = (0, 0u64);
    for code in entries.chunk_by(|a, b| a.0 / PAGE == b.0 / PAGE) {
        let mut page = Page::default();
        code.iter().for_each(|&(pc, host)| page.add(pc, host));
        let start = text.shadow + shadow_of(Range::new(text.start, code[0].0 & !(PAGE - 1))).len();
        for (at, part) in page.parts() {
            let offset = start + at;
            if batch.len() == BATCH || offset != begun + batch.len() as u64 {
                put(file, &batch, begun)?;
                batch.clear();
                begun = offset;
            }
            batch.extend_from_slice(part);
            sum = sum.wrapping_add(page_sum(offset, part));
        }
    }
    put(file, &batch, begun)?;
    Some(sum)
}

fn put(file: i32, mut bytes: &[u8], mut offset: u64) -> Option<()> {
    while !bytes.is_empty() {
        // SAFETY: reads the slice.
        let n = unsafe { syscall!(sys::__NR_pwrite64, file, bytes.as_ptr(), bytes.len(), offset) };
        let n = usize::try_from(n).ok().filter(|&n| n > 0)?;
        bytes = &bytes[n..];
        offset += n as u64;
    }
    Some(())
}
