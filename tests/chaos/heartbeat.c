// A monitor takes a worker for dead that has not run for 100 ms.
#include "bug.h"
static atomic_int beats;
static volatile int stop;
static void *worker(void *arg) {
    while (!stop) {
        beats++;
        usleep(2000);
    }
    return 0;
}
int main(void) {
    pthread_t t = run(worker, 0);
    for (int i = 0; i < 3; i++) {
        int before = beats;
        usleep(100000);
        if (beats == before) struck("the worker is taken for dead");
    }
    stop = 1;
    join(t);
}
