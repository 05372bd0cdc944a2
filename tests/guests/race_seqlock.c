// A sequence lock: how many reads had to be made again; none was torn.
// nondeterministic: the schedule is the point
#include "thread.h"
static _Atomic unsigned sequence;
static volatile long a, b;
static _Atomic int done;
static void *write_(void *unused) {
    gate(2);
    for (int i = 0; i < 1000000; i++) {
        sequence++;
        a = i, b = -i;
        sequence++;
    }
    done = 1;
    return NULL;
}
int main(void) {
    pthread_t t = start(write_, 0);
    gate(2);
    long retries = 0, reads = 0, torn = 0, hash = 0;
    while (!done) {
        unsigned before = sequence;
        long x = a, y = b;
        if (before % 2 || sequence != before) retries++;
        else torn += x + y != 0, hash = hash * 31 + x, reads++;
    }
    join(t);
    printf("torn %ld retries %ld reads %ld %lx\n", torn, retries, reads, hash);
}
