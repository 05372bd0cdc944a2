// A repeating timer interrupts a busy loop, again and again.
#include "guest.h"
#include <sys/time.h>
static volatile int count;
static void tick(int sig) { count++; }
int main(void) {
    signal(SIGVTALRM, tick);
    struct itimerval timer = {{0, 2000}, {0, 2000}};
    setitimer(ITIMER_VIRTUAL, &timer, NULL);
    unsigned x = 1;
    while (count < 10)
        for (int i = 0; i < 1000; i++) x = x * 1664525 + 1013904223;
    printf("%d\n", count >= 10);
}
