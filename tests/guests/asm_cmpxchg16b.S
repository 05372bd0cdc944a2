// cmpxchg8b and cmpxchg16b, hitting and missing, with rbx and rcx as operands and pointers.
// needs: cx16
// exit: signal SEGV
#include "asm.h"
.data
.balign 16
cell: .quad 1, 2
.text
_start:
    lea rdi, [rip+cell]
    mov eax, 1
    mov edx, 2
    mov ebx, 3
    mov ecx, 4
    lock cmpxchg16b [rdi]
    SHOWFLAGS 0x40
    mov r8, [rdi]
    mov r9, [rdi+8]
    SHOW r8
    SHOW r9
    lock cmpxchg16b [rip+cell]
    SHOWFLAGS 0x40
    SHOW rax
    SHOW rdx
    mov eax, 3
    mov edx, 0
    lock cmpxchg8b [rdi]
    SHOWFLAGS 0x40
    SHOW rdx
    mov rbx, rdi
    mov rdx, [rdi+8]
    mov rax, [rdi]
    cmpxchg16b [rbx]
    SHOWFLAGS 0x40
    mov rax, [rdi]
    sub rax, rdi
    SHOW rax
    lea rdi, [rip+cell+8]       // not aligned: a general protection fault
    cmpxchg16b [rdi]
    EXIT 0
