/* Macros for freestanding assembly guests. SHOW and friends preserve every register, the flags and
   the red zone, so they can stand between any two instructions. */
.intel_syntax noprefix

.macro SHOW register            /* prints a 64-bit register */
    mov [rip+show_value], \register
    lea rsp, [rsp-256]
    call show_hex
    lea rsp, [rsp+256]
.endm

.macro SHOWFLAGS mask=0x40ed5   /* prints AC OF DF SF ZF AF PF CF, or fewer */
    lea rsp, [rsp-256]
    pushfq
    pop qword ptr [rip+show_value]
    pushfq
    and qword ptr [rip+show_value], \mask
    popfq
    call show_hex
    lea rsp, [rsp+256]
.endm

.macro EXIT code
    mov edi, \code
    mov eax, 231
    syscall
.endm

.bss
show_value: .skip 8
show_text: .skip 17
.text
show_hex:
    pushfq
    push 0x202                  /* DF and AC cleared: this code is not the one under test */
    popfq
    push rax
    push rcx
    push rdx
    push rsi
    push rdi
    push r11
    mov rdx, [rip+show_value]
    lea rdi, [rip+show_text]
    mov ecx, 16
1:  rol rdx, 4
    mov eax, edx
    and eax, 15
    cmp eax, 10
    jb 2f
    add eax, 'a'-'0'-10
2:  add eax, '0'
    mov [rdi], al
    add rdi, 1
    sub ecx, 1
    jnz 1b
    mov byte ptr [rdi], 10
    mov eax, 1
    mov edi, 1
    lea rsi, [rip+show_text]
    mov edx, 17
    syscall
    pop r11
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rax
    popfq
    ret
.globl _start
