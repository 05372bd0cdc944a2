// loop, loope, loopne with 64- and 32-bit counters; none touches the flags.
#include "asm.h"
_start:
    xor eax, eax
    mov ecx, 10
1:  add eax, ecx
    loop 1b
    SHOW rax
    mov rcx, 0x500000003
    xor eax, eax
2:  add eax, 1
    .byte 0x67
    loop 2b                     // counts ecx, clears the upper half
    SHOW rax
    SHOW rcx
    mov ecx, 10
    xor eax, eax
3:  add eax, 1
    cmp eax, 4
    loopne 3b
    SHOW rax
    SHOW rcx
    mov ecx, 10
    xor eax, eax
4:  cmp eax, eax
    lea eax, [rax+1]
    loope 4b
    SHOW rax
    SHOW rcx
    stc                         // carry is live around the loop
    mov ecx, 70
    mov eax, 0
5:  adc eax, eax
    loop 5b
    SHOW rax
    SHOWFLAGS 1
    mov ecx, 3
    jmp 7f
6:  add eax, 100
    EXIT 0
7:  add eax, 7
    loop 8f
8:  SHOW rcx
    std
    mov ecx, 2
9:  loop 9b
    SHOWFLAGS
    cld
    jmp 6b
