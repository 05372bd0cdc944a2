// nondeterministic: whether the kernel has 32-bit calls differs between machines
#include "asm.h"
_start:
    mov eax, 20                 // getpid in the 32-bit table
    int 0x80
    xor ecx, ecx
    test rax, rax
    setg cl
    SHOW rcx
    EXIT 0
