//! Raw system calls, and reading guest memory that may not be there.
//!
//! # Safety
//! The kernel interface is as unsafe as pointers are. The wrappers that take references or slices
//! are safe; those that take addresses are `unsafe` or say what they may do to memory.

use alloc_crate::vec::Vec;
use core::arch::{asm, global_asm};
pub use linux_raw_sys::errno::*;
pub use linux_raw_sys::general::*;

/// One system call. Returns what the kernel returns: -4095..=-1 is a negated errno.
///
/// # Safety
/// As safe as what the kernel does with the arguments.
#[inline]
pub unsafe fn syscall6(nr: u32, a: [u64; 6]) -> i64 {
    let ret: i64;
    // SAFETY: rcx and r11 are clobbered as the ABI says; memory effects are the caller's business.
    unsafe {
        asm!("syscall", inlateout("rax") nr as i64 => ret, in("rdi") a[0], in("rsi") a[1],
            in("rdx") a[2], in("r10") a[3], in("r8") a[4], in("r9") a[5],
            lateout("rcx") _, lateout("r11") _, options(nostack));
    }
    ret
}

/// [`syscall6`] with fewer arguments.
macro_rules! syscall {
    ($nr:expr $(, $arg:expr)* $(,)?) => {{
        let args = [$($arg as u64),*];
        let mut all = [0u64; 6];
        all[..args.len()].copy_from_slice(&args);
        $crate::sys::syscall6($nr, all)
    }};
}
pub(crate) use syscall;

pub fn is_error(result: i64) -> bool {
    (-4095..0).contains(&result)
}

/// Maps memory. Returns the address or a negated errno.
///
/// # Safety
/// With `MAP_FIXED`, nothing that is still needed lies in the range.
pub unsafe fn mmap(addr: u64, len: u64, prot: u32, flags: u32, fd: i32, offset: u64) -> i64 {
    // SAFETY: the caller's.
    unsafe { syscall!(__NR_mmap, addr, len, prot, flags, fd as i64, offset) }
}

/// # Safety
/// Nothing in the range is needed any more.
pub unsafe fn munmap(addr: u64, len: u64) -> i64 {
    // SAFETY: the caller's.
    unsafe { syscall!(__NR_munmap, addr, len) }
}

/// # Safety
/// Nobody relies on the range's old protection.
pub unsafe fn mprotect(addr: u64, len: u64, prot: u32) -> i64 {
    // SAFETY: the caller's.
    unsafe { syscall!(__NR_mprotect, addr, len, prot) }
}

pub fn close(fd: i32) {
    // SAFETY: closing touches no memory.
    unsafe { syscall!(__NR_close, fd as i64) };
}

/// `path` must be NUL-terminated.
pub fn openat(dir: i32, path: &[u8], flags: u32, mode: u32) -> i64 {
    assert!(path.last() == Some(&0));
    // SAFETY: the path is terminated.
    unsafe { syscall!(__NR_openat, dir as i64, path.as_ptr(), flags, mode) }
}

pub fn write(fd: i32, bytes: &[u8]) -> i64 {
    // SAFETY: reads the slice.
    unsafe { syscall!(__NR_write, fd as i64, bytes.as_ptr(), bytes.len()) }
}

pub fn pread(fd: i32, buf: &mut [u8], offset: u64) -> i64 {
    // SAFETY: writes the slice at most.
    unsafe { syscall!(__NR_pread64, fd as i64, buf.as_mut_ptr(), buf.len(), offset) }
}

pub fn read(fd: i32, buf: &mut [u8]) -> i64 {
    // SAFETY: writes the slice at most.
    unsafe { syscall!(__NR_read, fd as i64, buf.as_mut_ptr(), buf.len()) }
}

pub fn fstat(fd: i32) -> Option<stat> {
    // SAFETY: an all-zero `stat` is valid, and the kernel fills it.
    unsafe {
        let mut st: stat = core::mem::zeroed();
        (syscall!(__NR_fstat, fd as i64, &raw mut st) == 0).then_some(st)
    }
}

/// The end of what a process may map or name.
pub const TASK_SIZE: u64 = 0x7fff_ffff_f000;

pub fn getpid() -> i32 {
    // SAFETY: no memory.
    unsafe { syscall!(__NR_getpid) as i32 }
}

pub fn exit_group(code: i32) -> ! {
    loop {
        // SAFETY: ends the process.
        unsafe { syscall!(__NR_exit_group, code as i64) };
    }
}

// Copies that survive a fault: the signal handler knows the instructions and makes the routine
// return false (see `signal::host`). Few bytes are moved by two registers that may overlap, since
// string instructions take their time to start.
global_asm!(
    ".globl clew_safe_copy",
    "clew_safe_copy:", // rdi dst, rsi src, rdx len; returns eax = 1, or 0 after a fault
    "mov rcx, rdx",
    "lea rax, [rdx - 8]",
    "cmp rax, 24",
    "ja clew_safe_copy_string",
    "cmp rdx, 16",
    "ja clew_safe_copy_large",
    ".globl clew_safe_copy_begin",
    "clew_safe_copy_begin:",
    "mov rax, [rsi]",
    "mov rcx, [rsi + rdx - 8]",
    "mov [rdi], rax",
    "mov [rdi + rdx - 8], rcx",
    "mov eax, 1",
    "ret",
    "clew_safe_copy_large:",
    "movups xmm0, [rsi]",
    "movups xmm1, [rsi + rdx - 16]",
    "movups [rdi], xmm0",
    "movups [rdi + rdx - 16], xmm1",
    "mov eax, 1",
    "ret",
    "clew_safe_copy_string:",
    "rep movsb",
    ".globl clew_safe_copy_end",
    "clew_safe_copy_end:",
    "mov eax, 1",
    "ret",
    ".globl clew_safe_copy_fault",
    "clew_safe_copy_fault:",
    "xor eax, eax",
    "ret",
);

unsafe extern "C" {
    fn clew_safe_copy(dst: *mut u8, src: *const u8, len: usize) -> u32;
    pub fn clew_safe_copy_begin();
    pub fn clew_safe_copy_end();
    pub fn clew_safe_copy_fault();
}

/// Reads guest memory; false if part of it is not readable.
pub fn read_guest(addr: u64, buf: &mut [u8]) -> bool {
    // SAFETY: the destination is a slice; a fault on the source is survived.
    unsafe { clew_safe_copy(buf.as_mut_ptr(), addr as *const u8, buf.len()) == 1 }
}

/// Copies from guest memory to an address of the engine's.
///
/// # Safety
/// `dst..dst+len` belongs to the caller.
pub unsafe fn read_guest_to(addr: u64, dst: *mut u8, len: usize) -> bool {
    // SAFETY: the caller's; a fault on the source is survived.
    unsafe { clew_safe_copy(dst, addr as *const u8, len) == 1 }
}

/// Writes guest memory; false if part of it is not writable. Refuses the engine's own regions. All that
/// the engine writes for the kernel, or as a recording says, passes here.
pub fn write_guest(addr: u64, bytes: &[u8]) -> bool {
    let end = addr.saturating_add(bytes.len() as u64);
    if !crate::window::guest_may_map(clew_abi::layout::Range::new(addr, end)) {
        return false;
    }
    crate::debug::watch::note_write(addr, bytes.len() as u64);
    // SAFETY: the range is the guest's; a fault is survived.
    unsafe { clew_safe_copy(addr as *mut u8, bytes.as_ptr(), bytes.len()) == 1 }
}

/// Writes memory of the engine's that may have no access; false then.
///
/// # Safety
/// Nobody relies on what is there.
pub unsafe fn write_own(addr: u64, bytes: &[u8]) -> bool {
    // SAFETY: the caller's; a fault is survived.
    unsafe { clew_safe_copy(addr as *mut u8, bytes.as_ptr(), bytes.len()) == 1 }
}

pub fn read_u64(addr: u64) -> Option<u64> {
    let mut buf = [0; 8];
    read_guest(addr, &mut buf).then(|| u64::from_le_bytes(buf))
}

pub fn read_u32(addr: u64) -> Option<u32> {
    let mut buf = [0; 4];
    read_guest(addr, &mut buf).then(|| u32::from_le_bytes(buf))
}

/// Reads a NUL-terminated guest string of at most `buf.len()` bytes; `None` if it is longer or not
/// readable.
pub fn read_cstr(addr: u64, buf: &mut [u8]) -> Option<&[u8]> {
    let mut done = 0;
    while done < buf.len() {
        // Page by page: a string may end just before unmapped memory.
        let at = addr.wrapping_add(done as u64);
        let chunk = (4096 - (at as usize & 4095)).min(buf.len() - done).min(256);
        if !read_guest(at, &mut buf[done..done + chunk]) {
            return None;
        }
        if let Some(nul) = buf[done..done + chunk].iter().position(|&b| b == 0) {
            return Some(&buf[..done + nul]);
        }
        done += chunk;
    }
    None
}

/// Appends the string at `addr`, as far as it is one and can be read.
pub fn append_cstr(addr: u64, out: &mut Vec<u8>) {
    const PIECE: usize = 256;
    let mut piece = [0; PIECE];
    let mut at = addr;
    loop {
        let len = (4096 - (at as usize & 4095)).min(PIECE);
        if !read_guest(at, &mut piece[..len]) {
            return;
        }
        let nul = piece[..len].iter().position(|&b| b == 0);
        out.extend_from_slice(&piece[..nul.unwrap_or(len)]);
        if nul.is_some() {
            return;
        }
        at += len as u64;
    }
}

/// Guest memory for the system call table.
pub struct Memory;

impl clew_syscalls::GuestMemory for Memory {
    fn read(&self, addr: u64, buf: &mut [u8]) -> bool {
        read_guest(addr, buf)
    }
}
