// What the kernel promises at the entry point: registers zero, rsp aligned, argc, argv and envp there.
// args: one two
#include "asm.h"
_start:
    SHOW rax
    SHOW rbx
    SHOW rcx
    SHOW rdx
    SHOW rsi
    SHOW rdi
    SHOW rbp
    SHOW r8
    SHOW r11
    SHOW r15
    SHOWFLAGS
    mov rax, rsp
    and eax, 15
    SHOW rax
    mov rax, [rsp]
    SHOW rax
    mov rax, [rsp+32]
    SHOW rax
    mov rsi, [rsp+24]
    mov eax, [rsi]
    SHOW rax
    pxor xmm1, xmm1
    pcmpeqb xmm1, xmm0
    pmovmskb eax, xmm1
    SHOW rax
    stmxcsr [rsp-8]
    mov eax, [rsp-8]
    SHOW rax
    fnstcw [rsp-8]
    movzx eax, word ptr [rsp-8]
    SHOW rax
    EXIT 0
