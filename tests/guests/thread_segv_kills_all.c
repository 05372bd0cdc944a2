// A fault in one thread kills the whole process while the others block and compute.
// exit: signal SEGV
#include "thread.h"
static void *sleeps(void *unused) {
    for (step();;) pause();
}
static void *computes(void *unused) {
    for (step();;) {}
}
static void *faults(void *unused) {
    await(2);
    puts("now");
    *(volatile int *)16 = 1;
    puts("survived");
    return NULL;
}
int main(void) {
    start(sleeps, 0);
    start(computes, 0);
    join(start(faults, 0));
}
