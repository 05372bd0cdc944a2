// pushf and popf in both widths; lahf and sahf; the flags they show are the guest's.
#include "asm.h"
_start:
    mov eax, 0x7fffffff
    add eax, 1
    SHOWFLAGS
    mov eax, 1
    sub eax, 1
    SHOWFLAGS
    mov ebx, 16
1:  mov rax, rbx
    imul rax, 0x55
    and eax, 0x8d5
    or eax, 0x202
    push rax
    popfq
    SHOWFLAGS
    lahf
    SHOW rax
    pushfw
    pop cx
    movzx ecx, cx
    and ecx, 0xcd5
    SHOW rcx
    not ah
    sahf
    SHOWFLAGS 0xd5
    pushw 0x8d5
    popfw
    SHOWFLAGS
    dec ebx
    jnz 1b
    cmc
    SHOWFLAGS 1
    EXIT 0
