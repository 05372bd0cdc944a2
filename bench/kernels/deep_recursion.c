// group: calls
// build: -fno-optimize-sibling-calls
#include <stdio.h>
__attribute__((noinline)) static unsigned long descend(unsigned long depth, unsigned long seed) {
    if (!depth) return seed;
    unsigned long below = descend(depth - 1, seed * 6364136223846793005ul + depth);
    return (below >> 7 | below << 57) ^ seed;
}
int main(void) {
    unsigned long sum = 0;
    for (int round = 0; round < 2000; round++) sum += descend(100000, round);
    printf("%lx\n", sum);
}
