// 128 bytes below rsp survive everything that is not a push: branches, calls elsewhere, syscalls.
#include "asm.h"
_start:
    mov ecx, 16
1:  imul rax, rcx, 0x01010101
    mov rdx, rcx
    neg rdx
    mov [rsp+rdx*8], rax
    loop 1b
    lea rax, [rip+2f]
    jmp rax                     // indirect jump
2:  mov ebx, 5
3:  dec ebx                     // backward branches
    jnz 3b
    rdtsc
    cpuid
    mov eax, 39                 // getpid
    syscall
    mov eax, 228                // clock_gettime into static memory
    mov edi, 1
    lea rsi, [rip+show_text]
    syscall
    xor edi, edi
    mov ecx, 16
4:  mov rdx, rcx
    neg rdx
    imul rax, rcx, 0x01010101
    xor rax, [rsp+rdx*8]
    or rdi, rax
    loop 4b
    SHOW rdi
    EXIT 0
