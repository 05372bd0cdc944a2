//! Descriptors: which are the engine's, which are the guest's standard streams, which list others.

use super::marks::{FD_DIRECTORY, MEMORY, STDERR, STDOUT, Tables};
use crate::memory::MappedFiles;
use crate::pieces::{Move, Piece};
use crate::procfs;
use crate::state::Engine;
use crate::supervisor;
use crate::sys::{self, *};
use crate::task::start::CLONE_FILES;
use alloc_crate::vec::Vec;
use clew_abi::control::WRITABLE_COPY;
use clew_abi::layout::Range;
use clew_abi::record::{key_identity, key_size};
use clew_syscalls::Call;

const CLOSE_RANGE_UNSHARE: u64 = 2;
const CLOSE_RANGE_CLOEXEC: u64 = 4;

/// What the engine knows about descriptors and files.
pub struct Files {
    pub mapped: MappedFiles,
    /// Some page with translated code has been write-protected.
    pub protected_pages: bool,
    /// Unknown calls warned about: number and second argument.
    pub warned: Vec<u64>,
    /// Notes on descriptors.
    pub tables: Tables,
    /// Stored files opened while replaying: key, descriptor.
    stored: Vec<(Vec<u8>, i32)>,
    /// Files that change while they are mapped, as copies in memory (replaying), and where they are
    /// mapped.
    shared: Vec<Shared>,
    pub copies_mapped: Vec<CopyMap>,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            mapped: MappedFiles::default(),
            protected_pages: false,
            warned: Vec::new(),
            tables: Tables::default(),
            stored: Vec::new(),
            shared: Vec::new(),
            copies_mapped: Vec::new(),
        }
    }
}

impl Files {
    /// 1 if the descriptor is the guest's original standard output, 2 its standard error, else 0.
    pub fn stdio(&self, file: i32) -> i32 {
        i32::from(self.tables.mark(file) & (STDOUT | STDERR))
    }

    /// The descriptor of a stored file, while replaying.
    pub fn stored(&mut self, key: &[u8]) -> Option<i32> {
        if let Some((_, file)) = self.stored.iter().find(|(k, _)| k == key) {
            return Some(*file);
        }
        let file = supervisor::need_file(key, 0);
        if file < 0 {
            return None;
        }
        self.stored.push((key.to_vec(), file as i32));
        Some(file as i32)
    }
}

impl Files {
    /// The descriptor of the copy in memory that stands for a changing file, while replaying. All
    /// mappings of the file share it, so that they see each other's changes.
    pub fn shared(&mut self, key: &[u8]) -> Option<i32> {
        let identity = key_identity(key);
        if let Some(known) = self.shared.iter_mut().find(|s| s.identity == identity) {
            if known.key != key && !refresh(known, key) {
                return None;
            }
            return Some(known.file);
        }
        let file = supervisor::need_file(key, WRITABLE_COPY);
        if file < 0 {
            return None;
        }
        let (identity, key, size) = (identity.to_vec(), key.to_vec(), key_size(key));
        self.shared.push(Shared { identity, key, file: file as i32, mapped: 0, size });
        Some(file as i32)
    }

    /// A recorded change of a file's size, while replaying.
    pub fn resize_shared(&mut self, identity: &[u8], size: u64) {
        if let Some(known) = self.shared.iter_mut().find(|s| s.identity == identity) {
            known.resize(size);
        }
    }

    /// A mapping of the copy of number `file` reaches to byte `end`, while replaying.
    pub fn extend_shared(&mut self, file: i32, end: u64) {
        if let Some(known) = self.shared.iter_mut().find(|s| s.file == file && s.mapped < end) {
            known.mapped = end;
        }
    }

    /// A recorded page cannot be written: other processes have made its file longer. False if that is not
    /// it.
    pub fn grow_shared(&mut self) -> bool {
        let short = |s: &&mut Shared| s.size < s.mapped;
        self.shared.iter_mut().filter(short).fold(false, |_, known| {
            known.resize(known.mapped);
            true
        })
    }
}

impl Files {
    /// The descriptors of the copies.
    pub fn shared_files(&self) -> impl Iterator<Item = i32> {
        self.shared.iter().map(|s| s.file)
    }

    /// A copy was mapped.
    pub fn copy_mapped(&mut self, start: u64, end: u64, file: i32, offset: u64) {
        self.copies_mapped.push(CopyMap { start, end, file, offset });
    }

    /// Mappings were moved; those that became longer may reach further.
    pub fn copies_moved(&mut self, moved: Move) {
        if let Some(map) = moved.of(&mut self.copies_mapped) {
            self.extend_shared(map.file, map.offset + (map.end - map.start));
        }
    }

    /// In a copy of the process: `files` stand for what [`Self::shared_files`] named, and are mapped
    /// instead. `prot` is what the kernel has at an address, and up to where. False if that fails.
    pub fn replace_shared(&mut self, files: &[i64], prot: impl Fn(u64) -> (u32, u64)) -> bool {
        for (known, &file) in self.shared.iter_mut().zip(files) {
            let old = core::mem::replace(&mut known.file, file as i32);
            for map in self.copies_mapped.iter_mut().filter(|m| m.file == old) {
                map.file = known.file;
                let mut at = map.start;
                while at < map.end {
                    let (prot, end) = prot(at);
                    let (end, offset) = (end.min(map.end), map.offset + (at - map.start));
                    let flags = MAP_SHARED | MAP_FIXED | MAP_NORESERVE;
                    // SAFETY: replaces a mapping of the guest's by an equal one.
                    let got = unsafe { sys::mmap(at, end - at, prot, flags, map.file, offset) };
                    if got != at as i64 {
                        return false;
                    }
                    at = end;
                }
            }
            sys::close(old);
        }
        true
    }
}

/// Where a copy is mapped.
#[derive(Clone, Copy)]
pub struct CopyMap {
    start: u64,
    end: u64,
    file: i32,
    offset: u64,
}

impl Piece for CopyMap {
    fn range(&self) -> Range {
        Range::new(self.start, self.end)
    }

    fn part(&self, from: u64, place: Range) -> Self {
        let offset = self.offset + (from - self.start);
        Self { start: place.start, end: place.end, offset, ..*self }
    }
}

/// A file that changes while it is mapped.
struct Shared {
    identity: Vec<u8>,
    /// The stored copy its contents came from last.
    key: Vec<u8>,
    file: i32,
    /// How far mappings reach, in bytes.
    mapped: u64,
    size: u64,
}

impl Shared {
    fn resize(&mut self, size: u64) {
        // SAFETY: a memfd of this process.
        unsafe { syscall!(__NR_ftruncate, self.file, size) };
        self.size = size;
    }
}

/// Brings a shared copy up to a later one: while the file was not mapped it may have changed.
fn refresh(known: &mut Shared, key: &[u8]) -> bool {
    let later = supervisor::need_file(key, 0);
    if later < 0 {
        return false;
    }
    let size = key_size(key);
    let len = crate::vma::page_up(size).max(1);
    let rw = PROT_READ | PROT_WRITE;
    // SAFETY: two new mappings at addresses the kernel chooses, gone again at the end; the copy is
    // within both files.
    unsafe {
        known.resize(size);
        let to = sys::mmap(0, len, rw, MAP_SHARED, known.file, 0);
        let from = sys::mmap(0, len, PROT_READ, MAP_PRIVATE, later as i32, 0);
        let mapped = !sys::is_error(to) && !sys::is_error(from);
        if mapped && !sys::read_guest_to(from as u64, to as *mut u8, size as usize) {
            return false;
        }
        sys::munmap(to as u64, len);
        sys::munmap(from as u64, len);
    }
    sys::close(later as i32);
    known.key = key.to_vec();
    true
}

impl Engine {
    /// Follows descriptors through the calls that make, copy and close them.
    pub fn note_descriptors(&mut self, call: &Call, result: i64) {
        if result < 0 {
            return;
        }
        let file = call.args[0] as i32;
        let files = &mut self.files.tables;
        match call.nr {
            __NR_close => files.set_mark(file, 0),
            __NR_dup | __NR_dup2 | __NR_dup3 => files.set_mark(result as i32, files.mark(file)),
            // F_DUPFD, F_DUPFD_CLOEXEC
            __NR_fcntl if matches!(call.args[1], 0 | 1030) => {
                files.set_mark(result as i32, files.mark(file));
            }
            __NR_close_range => {
                let (first, last) = (call.args[0] & 0xffff_ffff, call.args[1] & 0xffff_ffff);
                if call.args[2] & CLOSE_RANGE_UNSHARE != 0 {
                    self.unshare_descriptors();
                }
                if call.args[2] & CLOSE_RANGE_CLOEXEC == 0 {
                    let files = &mut self.files.tables;
                    let last = last.min(files.end() as u64);
                    (first..=last).for_each(|i| files.set_mark(i as i32, 0));
                }
            }
            __NR_unshare if call.args[0] & CLONE_FILES != 0 => self.unshare_descriptors(),
            __NR_open | __NR_creat => self.mark_opened(call.args[0], result as i32),
            __NR_openat | __NR_openat2 => self.mark_opened(call.args[1], result as i32),
            _ => {}
        }
    }

    fn mark_opened(&mut self, path: u64, file: i32) {
        let mut buf = [0u8; 64];
        let mark = match sys::read_cstr(path, &mut buf) {
            Some(path) if self.lists_descriptors(path, file) => FD_DIRECTORY,
            Some(path) if self.is_own_memory(path, file) => MEMORY,
            Some(b"/dev/stdout" | b"/dev/fd/1" | b"/proc/self/fd/1") => {
                self.files.tables.mark(1) & STDOUT
            }
            Some(b"/dev/stderr" | b"/dev/fd/2" | b"/proc/self/fd/2") => {
                self.files.tables.mark(2) & STDERR
            }
            _ => 0,
        };
        self.files.tables.set_mark(file, mark);
    }

    /// Is the open file a recorded process's directory of descriptors? `path` is how it was opened.
    fn lists_descriptors(&self, path: &[u8], file: i32) -> bool {
        let last = path.rsplit(|&b| b == b'/').find(|part| !part.is_empty());
        matches!(last, Some(b"fd" | b"fdinfo"))
            && procfs::parse(self, &procfs::fd_path(file)).is_some()
    }

    /// Is the open file this process's memory? `path` is how it was opened.
    fn is_own_memory(&self, path: &[u8], file: i32) -> bool {
        let last = path.rsplit(|&b| b == b'/').next();
        let opened = || procfs::fd_path(file);
        last == Some(b"mem")
            && opened().strip_prefix(b"/proc/").is_some_and(|rest| {
                let pid = rest.split(|&b| b == b'/').next().and_then(procfs::number);
                pid.is_some_and(|pid| self.tasks.find(pid as u32).is_some())
            })
    }

    /// Is the descriptor open on a recorded process's directory of descriptors?
    pub fn is_fd_directory(&self, file: i32) -> bool {
        self.files.tables.mark(file) & FD_DIRECTORY != 0
    }

    /// After a write to a file that is also mapped: the mapping's bytes changed too.
    /// Returns the file's new size, if that changed, with its identity.
    pub fn watched_files(
        &mut self,
        call: &Call,
        result: i64,
        written: &mut Vec<(u64, u64)>,
    ) -> Option<(u64, Vec<u8>)> {
        if self.files.mapped.watched.is_empty() || result < 0 {
            return None;
        }
        let file = match call.nr {
            __NR_write | __NR_pwrite64 | __NR_writev | __NR_pwritev | __NR_pwritev2
            | __NR_ftruncate | __NR_fallocate | __NR_sendfile => call.args[0],
            __NR_copy_file_range | __NR_splice => call.args[2],
            _ => return None,
        };
        let st = sys::fstat(file as i32)?;
        let (from, to) = written_range(call, result).unwrap_or((0, u64::MAX));
        let mut resized = None;
        for w in &mut self.files.mapped.watched {
            if (w.dev, w.ino) != (st.st_dev, st.st_ino) {
                continue;
            }
            // Pages past the end of the file are not there.
            let size = st.st_size as u64;
            let before = core::mem::replace(&mut w.size, size);
            if before != size {
                resized = Some((size, crate::store::identity(&st)));
            }
            let from = if call.nr == __NR_ftruncate { before.min(size) } else { from };
            let to = to.min(crate::vma::page_up(size));
            let start = w.start + from.saturating_sub(w.offset);
            let end = w.end.min(w.start.saturating_add(to.saturating_sub(w.offset)));
            if start < end {
                written.push((start, end - start));
                self.cache.invalidate(start, end, &crate::shadow::mapped);
            }
        }
        resized
    }
}

/// The part of the file that a call wrote, from and to, if the call tells.
fn written_range(call: &Call, result: i64) -> Option<(u64, u64)> {
    let from = match call.nr {
        __NR_pwrite64 => call.args[3],
        __NR_write | __NR_writev => {
            // SAFETY: descriptors only. SEEK_CUR.
            let at = unsafe { syscall!(__NR_lseek, call.args[0], 0, 1) };
            u64::try_from(at - result).ok()?
        }
        _ => return None,
    };
    Some((from, from.saturating_add(result as u64)))
}
