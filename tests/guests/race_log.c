// Four threads write lines to one log without a lock; the lines stay whole, their order is anyone's.
// nondeterministic: the schedule is the point
#include "thread.h"
static void *writes(void *n) {
    for (int i = 0; i < 25; i++) {
        if (i % 2) printf("thread %d line %d\n", NUMBER(n), i);
        else dprintf(1, "thread %d raw %d\n", NUMBER(n), i);
    }
    return NULL;
}
int main(void) {
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(writes, i);
    for (int i = 0; i < 4; i++) join(t[i]);
}
