// Signals pending for a thread are lost when it ends; those for the process stay for another.
#include "thread.h"
static sigset_t set;
static void *leaves(void *unused) {
    step();
    await(2);
    sigset_t pending;
    sigpending(&pending);
    return POINTER(sigismember(&pending, SIGUSR1) * 10 + sigismember(&pending, SIGUSR2));
}
int main(void) {
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1), sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_t t = start(leaves, 0);
    await(1);
    pthread_kill(t, SIGUSR1);
    kill(getpid(), SIGUSR2);
    step();
    printf("%ld\n", join(t));
    sigset_t pending;
    sigpending(&pending);
    printf("%d %d\n", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2));
    siginfo_t info;
    printf("%d\n", sigtimedwait(&set, &info, &(struct timespec){0}) == SIGUSR2);
    TRY(sigtimedwait(&set, &info, &(struct timespec){0}));
}
