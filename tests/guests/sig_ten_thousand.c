// Ten thousand real-time signals from a child while the parent computes: none lost, none doubled, all in order.
// timeout: 60
#include "proc.h"
enum { COUNT = 10000, WINDOW = 100 };
static volatile int count, order = 1;
static Gate room;
static void handler(int sig, siginfo_t *info, void *context) {
    if (info->si_value.sival_int != count) order = 0;
    if (++count % WINDOW == 0) pass(room);
}
int main(void) {
    room = gate();
    handle(SIGRTMIN, handler, SA_RESTART);
    pid_t me = getpid();
    pid_t pid = CHILD(for (int i = 0; i < COUNT; i++) {
        if (i >= 2 * WINDOW && i % WINDOW == 0) await(room); // the queue is limited
        while (sigqueue(me, SIGRTMIN, (union sigval){.sival_int = i}) && errno == EAGAIN) usleep(100);
    });
    unsigned x = 1;
    while (count < COUNT)
        for (int i = 0; i < 1000; i++) x = x * 1664525 + 1013904223;
    reap("sender", pid);
    printf("%d signals, in order %d\n", count, order);
}
