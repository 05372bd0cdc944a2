// Two threads count without a lock: updates are lost, as many in the replay.
// nondeterministic: the schedule is the point
#include "thread.h"
static volatile long counter;
static void *count(void *unused) {
    gate(2);
    for (int i = 0; i < 40000000; i++) {
        long seen = counter; // two instructions, so that one core suffices
        counter = seen + 1;
    }
    return NULL;
}
int main(void) {
    pthread_t a = start(count, 0), b = start(count, 0);
    join(a), join(b);
    printf("%ld\n", counter);
}
