// An interval timer ticks through computing threads: the results do not change.
#include "thread.h"
static _Atomic int ticks;
static void handler(int sig, siginfo_t *info, void *context) { ticks++; }
static void *compute(void *n) {
    uint64_t x = NUMBER(n) + 1;
    while (ticks < 30)
        for (int i = 0; i < 1000; i++) x = x * 6364136223846793005 + 1;
    x = NUMBER(n);
    for (int i = 0; i < 300000; i++) x = x * 6364136223846793005 + i;
    return (void *)(x >> 8);
}
int main(void) {
    handle(SIGALRM, handler, SA_RESTART);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 1000}, {0, 1000}}, NULL);
    pthread_t t[4];
    for (int i = 0; i < 4; i++) t[i] = start(compute, i);
    for (int i = 0; i < 4; i++) printf("%lx\n", join(t[i]));
    printf("%d\n", ticks >= 30);
}
