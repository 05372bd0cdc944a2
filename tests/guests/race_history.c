// What a reader sees of a counter that another thread raises, as a hash of the whole history.
// nondeterministic: the schedule is the point
#include "thread.h"
static volatile long counter;
static void *count(void *unused) {
    gate(2);
    for (long i = 0; i < 5000000; i++) counter = i;
    return NULL;
}
int main(void) {
    pthread_t t = start(count, 0);
    gate(2);
    uint64_t hash = 0, changes = 0;
    for (long last = -1, now; (now = counter) < 4999999; last = now)
        hash = hash * 31 + now, changes += now != last;
    join(t);
    printf("%lx %lu\n", hash, changes);
}
