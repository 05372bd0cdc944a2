// nondeterministic: whether the kernel has 32-bit calls differs between machines
#include "asm.h"
_start:
    mov eax, 20                 // getpid in the 32-bit table
    int 0x80
    xor ecx, ecx
    test rax, rax
    setg cl
    SHOW rcx
    mov eax, 4                  // write, the arguments in other registers than for `syscall`
    mov ebx, 1
    lea ecx, [rip+text]
    mov edx, 6
    mov r11d, 77
    int 0x80
    SHOW rax
    SHOW r11
    SHOW rdx
    EXIT 0
.data
text: .ascii "text\n\n"
