//! Where control passes between kernel, engine and translated code.
//!
//! The engine is built for baseline x86-64, so its own code touches xmm0 to xmm15 through legacy
//! encodings only: those are saved here with plain moves, and the upper halves, mask registers and
//! x87 state stay the guest's.

use clew_abi::layout::CONTEXT;
use clew_translate::context::GuestContext;
use core::arch::global_asm;
use core::mem::offset_of;

/// Assembly that loads the guest's xmm registers from the context; its `{xmm}` is where they are.
macro_rules! load_xmm {
    () => {
        ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        movups xmm\\n, [{xmm} + 16*\\n]
        .endr"
    };
}
pub(crate) use load_xmm;

/// Assembly that saves them there.
macro_rules! store_xmm {
    () => {
        ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        movups [{xmm} + 16*\\n], xmm\\n
        .endr"
    };
}
pub(crate) use store_xmm;

global_asm!(
    // The kernel starts the process here. The stack is the guest's: nothing may be written below
    // its stack pointer, or the guest could see it.
    ".globl _start",
    "_start:",
    "mov rdi, rsp",
    "lea rsp, [rip + clew_boot_stack_end]",
    "xor ebp, ebp",
    "call {start}",
    "ud2",

    // From translated code: all guest registers are in place, the exit site is stored.
    ".balign 64",
    ".globl clew_exit",
    "clew_exit:",
    "mov [{ctx} + 0x00], rax",
    "mov [{ctx} + 0x08], rcx",
    "mov [{ctx} + 0x10], rdx",
    "mov [{ctx} + 0x18], rbx",
    "mov [{ctx} + 0x20], rsp",
    "mov [{ctx} + 0x28], rbp",
    "mov [{ctx} + 0x30], rsi",
    "mov [{ctx} + 0x38], rdi",
    "mov [{ctx} + 0x40], r8",
    "mov [{ctx} + 0x48], r9",
    "mov [{ctx} + 0x50], r10",
    "mov [{ctx} + 0x58], r11",
    "mov [{ctx} + 0x60], r12",
    "mov [{ctx} + 0x68], r13",
    "mov [{ctx} + 0x70], r14",
    "mov [{ctx} + 0x78], r15",
    "mov rsp, [{ctx} + {engine_sp}]",
    "pushfq",
    "pop rax",
    "mov [{ctx} + {rflags}], rax",
    "cld",
    // Alignment checks would trap in the engine.
    "test eax, 0x40000",
    "jz 2f",
    "push 0x202",
    "popfq",
    "2:",
    // A fault or signal taken in the cache continues here: the signal handler stored everything
    // but the vector registers, which the kernel put back.
    ".globl clew_exit_saved",
    "clew_exit_saved:",
    store_xmm!(),
    "xor ebp, ebp",
    "call {dispatch}",

    ".globl clew_enter",
    "clew_enter:",
    // A signal that came while the engine ran, too late for it.
    "mov rax, [{ctx} + {pending_at}]",
    "cmp qword ptr [rax], 0",
    "je 1f",
    "mov rsp, [{ctx} + {engine_sp}]",
    "call {hurry}",
    "1:",
    load_xmm!(),
    // A signal between this check and the jump is seen by the handler (it knows these labels) and
    // makes the guest leave the cache at its next tick.
    "mov rsp, [{ctx} + {engine_sp}]",
    "mov rax, [{ctx} + {rflags}]",
    "mov rcx, rax",
    "and rcx, 0x247700", // anything but status flags, reserved bit and IF
    "cmp rcx, 0x200",
    "jne 3f",
    // Status flags without popfq: OF from an addition, the rest through AH.
    "mov ecx, eax",
    "shr ecx, 11",
    "and ecx, 1",
    "mov ah, al",
    "mov al, cl",
    "add al, 0x7f",
    "sahf",
    "jmp 4f",
    "3:",
    "push rax",
    "popfq",
    "4:",
    "mov rax, [{ctx} + 0x00]",
    "mov rcx, [{ctx} + 0x08]",
    "mov [{ctx} + {spill_rcx}], rcx", // as translated code expects it
    "mov rdx, [{ctx} + 0x10]",
    "mov rbx, [{ctx} + 0x18]",
    "mov rsp, [{ctx} + 0x20]",
    "mov rbp, [{ctx} + 0x28]",
    "mov rsi, [{ctx} + 0x30]",
    "mov rdi, [{ctx} + 0x38]",
    "mov r8, [{ctx} + 0x40]",
    "mov r9, [{ctx} + 0x48]",
    "mov r10, [{ctx} + 0x50]",
    "mov r11, [{ctx} + 0x58]",
    "mov r12, [{ctx} + 0x60]",
    "mov r13, [{ctx} + 0x68]",
    "mov r14, [{ctx} + 0x70]",
    "mov r15, [{ctx} + 0x78]",
    "jmp [{ctx} + {resume}]",
    ".globl clew_enter_end",
    "clew_enter_end:",

    // A system call that may block. rdi: number, rsi: six arguments, rdx: the task's word that says
    // whether a signal waits. With one pending before the kernel is entered it answers
    // -ERESTARTNOINTR without entering; the signal handler moves a pc between the check and the
    // `syscall` instruction to `clew_blocking_unmade`. At the instruction itself rcx tells whether the
    // kernel was entered, which would restart the call: then it is `clew_blocking_interrupted`.
    ".globl clew_blocking_call",
    "clew_blocking_call:",
    "push rbx",
    "mov rax, rdi",
    "mov rbx, rsi",
    ".globl clew_blocking_begin",
    "clew_blocking_begin:",
    "cmp qword ptr [rdx], 0",
    "jne clew_blocking_unmade",
    "mov rdi, [rbx]",
    "mov rsi, [rbx + 8]",
    "mov rdx, [rbx + 16]",
    "mov r10, [rbx + 24]",
    "mov r8, [rbx + 32]",
    "mov r9, [rbx + 40]",
    "xor ecx, ecx",
    ".globl clew_blocking_syscall",
    "clew_blocking_syscall:",
    "syscall",
    ".globl clew_blocking_end",
    "clew_blocking_end:",
    "pop rbx",
    "ret",
    ".globl clew_blocking_interrupted",
    "clew_blocking_interrupted:",
    "mov rax, -512", // -ERESTARTSYS: the call came to nothing
    "pop rbx",
    "ret",
    ".globl clew_blocking_unmade",
    "clew_blocking_unmade:",
    "mov rax, -513", // -ERESTARTNOINTR: the call was never made
    "pop rbx",
    "ret",

    // A system call that makes a task with a stack of its own. rdi: number, rsi: six arguments.
    ".globl clew_start_task",
    "clew_start_task:",
    "mov rax, rdi",
    "mov r11, rsi",
    "mov rdi, [r11]",
    "mov rsi, [r11 + 8]",
    "mov rdx, [r11 + 16]",
    "mov r10, [r11 + 24]",
    "mov r8, [r11 + 32]",
    "mov r9, [r11 + 40]",
    "syscall",
    "test rax, rax",
    "jz 5f",
    "ret",
    "5:",
    "xor ebp, ebp",
    "call {task_main}",
    "ud2",

    ".globl clew_end_thread",
    "clew_end_thread:",
    "mov eax, 60", // rdi: exit code
    "syscall",
    "ud2",

    // The engine's signal handler. Alignment checks that the guest has on would trap in it.
    ".globl clew_signal",
    "clew_signal:",
    "push 0x202",
    "popfq",
    "jmp {on_signal}",

    // Returns from the engine's own signal handlers.
    ".globl clew_restorer",
    "clew_restorer:",
    "mov eax, 15",
    "syscall",

    ".bss",
    ".balign 64",
    ".skip 65536",
    "clew_boot_stack_end:",
    ".text",
    ctx = const CONTEXT,
    engine_sp = const offset_of!(GuestContext, engine_sp),
    rflags = const offset_of!(GuestContext, rflags),
    xmm = const CONTEXT as usize + offset_of!(GuestContext, xmm),
    resume = const offset_of!(GuestContext, resume),
    spill_rcx = const offset_of!(GuestContext, spill_rcx),
    pending_at = const offset_of!(GuestContext, pending_at),
    start = sym crate::start::start,
    dispatch = sym crate::dispatch::dispatch,
    hurry = sym crate::dispatch::hurry,
    task_main = sym crate::task::main,
    on_signal = sym crate::signal::host::on_signal,
);

unsafe extern "C" {
    pub fn clew_exit();
    pub fn clew_exit_saved();
    pub fn clew_enter() -> !;
    pub fn clew_enter_end();
    /// `engine` is not looked at: passing it says that other tasks may change the state meanwhile.
    pub fn clew_blocking_call(
        nr: u64,
        args: *const [u64; 6],
        pending: *const u64,
        engine: *mut core::ffi::c_void,
    ) -> i64;
    /// Makes a task of the engine's own kind: [`crate::task::main`] runs in it, on the new stack.
    pub fn clew_start_task(nr: u64, args: *const [u64; 6]) -> i64;
    /// Ends this thread without touching its stack, which may be gone.
    pub fn clew_end_thread(code: u64) -> !;
    pub fn clew_blocking_begin();
    pub fn clew_blocking_end();
    pub fn clew_blocking_syscall();
    pub fn clew_blocking_interrupted();
    pub fn clew_blocking_unmade();
    pub fn clew_restorer();
    pub fn clew_signal();
}

/// Address of the entry sequence, whose window the signal handler recognises.
pub fn clew_enter_addr() -> u64 {
    clew_enter as *const () as u64
}
