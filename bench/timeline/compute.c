// CPU-bound work for `cargo xtask bench timeline`. Prints where `marker` and `mix` are, which the
// measurements watch and stop at; `marker` is written once, at the very beginning.
#include <stdio.h>
#include <stdlib.h>

volatile unsigned marker;
static unsigned table[1 << 16];

__attribute__((noinline)) unsigned mix(unsigned x) {
    x ^= x >> 16;
    x *= 0x7feb352d;
    x ^= x >> 15;
    x *= 0x846ca68b;
    x ^= x >> 16;
    return x;
}

int main(int argc, char **argv) {
    long rounds = argc > 1 ? atol(argv[1]) : 100;
    unsigned sum = 1;
    printf("%p %p\n", (void *)&marker, (void *)mix);
    marker = 42;
    for (long round = 0; round < rounds; round++) {
        for (int i = 0; i < 1 << 16; i++) {
            sum = mix(sum + i);
            table[sum & 0xffff] += sum;
            if (table[i] & 1)
                sum ^= table[i];
        }
    }
    printf("%u %u\n", sum, marker);
    return 0;
}
