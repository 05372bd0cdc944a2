// Flags live across backward branches, calls, returns and indirect jumps.
#include "asm.h"
.data
left:  .quad -1, -1, -1, 5, 0x8000000000000000, -1
right: .quad 1, 0, 0, 7, 0x8000000000000000, 3
.bss
sum: .skip 48
.text
_start:
    lea rsi, [rip+left]
    lea rdi, [rip+right]
    lea rbx, [rip+sum]
    mov ecx, 6
    clc
1:  mov rax, [rsi]              // a multi-word addition: carry crosses dec/jnz
    adc rax, [rdi]
    mov [rbx], rax
    lea rsi, [rsi+8]
    lea rdi, [rdi+8]
    lea rbx, [rbx+8]
    dec ecx
    jnz 1b
    SHOWFLAGS 1
    lea rbx, [rip+sum]
    xor ecx, ecx
2:  mov rax, [rbx+rcx*8]
    SHOW rax
    inc ecx
    cmp ecx, 6
    jne 2b
    mov ecx, 5                  // flags through call and return
    xor edx, edx
    stc
3:  call rotate
    lea rax, [rip+4f]
    jmp rax
4:  dec ecx
    jnz 3b
    SHOW rdx
    SHOWFLAGS
    mov eax, 0x7fffffff
    add eax, 1
    lea rbx, [rip+back]
    jmp 6f
back:
    SHOWFLAGS                   // all flags through an indirect backward jump
    jo 7f
    ud2
6:  jmp rbx
7:  cmp eax, eax
    call look
    push 0
    mov eax, 1
    cmp eax, 2
    pop rcx
    jrcxz 8f
8:  SHOWFLAGS
    jb 9f
    ud2
9:  EXIT 0
rotate:
    adc rdx, rdx
    ret
look:
    SHOWFLAGS
    ret
