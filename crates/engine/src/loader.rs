//! Loading the guest program: what the kernel's ELF loader does, with the engine choosing the place.
//!
//! Source: the System V ABI's program loading and the kernel's documented behaviour for
//! `PT_INTERP`, `PT_GNU_STACK`, bss and the auxiliary vector.

use crate::memory::Mapped;
use crate::state::Engine;
use crate::sys::{self, MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE};
use crate::vma::{PROT_EXEC, PROT_READ, PROT_WRITE, Vma, VmaKind, page_down, page_up};
use crate::window::window;
use alloc_crate::vec::Vec;
use clew_abi::layout::Range;
use clew_abi::layout::{PAGE, PIE_HEAP};
use clew_abi::record::MapPayload;

pub const PT_LOAD: u32 = 1;
const PT_INTERP: u32 = 3;
const PT_GNU_STACK: u32 = 0x6474_e551;
pub const ET_EXEC: u16 = 2;
const ET_DYN: u16 = 3;
const EM_X86_64: u16 = 62;

/// The guest's vDSO image (see vdso/).
pub static VDSO: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/vdso.so"));

/// One step of building the process's memory, for the trace.
pub enum Op {
    Map(Mapped),
    Write { addr: u64, len: u64 },
}

#[derive(Clone, Copy)]
#[repr(C)]
struct Ehdr {
    ident: [u8; 16],
    kind: u16,
    machine: u16,
    version: u32,
    entry: u64,
    phoff: u64,
    shoff: u64,
    flags: u32,
    ehsize: u16,
    phentsize: u16,
    phnum: u16,
    shentsize: u16,
    shnum: u16,
    shstrndx: u16,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub struct Phdr {
    pub kind: u32,
    pub flags: u32,
    pub offset: u64,
    pub vaddr: u64,
    paddr: u64,
    pub filesz: u64,
    pub memsz: u64,
    align: u64,
}

/// The headers of an x86-64 ELF program or library.
pub struct Headers {
    head: Ehdr,
    phdrs: Vec<Phdr>,
}

impl Headers {
    pub fn read(file: i32) -> Result<Self, LoadError> {
        let head: Ehdr = read_struct(file, 0).ok_or(LoadError("the file is too short for ELF"))?;
        let valid = head.ident[..6] == *b"\x7fELF\x02\x01"
            && head.machine == EM_X86_64
            && matches!(head.kind, ET_EXEC | ET_DYN)
            && head.phentsize as usize == size_of::<Phdr>();
        if !valid {
            return Err(LoadError("the file is not an x86-64 ELF program"));
        }
        let mut bytes = alloc_crate::vec![0u8; head.phnum as usize * size_of::<Phdr>()];
        let got = sys::pread(file, &mut bytes, head.phoff).max(0) as usize;
        let phdrs = bytes[..got]
            .chunks_exact(size_of::<Phdr>())
            // SAFETY: plain integers, of the right length.
            .map(|bytes| unsafe { bytes.as_ptr().cast::<Phdr>().read_unaligned() })
            .collect();
        Ok(Self { head, phdrs })
    }

    /// `ET_*`.
    pub fn kind(&self) -> u16 {
        self.head.kind
    }

    pub fn segments(&self, kind: u32) -> impl Iterator<Item = &Phdr> {
        self.phdrs.iter().filter(move |p| p.kind == kind)
    }

    /// The offset in the file of what is loaded at an address (as linked).
    pub fn offset_of(&self, vaddr: u64) -> Option<u64> {
        self.segments(PT_LOAD)
            .find(|p| vaddr.checked_sub(p.vaddr).is_some_and(|at| at < p.filesz))
            .map(|p| p.offset.wrapping_add(vaddr - p.vaddr))
    }
}

/// Where a loaded object lies.
pub struct Object {
    /// Difference between its addresses in memory and in the file.
    pub bias: u64,
    pub entry: u64,
    /// Address of its program headers in memory, or 0.
    pub phdr: u64,
    pub phnum: u64,
    /// Highest address of its segments.
    pub end: u64,
    pub position_independent: bool,
    pub interpreter: Option<Vec<u8>>,
    pub executable_stack: bool,
}

/// A loaded program.
pub struct Program {
    pub main: Object,
    pub interpreter: Option<Object>,
    pub ops: Vec<Op>,
}

/// Why a program cannot be loaded; shown to the user.
#[derive(Debug)]
pub struct LoadError(pub &'static str);

/// Loads the program that is open on `file`, and its interpreter.
pub fn load(engine: &mut Engine, file: i32) -> Result<Program, LoadError> {
    let mut ops = Vec::new();
    let main = load_file(engine, file, &mut ops)?;
    let interpreter = match &main.interpreter {
        Some(path) => Some(load_interpreter(engine, path, &mut ops)?),
        None => None,
    };
    let heap = if main.position_independent { PIE_HEAP } else { page_up(main.end) };
    let heap = heap + engine.chaotic_heap_gap();
    engine.brk.start = heap;
    engine.brk.current = heap;
    Ok(Program { main, interpreter, ops })
}

fn load_interpreter(
    engine: &mut Engine,
    path: &[u8],
    ops: &mut Vec<Op>,
) -> Result<Object, LoadError> {
    let terminated = [path, b"\0"].concat();
    let flags = sys::O_RDONLY | sys::O_CLOEXEC;
    let file = crate::descriptors::open(sys::AT_FDCWD, &terminated, flags, 0);
    if file < 0 {
        return Err(LoadError("its interpreter cannot be opened"));
    }
    let result = load_file(engine, file as i32, ops);
    if let Ok(object) = &result {
        engine.note_library(file as i32, Range::new(object.bias, object.end));
    }
    sys::close(file as i32);
    result
}

fn read_struct<T: Copy>(file: i32, offset: u64) -> Option<T> {
    let mut buf = [0u8; 256];
    let len = size_of::<T>();
    let got = sys::pread(file, &mut buf[..len], offset);
    // SAFETY: only used with structs of plain integers, no longer than the buffer.
    (got == len as i64).then(|| unsafe { buf.as_ptr().cast::<T>().read_unaligned() })
}

fn load_file(engine: &mut Engine, file: i32, ops: &mut Vec<Op>) -> Result<Object, LoadError> {
    let Headers { head, phdrs } = Headers::read(file)?;
    let loads = || phdrs.iter().filter(|p| p.kind == PT_LOAD && p.memsz > 0);
    let start = loads().map(|p| page_down(p.vaddr)).min().ok_or(LoadError("nothing to load"))?;
    let end = loads().map(|p| p.vaddr.saturating_add(p.memsz)).max().unwrap_or(0);
    let position_independent = head.kind == ET_DYN;
    let bias = match position_independent {
        true => place(engine, &phdrs, start, end)?.wrapping_sub(start),
        false => 0,
    };
    for p in loads() {
        map_segment(engine, file, p, bias, ops)?;
    }
    let phdr = phdrs
        .iter()
        .find(|p| p.kind == PT_LOAD && p.offset <= head.phoff && head.phoff < p.offset + p.filesz)
        .map_or(0, |p| bias.wrapping_add(p.vaddr + (head.phoff - p.offset)));
    let interpreter = phdrs.iter().find(|p| p.kind == PT_INTERP).map(|p| {
        let mut buf = alloc_crate::vec![0; p.filesz.min(4096) as usize];
        sys::pread(file, &mut buf, p.offset);
        buf.split(|&b| b == 0).next().unwrap_or(&[]).to_vec()
    });
    let stack = phdrs.iter().find(|p| p.kind == PT_GNU_STACK);
    Ok(Object {
        bias,
        entry: bias.wrapping_add(head.entry),
        phdr,
        phnum: phdrs.len() as u64,
        end: bias.wrapping_add(end),
        position_independent,
        interpreter,
        executable_stack: stack.is_none_or(|p| p.flags & 1 != 0),
    })
}

/// Chooses an address for a position-independent object, respecting its alignment.
fn place(engine: &Engine, phdrs: &[Phdr], start: u64, end: u64) -> Result<u64, LoadError> {
    let align = phdrs
        .iter()
        .filter(|p| p.kind == PT_LOAD && p.align.is_power_of_two())
        .map(|p| p.align)
        .max()
        .unwrap_or(PAGE)
        .clamp(PAGE, 1 << 30);
    let len = page_up(end) - start + align - PAGE;
    let at = engine.vmas.find_window(len).or_else(|| reserve_anywhere(len));
    at.map(|at| at.next_multiple_of(align)).ok_or(LoadError("no room for the program"))
}

/// Lets the kernel find room outside the code window.
fn reserve_anywhere(len: u64) -> Option<u64> {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | sys::MAP_NORESERVE;
    // SAFETY: new memory, given back at once: nobody else maps anything before the segments do.
    unsafe {
        let got = sys::mmap(0, len, 0, flags, -1, 0);
        if sys::is_error(got) {
            return None;
        }
        sys::munmap(got as u64, len);
        Some(got as u64)
    }
}

fn segment_prot(flags: u32) -> u32 {
    let mut prot = 0;
    for (flag, bit) in [(4, PROT_READ), (2, PROT_WRITE), (1, PROT_EXEC)] {
        if flags & flag != 0 {
            prot |= bit;
        }
    }
    prot
}

fn map_segment(
    engine: &mut Engine,
    file: i32,
    p: &Phdr,
    bias: u64,
    ops: &mut Vec<Op>,
) -> Result<(), LoadError> {
    let failed = LoadError("a segment of the program cannot be mapped where it belongs");
    let prot = segment_prot(p.flags);
    let vaddr = bias.wrapping_add(p.vaddr);
    let (start, file_end) = (page_down(vaddr), vaddr.saturating_add(p.filesz));
    let mem_end = vaddr.saturating_add(p.memsz);
    let mut zero_from = start;
    if p.filesz > 0 {
        let args = [
            start,
            page_up(file_end) - start,
            prot as u64,
            (MAP_PRIVATE | MAP_FIXED) as u64,
            file as u64,
            p.offset - (vaddr - start),
        ];
        let mapped = engine.mmap_record(&args).map_err(|_| failed)?;
        ops.push(Op::Map(mapped));
        zero_from = page_up(file_end);
        if mem_end > file_end && prot & PROT_WRITE != 0 {
            let len = zero_from.min(page_up(mem_end)) - file_end;
            zero(file_end, len);
            ops.push(Op::Write { addr: file_end, len });
        }
    }
    let end = page_up(mem_end);
    if end > zero_from {
        map_anonymous(engine, zero_from, end - zero_from, prot, ops)
            .ok_or(LoadError("the program's bss cannot be mapped"))?;
    }
    Ok(())
}

fn zero(addr: u64, len: u64) {
    static ZEROS: [u8; PAGE as usize] = [0; PAGE as usize];
    sys::write_guest(addr, &ZEROS[..len as usize]);
}

/// Maps anonymous memory at a fixed address.
pub fn map_anonymous(
    engine: &mut Engine,
    addr: u64,
    len: u64,
    prot: u32,
    ops: &mut Vec<Op>,
) -> Option<()> {
    let flags = (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED) as u64;
    let mapped = engine.mmap_record(&[addr, len, prot as u64, flags, u64::MAX, 0]).ok()?;
    ops.push(Op::Map(mapped));
    Some(())
}

/// Maps the guest's vDSO at the top of the code window, with a page behind it that holds
/// `execfn`. Returns the vDSO's address and the string's.
pub fn map_vdso(
    engine: &mut Engine,
    execfn: &[u8],
    ops: &mut Vec<Op>,
) -> Result<(u64, u64), LoadError> {
    let failed = || LoadError("the vDSO cannot be mapped");
    let image = page_up(VDSO.len() as u64);
    let strings = page_up(execfn.len() as u64 + 1);
    let base = window().range().end - (64 << 10) - image - strings;
    map_anonymous(engine, base, image + strings, PROT_READ | PROT_WRITE, &mut Vec::new())
        .ok_or_else(failed)?;
    let name = base + image;
    if !sys::write_guest(base, VDSO) || !sys::write_guest(name, execfn) {
        return Err(failed());
    }
    for (addr, len, prot) in [(base, image, PROT_READ | PROT_EXEC), (name, strings, PROT_READ)] {
        engine.mprotect(addr, len, prot);
        let map = MapPayload { len, prot, flags: MAP_PRIVATE | MAP_ANONYMOUS, offset: 0 };
        let (key, path) = (Vec::new(), Vec::new());
        ops.push(Op::Map(Mapped { addr, map, key, path, contents: true }));
    }
    note_vdso(engine, base, image);
    Ok((base, name))
}

/// Marks the vDSO's mapping, on both sides.
pub fn note_vdso(engine: &mut Engine, base: u64, image: u64) {
    let vma =
        Vma { start: base, end: base + image, prot: PROT_READ | PROT_EXEC, kind: VmaKind::Vdso };
    engine.vmas.insert(vma);
    engine.vdso = base;
    let mut bytes = alloc_crate::vec![0; VDSO.len()];
    let genuine =
        image == page_up(VDSO.len() as u64) && sys::read_guest(base, &mut bytes) && bytes == VDSO;
    engine.vdso_mapped(base, base.saturating_add(image), !genuine);
}
