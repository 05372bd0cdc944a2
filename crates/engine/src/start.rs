//! Where the kernel starts the process: sets the engine up, then the guest.

use crate::asm;
use crate::calls::files::Files;
use crate::calls::rlimits::Limits;
use crate::calls::seccomp::Seccomp;
use crate::choice;
use crate::clock::Clock;
use crate::code;
use crate::crash;
use crate::descriptors::{self, number};
use crate::dispatch;
use crate::limits;
use crate::loader::{self, Op};
use crate::log::{Att, Log, Stamp};
use crate::memory::{Brk, Mapped};
use crate::replay;
use crate::signal;
use crate::state::{Engine, Mode, Recent, ctx, engine, install, orders, orders_text};
use crate::stream::Stream;
use crate::sys::{self, MAP_ANONYMOUS, MAP_FIXED, MAP_NORESERVE, MAP_PRIVATE, MAP_SHARED};
use crate::task::baton::baton;
use crate::task::{Process, TaskRef, Tasks};
use crate::vma::{PROT_EXEC, PROT_READ, PROT_WRITE, Vma, VmaKind, Vmas, page_down, page_up};
use crate::window;
use alloc_crate::boxed::Box;
use alloc_crate::string::String;
use alloc_crate::vec::Vec;
use clew_abi::layout::{
    BACK, CONTEXT, CodeWindow, ENGINE, HEAP, IMAGE, LOOKUP, ORDERS, PAGE, Range, SHARED,
};
use clew_abi::orders::{self as abi, fd};
use clew_abi::record::*;
use clew_translate::context::reg;
use core::fmt::Write;
use core::sync::atomic::{AtomicU64, Ordering};

/// Auxiliary vector entries (linux/auxvec.h).
const AT_PHDR: u32 = 3;
const AT_PHENT: u32 = 4;
const AT_PHNUM: u32 = 5;
const AT_BASE: u32 = 7;
const AT_ENTRY: u32 = 9;
const AT_EXECFN: u32 = 31;
const AT_SYSINFO_EHDR: u32 = 33;

const RW: u32 = PROT_READ | PROT_WRITE;

/// First Rust code of the process. `sp` is the stack pointer the kernel set up: argc, argv, envp,
/// auxv.
pub extern "C" fn start(sp: u64) -> ! {
    let file = find_orders();
    map_engine(file);
    let orders = orders();
    descriptors::take_over(orders);
    if orders.magic != abi::MAGIC || orders.version != abi::VERSION {
        crash::fail("the orders are from another build of clew");
    }
    let recording = orders.mode == abi::MODE_RECORD;
    // SAFETY: `sp` is what the kernel passed.
    let initial = unsafe { initial(sp) };
    // SAFETY: `initial` found it.
    unsafe { look_at_auxv(initial.auxv) };
    let program = recording.then(open_program);
    window::open(match &program {
        Some(Ok(file)) => choice::window_for(*file, &initial.envp),
        // A replay's, until the trace tells another one.
        _ => CodeWindow::LOW,
    });
    if recording {
        map_shared();
    }
    let (code, cache) = code::begin(program.as_ref().and_then(|file| file.as_ref().ok().copied()));
    let pid = sys::getpid() as u32;
    let (mut tasks, task) = first_task(pid);
    ctx().engine_sp = task.stack_top();
    ctx().pending_at = task.pending_at();
    baton().reset(task);
    install(Engine {
        mode: if recording { Mode::Record(Log::create()) } else { Mode::Replay(Stream::open()) },
        cache,
        code,
        vmas: Vmas::default(),
        ticks: Default::default(),
        task,
        tasks: core::mem::take(&mut tasks),
        slice_ticks: orders.slice_ticks.max(1),
        baton_in_use: false,
        affinity: None,
        files: Files::default(),
        forbidden: Default::default(),
        sharing: Default::default(),
        chaos: Default::default(),
        exact: 0,
        between: false,
        seeking: false,
        stress: Default::default(),
        brk: Brk::default(),
        pid,
        exe: String::new(),
        auxv: Vec::new(),
        vdso: 0,
        forks_left: orders.forks,
        calls_made: 0,
        next_checksum: 0,
        clock: Clock::default(),
        debug: None,
        recent: Recent::default(),
    });
    let engine = engine();
    engine.ticks.set(orders.start_tick);
    engine.ticks.aim(None);
    engine.files.tables.take_over(orders_text(orders.marks));
    engine.task.process().limits = Limits::from_orders(orders);
    engine.task.seccomp = Seccomp::from_bytes(orders_text(orders.filters));
    engine.forbid_again(orders.forbidden);
    signal::install_handlers();
    if let Some(file) = program {
        engine.begin_chaos();
        record_exec(engine, sp, &initial, file);
        if orders.unblocked != 0 {
            signal::sync_mask(engine.task.signals.blocked);
        }
    } else {
        crate::procfs::peers::publish(&[]);
        if orders.flags & abi::FLAG_DEBUG != 0 {
            engine.begin_debugging();
        }
        replay::begin(engine);
    }
    enter()
}

/// The task that the process begins with.
fn first_task(pid: u32) -> (Tasks, TaskRef) {
    let (actions, blocked) = signal::inherited();
    let mut process = Process::new(pid);
    process.actions = actions;
    let mut tasks = Tasks::default();
    let Some(mut task) = tasks.create(pid, Box::into_raw(Box::new(process)), true) else {
        crash::fail("the first task's memory cannot be mapped");
    };
    task.signals.blocked = match orders().unblocked {
        0 => blocked,
        unblocked => !unblocked,
    };
    task.alive.store(1, Ordering::Relaxed);
    if orders().mode == abi::MODE_RECORD {
        // SAFETY: the kernel clears the word when this thread ends.
        unsafe { sys::syscall!(sys::__NR_set_tid_address, task.alive.as_ptr()) };
    }
    (tasks, task)
}

/// Leaves the present stack for the engine's, from its top, and enters the guest at `ctx().pc`.
pub fn enter() -> ! {
    // SAFETY: `first_entry` never returns, so the old stack is not needed again.
    unsafe {
        core::arch::asm!("mov rsp, {sp}", "xor ebp, ebp", "call {first}", "ud2",
            sp = in(reg) ctx().engine_sp,
            first = sym first_entry, options(noreturn));
    }
}

extern "C" fn first_entry() -> ! {
    dispatch::resume_guest();
    // SAFETY: `resume_guest` prepared the context.
    unsafe { asm::clew_enter() }
}

/// The descriptor of the orders: at its place, or wherever a guest with a low limit of open files
/// could leave it.
fn find_orders() -> i32 {
    let mut magic = [0u8; 8];
    sys::pread(fd::ORDERS, &mut magic, 0);
    if u64::from_le_bytes(magic) == abi::MAGIC {
        return fd::ORDERS;
    }
    // There is no heap yet.
    let mut name = crash::Report::new();
    let _ = write!(name, "/memfd:{} (deleted)", abi::ORDERS_NAME);
    let is_orders = |file: &i32| {
        let (mut link, mut target) = (crash::Report::new(), [0u8; 64]);
        let _ = write!(link, "/proc/self/fd/{file}\0");
        let (path, buf) = (link.bytes().as_ptr(), target.as_mut_ptr());
        // SAFETY: the path is terminated; writes the array.
        let len = unsafe { sys::syscall!(sys::__NR_readlink, path, buf, target.len()) };
        len > 0 && target[..len as usize] == *name.bytes()
    };
    // A guest that has taken all numbers below has it above them, or above its limit.
    let most = limits::get(limits::NOFILE)[0].saturating_add(descriptors::MORE) as i32;
    if let Some(file) = (0..fd::END).rev().chain(fd::END..most).find(is_orders) {
        descriptors::place(fd::ORDERS, file);
        return number(fd::ORDERS);
    }
    sys::write(2, b"clew: the engine image is started by clew, not by hand\n");
    sys::exit_group(125)
}

/// Maps the engine's regions at their places.
fn map_engine(orders: i32) {
    let fixed = |range: Range, prot, flags, file| {
        // SAFETY: these ranges are the engine's; the image lies elsewhere.
        let got = unsafe { sys::mmap(range.start, range.len(), prot, flags | MAP_FIXED, file, 0) };
        if got != range.start as i64 {
            sys::write(2, b"clew: the engine's memory cannot be mapped; is RLIMIT_AS too low?\n");
            sys::exit_group(125);
        }
    };
    let private = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    fixed(Range::new(IMAGE.end, ENGINE.end), 0, private, -1);
    fixed(BACK, 0, private, -1);
    fixed(Range::new(CONTEXT, CONTEXT + PAGE), RW, private, -1);
    fixed(HEAP, RW, private, -1);
    fixed(LOOKUP, RW, private, -1);
    window::begin_pages(HEAP, 0);
    let size = sys::fstat(orders).map_or(0, |st| st.st_size as u64);
    let len = page_up(size).min(ORDERS.len());
    fixed(Range::new(ORDERS.start, ORDERS.start + len), RW, MAP_SHARED, orders);
}

/// Maps the page that the trace's engines share.
fn map_shared() {
    // SAFETY: the engine's own place; the file has one page.
    let got = unsafe { sys::mmap(SHARED, PAGE, RW, MAP_SHARED | MAP_FIXED, number(fd::SHARED), 0) };
    if got != SHARED as i64 {
        crash::fail("the page that engines share cannot be mapped");
    }
}

/// What the kernel put on the stack.
pub struct Initial {
    pub argv: Vec<u64>,
    pub envp: Vec<u64>,
    /// Address of the first auxiliary vector entry.
    pub auxv: u64,
}

/// The engine's own AT_HWCAP2, which is not the guest's of a recording.
static HWCAP2: AtomicU64 = AtomicU64::new(0);

/// In it: HWCAP2_FSGSBASE.
pub const FSGSBASE: u64 = 2;

/// What the kernel says it lets programs use (bits of AT_HWCAP2).
pub fn hwcap2() -> u64 {
    HWCAP2.load(Ordering::Relaxed)
}

/// Keeps what is needed of the auxiliary vector.
///
/// # Safety
/// `addr` is the address of a terminated auxiliary vector.
unsafe fn look_at_auxv(addr: u64) {
    const AT_HWCAP2: u64 = 26;
    let mut at = addr as *const [u64; 2];
    // SAFETY: the caller's.
    unsafe {
        while (*at)[0] != 0 {
            if (*at)[0] == AT_HWCAP2 {
                HWCAP2.store((*at)[1], Ordering::Relaxed);
            }
            at = at.add(1);
        }
    }
}

/// # Safety
/// `sp` points to the kernel's initial stack.
unsafe fn initial(sp: u64) -> Initial {
    // SAFETY: laid out as the ABI says.
    unsafe {
        let words = sp as *const u64;
        let argc = *words as usize;
        let argv = (0..argc).map(|i| *words.add(1 + i)).collect();
        let mut at = words.add(argc + 2);
        let mut envp = Vec::new();
        while *at != 0 {
            envp.push(*at);
            at = at.add(1);
        }
        Initial { argv, envp, auxv: at.add(1) as u64 }
    }
}

/// Loads the program, makes the stack show it, and writes the `Exec` event.
fn record_exec(
    engine: &mut Engine,
    sp: u64,
    initial: &Initial,
    file: Result<i32, loader::LoadError>,
) {
    let orders = orders();
    engine.exe = String::from_utf8_lossy(&crate::procfs::fd_path(number(fd::EXE))).into_owned();
    let program = file
        .and_then(|file| loader::load(engine, file))
        .unwrap_or_else(|e| refuse(orders_text(orders.program), e.0));
    let mut ops = program.ops;
    let (vdso, execfn) = loader::map_vdso(engine, orders_text(orders.execfn), &mut ops)
        .unwrap_or_else(|e| refuse(orders_text(orders.program), e.0));
    let interp_base = program.interpreter.as_ref().map_or(0, |i| i.bias);
    let fixes = [
        (AT_PHDR, program.main.phdr),
        (AT_PHENT, 56),
        (AT_PHNUM, program.main.phnum),
        (AT_BASE, interp_base),
        (AT_ENTRY, program.main.entry),
        (AT_EXECFN, execfn),
        (AT_SYSINFO_EHDR, vdso),
    ];
    signal::find_vdso(initial);
    // SAFETY: the auxiliary vector lies on the initial stack, which nobody else uses yet.
    engine.auxv = unsafe { fix_auxv(initial.auxv, &fixes) };
    crate::procfs::peers::publish(&engine.auxv);
    set_comm(orders_text(orders.comm));
    let stack = note_stack(engine, sp, program.main.executable_stack);
    ops.push(Op::Map(stack_mapping(engine)));
    ops.push(Op::Write { addr: sp, len: stack.end - sp });
    let entry = program.interpreter.as_ref().map_or(program.main.entry, |i| i.entry);
    ctx().pc = entry;
    ctx().gpr[reg::RSP] = sp;
    ctx().rflags = 0x202;
    let payload = ExecPayload {
        pid: engine.pid,
        // SAFETY: no memory.
        ppid: unsafe { sys::syscall!(sys::__NR_getppid) } as u32,
        pc: entry,
        sp,
        stack_start: stack.start,
        stack_end: stack.end,
        stack_limit: stack.end - orders.stack_limit.min(stack.end - PAGE),
        brk: engine.brk.start,
        vdso,
        vdso_len: page_up(loader::VDSO.len() as u64),
        sig_ignored: signal::ignored(&engine.task.process().actions),
        sig_blocked: engine.task.signals.blocked,
        monotonic_ns: now(1),
        realtime_ns: now(0),
        parent_stream: orders.parent_stream,
        parent_event: orders.parent_event,
    };
    write_exec(engine, &payload, &ops, initial);
}

/// The program's file, which becomes the reserved descriptor `fd::EXE`.
fn open_program() -> Result<i32, loader::LoadError> {
    let file = match orders().program_open {
        0 => {
            let path = [orders_text(orders().program), b"\0"].concat();
            sys::openat(sys::AT_FDCWD, &path, sys::O_RDONLY | sys::O_CLOEXEC, 0)
        }
        open => open as i64 - 1,
    };
    if file < 0 {
        return Err(loader::LoadError("the program cannot be opened"));
    }
    descriptors::place(fd::EXE, file as i32);
    Ok(number(fd::EXE))
}

fn now(clock: u32) -> u64 {
    let mut ts = [0u64; 2];
    // SAFETY: writes the array.
    unsafe { sys::syscall!(sys::__NR_clock_gettime, clock, ts.as_mut_ptr()) };
    ts[0] * 1_000_000_000 + ts[1]
}

fn write_exec(engine: &mut Engine, payload: &ExecPayload, ops: &[Op], initial: &Initial) {
    let argv = strings(&initial.argv);
    let envp = strings(&initial.envp);
    let exe = engine.exe.clone();
    let mut atts = Vec::new();
    let window = engine.cache.window;
    let start = window.start.to_le_bytes();
    if window != CodeWindow::LOW {
        atts.push(Att::Bytes { kind: ATT_WINDOW, addr: 0, bytes: &start });
    }
    let forbidden = engine.forbidden_bits();
    if forbidden != 0 {
        atts.push(Att::Bytes { kind: ATT_FORBIDDEN, addr: forbidden, bytes: &[] });
    }
    for op in ops {
        match op {
            Op::Map(mapped) => mapped.attach(&mut atts),
            Op::Write { addr, len } => atts.push(Att::Memory { addr: *addr, len: *len }),
        }
    }
    for (kind, bytes) in [(ATT_ARGV, argv.as_slice()), (ATT_ENVP, &envp), (ATT_EXE, exe.as_bytes())]
    {
        atts.push(Att::Bytes { kind, addr: 0, bytes });
    }
    let stamp = Stamp { tid: engine.task.tid, tick: engine.ticks.now(), ..Stamp::default() };
    if let Mode::Record(log) = &mut engine.mode {
        let event = log.event(Kind::Exec, stamp, payload, &atts);
        engine.recent.push(event, Kind::Exec as u16, 0, 0);
    }
}

/// NUL-terminated strings, one after the other.
fn strings(addrs: &[u64]) -> Vec<u8> {
    let mut out = Vec::new();
    for &addr in addrs {
        sys::append_cstr(addr, &mut out);
        out.push(0);
    }
    out
}

/// Notes the stack the kernel made: it reaches from `sp`'s page to the end of its mapping and may
/// grow down to its limit.
fn note_stack(engine: &mut Engine, sp: u64, executable: bool) -> Range {
    let mapping = crate::procfs::host_mapping(sp)
        .unwrap_or_else(|| Range::new(page_down(sp), page_up(sp + PAGE)));
    let limit = orders().stack_limit.clamp(mapping.len(), 1 << 40);
    let prot = if executable { RW | PROT_EXEC } else { RW };
    let start = page_up(mapping.end.saturating_sub(limit));
    engine.vmas.insert(Vma { start, end: mapping.end, prot, kind: VmaKind::Stack });
    mapping
}

/// The stack's mapping with the room it may grow into, as replay makes it.
fn stack_mapping(engine: &Engine) -> Mapped {
    let stack = engine.vmas.iter().find(|v| v.kind == VmaKind::Stack).expect("just inserted");
    let map = MapPayload {
        len: stack.end - stack.start,
        prot: stack.prot,
        flags: MAP_PRIVATE | MAP_ANONYMOUS | MAP_MAIN_STACK,
        offset: 0,
    };
    Mapped { addr: stack.start, map, key: Vec::new(), path: Vec::new(), contents: false }
}

/// Makes the auxiliary vector show the guest program.
///
/// # Safety
/// `addr` is the address of a terminated auxiliary vector.
unsafe fn fix_auxv(addr: u64, fixes: &[(u32, u64)]) -> Vec<[u64; 2]> {
    let mut out = Vec::new();
    let mut at = addr as *mut [u64; 2];
    // SAFETY: the caller's.
    unsafe {
        loop {
            let [kind, _] = *at;
            if let Some((_, value)) = fixes.iter().find(|(k, _)| *k as u64 == kind) {
                (*at)[1] = *value;
            }
            // Restartable sequences are refused, so they are not announced either.
            if matches!(kind, 27 | 28) {
                *at = [1, 0];
            }
            out.push(*at);
            if kind == 0 {
                return out;
            }
            at = at.add(1);
        }
    }
}

/// Sets `comm`, which exec would have taken from the program's path.
fn set_comm(name: &[u8]) {
    let mut buf = [0u8; 16];
    let len = name.len().min(15);
    buf[..len].copy_from_slice(&name[..len]);
    // SAFETY: reads the buffer.
    unsafe { sys::syscall!(sys::__NR_prctl, 15, buf.as_ptr()) };
}

/// Ends the process because the program cannot be loaded.
fn refuse(path: &[u8], why: &str) -> ! {
    let mut report = crash::Report::new();
    let path = core::str::from_utf8(path).unwrap_or("the program");
    let _ = write!(report, "cannot load {path}: {why}");
    let text = core::str::from_utf8(report.bytes()).unwrap_or(why);
    crate::supervisor::warn(text);
    sys::exit_group(126)
}
