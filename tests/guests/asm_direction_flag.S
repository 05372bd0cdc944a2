// The direction flag stays set across branches, calls, system calls and intercepted instructions.
#include "asm.h"
.data
text: .ascii "abcdefgh"
.text
work: lodsb
      ret
_start:
    std
    lea rsi, [rip+text+7]
    xor ebx, ebx
1:  call work
    shl rbx, 8
    mov bl, al
    cmp bl, 'a'
    jne 1b
    SHOW rbx
    SHOWFLAGS 0x400
    mov eax, 39
    syscall
    SHOWFLAGS 0x400
    rdtsc
    SHOWFLAGS 0x400
    xor eax, eax
    cpuid
    SHOWFLAGS 0x400
    lea rax, [rip+2f]
    jmp rax
2:  mov eax, 228
    mov edi, 1
    lea rsi, [rip+show_text]
    syscall
    SHOWFLAGS 0x400
    SHOW rax
    cld
    SHOWFLAGS 0x400
    EXIT 0
