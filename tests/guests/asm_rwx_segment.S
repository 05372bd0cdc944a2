// One segment, readable, writable and executable, not page aligned; an executable stack.
// build: -Wl,-N -Wl,-z,execstack -Wl,--build-id=none
#include "asm.h"
.data
counter: .quad 5
.text
_start:
    mov ecx, 1000
1:  add [rip+counter], rcx      // data beside the code that runs
    dec ecx
    jnz 1b
    mov rax, [rip+counter]
    SHOW rax
    push 0xc3                   // a ret on the stack
    call rsp
    pop rax
    SHOW rax
    EXIT 0
