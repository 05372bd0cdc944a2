// A dynamic executable at a fixed address, with copy relocations and absolute addresses in code.
// build: -no-pie -fno-pie
#include "guest.h"
static int table[100];
int main(void) {
    for (int i = 0; i < 100; i++) table[i] = i * i;
    register int *p asm("rbx") = table;
    int sum = 0;
    for (int i = 0; i < 100; i++) sum += table[i] + p[99 - i];
    fprintf(stdout, "%d %d\n", sum, (long)main < 1L << 31);
}
