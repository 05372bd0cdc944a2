// One thread takes all the process's signals with sigwaitinfo; queued values keep their order.
#include "thread.h"
static sigset_t set;
static void *waits(void *unused) {
    int sum = 0;
    for (;;) {
        siginfo_t info;
        int sig = sigwaitinfo(&set, &info);
        if (sig == SIGTERM) return POINTER(sum);
        if (sig == SIGRTMIN) sum = sum * 7 + info.si_value.sival_int;
        if (sig == SIGUSR1) printf("USR1 %d\n", info.si_code == SI_USER), step();
    }
}
static void *computes(void *unused) {
    while (steps_ < 2) sched_yield();
    return NULL;
}
int main(void) {
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN), sigaddset(&set, SIGUSR1), sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_t waiter = start(waits, 0), other = start(computes, 0);
    kill(getpid(), SIGUSR1);
    await(1);
    for (int i = 0; i < 100; i++) sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i});
    sigset_t pending;
    do sigpending(&pending);
    while (sigismember(&pending, SIGRTMIN)); // TERM has a lower number and would come before
    kill(getpid(), SIGUSR1);
    await(2);
    kill(getpid(), SIGTERM);
    printf("%d\n", (int)join(waiter));
    join(other);
}
