// Code that runs off the end of a mapping: the last instructions run, the fault is at its end.
// exit: signal SEGV
#include "asm.h"
_start:
    mov eax, 9                  // mmap two pages
    xor edi, edi
    mov esi, 8192
    mov edx, 7
    mov r10d, 0x22
    mov r8, -1
    xor r9d, r9d
    syscall
    mov rbx, rax
    lea rdi, [rax+4096]
    mov eax, 11                 // unmap the second
    mov esi, 4096
    syscall
    lea rdi, [rbx+4096-12]
    lea rsi, [rip+1f]
    mov ecx, 12
    rep movsb
    xor eax, eax
    lea rdx, [rbx+4096-12]
    lea rcx, [rip+3f]
    jmp rdx                     // comes back for the first entry
3:  SHOW rax
    lea rcx, [rbx+4096-1]
    jmp rdx
1:  add eax, 1                  // three bytes
    add eax, 2
    nop
    jmp rcx                     // two bytes
    nop
    nop
    nop
2:
