// Calls through memory addressed by rsp: the target is read before the return address is pushed.
#include "asm.h"
first:  mov eax, 1
        ret
second: mov eax, 2
        ret
_start:
    sub rsp, 32
    lea rbx, [rip+first]
    mov [rsp], rbx
    mov [rsp+16], rbx
    lea rbx, [rip+second]
    mov [rsp+8], rbx
    call [rsp]
    SHOW rax
    call [rsp+8]
    SHOW rax
    mov ecx, 2
    call [rsp+rcx*8]
    SHOW rax
    lea rbx, [rip+third]
    push rbx
    jmp [rsp]
third:
    pop rax
    sub rax, rbx
    SHOW rax
    EXIT 0
