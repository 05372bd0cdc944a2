// rep string instructions in all sizes, both directions, zero counts, 32-bit addressing, scans.
#include "asm.h"
.data
source: .ascii "The quick brown fox jumps over the lazy dog....."
.bss
target: .skip 64
.text
.macro REGS
    lea rax, [rip+source]
    sub rsi, rax
    SHOW rsi
    lea rax, [rip+target]
    sub rdi, rax
    SHOW rdi
    SHOW rcx
    SHOWFLAGS
.endm
.macro START n
    lea rsi, [rip+source]
    lea rdi, [rip+target]
    mov ecx, \n
.endm
_start:
    START 11
    rep movsb
    REGS
    START 3
    rep movsq
    REGS
    START 0
    rep movsd
    REGS
    START 48
    repe cmpsb
    REGS
    lea rdi, [rip+source]
    lea rsi, [rip+source]
    mov al, 'q'
    mov ecx, 48
    repne scasb
    REGS
    START 5
    mov eax, 0x41424344
    rep stosd
    REGS
    std
    lea rsi, [rip+source+20]
    lea rdi, [rip+target+40]
    mov ecx, 9
    rep movsw
    cld
    REGS
    START 4
    .byte 0x67
    rep movsb
    REGS
    START 3
    rep lodsb
    movzx eax, al
    SHOW rax
    mov eax, 1
    mov edi, 1
    lea rsi, [rip+target]
    mov edx, 64
    syscall
    EXIT 0
