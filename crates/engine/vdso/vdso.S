# The guest's vDSO. Its functions make plain system calls; the engine answers these calls, when they
# come from here, with the real vDSO, so that they stay cheap. A system call preserves all registers
# but rax, rcx and r11, as the functions' callers may expect at most.

.macro FUNCTION name, nr
    .globl __vdso_\name
    .type __vdso_\name, @function
    .weak \name
    .set \name, __vdso_\name
    .balign 32
__vdso_\name:
    .cfi_startproc
    mov $\nr, %eax
    syscall
    ret
    .cfi_endproc
    .size __vdso_\name, . - __vdso_\name
.endm

    .text
    FUNCTION clock_gettime, 228
    FUNCTION gettimeofday, 96
    FUNCTION time, 201
    FUNCTION clock_getres, 229
    FUNCTION getcpu, 309
    .section .note.GNU-stack, "", @progbits
