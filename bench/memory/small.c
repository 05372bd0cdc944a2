// A small program that lives long enough to be looked at: a few hundred milliseconds, 1 MiB of its own.
#include <stdio.h>
#include <stdlib.h>
int main(void) {
    enum { SIZE = 1 << 18 };
    unsigned *table = calloc(SIZE, 4), x = 1;
    for (int i = 0; i < 100000000; i++) x = x * 1664525 + 1013904223, table[x >> 14] += x;
    printf("%u\n", table[12345]);
}
