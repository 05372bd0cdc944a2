// A sampling profiler: where SIGPROF found a running loop, as a list of its counter's values.
// nondeterministic: the moment of the signal is the point
#include "thread.h"
static volatile unsigned long position;
static unsigned long samples[20];
static volatile int taken;
static void handler(int sig, siginfo_t *info, void *context) {
    if (taken < 20) samples[taken++] = position ^ REG(context, RAX) % 1000;
}
int main(void) {
    handle(SIGPROF, handler, SA_RESTART);
    setitimer(ITIMER_PROF, &(struct itimerval){{0, 1000}, {0, 1000}}, NULL);
    while (taken < 20) position = position * 5 + 1;
    for (int i = 0; i < 20; i++) printf("%lx\n", samples[i]);
}
