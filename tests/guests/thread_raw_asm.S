// Assembly threads: registers are copied to the new thread, rax is 0, rcx and r11 are the kernel's.
#include "asm.h"
_start:
    mov ebx, 0x11111111
    mov ebp, 0x22222222
    mov r12d, 0x33333333
    mov r13d, 0x44444444
    mov r14d, 0x55555555
    mov r15d, 0x66666666
    movq xmm5, rbx
    fldpi
    std
    mov edi, 0x50f00            // VM FS FILES SIGHAND THREAD SYSVSEM
    lea rsi, [rip+stack_top]
    xor edx, edx
    xor r10d, r10d
    xor r8d, r8d
    mov eax, 56
    syscall
    test eax, eax
    jz child
1:  mov eax, [rip+done]         // the parent waits by a futex
    test eax, eax
    jnz 2f
    lea rdi, [rip+done]
    xor esi, esi
    xor edx, edx
    xor r10d, r10d
    mov eax, 202
    syscall
    jmp 1b
2:  SHOW rbx
    SHOW r15
    movq rax, xmm5
    SHOW rax
    SHOWFLAGS 0x400
    EXIT 0
child:
    SHOW rax
    SHOW rbx
    SHOW rbp
    SHOW r12
    SHOW r13
    SHOW r14
    SHOW r15
    SHOW r8
    movq rax, xmm5
    SHOW rax
    SHOWFLAGS 0x400
    fistp dword ptr [rsp-8]
    mov eax, [rsp-8]
    SHOW rax
    lea rax, [rip+stack_top]
    sub rax, rsp
    SHOW rax
    xor ebx, ebx
    movq xmm5, rbx
    mov dword ptr [rip+done], 1
    lea rdi, [rip+done]
    mov esi, 1
    mov edx, 1
    mov eax, 202
    syscall
    mov eax, 60
    syscall
.bss
.balign 64
.skip 8192
stack_top:
done: .skip 8
