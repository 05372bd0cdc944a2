// Jumps into the middle of an instruction: the same bytes read as two different programs.
#include "asm.h"
_start:
    mov ecx, 4
again:
    xor eax, eax
    test ecx, 1
    jz inner
    .byte 0xb8                  // mov eax, imm32 whose immediate reads: add al,5; jmp +0
inner:
    .byte 0x04, 0x05, 0xeb, 0x00
    SHOW rax
    dec ecx
    jnz again
    lea rdx, [rip+outer+2]
    xor eax, eax
    call rdx
    SHOW rax
    call outer
    SHOW rax
    EXIT 0
outer:
    mov rax, 0x9090909090c3c0ff // the immediate reads: inc eax; ret
    ret
