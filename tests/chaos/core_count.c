// The work is divided by the number of cores, which is taken to be a power of two above one.
#include "bug.h"
#define ITEMS 64
static int done[ITEMS], share;
static void *worker(void *arg) {
    for (int i = 0; i < share; i++) done[(long)arg * share + i] = 1;
    return 0;
}
int main(void) {
    cpu_set_t set;
    sched_getaffinity(0, sizeof set, &set);
    int cores = CPU_COUNT(&set);
    share = ITEMS / cores;
    pthread_t threads[1024];
    for (long i = 0; i < cores; i++) threads[i] = run(worker, (void *)i);
    for (int i = 0; i < cores; i++) join(threads[i]);
    for (int i = 0; i < ITEMS; i++)
        if (!done[i]) struck("items are left over");
}
