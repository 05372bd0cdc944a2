// xlatb reads [rbx+al]; with an address-size prefix [ebx+al].
#include "asm.h"
.data
table: .byte 10,20,30,40,50
.text
_start:
    lea rbx, [rip+table]
    mov rax, 0x1203
    xlatb
    SHOW rax
    mov rax, -256
    add rax, 4
    .byte 0x67
    xlatb
    SHOW rax
    EXIT 0
