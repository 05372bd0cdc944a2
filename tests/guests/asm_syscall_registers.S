// After a system call rcx holds the return address, r11 the flags; all others are untouched.
// warns: unknown calls may be warned about
#include "asm.h"
_start:
    mov rbx, 0xb0b0b0b0b0b0b0b0
    mov rdx, 0xd0d0d0d0d0d0d0d0
    mov rsi, 0x5050505050505050
    mov rdi, 0x6060606060606060
    mov rbp, 0x7070707070707070
    mov r8,  0x0808080808080808
    mov r9,  0x0909090909090909
    mov r10, 0x1010101010101010
    mov r12, 0x1212121212121212
    mov r13, 0x1313131313131313
    mov r14, 0x1414141414141414
    mov r15, 0x1515151515151515
    mov eax, 0xffffffff
    stc
    mov eax, 110                // getppid
    syscall
1:  mov r11, r11
    SHOWFLAGS 0x8d5
    and r11, 0x40fd5
    SHOW r11
    lea rax, [rip+1b]
    sub rcx, rax
    SHOW rcx
    SHOW rbx
    SHOW rdx
    SHOW rsi
    SHOW rdi
    SHOW rbp
    SHOW r8
    SHOW r9
    SHOW r10
    SHOW r12
    SHOW r13
    SHOW r14
    SHOW r15
    mov eax, 9999               // no such call
    syscall
    SHOW rax
    mov rax, -1
    syscall
    SHOW rax
    EXIT 0
