//! Running a sequence with a given state and catching what comes out, faults included.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering::Relaxed};

use iced_x86::code_asm::*;
use iced_x86::{Decoder, DecoderOptions, Formatter, IntelFormatter};

use crate::memory::*;
use crate::random::Random;

// The layout of the state area: one image going in, one coming out.
const IN: u64 = STATE;
const OUT: u64 = STATE + 0x2000;
const GENERAL: u64 = 0; // 16 registers in encoding order
const FLAGS: u64 = 0x80;
const ENTRY: u64 = 0x88;
const MASKS: u64 = 0xc0; // k0-k7
const VECTORS: u64 = 0x100; // 32 of 64 bytes
const LEGACY: u64 = 0x900; // fxsave image
const HOST_STACK: u64 = STATE + 0x4000;
/// AC, OF, DF, SF, ZF, AF, PF, CF.
const SEEN_FLAGS: u64 = 0x40cd5;
const IMAGE_SIZE: u64 = 0xb00;

/// The fault that ended a sequence; no signal if there was none.
static SIGNAL: AtomicI32 = AtomicI32::new(0);
static CODE_OF_SIGNAL: AtomicI32 = AtomicI32::new(0);
static FAULT_PC: AtomicU64 = AtomicU64::new(0);
static FAULT_ADDRESS: AtomicU64 = AtomicU64::new(0);
static FAULT_ERROR: AtomicU64 = AtomicU64::new(0);
/// What the faults were that a sequence survived.
static SURVIVED: AtomicU64 = AtomicU64::new(0);
/// Flags that a handler leaves: those at a fault may be dead, and are not the guest's then.
const STATUS: i64 = 0x8d5;

#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Vectors {
    Sse,
    Avx,
    Avx512,
}

pub struct Machine {
    vectors: Vectors,
}

/// Where generated code goes.
pub struct CodeArea {
    next: u64,
}

impl CodeArea {
    /// Places the code `make` returns for an address, and returns that address.
    pub fn place(&mut self, make: impl Fn(u64) -> Vec<u8>) -> u64 {
        let at = self.next;
        let code = make(at);
        assert!(at + (code.len() as u64) < code_area() + CODE_SIZE, "the code area is full");
        // SAFETY: inside the code area, which `write_code` has made writable.
        unsafe { bytes(at, code.len() as u64) }.copy_from_slice(&code);
        self.next = at + code.len() as u64 + 1;
        at
    }
}

/// Whether the code of a batch can be written while it runs.
pub fn stays_writable(batch: u64) -> bool {
    batch % 4 == 3
}

impl Machine {
    pub fn new() -> Self {
        let vectors = if std::is_x86_feature_detected!("avx512bw") {
            Vectors::Avx512
        } else if std::is_x86_feature_detected!("avx") {
            Vectors::Avx
        } else {
            Vectors::Sse
        };
        let writable = libc::PROT_READ | libc::PROT_WRITE;
        for (at, size) in
            [(DATA, DATA_SIZE), (TABLES, PAGE), (STACK, STACK_SIZE), (STATE, 5 * PAGE)]
        {
            map(at, size, writable);
        }
        if near() != DATA {
            map(near(), DATA_SIZE, writable);
            map(near_tables(), PAGE, writable);
        }
        // SAFETY: sets the base of a segment that nothing else in this program uses.
        assert_eq!(unsafe { libc::syscall(libc::SYS_arch_prctl, 0x1001, GS_BASE) }, 0);
        map(trampoline(), PAGE, writable);
        map(code_area(), CODE_SIZE, writable);
        let machine = Self { vectors };
        let (enter, exit) = (machine.enter(), machine.leave());
        // SAFETY: just mapped; both pieces fit.
        unsafe { bytes(trampoline(), enter.len() as u64) }.copy_from_slice(&enter);
        unsafe { bytes(exit_code(), exit.len() as u64) }.copy_from_slice(&exit);
        assert!(enter.len() < 0x800 && exit.len() < 0x800);
        protect(trampoline(), PAGE, libc::PROT_READ | libc::PROT_EXEC);
        install_handlers();
        machine
    }

    /// Lets `write` fill the code area. Most batches are then made read-only, as a careful JIT
    /// does; every fourth stays writable and executable all the time.
    pub fn write_code<T>(&self, batch: u64, write: impl FnOnce(&mut CodeArea) -> T) -> T {
        let (read, write_, execute) = (libc::PROT_READ, libc::PROT_WRITE, libc::PROT_EXEC);
        let stays = stays_writable(batch);
        protect(
            code_area(),
            CODE_SIZE,
            if stays { read | write_ | execute } else { read | write_ },
        );
        let result = write(&mut CodeArea { next: code_area() });
        if !stays {
            protect(code_area(), CODE_SIZE, read | execute);
        }
        result
    }

    /// Fills registers and memory with random values; returns the state as text.
    pub fn prepare(&self, random: &mut Random) -> String {
        // SAFETY: all mapped in `new`; nobody else holds them.
        let (data, stack, image) =
            unsafe { (bytes(DATA, DATA_SIZE), bytes(STACK, STACK_SIZE), bytes(IN, IMAGE_SIZE)) };
        let tables = unsafe { bytes(TABLES, PAGE) };
        tables.fill(0);
        if near() != DATA {
            // SAFETY: as above.
            let (data, tables) = unsafe { (bytes(near(), DATA_SIZE), bytes(near_tables(), PAGE)) };
            tables.fill(0);
            data.chunks_exact_mut(8)
                .for_each(|word| word.copy_from_slice(&random.value().to_le_bytes()));
        }
        data.chunks_exact_mut(8)
            .for_each(|word| word.copy_from_slice(&random.value().to_le_bytes()));
        stack
            .chunks_exact_mut(8)
            .for_each(|word| word.copy_from_slice(&random.next().to_le_bytes()));
        image
            .chunks_exact_mut(8)
            .for_each(|word| word.copy_from_slice(&random.value().to_le_bytes()));
        let mut set = |offset: u64, value: u64| {
            let offset = offset as usize;
            image[offset..offset + 8].copy_from_slice(&value.to_le_bytes());
        };
        set(GENERAL + 4 * 8, STACK + STACK_SIZE / 2);
        set(FLAGS, random.next() & 0x8d5 | 0x202);
        // All exceptions masked, rounding and the rest as it comes; a random stack.
        let (control, status) = (0x37f | random.next() & 0xc00, random.next() & 0x7f7f & !0x80);
        let tags = if random.chance(50) { 0 } else { random.next() & 0xff };
        set(LEGACY, control | status << 16 | tags << 32);
        set(LEGACY + 8, 0);
        set(LEGACY + 16, 0);
        set(LEGACY + 24, 0xffff << 32 | 0x1f80 | random.next() & 0xe07f);
        self.describe(IN)
    }

    /// The state after the last sequence, as text.
    pub fn state(&self) -> String {
        self.describe(OUT)
    }

    fn describe(&self, image: u64) -> String {
        const NAMES: [&str; 16] = [
            "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11",
            "r12", "r13", "r14", "r15",
        ];
        let mut text = String::new();
        for (n, name) in NAMES.iter().enumerate() {
            let _ = write!(text, "{name:>4} {:016x}", word(image + n as u64 * 8));
            text.push(if n % 4 == 3 { '\n' } else { ' ' });
        }
        let _ = writeln!(text, "flags {:x}", word(image + FLAGS));
        for n in 0..self.vector_count() {
            let _ = write!(text, "v{n:<2}");
            for part in (0..8).rev() {
                let _ = write!(text, " {:016x}", word(image + VECTORS + n * 64 + part * 8));
            }
            text.push('\n');
        }
        for n in 0..8 {
            let _ = write!(text, "k{n} {:x} ", word(image + MASKS + n * 8));
        }
        text
    }

    /// Runs the code at `entry` with random state and describes the outcome in a line.
    pub fn execute(&self, entry: u64, random: &mut Random) -> String {
        self.prepare(random);
        // SAFETY: the state area is mapped and no reference to it is alive.
        unsafe {
            ((IN + ENTRY) as *mut u64).write(entry);
            bytes(OUT, IMAGE_SIZE).fill(0);
        }
        SIGNAL.store(0, Relaxed);
        SURVIVED.store(0, Relaxed);
        // SAFETY: the trampoline keeps the calling convention. What runs in between touches only
        // this module's areas, or faults and is ended by the handler.
        unsafe {
            let enter: extern "C" fn() = std::mem::transmute(trampoline() as *const ());
            enter();
        }
        let mut report = format!("{:016x}", self.hash());
        let signal = SIGNAL.load(Relaxed);
        if signal != 0 {
            let offset = FAULT_PC.load(Relaxed).wrapping_sub(entry);
            let (code, address) = (CODE_OF_SIGNAL.load(Relaxed), FAULT_ADDRESS.load(Relaxed));
            let flags = word(OUT + FLAGS) & SEEN_FLAGS;
            let error = FAULT_ERROR.load(Relaxed);
            let _ = write!(
                report,
                " signal {signal} code {code} at +{offset:#x} address {address:#x} error {error:x} flags {flags:x}"
            );
        }
        report
    }

    fn vector_count(&self) -> u64 {
        if self.vectors == Vectors::Avx512 { 32 } else { 16 }
    }

    fn hash(&self) -> u64 {
        let mut hash = Hash(SURVIVED.load(Relaxed));
        (0..16).for_each(|n| hash.add(word(OUT + n * 8)));
        // After a fault they are printed, so that a difference in them alone is seen as such.
        if SIGNAL.load(Relaxed) == 0 {
            hash.add(word(OUT + FLAGS) & SEEN_FLAGS);
        }
        (0..8).for_each(|n| hash.add(word(OUT + MASKS + n * 8)));
        (0..self.vector_count() * 8).for_each(|n| hash.add(word(OUT + VECTORS + n * 8)));
        // x87: control, status and tag words, not the last instruction's and operand's address.
        hash.add(word(OUT + LEGACY) & 0x0000_00ff_ffff_ffff);
        hash.add(word(OUT + LEGACY + 24) & 0xffff_ffff);
        for n in 0..8 {
            hash.add(word(OUT + LEGACY + 32 + n * 16));
            hash.add(word(OUT + LEGACY + 40 + n * 16) & 0xffff);
        }
        (0..DATA_SIZE / 8).for_each(|n| hash.add(word(DATA + n * 8)));
        (0..DATA_SIZE / 8).for_each(|n| hash.add(word(near() + n * 8)));
        (0..STACK_SIZE / 8).for_each(|n| hash.add(word(STACK + n * 8)));
        hash.0
    }

    /// Saves the host's registers, loads those of the sequence, jumps to it.
    fn enter(&self) -> Vec<u8> {
        let write = || -> Result<Vec<u8>, IcedError> {
            let mut a = CodeAssembler::new(64)?;
            for register in [rbx, rbp, r12, r13, r14, r15] {
                a.push(register)?;
            }
            a.mov(qword_ptr(HOST_STACK), rsp)?;
            a.fxrstor64(ptr(IN + LEGACY))?;
            for n in 0..self.vector_count() as usize {
                let at = IN + VECTORS + n as u64 * 64;
                match self.vectors {
                    Vectors::Avx512 => a.vmovdqu64(ZMM[n], zmmword_ptr(at))?,
                    Vectors::Avx => a.vmovdqu(YMM[n], ymmword_ptr(at))?,
                    Vectors::Sse => a.movdqu(XMM[n], xmmword_ptr(at))?,
                }
            }
            if self.vectors == Vectors::Avx512 {
                for n in 0..8 {
                    a.kmovq(MASK[n], qword_ptr(IN + MASKS + n as u64 * 8))?;
                }
            }
            a.push(qword_ptr(IN + FLAGS))?;
            a.popfq()?;
            for n in 0..16 {
                a.mov(GENERALS[n], qword_ptr(IN + GENERAL + n as u64 * 8))?;
            }
            a.jmp(qword_ptr(IN + ENTRY))?;
            a.assemble(trampoline())
        };
        write().expect("the entry can be encoded")
    }

    /// Saves the registers of the sequence, restores the host's, returns.
    fn leave(&self) -> Vec<u8> {
        let write = || -> Result<Vec<u8>, IcedError> {
            let mut a = CodeAssembler::new(64)?;
            for n in 0..16 {
                a.mov(qword_ptr(OUT + GENERAL + n as u64 * 8), GENERALS[n])?;
            }
            a.mov(rsp, qword_ptr(HOST_STACK))?;
            a.pushfq()?;
            a.pop(qword_ptr(OUT + FLAGS))?;
            a.push(0x202)?;
            a.popfq()?;
            a.fxsave64(ptr(OUT + LEGACY))?;
            for n in 0..self.vector_count() as usize {
                let at = OUT + VECTORS + n as u64 * 64;
                match self.vectors {
                    Vectors::Avx512 => a.vmovdqu64(zmmword_ptr(at), ZMM[n])?,
                    Vectors::Avx => a.vmovdqu(ymmword_ptr(at), YMM[n])?,
                    Vectors::Sse => a.movdqu(xmmword_ptr(at), XMM[n])?,
                }
            }
            if self.vectors == Vectors::Avx512 {
                for n in 0..8 {
                    a.kmovq(qword_ptr(OUT + MASKS + n as u64 * 8), MASK[n])?;
                }
            }
            a.fninit()?;
            a.push(0x1f80)?;
            a.ldmxcsr(dword_ptr(rsp))?;
            a.pop(rax)?;
            if self.vectors > Vectors::Sse {
                a.vzeroupper()?;
            }
            for register in [r15, r14, r13, r12, rbp, rbx] {
                a.pop(register)?;
            }
            a.ret()?;
            a.assemble(exit_code())
        };
        write().expect("the exit can be encoded")
    }

    /// The code at `entry`, up to its jump to the exit, as text.
    pub fn disassemble(&self, entry: u64) -> String {
        // SAFETY: the code area is mapped and readable.
        let code = unsafe { bytes(entry, code_area() + CODE_SIZE - entry) };
        let mut decoder = Decoder::with_ip(64, code, entry, DecoderOptions::NO_INVALID_CHECK);
        let mut formatter = IntelFormatter::new();
        let mut text = String::new();
        for instruction in &mut decoder {
            let _ = write!(text, "{:x} +{:03x}  ", instruction.ip(), instruction.ip() - entry);
            formatter.format(&instruction, &mut text);
            text.push('\n');
            if instruction.is_jmp_short_or_near() && instruction.near_branch_target() == exit_code()
            {
                break;
            }
        }
        text
    }
}

/// A word of one of the areas.
fn word(at: u64) -> u64 {
    // SAFETY: only called for addresses inside the mapped areas, all aligned.
    unsafe { (at as *const u64).read() }
}

struct Hash(u64);

impl Hash {
    fn add(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }
}

fn install_handlers() {
    const SIZE: usize = 128 << 10;
    let handler: extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void) = on_fault;
    // SAFETY: a leaked alternate stack and a handler that only stores to atomics.
    unsafe {
        let stack = Box::leak(vec![0u8; SIZE].into_boxed_slice());
        let alternate =
            libc::stack_t { ss_sp: stack.as_mut_ptr().cast(), ss_flags: 0, ss_size: SIZE };
        assert_eq!(libc::sigaltstack(&alternate, std::ptr::null_mut()), 0);
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        for signal in [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGTRAP] {
            assert_eq!(libc::sigaction(signal, &action, std::ptr::null_mut()), 0);
        }
    }
}

/// Notes the fault and ends the sequence: registers stay as they are, for the exit to save.
extern "C" fn on_fault(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel passes valid pointers.
    unsafe {
        let context = &mut *context.cast::<libc::ucontext_t>();
        let registers = &mut context.uc_mcontext.gregs;
        let resume = (RESUME as *mut u64).replace(0);
        if resume != 0 {
            let page_fault =
                signal == libc::SIGSEGV && (*info).si_code > 0 && (*info).si_code < 0x80;
            let mut hash = Hash(SURVIVED.load(Relaxed));
            hash.add(signal as u64);
            hash.add((*info).si_code as u64);
            hash.add((*info).si_addr() as u64);
            hash.add(registers[libc::REG_RIP as usize] as u64);
            if page_fault {
                hash.add(registers[libc::REG_ERR as usize] as u64);
            }
            SURVIVED.store(hash.0, Relaxed);
            registers[libc::REG_EFL as usize] &= !STATUS;
            registers[libc::REG_RIP as usize] = resume as i64;
            return;
        }
        if SIGNAL.swap(signal, Relaxed) != 0 {
            libc::_exit(99); // a fault in the exit code
        }
        CODE_OF_SIGNAL.store((*info).si_code, Relaxed);
        FAULT_ADDRESS.store((*info).si_addr() as u64, Relaxed);
        FAULT_PC.store(registers[libc::REG_RIP as usize] as u64, Relaxed);
        let page_fault = signal == libc::SIGSEGV && (*info).si_code > 0 && (*info).si_code < 0x80;
        let error = if page_fault { registers[libc::REG_ERR as usize] as u64 } else { 0 };
        FAULT_ERROR.store(error, Relaxed);
        registers[libc::REG_RIP as usize] = exit_code() as i64;
    }
}

const GENERALS: [AsmRegister64; 16] =
    [rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15];
const MASK: [AsmRegisterK; 8] = [k0, k1, k2, k3, k4, k5, k6, k7];
#[rustfmt::skip]
const XMM: [AsmRegisterXmm; 16] = [
    xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15,
];
#[rustfmt::skip]
const YMM: [AsmRegisterYmm; 16] = [
    ymm0, ymm1, ymm2, ymm3, ymm4, ymm5, ymm6, ymm7, ymm8, ymm9, ymm10, ymm11, ymm12, ymm13, ymm14, ymm15,
];
#[rustfmt::skip]
const ZMM: [AsmRegisterZmm; 32] = [
    zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15,
    zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31,
];
