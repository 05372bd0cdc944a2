// Indirect calls and jumps in every addressing form, and the return addresses they push.
#include "asm.h"
.data
pointer: .quad target
table: .quad target, other, target
.text
target: mov rax, [rsp]
        ret
other:  mov rax, -1
        ret
.macro CALLED form:vararg
    call \form
991:
    lea rdx, [rip+991b]
    sub rax, rdx
    SHOW rax
.endm
_start:
    lea rax, [rip+target]
    CALLED rax
    lea r15, [rip+target]
    CALLED r15
    CALLED [rip+pointer]
    lea rbx, [rip+table]
    CALLED [rbx]
    mov r12d, 2
    CALLED [rbx+r12*8]
    CALLED [table+r12*8]
    lea rcx, [rip+pointer]
    CALLED [rcx]
    lea rax, [rip+pointer]
    CALLED [rax]
    lea rdi, [rbx-16]
    CALLED [rdi+16]
    call other
    SHOW rax
    mov ebp, offset table
    .byte 0x67                  // 32-bit addressing
    call [rbp]
    lea rax, [rip+done]
    jmp rax
    ud2
done:
    EXIT 0
