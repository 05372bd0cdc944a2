// siglongjmp a thousand times out of a timer's handler that interrupts a computation.
// timeout: 60
#include "proc.h"
#include <sys/time.h>
static sigjmp_buf back;
static volatile int count, allowed;
static void tick(int sig) {
    if (!allowed) return;
    allowed = 0;
    count++;
    siglongjmp(back, 1);
}
int main(void) {
    struct itimerval timer = {{0, 500}, {0, 500}};
    signal(SIGALRM, tick);
    setitimer(ITIMER_REAL, &timer, NULL);
    volatile unsigned sum = 0;
    while (count < 1000) {
        if (sigsetjmp(back, 1)) continue;
        allowed = 1;
        for (unsigned x = count;; x = x * 1664525 + 1013904223) sum += x;
    }
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("%d jumps, blocked %d\n", count, sigismember(&mask, SIGALRM));
}
