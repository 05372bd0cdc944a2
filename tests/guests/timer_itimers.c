// The three interval timers: each sends its signal, repeats, can be read and stopped, and is independent of the others.
#include "proc.h"
#include <sys/time.h>
static volatile int counts[3];
static void tick(int sig) { counts[sig == SIGALRM ? 0 : sig == SIGVTALRM ? 1 : 2]++; }
int main(void) {
    struct itimerval fast = {{0, 2000}, {0, 1000}}, old, none = {0};
    signal(SIGALRM, tick);
    signal(SIGVTALRM, tick);
    signal(SIGPROF, tick);
    volatile unsigned x = 1;
    for (int which = 0; which < 3; which++) {
        TRY(setitimer(which, &fast, NULL));
        while (counts[which] < 5) x = x * 5 + 1;
        getitimer(which, &old);
        printf("interval %ld, runs %d\n", (long)old.it_interval.tv_usec, old.it_value.tv_usec < 50000);
        setitimer(which, &none, &old);
        printf("ran %d\n", old.it_interval.tv_usec > 0);
        getitimer(which, &old);
        printf("stopped %d\n", old.it_value.tv_usec == 0 && old.it_value.tv_sec == 0);
    }
    for (int which = 0; which < 3; which++) counts[which] = 0, setitimer(which, &fast, NULL);
    while (counts[0] < 5 || counts[1] < 5 || counts[2] < 5) x = x * 5 + 1;
    for (int which = 0; which < 3; which++) setitimer(which, &none, NULL);
    counts[0] = 0;
    struct itimerval once = {{0, 0}, {0, 1000}};
    setitimer(ITIMER_REAL, &once, NULL);
    usleep(20000);
    usleep(20000);
    printf("once: %d\n", counts[0]);
    TRY(setitimer(3, &once, NULL));
    once.it_value.tv_usec = 1000000;
    TRY(setitimer(0, &once, NULL));
}
