// group: loops
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
    enum { SIZE = 1 << 16 };
    uint64_t *keys = calloc(SIZE, 8), *values = calloc(SIZE, 8), x = 88172645463325252ull, sum = 0;
    for (int i = 0; i < 100000000; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        uint64_t key = (x & 0x7fff) + 1, at = key * 0x9e3779b97f4a7c15ull >> 48;
        while (keys[at] && keys[at] != key) at = (at + 1) % SIZE;
        keys[at] = key;
        sum += values[at] += i;
    }
    printf("%lu\n", sum);
}
