// fork by its bare number: every register but rax, rcx and r11 is the same in both, red zone and flags included.
// exit: 9
#include "asm.h"
_start:
    mov rbx, 0x1111
    mov rdx, 0x2222
    mov rsi, 0x3333
    mov rdi, 0x4444
    mov rbp, 0x5555
    mov r8, 0x6666
    mov r9, 0x7777
    mov r10, 0x8888
    mov r13, 0xaaaa
    mov r14, 0xbbbb
    mov r15, 0xcccc
    mov qword ptr [rsp-8], 0xdddd
    mov qword ptr [rsp-128], 0xeeee
    mov eax, 57
    stc
    std
    syscall
    lea rsp, [rsp-256]
    pushfq
    pop r12
    and r12d, 0x401
    cld
    lea rsp, [rsp+256]
    test rax, rax
    jz 1f
    lea rsp, [rsp-256]
    push rdi
    push rsi
    push rdx
    push r10
    mov rdi, rax
    lea rsi, [rip+status]
    xor edx, edx
    xor r10d, r10d
    mov eax, 61
    syscall                     // wait4
    pop r10
    pop rdx
    pop rsi
    pop rdi
    lea rsp, [rsp+256]
    mov r13d, [rip+status]
1:  SHOW rbx
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
    mov rax, [rsp-8]
    SHOW rax
    mov rax, [rsp-128]
    SHOW rax
    EXIT 9
.bss
status: .skip 4
