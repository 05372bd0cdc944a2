// Segments at odd addresses, one of them writable and executable, a bss that begins inside a page.
// build: -Wl,-T,odd.ld -Wl,--build-id=none
#include "asm.h"
.data
value: .quad 0x1234
.bss
room: .skip 20000
.section .wild, "awx", @progbits
distant: mov eax, 77
     ret
.text
_start:
    mov rax, [value]
    SHOW rax
    mov rax, [room+19000]
    SHOW rax
    mov qword ptr [room+19000], 5
    call distant
    SHOW rax
    mov dword ptr [distant+1], 78       // and written while it is code
    call distant
    SHOW rax
    lea rax, [rip+value]
    SHOW rax
    EXIT 0
