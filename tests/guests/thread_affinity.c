// Affinity is per thread and inherited; what one sets is what one gets.
#include "thread.h"
static int only = -1;
static void *inherits(void *unused) {
    cpu_set_t set;
    CPU_ZERO(&set);
    TRY(sched_getaffinity(0, sizeof set, &set) != 0);
    printf("%d only %d\n", CPU_COUNT(&set), CPU_ISSET(only, &set) != 0);
    return NULL;
}
int main(void) {
    cpu_set_t all, one;
    sched_getaffinity(0, sizeof all, &all);
    while (!CPU_ISSET(++only, &all)) {}
    CPU_ZERO(&one);
    CPU_SET(only, &one);
    TRY(sched_setaffinity(0, sizeof one, &one));
    join(start(inherits, 0));
    PTRY(pthread_setaffinity_np(pthread_self(), sizeof all, &all));
    PTRY(pthread_getaffinity_np(pthread_self(), sizeof one, &one));
    printf("%d\n", CPU_EQUAL(&all, &one));
    CPU_ZERO(&one);
    TRY(sched_setaffinity(0, sizeof one, &one));
    TRY(sched_setaffinity(0, sizeof one, (void *)16));
    TRY(sched_getaffinity(0, 3, &one));
}
