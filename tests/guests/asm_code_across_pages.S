// Instructions that lie across a page boundary, entered by fall-through and by jumps.
#include "asm.h"
.text
_start:
    mov ebx, 3
    jmp before
    .balign 4096
    .skip 4096-9, 0x90
before:
    .byte 0x90, 0x90, 0x90, 0x90
crossing:
    mov rax, 0x1122334455667788 // five bytes on each page
    SHOW rax
    dec ebx
    jz 1f
    jmp crossing
1:  jmp 2f
    .balign 4096
    .skip 4096-1, 0x90
2:  jmp 3f                      // a branch across the boundary
    ud2
3:  SHOW rbx
    EXIT 0
