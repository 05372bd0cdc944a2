// SIGPROF at high rate through four computing threads, counted per thread as profilers do.
#include "thread.h"
static __thread int me;
static _Atomic int hits[5];
static void handler(int sig, siginfo_t *info, void *context) { hits[me]++; }
static int total(void) { return hits[0] + hits[1] + hits[2] + hits[3] + hits[4]; }
static void *compute(void *n) {
    me = NUMBER(n);
    double x = me;
    while (total() < 40)
        for (int i = 0; i < 1000; i++) x = x * 0.5 + i;
    return POINTER(x * 10);
}
int main(void) {
    handle(SIGPROF, handler, SA_RESTART);
    setitimer(ITIMER_PROF, &(struct itimerval){{0, 1000}, {0, 1000}}, NULL);
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(compute, i + 1);
    for (int i = 0; i < 4; i++) printf("%ld\n", join(t[i]));
    setitimer(ITIMER_PROF, &(struct itimerval){0}, NULL);
    printf("%d\n", total() >= 40);
}
