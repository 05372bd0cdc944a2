// pause, sigsuspend and ppoll with a mask: the handler has run before they return.
#include "block.h"
#include <poll.h>
static _Atomic int hits;
static void handler(int sig, siginfo_t *info, void *context) { hits++; }
static sigset_t none, usr2;
static void call_suspend(void) {
    pthread_sigmask(SIG_BLOCK, &usr2, NULL);
    step();
    TRY(sigsuspend(&none));
    sigset_t now;
    pthread_sigmask(SIG_BLOCK, NULL, &now);
    printf("hits %d blocked again %d\n", hits, sigismember(&now, SIGUSR2));
}
static void call_ppoll(void) {
    pthread_sigmask(SIG_BLOCK, &usr2, NULL);
    step();
    TRY(ppoll(NULL, 0, NULL, &none));
    printf("hits %d\n", hits);
}
static void call_pause(void) { TRY(pause()); }
int main(void) {
    sigemptyset(&none), sigemptyset(&usr2);
    sigaddset(&usr2, SIGUSR2);
    handle(SIGUSR2, handler, 0);
    pthread_t t = block(call_suspend);
    await(1);
    pthread_kill(t, SIGUSR2); // pending or not: exactly one
    join(t);
    t = block(call_ppoll);
    await(2);
    pthread_kill(t, SIGUSR2);
    join(t);
    interruptible();
    interrupt(block(call_pause));
}
