// Branches with prefixes that hint, bound or mean nothing.
#include "asm.h"
.data
pointer: .quad 4f
.text
_start:
    bnd jmp 1f
    ud2
1:  .byte 0xf2
    call function
    SHOW rax
    lea rax, [rip+2f]
    notrack jmp rax
    ud2
2:  cmp eax, eax
    .byte 0x3e                  // "likely taken"
    je 3f
    ud2
3:  .byte 0x2e
    jne 2b
    notrack jmp [rip+pointer]
    ud2
4:  .byte 0x48                  // REX.W before a near jump
    jmp 5f
    ud2
5:  lea rax, [rip+function]
    .byte 0x40
    call rax
    SHOW rax
    .byte 0xf3, 0x48            // rep rex.w ret, as old compilers wrote for alignment
    nop
    jmp 6f
    .balign 64
6:  .byte 0x66, 0x66, 0x48, 0xe8    // data16 data16 rex.w call, as in TLS sequences
    .long function - 7f
7:  SHOW rax
    EXIT 0
function:
    mov eax, 42
    rep ret
