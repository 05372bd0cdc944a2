// A read is taken to fail only for good.
#include "bug.h"
static void usr1(int sig) {}
static int fds[2];
static void *sender(void *arg) {
    pthread_kill(*(pthread_t *)arg, SIGUSR1);
    usleep(30000);
    if (write(fds[1], "x", 1) != 1) abort();
    return 0;
}
int main(void) {
    struct sigaction action = {.sa_handler = usr1};
    sigaction(SIGUSR1, &action, 0);
    if (pipe(fds)) abort();
    pthread_t me = pthread_self(), t = run(sender, &me);
    usleep(10000); // the signal has come by now
    char byte;
    if (read(fds[0], &byte, 1) != 1) struck("the read was interrupted");
    join(t);
}
