// nondeterministic: the vsyscall page may be missing; where it is, time() there works
#include "asm.h"
.data
action: .quad handler, 0x04000000, restorer, 0
.text
restorer: mov eax, 15
    syscall
handler:
    mov eax, 0
    SHOW rax
    EXIT 0
_start:
    mov eax, 13                 // rt_sigaction(SIGSEGV)
    mov edi, 11
    lea rsi, [rip+action]
    xor edx, edx
    mov r10d, 8
    syscall
    sub rsp, 8
    xor edi, edi
    mov rax, 0xffffffffff600400
    call rax
    SHOW rax
    EXIT 0
