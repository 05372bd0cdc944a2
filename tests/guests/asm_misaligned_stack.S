// Nothing requires rsp to be aligned, not even by 8.
#include "asm.h"
double: lea rax, [rax+rax]
        ret
_start:
    mov rbx, rsp
    mov ecx, 1
1:  mov rsp, rbx
    sub rsp, rcx
    mov rax, rcx
    call double
    push rax
    lea rdx, [rip+2f]
    call rdx
2:  pop rdx
    pop rax
    SHOW rax
    push rcx
    mov eax, 39
    syscall
    pop rcx
    add ecx, 1
    cmp ecx, 16
    jne 1b
    EXIT 0
