//! What the kernel makes of a file that is to be executed: a script, a program or neither.

use super::request::Request;
use crate::descriptors;
use crate::sys::{self, *};
use alloc_crate::vec::Vec;
use clew_abi::script::HEAD;

const EHDR: usize = 64;
const PHDR: usize = 56;
const PT_INTERP: u32 = 3;
const EM_386: u16 = 3;
const EM_X86_64: u16 = 62;
const CLASS_32: u8 = 1;

/// A file's first bytes.
pub fn head(file: i32) -> Result<Vec<u8>, i64> {
    let mut head = alloc_crate::vec![0u8; HEAD];
    let got = sys::pread(file, &mut head, 0);
    head.truncate(usize::try_from(got).map_err(|_| got)?);
    Ok(head)
}

/// What a file that is no script is.
pub enum Format {
    /// The engine can load it.
    Program,
    /// A program that only the kernel can run, if it can.
    Other,
    /// Not for this processor, or no program at all; perhaps something registered with binfmt_misc.
    Unknown,
}

/// The kernel's checks of a program before the point of no return (`load_elf_binary`), or its error.
pub fn program(file: i32, head: &[u8]) -> Result<Format, i64> {
    let half = |at: usize| head.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]));
    let (kind, machine) = (half(16), half(18));
    if !head.starts_with(b"\x7fELF") || !matches!(kind, 2 | 3) {
        return Ok(Format::Unknown);
    }
    let class_32 = head[4] == CLASS_32;
    if machine == EM_386 && class_32 || machine == EM_X86_64 && class_32 {
        return Ok(Format::Other);
    }
    let Some(headers) = program_headers(file, head).filter(|_| machine == EM_X86_64) else {
        return Ok(Format::Unknown);
    };
    let interpreter = headers.chunks_exact(PHDR).find(|p| long(p, 0) as u32 == PT_INTERP);
    interpreter.map_or(Ok(()), |p| check_interpreter(file, p))?;
    Ok(Format::Program)
}

fn long(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).map_or(0, |b| u64::from_le_bytes(core::array::from_fn(|i| b[i])))
}

/// The program headers of a file that begins with `head`, unless they are cut off or strange.
fn program_headers(file: i32, head: &[u8]) -> Option<Vec<u8>> {
    let (size, count) = (long(head, 54) & 0xffff, long(head, 56) & 0xffff);
    if head.len() < EHDR || size != PHDR as u64 || count == 0 || count * size > 65536 {
        return None;
    }
    let mut headers = alloc_crate::vec![0u8; (count * size) as usize];
    let got = sys::pread(file, &mut headers, long(head, 32));
    (got == headers.len() as i64).then_some(headers)
}

/// The kernel's checks of the dynamic linker that the program header names.
fn check_interpreter(file: i32, header: &[u8]) -> Result<(), i64> {
    let len = long(header, 32);
    if !(2..=4096).contains(&len) {
        return Err(-i64::from(ENOEXEC));
    }
    let mut name = alloc_crate::vec![0u8; len as usize];
    if sys::pread(file, &mut name, long(header, 8)) != len as i64 {
        return Err(-i64::from(EIO));
    }
    if name.last() != Some(&0) {
        return Err(-i64::from(ENOEXEC));
    }
    let path = name.split(|&b| b == 0).next().unwrap_or(&[]);
    Request::interpreter(path).check_file()?;
    let path = [path, b"\0"].concat();
    let linker = descriptors::open(AT_FDCWD, &path, O_RDONLY | O_CLOEXEC, 0);
    if linker < 0 {
        return Err(linker);
    }
    let result = check_linker(linker as i32);
    sys::close(linker as i32);
    result
}

fn check_linker(linker: i32) -> Result<(), i64> {
    let mut head = [0u8; EHDR];
    if sys::pread(linker, &mut head, 0) != EHDR as i64 {
        return Err(-i64::from(EIO));
    }
    let machine = u16::from_le_bytes([head[18], head[19]]);
    let good = head.starts_with(b"\x7fELF")
        && machine == EM_X86_64
        && program_headers(linker, &head).is_some();
    if good { Ok(()) } else { Err(-i64::from(ELIBBAD)) }
}

/// Would the file run as another user, which only the kernel can arrange?
pub fn changes_user(file: i32) -> bool {
    const S_ISUID: u32 = 0o4000;
    const S_ISGID_X: u32 = 0o2010;
    const PR_GET_NO_NEW_PRIVS: u64 = 39;
    let Some(st) = sys::fstat(file) else { return false };
    // SAFETY: no memory but the buffer for an attribute's value.
    unsafe {
        if syscall!(__NR_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 {
            return false;
        }
        let (user, group) = (syscall!(__NR_geteuid) as u32, syscall!(__NR_getegid) as u32);
        let mut value = [0u8; 64];
        let name = c"security.capability".as_ptr();
        let mut capable =
            || syscall!(__NR_fgetxattr, file, name, value.as_mut_ptr(), value.len()) > 0;
        st.st_mode & S_ISUID != 0 && st.st_uid != user
            || st.st_mode & S_ISGID_X == S_ISGID_X && st.st_gid != group
            || user != 0 && capable()
    }
}
