// AC set by popf: carried along, and harmless while everything is aligned.
#include "asm.h"
_start:
    and rsp, -16
    pushfq
    or qword ptr [rsp], 0x40000
    popfq
    SHOWFLAGS 0x40000
    mov ecx, 100
1:  call 2f
    dec ecx
    jnz 1b
    lea rax, [rip+3f]
    jmp rax
2:  ret
3:  SHOWFLAGS 0x40000
    mov eax, 39
    syscall
    SHOWFLAGS 0x40000
    rdtsc
    xor eax, eax
    cpuid
    SHOWFLAGS 0x40000
    pushfq
    and qword ptr [rsp], ~0x40000
    popfq
    SHOWFLAGS 0x40000
    EXIT 0
