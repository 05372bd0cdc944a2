// Threads draw from one generator of libc's and from the kernel's random numbers.
// nondeterministic: the schedule is the point
#include "thread.h"
#include <sys/random.h>
static void *draw(void *unused) {
    uint64_t hash = 0, bits;
    gate(3);
    for (int i = 0; i < 3000; i++) {
        hash = hash * 31 + rand();
        if (i % 100 == 0) getrandom(&bits, 8, 0), hash ^= bits;
    }
    return (void *)hash;
}
int main(void) {
    pthread_t t[3];
    for (int i = 0; i < 3; i++) t[i] = start(draw, i);
    for (int i = 0; i < 3; i++) printf("%lx\n", join(t[i]));
}
