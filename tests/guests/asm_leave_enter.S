// leave and enter, with and without nesting levels.
#include "asm.h"
_start:
    mov rbx, rsp
    mov rbp, 0x1122334455667788
    enter 32, 0
    mov rax, rbx
    sub rax, rbp
    SHOW rax
    sub rbp, rsp
    SHOW rbp
    lea rbp, [rbx-8]
    leave
    SHOW rbp
    mov rax, rsp
    sub rax, rbx
    SHOW rax
    lea rbp, [rsp-8]
    mov qword ptr [rbp], 0x99
    mov qword ptr [rbp-8], 0x98
    sub rsp, 64
    mov r12, rsp
    enter 16, 2
    mov rax, r12
    sub rax, rsp
    SHOW rax
    mov rax, [rbp-8]
    SHOW rax
    leave
    mov rax, rsp
    sub rax, r12
    SHOW rax
    EXIT 0
