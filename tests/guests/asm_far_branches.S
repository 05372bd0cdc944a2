// Far returns, a far jump through memory, iretq: all stay in the same code segment.
#include "asm.h"
.data
target: .long landed            // m16:32
        .word 0x33
.text
_start:
    mov rbx, rsp
    push 0x33
    lea rax, [rip+1f]
    push rax
    .byte 0x48                  // lretq
    retf
    ud2
1:  mov rax, rsp
    sub rax, rbx
    SHOW rax
    jmp fword ptr [target]
    ud2
landed:
    mov ecx, ss
    push rcx
    push rbx
    pushfq
    push 0x33
    lea rax, [rip+2f]
    push rax
    stc
    iretq
    ud2
2:  SHOWFLAGS 1
    mov rax, rsp
    sub rax, rbx
    SHOW rax
    EXIT 0
