// Two words that belong together are read while they are written.
#include "bug.h"
static volatile long x, y;
static volatile int stop;
static void *writer(void *arg) {
    for (int i = 0; i < 200; i++) {
        x = i;
        y = -i;
    }
    stop = 1;
    return 0;
}
int main(void) {
    pthread_t t = run(writer, 0);
    while (!stop) {
        long a = x, b = y;
        if (a + b != 0) struck("half of an update");
        sched_yield();
    }
    join(t);
}
