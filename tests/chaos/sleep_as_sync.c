// 30 ms are surely enough for a thread to begin.
#include "bug.h"
static volatile int ready;
static void *worker(void *arg) {
    ready = 1;
    return 0;
}
int main(void) {
    pthread_t t = run(worker, 0);
    usleep(30000);
    if (!ready) struck("not ready after 30 ms");
    join(t);
}
