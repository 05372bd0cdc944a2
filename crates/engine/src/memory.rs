//! The guest's address space: mapping, unmapping, protecting, the heap.
//!
//! Every operation has two sides. Recording asks the kernel, where the engine has chosen the place,
//! and says what happened as attachments; replaying puts the same things at the same addresses.

use crate::debug::watch::note_write;
use crate::limits;
use crate::log::Att;
use crate::pieces::{self, Move, Piece};
use crate::shadow;
use crate::state::Engine;
use crate::store::{self, Store};
use crate::supervisor;
use crate::sys::{self, MAP_ANONYMOUS, MAP_FIXED, MAP_FIXED_NOREPLACE, MAP_NORESERVE, MAP_PRIVATE};
use crate::vma::{PROT_EXEC, PROT_READ, PROT_WRITE, Vma, VmaKind, page_down, page_up};
use crate::window::guest_may_map;
use crate::window::window;
use alloc_crate::vec::Vec;
use clew_abi::layout::{BACK, ENGINE, PAGE, Range, SHADOW_LOW_LIMIT, shadow_of};
use clew_abi::record::{ATT_MAP_PATH, MAP_MAIN_STACK, MapPayload, key_unsettled};

/// File mappings up to this size go into the code window: they may be libraries.
const WINDOW_FILE_LIMIT: u64 = 256 << 20;
/// Reservations of so many bytes may be for a just-in-time compiler's code.
const RESERVE: core::ops::RangeInclusive<u64> = 16 << 20..=768 << 20;
pub const PROT_MASK: u32 = PROT_READ | PROT_WRITE | PROT_EXEC;
/// The bits of the flags that say whose a mapping is.
const MAP_TYPE: u32 = 0xf;
/// Private, and the kernel may take contents back at a moment of its own: here it does not.
const MAP_DROPPABLE: u32 = 8;
const MAP_32BIT: u32 = 0x40;
/// Where MAP_32BIT mappings go: natively up to 2 GiB.
const LOW_MAPPINGS: Range = Range::new(1 << 30, ENGINE.start);
/// Where mappings go for which there is no place above the engine.
const DEEP_MAPPINGS: Range = Range::new(1 << 45, BACK.start);
const MAP_GROWSDOWN: u32 = 0x100;
const PROT_GROWSDOWN: u32 = 0x0100_0000;
const PROT_GROWSUP: u32 = 0x0200_0000;
const S_IFMT: u32 = 0o170000;
const S_IFREG: u32 = 0o100000;

/// Advice that takes contents away, for the guest or its children.
fn is_discard(advice: u64) -> bool {
    // DONTNEED, FREE, REMOVE, DONTFORK, WIPEONFORK, DONTNEED_LOCKED, GUARD_INSTALL
    matches!(advice, 4 | 8 | 9 | 10 | 18 | 24 | 102)
}

/// The guest's heap (`brk`), which the engine emulates.
#[derive(Default)]
pub struct Brk {
    pub start: u64,
    pub current: u64,
}

/// A mapping made while recording, with what the trace needs to make it again.
pub struct Mapped {
    pub addr: u64,
    pub map: MapPayload,
    /// Name of the stored file; empty for anonymous memory.
    pub key: Vec<u8>,
    /// Its path, where the key is new.
    pub path: Vec<u8>,
    /// The contents must be recorded: no stored file has them.
    pub contents: bool,
}

impl Mapped {
    /// Appends this mapping's attachments.
    pub fn attach<'a>(&'a self, out: &mut Vec<Att<'a>>) {
        out.push(Att::Map { addr: self.addr, map: self.map, key: &self.key });
        if !self.path.is_empty() {
            out.push(Att::Bytes { kind: ATT_MAP_PATH, addr: self.addr, bytes: &self.path });
        }
        if self.contents {
            out.push(Att::Memory { addr: self.addr, len: self.map.len });
        }
    }
}

/// What the kernel is told when the guest asks for `prot`: guest code is never executed in place,
/// and the engine must be able to read it.
pub fn host_prot(prot: u32) -> u32 {
    let readable = if prot & PROT_EXEC != 0 { PROT_READ } else { 0 };
    prot & !PROT_EXEC | readable
}

/// A file in memory for a shared anonymous mapping. `None` if there can be none: then the mapping is
/// nobody's but this process's.
fn anonymous_file(len: u64) -> Option<i32> {
    let name = c"shared".as_ptr();
    // SAFETY: the name is terminated. MFD_CLOEXEC.
    let file = unsafe { sys::syscall!(sys::__NR_memfd_create, name, 1) };
    if file < 0 {
        return None;
    }
    // SAFETY: no memory.
    let extend = || unsafe { sys::syscall!(sys::__NR_ftruncate, file, len) };
    // Natively there is no file, and so no limit of its size.
    if limits::file_of(len, extend) != Some(0) {
        sys::close(file as i32);
        return None;
    }
    Some(file as i32)
}

/// A file mapped shared whose later changes must reach the trace.
#[derive(Clone, Copy)]
pub struct Watched {
    pub dev: u64,
    pub ino: u64,
    pub start: u64,
    pub end: u64,
    pub offset: u64,
    /// The file's size in bytes when last looked at.
    pub size: u64,
}

impl Piece for Watched {
    fn range(&self) -> Range {
        Range::new(self.start, self.end)
    }

    fn part(&self, from: u64, place: Range) -> Self {
        let offset = self.offset + (from - self.start);
        Self { start: place.start, end: place.end, offset, ..*self }
    }
}

/// What a child gets of a mapping (MADV_DONTFORK, MADV_WIPEONFORK).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Inherited {
    Copied,
    Nothing,
    Zeros,
}

impl Inherited {
    fn from_advice(advice: u64) -> Option<Self> {
        match advice {
            10 => Some(Self::Nothing),
            18 => Some(Self::Zeros),
            11 | 19 => Some(Self::Copied),
            _ => None,
        }
    }
}

/// Memory that a child does not get as it is.
#[derive(Clone, Copy)]
pub struct Legacy {
    range: Range,
    inherited: Inherited,
}

impl Piece for Legacy {
    fn range(&self) -> Range {
        self.range
    }

    fn part(&self, _: u64, place: Range) -> Self {
        Self { range: place, ..*self }
    }
}

/// What recording remembers about mapped files.
#[derive(Default)]
pub struct MappedFiles {
    pub store: Store,
    /// Mappings of files that the guest may still change through descriptors.
    pub watched: Vec<Watched>,
    /// What a child does not get as it is.
    pub not_inherited: Vec<Legacy>,
}

impl Engine {
    /// `mmap` while recording. `args` as the guest gave them, `fd` already checked.
    pub fn mmap_record(&mut self, args: &[u64; 6]) -> Result<Mapped, i64> {
        let [hint, len, prot, flags, fd, offset] = *args;
        let (prot, mut flags, fd) = (prot as u32 & PROT_MASK, flags as u32, fd as i32);
        if flags & MAP_TYPE == MAP_DROPPABLE && flags & MAP_ANONYMOUS != 0 {
            flags ^= MAP_DROPPABLE | MAP_PRIVATE;
        }
        if offset % PAGE == 0 && flags & MAP_ANONYMOUS == 0 && sys::fstat(fd).is_none() {
            return Err(-(sys::EBADF as i64));
        }
        if len == 0 || offset % PAGE != 0 {
            return Err(-(sys::EINVAL as i64));
        }
        let len = len.checked_add(PAGE - 1).ok_or(-(sys::ENOMEM as i64))? & !(PAGE - 1);
        let (place, fixed) = self.place(hint, len, prot, flags, fd)?;
        if !self.forbidden.may_map(prot) {
            return Err(-(sys::EACCES as i64));
        }
        if fixed == MAP_FIXED && self.forbidden.sealed(place, place + len).is_some() {
            return Err(-(sys::EPERM as i64));
        }
        let replaced = if fixed == MAP_FIXED { self.vmas.bytes_in(place, place + len) } else { 0 };
        if self.lacks_address_space(len - replaced) {
            return Err(-(sys::ENOMEM as i64));
        }
        let shared = flags & 3 != MAP_PRIVATE;
        // Anonymous shared memory gets a file of the engine's, which says whose it is.
        let anonymous = flags & (MAP_TYPE | MAP_ANONYMOUS) == sys::MAP_SHARED | MAP_ANONYMOUS;
        let backing = anonymous.then(|| anonymous_file(len)).flatten();
        let (real_flags, real_fd, real_offset) = match backing {
            Some(file) => (flags & !MAP_ANONYMOUS, file, 0),
            None => (flags, fd, offset),
        };
        // SAFETY: `place` checked that a fixed mapping touches the guest's own memory only.
        let map = |place, fixed| unsafe {
            let flags = real_flags & !MAP_FIXED_NOREPLACE | fixed;
            sys::mmap(place, len, host_prot(prot), flags, real_fd, real_offset)
        };
        let mut got = map(place, fixed);
        if !sys::is_error(got) && !self.may_map(Range::new(got as u64, got as u64 + len)) {
            // The kernel's choice, in a gap of the engine's: the places above are taken.
            // SAFETY: just mapped, for nobody.
            unsafe { sys::munmap(got as u64, len) };
            let at = self.vmas.find_gap(DEEP_MAPPINGS, len);
            got = at.map_or(-(sys::ENOMEM as i64), |at| map(at, MAP_FIXED_NOREPLACE));
        }
        let object = sys::fstat(real_fd).filter(|_| shared && !sys::is_error(got));
        if let Some(file) = backing {
            sys::close(file);
        }
        if sys::is_error(got) {
            return Err(got);
        }
        let addr = got as u64;
        self.mapped(addr, len, prot, shared);
        let mut map = MapPayload { len, prot, flags, offset };
        let none =
            |map, contents| Mapped { addr, map, key: Vec::new(), path: Vec::new(), contents };
        if let Some(st) = object.filter(|st| st.st_mode & S_IFMT == S_IFREG) {
            // SAFETY: descriptors only. F_GETFL; the access mode is the low two bits.
            let writable =
                backing.is_some() || unsafe { sys::syscall!(sys::__NR_fcntl, fd, 3) } & 3 != 0;
            let id = (st.st_dev, st.st_ino);
            self.note_shared_map(addr, len, real_offset, id, writable);
        }
        if flags & MAP_ANONYMOUS != 0 {
            self.code_mapped(addr, &map, &[]);
            return Ok(none(map, false));
        }
        match sys::fstat(fd) {
            Some(st) if st.st_mode & S_IFMT == S_IFREG => {
                let kept = self.keep_file(fd, &st, addr, &map);
                let key = kept.as_ref().map_or(&[][..], |(key, _)| key);
                self.code_mapped(addr, &map, key);
                let (key, path) = kept?;
                if prot & PROT_EXEC != 0 {
                    self.note_library(fd, Range::new(addr, addr + len));
                }
                Ok(Mapped { addr, map, key, path, contents: false })
            }
            _ => {
                // A device. /dev/zero is anonymous memory; others show what they show now.
                map.offset = 0;
                self.code_mapped(addr, &map, &[]);
                Ok(none(map, prot & PROT_READ != 0))
            }
        }
    }

    /// Where a new mapping goes, and the `MAP_FIXED*` flag to use.
    fn place(
        &mut self,
        hint: u64,
        len: u64,
        prot: u32,
        flags: u32,
        fd: i32,
    ) -> Result<(u64, u32), i64> {
        if flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) != 0 {
            let end = hint.checked_add(len).ok_or(-(sys::ENOMEM as i64))?;
            if !self.may_map(Range::new(hint, end)) {
                let errno =
                    if flags & MAP_FIXED_NOREPLACE != 0 { sys::EEXIST } else { sys::ENOMEM };
                return Err(-(errno as i64));
            }
            return Ok((hint, flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)));
        }
        let file = fd >= 0 && flags & MAP_ANONYMOUS == 0 && flags & 3 == MAP_PRIVATE;
        let code = prot & PROT_EXEC != 0 || (file && len <= WINDOW_FILE_LIMIT);
        // Elsewhere the kernel would find free what is the engine's.
        let kept = self.may_map(Range::new(hint, hint.saturating_add(len)));
        let hint = if kept { page_down(hint) } else { 0 };
        if flags & MAP_32BIT != 0 && hint == 0 {
            let at = self.vmas.find_gap(LOW_MAPPINGS, len).ok_or(-(sys::ENOMEM as i64))?;
            return Ok((at, MAP_FIXED_NOREPLACE));
        }
        if hint == 0
            && code
            && let Some(addr) = self.vmas.find_window(len)
        {
            return Ok((addr, MAP_FIXED_NOREPLACE));
        }
        let free = hint != 0 && self.vmas.overlapping(hint, hint + len).next().is_none();
        let anonymous = flags & MAP_ANONYMOUS != 0;
        if !free
            && anonymous
            && prot == 0
            && RESERVE.contains(&len)
            && let Some(addr) = self.vmas.find_reserve(len)
        {
            return Ok((addr, MAP_FIXED_NOREPLACE));
        }
        let hint = if hint == 0 { self.chaotic_place(len).unwrap_or(0) } else { hint };
        Ok((hint, 0))
    }

    /// May the guest have memory there? Shadow entries of its low code, mapped or not, are in the way.
    fn may_map(&self, range: Range) -> bool {
        // See `shadow::refuse` for the page behind.
        let entries =
            |v: &Vma| shadow_of(Range::new(v.start, (v.end + PAGE).min(SHADOW_LOW_LIMIT)));
        let hides_entries = || {
            let mut low = self.vmas.overlapping(0, SHADOW_LOW_LIMIT);
            low.any(|v| v.prot & PROT_EXEC != 0 && range.overlaps(entries(v)))
        };
        let low = shadow_of(Range::new(0, SHADOW_LOW_LIMIT));
        let hides = window().has_shadow() && range.overlaps(low) && hides_entries();
        guest_may_map(range) && !hides
    }

    /// Stores the file behind a new mapping.
    fn keep_file(
        &mut self,
        fd: i32,
        st: &sys::stat,
        addr: u64,
        map: &MapPayload,
    ) -> Result<(Vec<u8>, Vec<u8>), i64> {
        let shared = map.flags & 3 != MAP_PRIVATE;
        // SAFETY: descriptors only. F_GETFL; the access mode is the low two bits.
        let writable = unsafe { sys::syscall!(sys::__NR_fcntl, fd, 3) } & 3 != 0;
        let files = &mut self.files.mapped;
        let (key, new) = files.store.save(fd, st, shared && writable).inspect_err(|_| {
            supervisor::warn("a mapped file could not be copied into the trace (disk full?)");
        })?;
        if shared || !store::settled(st) {
            files.watched.push(Watched {
                dev: st.st_dev,
                ino: st.st_ino,
                start: addr,
                end: addr + map.len,
                offset: map.offset,
                size: st.st_size as u64,
            });
        }
        let path = if new { crate::procfs::fd_path(fd) } else { Vec::new() };
        Ok((key, path))
    }

    /// A mapping of the trace, while replaying. False if it cannot be made.
    pub fn map_replay(&mut self, addr: u64, map: &MapPayload, key: &[u8]) -> bool {
        let Some(end) = addr.checked_add(map.len) else { return false };
        if addr % PAGE != 0 || map.len % PAGE != 0 || !guest_may_map(Range::new(addr, end)) {
            return false;
        }
        let shared = map.flags & 3 != MAP_PRIVATE;
        let file = match key {
            [] => Some(-1),
            _ if shared || key_unsettled(key) => self.files.shared(key),
            _ => self.files.stored(key),
        };
        let Some(file) = file else { return false };
        if shared && !key.is_empty() {
            self.files.extend_shared(file, map.offset.saturating_add(map.len));
        }
        let kind = if key.is_empty() { MAP_ANONYMOUS } else { 0 };
        // Nobody else has what is anonymous.
        let sharing = if shared && !key.is_empty() { sys::MAP_SHARED } else { MAP_PRIVATE };
        let grows = map.flags & MAP_GROWSDOWN;
        let flags = sharing | MAP_FIXED | MAP_NORESERVE | kind | grows;
        note_write(addr, map.len);
        let offset = if key.is_empty() { 0 } else { map.offset };
        // SAFETY: the range is the guest's.
        let got = unsafe { sys::mmap(addr, map.len, host_prot(map.prot), flags, file, offset) };
        if got != addr as i64 {
            return false;
        }
        let prot = map.prot & PROT_MASK;
        self.mapped(addr, map.len, prot, shared);
        if shared && !key.is_empty() {
            self.files.copy_mapped(addr, end, file, offset);
        }
        self.code_mapped(addr, map, key);
        if map.flags & MAP_MAIN_STACK != 0 {
            self.vmas.insert(Vma { start: addr, end, prot, kind: VmaKind::Stack });
        }
        true
    }

    /// Notes a new mapping.
    pub fn mapped(&mut self, addr: u64, len: u64, prot: u32, shared: bool) {
        let end = addr + page_up(len);
        self.forget_code(addr, end);
        self.forget_mapping(Range::new(addr, end));
        self.cache.forget_writes(addr, end);
        let kind = if shared { VmaKind::Shared } else { VmaKind::Private };
        self.vmas.insert(Vma { start: addr, end, prot, kind });
        if shared && prot & PROT_EXEC != 0 {
            self.displace_awaited(addr, end);
        }
    }

    /// Drops translations of code in a range that is about to change.
    pub fn forget_code(&mut self, start: u64, end: u64) {
        if start < end {
            self.cache.invalidate(start, end, &shadow::mapped);
        }
    }

    /// `munmap`, on both sides.
    pub fn munmap(&mut self, addr: u64, len: u64) -> i64 {
        let Some(end) = addr.checked_add(len).map(page_up) else {
            return -(sys::EINVAL as i64);
        };
        if addr % PAGE != 0 || len == 0 {
            return -(sys::EINVAL as i64);
        }
        if self.forbidden.sealed(addr, end).is_some() {
            return -(sys::EPERM as i64);
        }
        if !guest_may_map(Range::new(addr, end)) {
            return self.munmap_around(addr, end);
        }
        self.munmap_part(addr, end)
    }

    fn munmap_part(&mut self, addr: u64, end: u64) -> i64 {
        note_write(addr, end - addr);
        // SAFETY: the range is the guest's.
        let result = unsafe { sys::munmap(addr, end - addr) };
        if result == 0 {
            self.forget_code(addr, end);
            self.vmas.remove(addr, end);
            self.forget_mapping(Range::new(addr, end));
        }
        result
    }

    /// What lay in a range is not there any more.
    pub fn forget_mapping(&mut self, gone: Range) {
        self.forget_shared_maps(gone);
        pieces::forget(&mut self.files.copies_mapped, gone);
        pieces::forget(&mut self.files.mapped.watched, gone);
        pieces::forget(&mut self.files.mapped.not_inherited, gone);
    }

    /// A mapping has another place or length, or two places. What of a file, up to its end, is mapped now
    /// and was not before: nobody has looked at changes there.
    fn move_mapping(&mut self, moved: Move) -> Option<Range> {
        self.move_shared_maps(moved);
        self.files.copies_moved(moved);
        let files = &mut self.files.mapped;
        moved.of(&mut files.not_inherited);
        let known = |w: &&Watched| w.range().contains(moved.from);
        let old_len = files.watched.iter().find(known).map_or(0, |w| w.end - moved.from);
        let map = moved.of(&mut files.watched)?;
        let there = page_up(map.size).saturating_sub(map.offset);
        let shown = Range::new(map.start + old_len, map.end.min(map.start + there));
        (!shown.is_empty()).then_some(shown)
    }

    /// Unmaps what the guest has in a range that also holds engine regions, which it cannot see.
    fn munmap_around(&mut self, addr: u64, end: u64) -> i64 {
        let parts: Vec<(u64, u64)> =
            self.vmas.overlapping(addr, end).map(|v| (v.start.max(addr), v.end.min(end))).collect();
        for (start, end) in parts {
            self.munmap_part(start, end);
        }
        0
    }

    /// `mprotect` and `pkey_mprotect` (without a key), on both sides.
    pub fn mprotect(&mut self, addr: u64, len: u64, prot: u32) -> i64 {
        let Some(end) = addr.checked_add(len).map(page_up) else {
            return -(sys::ENOMEM as i64);
        };
        if addr % PAGE == 0 && len > 0 && !guest_may_map(Range::new(addr, end)) {
            return -(sys::ENOMEM as i64);
        }
        if addr % PAGE != 0 || len == 0 {
            // SAFETY: changes nothing.
            return unsafe { sys::mprotect(addr, len, host_prot(prot)) };
        }
        if let Some(start) = self.stack_below(addr, prot) {
            return self.protect_stack(start, addr, end, prot);
        }
        let (end, stopped) = self.stops_protecting(addr, end, prot).unwrap_or((end, 0));
        match self.protect_range(addr, end, prot) {
            0 => stopped,
            // Something of it was not possible, all before that is done.
            error => {
                let hole = self.mapped_from(addr, end);
                let parts: Vec<(u64, u64)> = self
                    .vmas
                    .overlapping(addr, hole)
                    .map(|v| (v.start.max(addr), v.end.min(hole)))
                    .collect();
                parts.iter().all(|&(start, end)| self.protect_range(start, end, prot) == 0);
                error
            }
        }
    }

    /// Protects a range. Fails if it has holes, or is a file that cannot be mapped so.
    fn protect_range(&mut self, addr: u64, end: u64, prot: u32) -> i64 {
        if addr == end {
            return 0;
        }
        // SAFETY: the range is the guest's.
        let result = unsafe { sys::mprotect(addr, end - addr, host_prot(prot)) };
        if result == 0 {
            self.protected(addr, end, prot);
        }
        result
    }

    /// Notes that a range is protected now.
    fn protected(&mut self, addr: u64, end: u64, prot: u32) {
        if prot & PROT_EXEC == 0 || prot & PROT_WRITE != 0 || !self.is_fixed_code(addr, end) {
            self.forget_code(addr, end);
        }
        self.vmas.protect(addr, end, prot & PROT_MASK);
        if prot & PROT_EXEC != 0 {
            self.displace_awaited(addr, end);
        }
        self.reprotect_shared_maps(addr, end);
    }

    /// Where the main stack may grow to, if `addr` lies in it and what is below it is to be protected too
    /// (`PROT_GROWSDOWN`, as glibc does when it loads a library that wants an executable stack).
    fn stack_below(&self, addr: u64, prot: u32) -> Option<u64> {
        let stack = self.vmas.find(addr).filter(|v| v.kind == VmaKind::Stack)?;
        (prot & (PROT_GROWSDOWN | PROT_GROWSUP) == PROT_GROWSDOWN).then_some(stack.start)
    }

    /// Protects the stack from `addr` to `end` and all below it, where it has not grown to yet as well. How
    /// far down it is there only the kernel knows, while recording; a replay has all of it.
    fn protect_stack(&mut self, start: u64, addr: u64, end: u64, prot: u32) -> i64 {
        if let Some((_, error)) = self.stops_protecting(start, end, prot) {
            return error;
        }
        let (from, flag) = if self.replaying() { (start, 0) } else { (addr, PROT_GROWSDOWN) };
        let prot = prot & PROT_MASK;
        // SAFETY: the range is the guest's.
        let result = unsafe { sys::mprotect(from, end - from, host_prot(prot) | flag) };
        if result == 0 {
            self.protected(start, end, prot);
        }
        result
    }

    /// Is there code everywhere in the range that the guest cannot write? What is known about other
    /// memory no longer holds when it becomes such code.
    fn is_fixed_code(&self, start: u64, end: u64) -> bool {
        const MASK: u32 = PROT_WRITE | PROT_EXEC;
        self.vmas.overlapping(start, end).all(|v| v.prot & MASK == PROT_EXEC)
    }

    /// `mremap`. While recording (`made_at` is `None`) the kernel chooses the place, while
    /// replaying it is `made_at`. What a longer mapping shows of a file is added to `shown`.
    pub fn mremap(
        &mut self,
        args: &[u64; 6],
        made_at: Option<u64>,
        shown: &mut Vec<(u64, u64)>,
    ) -> i64 {
        const MAYMOVE: u64 = 1;
        const FIXED: u64 = 2;
        const DONTUNMAP: u64 = 4;
        let [old, old_len, new_len, mut flags, mut target, _] = *args;
        if old % PAGE != 0 {
            return -(sys::EINVAL as i64);
        }
        if flags & FIXED != 0 {
            let end = target.saturating_add(page_up(new_len));
            if !guest_may_map(Range::new(target, end)) {
                return -(sys::ENOMEM as i64);
            }
        }
        if !guest_may_map(Range::new(old, old.saturating_add(page_up(old_len).max(1)))) {
            return -(sys::EFAULT as i64);
        }
        if self.lacks_address_space(page_up(new_len).saturating_sub(page_up(old_len))) {
            return -(sys::ENOMEM as i64);
        }
        if let Some(at) = made_at {
            (flags, target) = if at == old && flags & (FIXED | DONTUNMAP) == 0 {
                (0, 0)
            } else {
                (flags | MAYMOVE | FIXED, at)
            };
        }
        let Some(vma) = self.vmas.find(old).copied() else {
            return -(sys::EFAULT as i64);
        };
        let sealed =
            |start: u64, len| self.forbidden.sealed(start, start.saturating_add(page_up(len)));
        if sealed(old, old_len.max(1)).is_some()
            || flags & FIXED != 0 && sealed(target, new_len).is_some()
        {
            return -(sys::EPERM as i64);
        }
        self.unprotect_range(old, old.saturating_add(page_up(old_len)));
        // The kernel does not lengthen what is protected differently, as pages of others are.
        self.reprotect_shared_maps(old, old.saturating_add(page_up(old_len)));
        note_write(old, page_up(old_len));
        note_write(target, page_up(new_len));
        // SAFETY: source and target are the guest's.
        let got = unsafe { sys::syscall!(sys::__NR_mremap, old, old_len, new_len, flags, target) };
        if sys::is_error(got) {
            return got;
        }
        let addr = got as u64;
        let (old_end, new_end) = (old + page_up(old_len), addr + page_up(new_len));
        let gone = Range::new(old, if flags & DONTUNMAP == 0 { old_end } else { old });
        if !gone.is_empty() {
            self.forget_code(old, old_end);
            self.vmas.remove(old, old_end);
        }
        self.forget_code(addr, new_end);
        self.vmas.insert(Vma { start: addr, end: new_end, ..vma });
        if vma.prot & PROT_EXEC != 0 {
            self.displace_awaited(addr, new_end);
        }
        let more = self.move_mapping(Move { from: old, gone, to: Range::new(addr, new_end) });
        if let Some(range) = more {
            self.get_mapped_range(range);
            shown.push((range.start, range.len()));
        }
        got
    }

    /// `brk`: the engine's own, at the same place in every run. Returns the new break.
    pub fn set_brk(&mut self, wanted: u64) -> u64 {
        let Brk { start, current } = self.brk;
        if wanted < start || wanted == current {
            return current;
        }
        let (old_end, new_end) = (page_up(current), page_up(wanted));
        if new_end > old_end {
            if self.lacks_address_space(new_end - old_end) {
                return current;
            }
            let free = self.vmas.overlapping(old_end, new_end).next().is_none();
            if !free || !guest_may_map(Range::new(old_end, new_end)) || wanted > start + (1 << 40) {
                return current;
            }
            let noreserve = if self.replaying() { MAP_NORESERVE } else { 0 };
            let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | noreserve;
            // SAFETY: nothing is replaced.
            let got = unsafe {
                sys::mmap(old_end, new_end - old_end, PROT_READ | PROT_WRITE, flags, -1, 0)
            };
            if got != old_end as i64 {
                return current;
            }
        } else if new_end < old_end {
            if self.forbidden.sealed(new_end, old_end).is_some() {
                return current;
            }
            note_write(new_end, old_end - new_end);
            // SAFETY: the heap's own pages.
            unsafe { sys::munmap(new_end, old_end - new_end) };
            self.forget_code(new_end, old_end);
        }
        self.vmas.remove(start, old_end.max(new_end));
        let prot = PROT_READ | PROT_WRITE;
        self.vmas.insert(Vma { start: page_down(start), end: new_end, prot, kind: VmaKind::Heap });
        self.brk.current = wanted;
        wanted
    }

    /// `madvise`. Advice that discards memory does so at once on both sides (the kernel would
    /// choose its own moment for `MADV_FREE`), and so do guard pages; other advice is only given while
    /// recording.
    pub fn madvise(&mut self, addr: u64, len: u64, advice: u64) -> i64 {
        const DONTNEED: u64 = 4;
        const FREE: u64 = 8;
        const REMOVE: u64 = 9;
        const DONTNEED_LOCKED: u64 = 24;
        const GUARD_INSTALL: u64 = 102;
        const GUARD_REMOVE: u64 = 103;
        let end = addr.saturating_add(page_up(len));
        if addr % PAGE == 0 && len > 0 && !guest_may_map(Range::new(addr, end)) {
            return -(sys::ENOMEM as i64);
        }
        let freed = advice == FREE;
        let advice = match advice {
            FREE => DONTNEED,
            // Nothing is locked in a replay.
            DONTNEED_LOCKED if self.replaying() => DONTNEED,
            other => other,
        };
        if len > 0
            && is_discard(advice)
            && let Some(stop) = self.stops_discarding(addr, end)
        {
            let before = if stop > addr { self.madvise(addr, stop - addr, advice) } else { 0 };
            return if before == 0 { -(sys::EPERM as i64) } else { before };
        }
        let inherited = Inherited::from_advice(advice);
        let matters =
            matches!(advice, DONTNEED | REMOVE | DONTNEED_LOCKED | GUARD_INSTALL | GUARD_REMOVE);
        if self.replaying() && !matters {
            if let Some(inherited) = inherited {
                self.note_inheritance(addr, end, inherited);
            }
            return 0;
        }
        let discards = matters && advice != GUARD_REMOVE && len > 0;
        if discards {
            note_write(addr, end - addr);
            self.unprotect_range(addr, end);
            self.forget_code(addr, end);
        }
        if freed && !self.replaying() {
            // Only what is anonymous can be freed.
            // SAFETY: the range is the guest's.
            let result = unsafe { sys::syscall!(sys::__NR_madvise, addr, len, FREE) };
            if result == -(sys::EINVAL as i64) {
                return result;
            }
        }
        // SAFETY: the range is the guest's.
        let mut result = unsafe { sys::syscall!(sys::__NR_madvise, addr, len, advice) };
        if self.replaying() && advice == REMOVE && sys::is_error(result) {
            // Memory that was shared and anonymous is private in a replay.
            // SAFETY: as above.
            result = unsafe { sys::syscall!(sys::__NR_madvise, addr, len, DONTNEED) };
        }
        if let (Some(inherited), 0) = (inherited, result) {
            self.note_inheritance(addr, end, inherited);
        }
        result
    }

    fn note_inheritance(&mut self, start: u64, end: u64, inherited: Inherited) {
        let files = &mut self.files.mapped;
        let range = Range::new(start, end);
        pieces::forget(&mut files.not_inherited, range);
        if inherited != Inherited::Copied {
            files.not_inherited.push(Legacy { range, inherited });
        }
    }

    /// After `fork`, in the child: what it does not inherit goes. The kernel has done its part while
    /// recording.
    pub fn drop_not_inherited(&mut self) {
        for Legacy { range: Range { start, end }, inherited } in
            self.files.mapped.not_inherited.clone()
        {
            note_write(start, end - start);
            if self.replaying() {
                // SAFETY: the guest's range, as it was when it asked for this.
                match inherited {
                    Inherited::Nothing => unsafe { sys::munmap(start, end - start) },
                    _ => unsafe {
                        const DONTNEED: u64 = 4;
                        sys::syscall!(sys::__NR_madvise, start, end - start, DONTNEED)
                    },
                };
            }
            self.forget_code(start, end);
            if inherited == Inherited::Nothing {
                self.vmas.remove(start, end);
            }
        }
        // What is wiped will be in the next child, too.
        self.files.mapped.not_inherited.retain(|r| r.inherited != Inherited::Nothing);
    }

    /// Makes pages with translated code read-only, so that writes to them are noticed.
    pub fn protect_code(&mut self) {
        for page in core::mem::take(&mut self.cache.new_pages) {
            let addr = page * PAGE;
            if let Some(v) = self.vmas.find(addr)
                && v.prot & PROT_WRITE != 0
                && v.kind != VmaKind::Shared
                && !self.cache.is_rewritten(addr)
            {
                // SAFETY: a guest page; a write to it comes back as a fault (`unprotect_code`).
                unsafe { sys::mprotect(addr, PAGE, host_prot(v.prot) & !PROT_WRITE) };
                self.files.protected_pages = true;
            }
        }
    }

    /// A write to `addr` faulted: if only the engine's protection is in the way, takes it back,
    /// drops the page's translations and returns true.
    pub fn unprotect_code(&mut self, addr: u64) -> bool {
        let page = page_down(addr);
        let Some(v) = self.vmas.find(addr).copied() else { return false };
        if v.prot & PROT_WRITE == 0 || v.kind == VmaKind::Shared || !self.files.protected_pages {
            return false;
        }
        self.forget_code(page, page + PAGE);
        // SAFETY: gives the guest what it asked for.
        unsafe { sys::mprotect(page, PAGE, host_prot(v.prot)) };
        true
    }

    /// [`Self::unprotect_code`] for a range about to be written or moved by somebody else.
    pub fn unprotect_range(&mut self, start: u64, end: u64) {
        if !self.files.protected_pages {
            return;
        }
        const FEW: u64 = 1024;
        let mut page = page_down(start);
        if (end.saturating_sub(page)) / PAGE > FEW {
            let within = |p: &u64| page <= *p && *p < end;
            let pages: Vec<u64> = self.cache.code_pages().filter(within).collect();
            for page in pages {
                self.unprotect_code(page);
            }
            return;
        }
        while page < end {
            if self.cache.page_has_code(page) {
                self.unprotect_code(page);
            }
            page += PAGE;
        }
    }

    /// Takes all write protection back because every translation is about to be dropped.
    pub fn release_code_pages(&mut self) {
        if !self.files.protected_pages {
            return;
        }
        for page in self.cache.code_pages() {
            if let Some(v) = self.vmas.find(page)
                && v.prot & PROT_WRITE != 0
                && v.kind != VmaKind::Shared
            {
                // SAFETY: gives the guest what it asked for.
                unsafe { sys::mprotect(page, PAGE, host_prot(v.prot)) };
            }
        }
        self.files.protected_pages = false;
    }

    /// Takes all write protection back (the kernel is to write somewhere the engine cannot tell).
    /// Returns whether there was any.
    pub fn unprotect_all(&mut self) -> bool {
        if !self.files.protected_pages {
            return false;
        }
        let pages: Vec<u64> = self.cache.code_pages().collect();
        pages.into_iter().fold(false, |any, page| self.unprotect_code(page) | any)
    }
}
