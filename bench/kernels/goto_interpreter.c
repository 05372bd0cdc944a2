// group: indirect
#include <stdio.h>
int main(void) {
    static void *loop[] = {&&push, (void *)1, &&push, (void *)20000000, /* 4: */ &&swap, &&push, (void *)3, &&mul,
                           &&push, (void *)7, &&add, &&dup, &&xor, &&push, (void *)5, &&add, &&swap, &&dec, &&jnz,
                           (void *)4, &&drop, &&halt};
    long stack[64], *sp = stack, t;
    void **pc = loop;
#define NEXT goto *(*pc++)
    NEXT;
push: *sp++ = (long)*pc++; NEXT;
add: sp--; sp[-1] += *sp; NEXT;
mul: sp--; sp[-1] *= *sp; NEXT;
dup: *sp = sp[-1]; sp++; NEXT;
swap: t = sp[-1]; sp[-1] = sp[-2]; sp[-2] = t; NEXT;
dec: sp[-1]--; NEXT;
jnz: pc = sp[-1] ? loop + (long)*pc : pc + 1; NEXT;
drop: sp--; NEXT;
xor: sp--; sp[-1] ^= *sp; NEXT;
halt: printf("%ld\n", sp[-1]);
}
