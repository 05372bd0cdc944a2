// Readiness by signal: O_ASYNC with F_SETOWN, and F_SETSIG with F_SETOWN_EX to one thread.
#include "net.h"
static __thread int me;
static _Atomic int hits[2];
static void handler(int sig, siginfo_t *info, void *context) {
    if (sig == SIGRTMIN + 3) printf("band %ld is our descriptor %d\n", info->si_band, info->si_fd > 2);
    hits[me]++;
}
static void *waits(void *unused) {
    me = 1;
    steps_ = gettid();
    while (hits[1] < 1) sched_yield();
    return NULL;
}
int main(void) {
    int s[2];
    handle(SIGIO, handler, 0);
    handle(SIGRTMIN + 3, handler, 0);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    TRY(fcntl(s[0], F_SETOWN, getpid()));
    TRY(fcntl(s[0], F_GETOWN) == getpid());
    TRY(fcntl(s[0], F_SETFL, O_ASYNC));
    write(s[1], "x", 1);
    while (!hits[0]) sched_yield();
    fcntl(s[0], F_SETFL, 0);
    pthread_t t = start(waits, 0);
    while (!steps_) sched_yield();
    struct f_owner_ex owner = {F_OWNER_TID, steps_};
    TRY(fcntl(s[0], F_SETOWN_EX, &owner));
    TRY(fcntl(s[0], F_SETSIG, SIGRTMIN + 3));
    owner = (struct f_owner_ex){7, 7};
    TRY(fcntl(s[0], F_GETOWN_EX, &owner));
    printf("%d %d, %d\n", owner.type, owner.pid == steps_, fcntl(s[0], F_GETSIG) == SIGRTMIN + 3);
    fcntl(s[0], F_SETFL, O_ASYNC);
    write(s[1], "y", 1);
    join(t);
}
