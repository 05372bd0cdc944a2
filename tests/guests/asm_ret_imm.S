// ret imm16 releases its arguments, also when used as an indirect jump.
#include "asm.h"
callee: mov rax, [rsp+8]
        add rax, [rsp+16]
        ret 16
_start:
    mov rbx, rsp
    push 30
    push 12
    call callee
    SHOW rax
    mov rax, rsp
    sub rax, rbx
    SHOW rax
    push 1
    push 2
    push 3
    lea rax, [rip+landed]
    push rax
    ret 24
    ud2
landed:
    mov rax, rsp
    sub rax, rbx
    SHOW rax
    lea rax, [rip+again]
    push rax
    repz ret
    ud2
again:
    lea rax, [rip+last]
    push rax
    bnd ret
last:
    EXIT 0
