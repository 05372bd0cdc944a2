// A ring buffer without any synchronisation: items are lost and doubled.
// nondeterministic: the schedule is the point
#include "thread.h"
static volatile int ring[16], head, tail;
static void *produce(void *n) {
    gate(3);
    for (int i = 0; i < 800000; i++) {
        ring[head % 16] = NUMBER(n) * 1000000 + i;
        head = head + 1;
    }
    step();
    return NULL;
}
int main(void) {
    pthread_t a = start(produce, 1), b = start(produce, 2);
    gate(3);
    uint64_t hash = 0, taken = 0;
    while (steps_ < 2)
        if (tail != head) {
            hash = hash * 31 + ring[tail % 16];
            tail = tail + 1;
            taken++;
        }
    join(a), join(b);
    printf("%lx %lu %d\n", hash, taken, head);
}
