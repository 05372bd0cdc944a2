// group: indirect
#include <stdio.h>
enum op { PUSH, ADD, SUB, MUL, DUP, SWAP, DEC, JNZ, DROP, XOR, OVER, HALT };
static const int loop[] = {PUSH, 1, PUSH, 24000000, /* 4: */ SWAP, PUSH, 3, MUL, PUSH, 7, ADD, DUP, XOR, PUSH, 5, ADD,
                           SWAP, DEC, JNZ, 4, DROP, HALT};
int main(void) {
    unsigned stack[64], *sp = stack;
    for (const int *pc = loop;;) {
        switch (*pc++) {
        case PUSH: *sp++ = *pc++; break;
        case ADD: sp--; sp[-1] += *sp; break;
        case SUB: sp--; sp[-1] -= *sp; break;
        case MUL: sp--; sp[-1] *= *sp; break;
        case DUP: *sp = sp[-1]; sp++; break;
        case SWAP: { unsigned t = sp[-1]; sp[-1] = sp[-2]; sp[-2] = t; break; }
        case DEC: sp[-1]--; break;
        case JNZ: pc = sp[-1] ? loop + *pc : pc + 1; break;
        case DROP: sp--; break;
        case XOR: sp--; sp[-1] ^= *sp; break;
        case OVER: *sp = sp[-2]; sp++; break;
        case HALT: printf("%u\n", sp[-1]); return 0;
        }
    }
}
