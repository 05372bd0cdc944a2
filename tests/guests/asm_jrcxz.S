// jrcxz and jecxz, taken and not, forward and backward.
#include "asm.h"
_start:
    xor ecx, ecx
    jrcxz 1f
    ud2
1:  mov ecx, 1
    jrcxz 9f
    mov rcx, 0x100000000
    jrcxz 9f
    jecxz 2f
9:  ud2
2:  SHOW rcx
    mov ecx, 3
    jmp 4f
3:  mov ecx, 77
    SHOW rcx
    EXIT 0
4:  stc
5:  lea ecx, [ecx-1]
    jecxz 6f
    jmp 5b
6:  SHOWFLAGS 1
    jrcxz 3b
    ud2
