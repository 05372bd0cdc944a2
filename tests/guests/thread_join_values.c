// Threads return values, are joined, detached; joining oneself or a detached one is an error.
#include "thread.h"
static void *square(void *n) { return POINTER(NUMBER(n) * NUMBER(n)); }
static void *leaves(void *n) { pthread_exit(POINTER(NUMBER(n) + 1000)); }
static void *deep_leave(void *n) {
    if (n) return deep_leave(POINTER(NUMBER(n) - 1));
    pthread_exit("from the depth");
}
static void *detached(void *unused) {
    step();
    return NULL;
}
int main(void) {
    pthread_t t[10];
    for (int i = 0; i < 10; i++) t[i] = start(i % 2 ? square : leaves, i);
    for (int i = 9; i >= 0; i--) printf("%ld\n", join(t[i]));
    puts((char *)join(start(deep_leave, 100)));
    PTRY(pthread_join(pthread_self(), NULL));
    pthread_t d = start(detached, 0);
    PTRY(pthread_detach(d));
    await(1);
    t[0] = start(square, 12);
    void *result;
    while (pthread_tryjoin_np(t[0], &result) == EBUSY) sched_yield();
    printf("%d\n", NUMBER(result));
    t[0] = start(square, 13);
    struct timespec soon = later(CLOCK_REALTIME, 20000);
    PTRY(pthread_timedjoin_np(t[0], &result, &soon));
    printf("%d %d\n", NUMBER(result), pthread_equal(pthread_self(), pthread_self()) != 0);
}
