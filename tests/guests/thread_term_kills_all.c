// A default action directed at one thread ends the whole process.
// exit: signal TERM
#include "thread.h"
static void *waits(void *unused) {
    for (step();;) pause();
}
int main(void) {
    pthread_t t = start(waits, 0);
    start(waits, 0);
    await(2);
    puts("kill one");
    pthread_kill(t, SIGTERM);
    for (;;) pause();
}
