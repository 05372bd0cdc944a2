// Threads race in malloc and free, handing blocks to each other; addresses are compared as order.
// nondeterministic: the schedule is the point
#include "thread.h"
static void *_Atomic slots[8];
static void *trade(void *n) {
    uint64_t hash = 0;
    unsigned seed = NUMBER(n);
    gate(4);
    for (int i = 0; i < 20000; i++) {
        seed = seed * 1103515245 + 12345;
        char *mine = malloc(16 + seed / 65536 % 700);
        mine[0] = NUMBER(n);
        char *other = atomic_exchange(&slots[seed / 7 % 8], mine);
        if (!other) continue;
        hash = hash * 31 + other[0] + (mine > other) * 10;
        free(other);
    }
    return (void *)hash;
}
int main(void) {
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(trade, i);
    for (int i = 0; i < 4; i++) printf("%lx\n", join(t[i]));
}
