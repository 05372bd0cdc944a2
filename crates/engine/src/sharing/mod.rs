//! Memory that several recorded processes share, as each of them can be replayed without the others.
//!
//! Each page of a shared object is owned by at most one process at a time, and only the owner can
//! touch it: for the others it is protected. A process that touches a page of another's faults, asks
//! the owner for the page, and records the page's contents as a `Memory` event at that very
//! instruction. So a replay needs no other process: what the others wrote is in the events. Giving a
//! page up needs no event, since a replay does not notice; an owner looks for requests at ticks and
//! system calls, and while it waits in the kernel (*parked*) its pages are taken without asking.
//!
//! # Invariants
//! - A page is accessible in a process only if the table says that it owns it, but for what was taken
//!   while it is parked: it protects that before it runs on.
//! - Between getting a page and the next tick or system call no page is given up, so that an
//!   instruction that touches several gets done.
//! - Objects that one process alone has registered cost it nothing but a look at a word.

mod stop;
mod table;

use crate::log::{Att, Stamp};
use crate::memory::host_prot;
use crate::pieces::{self, Move, Piece};
use crate::state::{Engine, Mode, ctx};
use crate::sys::{self, *};
use crate::vma::{PROT_READ, PROT_WRITE, VmaKind, page_down};
use alloc_crate::vec::Vec;
use clew_abi::layout::{PAGE, Range};
use clew_abi::record::{Kind, MemoryPayload};
use clew_syscalls::Call;
use core::sync::atomic::{AtomicU32, Ordering};
use table::{GONE, NOBODY, PARKED, RUNNING, key, key_object, key_page, table};

/// What stands for the device of System V segments.
pub const SYSV: u64 = u64::MAX;
/// Pages of one call's arguments that are got beforehand, at most.
const MOST_PAGES: u64 = 1 << 16;
/// How often they are looked at again because one of them came from another process.
const MOST_ROUNDS: u32 = 20;
/// How long a requester sleeps before it looks again (nanoseconds), and after how many times it asks
/// whether the owner is alive.
const NAP: u64 = 1_000_000;
const SUSPICION: u32 = 50;

/// Do several processes of the trace share memory?
pub fn by_several() -> bool {
    table::sharers() > 1
}

/// A shared mapping of this process.
#[derive(Clone, Copy, Debug)]
struct SharedMap {
    start: u64,
    end: u64,
    object: u32,
    /// Page of the object that `start` is.
    first: u64,
}

impl Piece for SharedMap {
    fn range(&self) -> Range {
        Range::new(self.start, self.end)
    }

    fn part(&self, from: u64, place: Range) -> Self {
        let first = self.first + (from - self.start) / PAGE;
        Self { start: place.start, end: place.end, first, ..*self }
    }
}

impl SharedMap {
    fn key_at(&self, addr: u64) -> u64 {
        key(self.object, self.first + (addr - self.start) / PAGE)
    }

    /// Where a page of the object lies in this mapping.
    fn address_of(&self, wanted: u64) -> Option<u64> {
        let pages = (self.end - self.start) / PAGE;
        let index = key_page(wanted).checked_sub(self.first)?;
        (key_object(wanted) == self.object && index < pages).then(|| self.start + index * PAGE)
    }
}

/// This process's part.
#[derive(Default)]
pub struct Sharing {
    maps: Vec<SharedMap>,
    /// This process's number in the table, 0 if it takes no part.
    number: u32,
    parked: bool,
}

impl Sharing {
    /// Does this process take part, and does any other?
    #[inline]
    pub fn active(&self) -> bool {
        self.number != 0 && by_several()
    }

    /// Do calls have to get pages, or to look whether others have changed a file?
    pub fn concerns_calls(&self) -> bool {
        self.takes_part() || table::sharers() > 0
    }

    pub fn takes_part(&self) -> bool {
        self.number != 0
    }

    /// Is this memory that other processes may own?
    pub fn holds(&self, addr: u64) -> bool {
        self.active() && self.map_at(addr).is_some()
    }

    /// How often processes of the trace have a System V segment attached.
    pub fn attachments(&self, id: u64) -> Option<u64> {
        let object = table().locked(|t| t.find_object(SYSV, id, None))?;
        Some(table().object[object as usize].attached.load(Ordering::Relaxed).into())
    }

    /// Each mapping is an attachment, as for the kernel.
    fn replace_maps(&mut self, maps: Vec<SharedMap>) {
        // In this order nothing seems to be detached in between.
        maps.iter().for_each(|map| Self::count_attachment(map, true));
        self.maps.iter().for_each(|map| Self::count_attachment(map, false));
        self.maps = maps;
    }

    /// Counts this process's attachments of an object, or no longer.
    fn count_attachment(map: &SharedMap, more: bool) {
        let count = &table().object[map.object as usize].attached;
        if more {
            count.fetch_add(1, Ordering::Relaxed);
        } else {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Is `tid` a task of a process that takes part? Of those that have ended only the processes'
    /// first ones are known.
    pub fn is_sharer(&self, tid: u32) -> bool {
        let known = |pid: u32| table().find_process(pid).is_some();
        self.active() && (known(tid) || table::process_of(tid).is_some_and(known))
    }

    pub fn is_alive(&self, tid: u32) -> bool {
        table::is_alive(tid)
    }

    /// Counts changes of a priority-inheriting lock, for those that wait for it.
    pub fn lock_changes(&self, addr: u64) -> &'static AtomicU32 {
        let key = self.map_at(addr).map_or(0, |map| map.key_at(addr));
        table().lock_changes(key, addr % PAGE)
    }

    /// Lets those look that wait for a lock.
    pub fn lock_has_changed(&self, addr: u64) {
        let changes = self.lock_changes(addr);
        changes.fetch_add(1, Ordering::Release);
        table::wake(changes);
    }

    fn map_at(&self, addr: u64) -> Option<&SharedMap> {
        self.maps.iter().find(|m| m.start <= addr && addr < m.end)
    }

    /// Waits in the kernel from now on, perhaps for long.
    pub fn park(&mut self) {
        if !self.takes_part() {
            return;
        }
        self.parked = true;
        let me = self.number;
        let stops = table().locked(|t| {
            t.process(me).state.store(PARKED, Ordering::Relaxed);
            t.process(me).takes_stop()
        });
        if stops {
            table().process(me).stop_now();
        }
    }
}

impl Engine {
    /// Notes a new shared mapping of `(dev, ino)`. Not writable ones matter only if the object is
    /// known already.
    pub fn note_shared_map(
        &mut self,
        addr: u64,
        len: u64,
        offset: u64,
        id: (u64, u64),
        writable: bool,
    ) {
        if !self.recording() {
            return;
        }
        if self.sharing.number == 0 {
            if !writable && table::sharers() == 0 {
                return;
            }
            self.enter_sharing();
        }
        let me = self.sharing.number;
        let (dev, ino) = id;
        let known = table().locked(|t| {
            let known = t.find_object(dev, ino, None);
            known.map(|object| (object, true)).or_else(|| {
                let object = t.find_object(dev, ino, Some(me).filter(|_| writable && me != 0))?;
                Some((object, false))
            })
        });
        let Some((object, was_known)) = known else { return };
        let map = SharedMap { start: addr, end: addr + len, object, first: offset / PAGE };
        self.forget_shared_maps(Range::new(addr, addr + len));
        self.sharing.maps.push(map);
        Sharing::count_attachment(&map, true);
        if was_known && by_several() {
            self.protect_map(&map);
        }
    }

    fn enter_sharing(&mut self) {
        let number = table().enter(sys::getpid() as u32).unwrap_or(0);
        if number == 0 {
            self.warn_once(u32::MAX, "too many processes share memory: replays may depart");
        }
        self.sharing.number = number;
        self.aim_at_slice();
    }

    /// Mappings in a range have gone.
    pub fn forget_shared_maps(&mut self, gone: Range) {
        if pieces::known(&self.sharing.maps, gone) {
            let mut maps = self.sharing.maps.clone();
            pieces::forget(&mut maps, gone);
            self.sharing.replace_maps(maps);
        }
    }

    /// Mappings were moved.
    pub fn move_shared_maps(&mut self, moved: Move) {
        if !moved.concerns(&self.sharing.maps) {
            return;
        }
        let mut maps = self.sharing.maps.clone();
        let map = moved.of(&mut maps);
        self.sharing.replace_maps(maps);
        if let Some(map) = map.filter(|_| by_several()) {
            self.protect_map(&map);
        }
    }

    /// The guest has changed a range's protection: pages of others stay protected.
    pub fn reprotect_shared_maps(&mut self, start: u64, end: u64) {
        if !self.sharing.active() {
            return;
        }
        for map in self.sharing.maps.clone() {
            let (s, e) = (map.start.max(start), map.end.min(end));
            if s < e {
                protect(s, e - s, 0);
            }
        }
    }

    fn protect_map(&self, map: &SharedMap) {
        protect(map.start, map.end - map.start, 0);
    }

    /// After `fork`, in the child: it owns nothing.
    pub fn share_as_child(&mut self) {
        self.sharing.parked = false;
        if self.sharing.maps.is_empty() || !self.recording() {
            self.sharing.number = 0;
            return;
        }
        self.enter_sharing();
        for map in &self.sharing.maps {
            Sharing::count_attachment(map, true);
            self.protect_map(map);
        }
    }

    /// The process ends or executes another program.
    pub fn stop_sharing(&mut self) {
        let me = self.sharing.number;
        if me != 0 {
            table().locked(|t| t.process(me).state.store(GONE, Ordering::Relaxed));
            self.sharing.maps.iter().for_each(|map| Sharing::count_attachment(map, false));
        }
    }

    /// The exec failed: the process goes on, without what may have been taken meanwhile.
    pub fn share_again(&mut self) {
        let me = self.sharing.number;
        if me != 0 {
            table().locked(|t| t.process(me).state.store(RUNNING, Ordering::Relaxed));
            for map in &self.sharing.maps {
                Sharing::count_attachment(map, true);
                self.protect_map(map);
            }
        }
    }

    /// Runs again after [`Sharing::park`]: protects what was taken.
    pub fn unpark(&mut self) {
        if !self.sharing.parked {
            return;
        }
        self.sharing.parked = false;
        let me = self.sharing.number;
        let lost = table().locked(|t| {
            let process = t.process(me);
            process.state.store(RUNNING, Ordering::Relaxed);
            process.take_losses().map(|keys| keys.collect::<Vec<_>>())
        });
        match lost {
            Some(keys) => keys.into_iter().for_each(|key| self.protect_page(key)),
            None => self.sharing.maps.iter().for_each(|map| self.protect_map(map)),
        }
    }

    fn protect_page(&mut self, key: u64) {
        for map in &self.sharing.maps {
            if let Some(addr) = map.address_of(key) {
                protect(addr, PAGE, 0);
            }
        }
        self.forget_page_code(key);
    }

    fn forget_page_code(&mut self, key: u64) {
        for i in 0..self.sharing.maps.len() {
            if let Some(addr) = self.sharing.maps[i].address_of(key) {
                self.forget_code(addr, addr + PAGE);
            }
        }
    }

    /// Gives up what others have asked for. Called at ticks and system calls.
    pub fn serve_requests(&mut self) {
        let me = self.sharing.number;
        if me == 0 {
            return;
        }
        self.stop_if_asked();
        if table().process(me).requests.load(Ordering::Acquire) == 0 {
            return;
        }
        let asked: Vec<u64> = table().locked(|t| t.process(me).take_requests().collect());
        for key in asked {
            self.protect_page(key);
            table().locked(|t| {
                if let Some(owner) = t.owner(key).filter(|o| o.load(Ordering::Relaxed) == me) {
                    owner.store(NOBODY, Ordering::Release);
                    table::wake(owner);
                }
            });
        }
    }

    /// The guest touched `addr`, to write if so: if that is a page of another process, or one that is
    /// protected for such reasons, gets it and returns true. A write that the guest itself has forbidden
    /// would only fault again.
    pub fn shared_fault(&mut self, addr: u64, write: bool) -> bool {
        let may = |prot: u32| !write || prot & PROT_WRITE != 0;
        let wanted = self.vmas.find(addr).is_some_and(|v| v.kind == VmaKind::Shared && may(v.prot));
        wanted
            && self.recording()
            && self.sharing.map_at(addr).is_some()
            && self.get_page(addr) != Page::None
    }

    /// Makes this process the owner of the page at `addr` and records its contents, if they may have
    /// changed.
    fn get_page(&mut self, addr: u64) -> Page {
        self.get_page_told(addr, Range::new(0, 0))
    }

    /// The same, but contents of addresses in `told` are recorded otherwise.
    fn get_page_told(&mut self, addr: u64, told: Range) -> Page {
        let addr = page_down(addr);
        let Some(map) = self.sharing.map_at(addr).copied() else { return Page::None };
        let Some(vma) = self.vmas.find(addr).copied() else { return Page::None };
        // What the guest cannot touch it does not need, and its contents could not be recorded.
        let accessible = |prot: u32| prot & (PROT_READ | PROT_WRITE) != 0;
        if !accessible(vma.prot) {
            return Page::None;
        }
        let key = map.key_at(addr);
        let came = self.own(key);
        for other in self.sharing.maps.clone() {
            if let Some(at) = other.address_of(key) {
                let prot = self.vmas.find(at).map_or(0, |v| v.prot);
                protect(at, PAGE, host_prot(prot));
                if came && accessible(prot) {
                    self.forget_code(at, at + PAGE);
                    if !told.contains(at) {
                        self.record_page(at);
                    }
                }
            }
        }
        if came { Page::Came } else { Page::Own }
    }

    /// Waits until this process owns a page. True if it did not before.
    fn own(&mut self, key: u64) -> bool {
        let me = self.sharing.number;
        let mut naps = 0;
        loop {
            let outcome = table().locked(|t| {
                if t.is_unlisted(key, me) {
                    return Outcome::Mine;
                }
                let Some(word) = t.owner(key) else { return Outcome::Full };
                let owner = word.load(Ordering::Relaxed);
                if owner == me {
                    return Outcome::Mine;
                }
                let take = || {
                    word.store(me, Ordering::Relaxed);
                    Outcome::Taken
                };
                if owner == NOBODY {
                    return take();
                }
                let process = t.process(owner);
                match process.state.load(Ordering::Relaxed) {
                    PARKED => {
                        process.note_loss(key);
                        take()
                    }
                    RUNNING if naps < SUSPICION || !process.is_dead() => {
                        process.ask(key);
                        Outcome::Asked(word, owner)
                    }
                    _ => take(),
                }
            });
            match outcome {
                Outcome::Mine => return false,
                Outcome::Full => {
                    self.warn_once(
                        u32::MAX - 1,
                        "processes share too much memory to follow it all: replays may depart",
                    );
                    return false;
                }
                Outcome::Taken => return true,
                Outcome::Asked(word, owner) => {
                    table::wait(word, owner, NAP);
                    naps = if naps > SUSPICION { 0 } else { naps + 1 };
                    self.serve_requests();
                }
            }
        }
    }

    fn record_page(&mut self, addr: u64) {
        let stamp: Stamp = self.stamp();
        let payload = MemoryPayload { pc: ctx().pc };
        if let Mode::Record(log) = &mut self.mode {
            let att = Att::Memory { addr, len: PAGE };
            let event = log.event(Kind::Memory, stamp, &payload, &[att]);
            self.recent.push(event, Kind::Memory as u16, addr, stamp.tick);
        }
    }

    /// Before a call, while recording: gets the shared pages that its arguments lead to, and those of
    /// files that it changes. True if there are any.
    pub fn get_call_pages(&mut self, call: &Call) -> bool {
        if table::sharers() > 0 {
            self.get_changed_file(call);
        }
        if !self.sharing.active() {
            return false;
        }
        self.serve_requests();
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        let plan = clew_syscalls::plan(call, &sys::Memory);
        let mut add = |addr: u64, len: u64| ranges.push((addr, len));
        clew_syscalls::reach(&plan, &sys::Memory, &mut add);
        clew_syscalls::inputs(&plan, &sys::Memory, &mut add);
        if call.nr == __NR_futex {
            add(call.args[0], 4);
            if matches!((call.args[1] & 0x7f) as u32, FUTEX_REQUEUE..=FUTEX_WAKE_OP) {
                add(call.args[4], 4);
            }
        }
        // While one is waited for, others may be given up again.
        for _ in 0..MOST_ROUNDS {
            let got =
                ranges.iter().fold(false, |got, &(addr, len)| self.get_range(addr, len) | got);
            if !got || ranges.len() == 1 {
                break;
            }
        }
        let shared = |&(addr, len): &(u64, u64)| {
            let end = addr.saturating_add(len);
            self.sharing.maps.iter().any(|m| m.start < end && addr < m.end)
        };
        ranges.iter().any(shared)
    }

    /// Before a call that changes a file through a descriptor, while recording: if the file is shared,
    /// the pages it changes must be this process's, so that others get them again.
    fn get_changed_file(&mut self, call: &Call) {
        let Some((file, from, len)) = changed_range(call) else { return };
        if let Some(st) = sys::fstat(file) {
            let from = match from {
                Some(from) => from,
                // SAFETY: descriptors only. SEEK_CUR.
                None => unsafe { syscall!(__NR_lseek, file, 0, 1) }.max(0) as u64,
            };
            let size = st.st_size as u64;
            let range = match call.nr {
                __NR_ftruncate => (len.min(size), len.max(size)),
                _ => (from, from.saturating_add(len).min(from.max(size) + len.min(1 << 30))),
            };
            self.get_file_pages(st.st_dev, st.st_ino, range);
        }
    }

    /// Before code at `pc` is translated: gets the pages it may reach into.
    pub fn get_code_pages(&mut self, pc: u64) {
        const REACH: u64 = 2048;
        if self.sharing.holds(pc) {
            self.get_range(pc, REACH);
        }
    }

    /// Gets the pages of a range that the present call has mapped, and whose contents its record has: a
    /// replay has nothing there before.
    pub fn get_mapped_range(&mut self, range: Range) {
        if self.sharing.active() {
            (range.start..range.end).step_by(PAGE as usize).for_each(|at| {
                self.get_page_told(at, range);
            });
        }
    }

    /// Gets the pages of shared mappings in a range. True if another process had one of them.
    pub fn get_range(&mut self, addr: u64, len: u64) -> bool {
        let mut got = false;
        let end = addr.saturating_add(len.min(MOST_PAGES * PAGE));
        for map in self.sharing.maps.clone() {
            let (mut at, last) = (page_down(addr.max(map.start)), end.min(map.end));
            while at < last {
                got |= self.get_page(at) == Page::Came;
                at += PAGE;
            }
        }
        got
    }

    /// Gets pages of an object that this process may not have mapped. `range`: bytes of the file.
    fn get_file_pages(&mut self, dev: u64, ino: u64, range: (u64, u64)) {
        let Some(object) = table().locked(|t| t.find_object(dev, ino, None)) else { return };
        if self.sharing.number == 0 {
            self.enter_sharing();
        }
        let (from, to) = (range.0 / PAGE, range.1.min(range.0 + MOST_PAGES * PAGE).div_ceil(PAGE));
        for page in from..to {
            let key = key(object, page);
            let mapped: Vec<u64> =
                self.sharing.maps.iter().filter_map(|m| m.address_of(key)).collect();
            // The contents of a mapped page are recorded as it comes.
            if !mapped.into_iter().any(|addr| self.get_page(addr) != Page::None) {
                self.own(key);
            }
        }
    }
}

/// The file that a call changes: descriptor, offset (`None`: where the file stands) and length.
fn changed_range(call: &Call) -> Option<(i32, Option<u64>, u64)> {
    let a = &call.args;
    let (file, from, len) = match call.nr {
        __NR_write => (a[0], None, a[2]),
        __NR_writev | __NR_sendfile => (a[0], None, 1 << 20),
        __NR_pwrite64 => (a[0], Some(a[3]), a[2]),
        __NR_pwritev | __NR_pwritev2 => (a[0], Some(a[3]), 1 << 20),
        __NR_ftruncate => (a[0], Some(0), a[1]),
        __NR_fallocate => (a[0], Some(a[2]), a[3]),
        __NR_copy_file_range | __NR_splice => (a[2], None, 1 << 20),
        _ => return None,
    };
    Some((file as i32, from, len))
}

/// What became of the wish for a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    /// It is none that others could own, or its protection is the guest's.
    None,
    /// It was this process's already.
    Own,
    Came,
}

enum Outcome {
    Mine,
    /// Nobody can say.
    Full,
    Taken,
    Asked(&'static AtomicU32, u32),
}

fn protect(addr: u64, len: u64, prot: u32) {
    // SAFETY: the guest's pages; a touch comes back as a fault (`shared_fault`).
    unsafe { sys::mprotect(addr, len, prot) };
}
