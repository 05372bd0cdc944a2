// push rsp stores the old value; pop rsp loads what was on top; pop [rsp+x] addresses after the pop.
#include "asm.h"
_start:
    mov rbx, rsp
    push rsp
    pop rax
    sub rax, rbx
    SHOW rax
    lea rax, [rsp-64]
    push rax
    pop rsp
    mov rax, rsp
    sub rax, rbx
    SHOW rax
    mov rsp, rbx
    sub rsp, 64
    mov r12, rsp
    push 0x1234
    pop qword ptr [rsp+8]
    mov rdx, [rsp+8]
    SHOW rdx
    push 0x77
    pop qword ptr [rsp]
    mov rax, [rsp]
    SHOW rax
    push qword ptr [rsp+8]
    pop rax
    SHOW rax
    mov rax, rsp
    sub rax, r12
    SHOW rax
    pushw 0x5566
    pop ax
    SHOW rax
    mov rax, rsp
    sub rax, r12
    SHOW rax
    mov rcx, 5
    push -2
    xchg [rsp], rcx
    pop rdx
    SHOW rcx
    SHOW rdx
    EXIT 0
