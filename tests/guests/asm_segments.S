// Reading and writing segment registers as compilers and old code do.
#include "asm.h"
.data
pointer: .quad 0x1234
.text
_start:
    mov eax, cs
    SHOW rax
    mov eax, ss
    SHOW rax
    mov eax, ds
    SHOW rax
    mov ds, eax
    mov eax, fs
    SHOW rax
    lea rsi, [rip+pointer]
    mov edi, 0x1002             // arch_prctl(ARCH_SET_FS)
    mov eax, 158
    syscall
    SHOW rax
    mov rax, fs:[0]
    SHOW rax
    mov edi, 0x1001             // ARCH_SET_GS
    lea rsi, [rip+pointer-8]
    mov eax, 158
    syscall
    mov rax, gs:[8]
    SHOW rax
    mov rcx, 8
    add rax, gs:[rcx]
    SHOW rax
    call 1f
    EXIT 0
1:  push qword ptr fs:[0]
    pop rax
    SHOW rax
    ret
